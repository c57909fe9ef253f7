import pytest

from jobs.show.material_report import print_description
from jobs.work.material_records import described
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table
from stability.uncertainty import MARGIN


@pytest.fixture(scope="module")
def record():
    phases = competing_phases(reference_table(), margin=MARGIN)
    return described("LPSCl", phases, pressure=375.0, cathode="S")


def test_the_page_names_every_property_with_its_origin(record, capsys):
    """What --json holds stands on the page, and the curve ends where it ends."""
    print_description(record)
    page = capsys.readouterr().out

    for line in record["properties"]:
        assert line["name"] in page
        assert line["origin"] in page
    last = record["density_curve"]["relative_density_percent"][-1]
    assert f"to {last:.0f} %" in page
