import pytest

from jobs.work.competitors import competitors
from stability.errors import StabilityError
from stability.tables.phase_table import reference_table
from stability.temperature import at_temperature


def test_what_is_asked_for_competes():
    """Temperature changes the table, an exclusion the phases."""
    plain = competitors("reference")

    assert plain.table.id == at_temperature(reference_table(), 298.15).id
    assert competitors("reference", temperature=0).table.id == reference_table().id
    assert "Li2S (for a test)" in competitors("reference", exclude=["Li2S=for a test"]).statement
    assert "Li2S" not in plain.statement


def test_a_table_that_is_not_there_is_refused():
    """By its name."""
    with pytest.raises(StabilityError, match="nowhere"):
        competitors("nowhere")
