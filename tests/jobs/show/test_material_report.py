import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from jobs.errors import JobsError
from jobs.show.material_report import print_description, write_plot
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


def test_the_plot_is_a_picture_of_the_curve(record, tmp_path):
    """Well-formed SVG with one line of as many corners as there are pressures."""
    path = tmp_path / "density.svg"

    write_plot(record, path)

    root = ET.parse(path).getroot()  # noqa: S314  # Our own file, just written.
    (curve,) = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(curve.attrib["points"].split()) == len(record["density_curve"]["pressure_mpa"])
    corners = [tuple(map(float, pair.split(","))) for pair in curve.attrib["points"].split()]
    assert all(one[0] < two[0] and one[1] >= two[1] for one, two in pairwise(corners))


def test_only_what_can_be_written_is_written(record, tmp_path):
    """Another kind of file, or a folder that is not there, is one line."""
    for path in (tmp_path / "density.png", tmp_path / "nowhere" / "density.svg"):
        with pytest.raises(JobsError, match=r"plot "):
            write_plot(record, path)
    assert list(tmp_path.iterdir()) == []
