import pytest

import catholyte
from catholyte.cells import cell, microstructure
from catholyte.questions import calibration, describe, pair, why_not, window
from catholyte.stores import Store
from jobs.errors import JobsError
from stability.errors import FormulaError


def test_intervals_come_with_draws():
    """Both limits gain their ends."""
    record = window("Li2ZrCl6", draws=50, covers=(2.5, 4.0)).record

    assert record["oxidation_limit_low_v"] <= record["oxidation_limit_v"]
    assert 0 <= record["covers"]["probability"] <= 1


def test_a_range_of_voltage_draws_tiles_and_none_draws_energies():
    """The picture is that of the question."""
    assert "voltage" not in pair("LPSCl", "LiFePO4").plot().title
    assert "from 2.5 to 4 V" in pair("LPSCl", "LiFePO4", voltage_range=(2.5, 4.0)).plot().title


def test_every_answer_has_a_picture_and_a_table():
    """Of a material, a cell, a composite."""
    answers = [
        describe("LZC"),
        cell("LZC", "LiFePO4"),
        microstructure(30, size="bulk", voxels=24),
    ]
    for answer in answers:
        assert answer.to_arrow().num_rows == len(answer.rows) > 0
        assert answer.plot().alt
        assert answer.title in answer._repr_html_()


def test_two_windows_share_a_picture():
    """The second stands below the first."""
    picture = window("LPSCl").plot(window("LZC"))

    assert "Li₂ZrCl₆" in picture.title
    assert "Li₆PS₅Cl" in picture.title


def test_what_is_no_formula_is_refused():
    """As on the command line."""
    with pytest.raises(FormulaError):
        window("Li((")


def test_cells_are_compared_one_by_one():
    """The lesson of the thesis, chosen by name; a verdict is inside or outside of the interval."""
    efficiencies = calibration().only("T21", "T25")

    for row in efficiencies.rows:
        inside = row["predicted_low"] <= row["measured"] <= row["predicted_high"]
        assert row["verdict"] == ("agree" if inside else "miss")
        assert row["figure"] in efficiencies.verdicts
    assert efficiencies.verdicts.count("\n") == 1
    assert "2 measured figures" in efficiencies.agreement("First-cycle efficiency").alt
    assert len(calibration().plot().specification()["concat"]) == 3  # Capacities, shares, onsets.


def test_one_axis_has_one_unit():
    """A capacity and an efficiency share no axis."""
    with pytest.raises(JobsError, match="one unit"):
        calibration().only("T19", "T21").agreement("x")


def test_a_cathode_is_refused_as_an_electrolyte():
    """LiFePO4: a third of its cations are iron, which changes its charge; each gate has a row."""
    found = why_not("LiFePO4")

    assert "refused by the gate host" in found.title
    assert [row["gate"] for row in found.rows if not row["passed"]] == ["host"]
    assert "passes all gates" in why_not("LZC").title


def test_why_not_knows_the_materials_of_its_store(tmp_path):
    """Measured at 3e-8 S/cm, and far from the best."""
    mine = Store(tmp_path / "store")
    mine.add_material(
        label="bad halide", kind="sse", formula="Li3YCl6", source="we",
        ionic_conductivity_s_per_cm=3e-8,
    )  # fmt: skip
    found, usual = (why_not("Li3YCl6", store=path) for path in (mine.path, tmp_path / "none"))

    assert found.record["ionic_conductivity_kind"] == "measured"
    assert found.record["ionic_conductivity_s_per_cm"] == 3e-8
    assert found.record["place"] > usual.record["place"]


def test_voltages_may_be_given_against_the_anode_of_the_cell():
    """3.6 V against Li-In, which stands at 0.62 V, are 4.22 V: one pair, one cell, one film."""
    against = catholyte.pair(
        "LPSCl", "LiCoO2", voltages=[3.6], voltage_range=(2.38, 3.6), voltage_reference="Li-In"
    )
    assert (
        against.record
        == catholyte.pair("LPSCl", "LiCoO2", voltages=[4.22], voltage_range=(3.0, 4.22)).record
    )
    cells = (
        catholyte.cell("LPSCl", "LiCoO2", voltage=volts, voltage_reference=reference).record
        for volts, reference in ((3.28, "LiIn"), (3.9, None))
    )
    assert next(cells) == next(cells)
    films = (
        catholyte.coat("LPSCl", "LiCoO2", coatings=["LiF"], voltage_range=ends, **reference).record
        for ends, reference in (((2.38, 3.6), {"voltage_reference": "In"}), ((3.0, 4.22), {}))
    )
    assert next(films) == next(films)
