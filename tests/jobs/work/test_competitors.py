import pytest

from jobs.work.competitors import competitors
from stability.errors import StabilityError
from stability.tables.phase_table import reference_table
from stability.temperature import at_temperature


def test_what_is_asked_for_competes():
    """Temperature changes the table, an exclusion the phases."""
    plain = competitors("reference", energies="dft")

    assert plain.table.id == at_temperature(reference_table(), 298.15).id
    assert competitors("reference", energies="dft", temperature=0).table.id == reference_table().id
    assert (
        "Li2S (for a test)"
        in competitors("reference", energies="dft", exclude=["Li2S=for a test"]).statement
    )
    assert "Li2S" not in plain.statement


def test_corrected_energies_are_the_default():
    """Where a correction fits the table, nothing has to be said."""
    assert (
        competitors("reference").table.id == competitors("reference", energies="corrected").table.id
    )


def test_a_table_that_is_not_there_is_refused():
    """By its name."""
    with pytest.raises(StabilityError, match="nowhere"):
        competitors("nowhere")
