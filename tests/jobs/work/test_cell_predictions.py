import pytest

from jobs.errors import ExperimentError
from jobs.lab.experiment_row import experiment
from jobs.work.cell_predictions import PREDICTED, compared_cells, planned_cells, predicted_cells
from screening.first_cycle.calibration import default_calibration
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import load_phase_table
from stability.temperature import at_temperature

HEADER = (
    "id,sse,cathode,cathode_parts,sse_parts,carbon_parts,carbon,mixing,pressure_mpa,"
    "voltage_low_v,voltage_high_v,voltage_reference,coating,efficiency_percent\n"
)


@pytest.fixture
def planned(tmp_path):
    """Return a function from rows to planned cells."""

    def read(*rows):
        path = tmp_path / "cells.csv"
        path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
        return planned_cells(path)

    return read


def test_cutoffs_against_li_in_are_those_against_lithium(planned):
    """2.38 and 3.68 V against Li-In, which stands at 0.62 V, are 3.0 and 4.3 V."""
    one, other = planned(
        "a,LPSCl,LCO,70,25,5,C65,hand,375,2.38,3.68,Li-In,,",
        "b,LPSCl,LCO,70,25,5,C65,hand,375,3.0,4.3,,,",
    )

    assert one.cell.content == other.cell.content
    assert (one.cell.voltage_low_v, one.cell.voltage_high_v) == (3.0, 4.3)


def test_what_is_not_said_is_taken_as_usual_and_named(planned):
    """Recipe, cutoffs and loading."""
    (one,) = planned("a,LZC,LFP,,,,,,,,,,,")

    assert one.cell.recipe == "lfp-vgcf-hand"
    for said in ("recipe lfp-vgcf-hand", "voltage_low_v 2.5", "areal_capacity"):
        assert said in one.assumed


def test_rate_and_loading_are_used(tmp_path):
    """2C and 20 mg/cm2 give less than C/20 and 2, and options stand where a row says nothing."""
    phases = competing_phases(at_temperature(load_phase_table("reference"), 298.15), Policy.KNOWN)
    path = tmp_path / "cells.csv"
    path.write_text(
        "id,sse,cathode,rate_c,loading_mg_per_cm2\na,LZC,LFP,C/20,2\nb,LZC,LFP,2,20\nc,LZC,LFP,,\n",
        encoding="utf-8",
    )

    rows = planned_cells(path, rate=1.0, areal_capacity=3.4)
    slow, fast, usual = predicted_cells(rows, phases, draws=0, calibration=default_calibration())

    assert fast["first_discharge_mah_per_g"] < 0.6 * slow["first_discharge_mah_per_g"]
    assert fast["reached_fraction"] < slow["reached_fraction"]
    assert fast["area_resistance_ohm_cm2"] > slow["area_resistance_ohm_cm2"]
    assert (slow["rate_c"], slow["loading_mg_per_cm2"]) == (0.05, pytest.approx(2.0))
    assert (usual["rate_c"], usual["areal_capacity_mah_per_cm2"]) == (1.0, 3.4)
    assert [row["not_used"] for row in (slow, fast, usual)] == ["", "", ""]


def test_a_row_that_is_no_cell_says_why(planned):
    """An unknown cathode, and a result; a row without an id is called by its line."""
    unknown, result = planned("a,LZC,Xx,,,,,,,,,,,", ",LZC,LFP,,,,,,,,,,,90")

    assert "no cathode is named 'Xx'" in unknown.fault
    assert (result.id, result.cell) == ("line 3", None)
    assert "efficiency_percent: a prediction takes no results" in result.fault


def test_cells_are_predicted_in_order_each_in_its_own_window(planned):
    """The same pair to 4.0 and to 3.6 V; the row between them stays in its place."""
    table = at_temperature(load_phase_table("reference"), 298.15)
    phases = competing_phases(table, Policy.KNOWN)
    rows = planned(
        "a,LPSCl,LFP,,,,,,,2.5,4.0,,,", "b,LZC,Xx,,,,,,,,,,,", "c,LPSCl,LFP,,,,,,,2.5,3.6,,,",
        "d,LZC,LFP,,,,,,,2.5,4.0,,LiNbO3,",
    )  # fmt: skip

    found = predicted_cells(rows, phases, draws=0, calibration=default_calibration())

    assert [row["id"] for row in found] == ["a", "b", "c", "d"]
    assert [row["status"] for row in found] == ["ok", "failed", "ok", "ok"]
    assert [row["voltage_high_v"] for row in found] == [4.0, None, 3.6, 4.0]
    assert found[3]["not_used"] == ""
    assert (found[0]["coating"], found[3]["coating"]) == (None, "LiNbO3")
    assert "LiNbO3" in found[3]["reason"]
    assert "coating_thickness_nm 10" in found[3]["assumed"]
    assert found[3]["efficiency_percent"] > found[0]["efficiency_percent"]
    for row in found:
        assert set(PREDICTED) <= set(row)


def test_measured_cells_stand_beside_what_was_predicted():
    """The thesis' 90 % for Li2ZrCl6 is inside; a tenth of it is not."""
    table = at_temperature(load_phase_table("reference"), 298.15)
    phases = competing_phases(table, Policy.KNOWN)
    cell = {"date": "2024-05-01", "source": "me", "sse": "LZC", "cathode": "LFP"}
    cells = [
        experiment(cell | {"id": name, "efficiency_percent": value})
        for name, value in (("a", "90"), ("b", "9"))
    ]

    found = compared_cells(cells, phases, draws=0, calibration=default_calibration())

    assert [(row["id"], row["measured"], row["inside"]) for row in found] == [
        ("a", 90.0, True),
        ("b", 9.0, False),
    ]
    assert {row["fitted"] for row in found} == {False}


def test_two_cells_of_one_id_are_refused_with_both_lines(planned):
    """Nobody could tell their answers apart; rows without an id have a line instead."""
    rows = ("a,LPSCl,LCO" + "," * 11, ",LPSCl,LCO" + "," * 11, "a,LZC,LCO" + "," * 11)

    with pytest.raises(ExperimentError, match="id a stands in line 2 and in line 4; give each"):
        planned(*rows)
    assert [one.id for one in planned(*rows[:2], rows[1])] == ["a", "line 3", "line 4"]


def test_what_a_cell_leaves_open_about_its_anode_is_said_or_refused(tmp_path):
    """Against what cutoffs are, whether silicon is prelithiated; no lithium at all is no cell."""
    path = tmp_path / "cells.csv"
    path.write_text(
        "id,sse,cathode,anode,voltage_high_v\na,LPSCl,LCO,Li-In,4.2\nb,LPSCl,S,Si,\n"
        "c,LPSCl,S,anode-free,\nd,Na3PS4,LCO,Li,4.2\n",
        encoding="utf-8",
    )

    indium, silicon, free, sodium = planned_cells(path)

    assert "cutoffs against Li/Li+, not Li-In" in indium.assumed
    assert "Si prelithiated" in silicon.assumed
    assert free.fault.startswith("no lithium to cycle: anode anode-free holds none")
    assert sodium.fault.startswith("Na3PS4 holds no lithium")


def test_a_higher_cutoff_tells_what_the_cathode_gives_off(tmp_path):
    """LiCoO2 to 4.2 V holds its oxygen; to 4.6 V a part of the charge lies beyond its release."""
    phases = competing_phases(at_temperature(load_phase_table("reference"), 298.15), Policy.KNOWN)
    path = tmp_path / "cells.csv"
    path.write_text(
        "id,sse,cathode,voltage_high_v\na,Li3YCl6,LiCoO2,4.2\nb,Li3YCl6,LiCoO2,4.6\n",
        encoding="utf-8",
    )

    low, high = predicted_cells(
        planned_cells(path), phases, draws=0, calibration=default_calibration()
    )

    assert low["oxygen_release_mah_per_g"] == pytest.approx(0.0, abs=0.1)
    assert 10.0 < high["oxygen_release_low_mah_per_g"] < high["oxygen_release_mah_per_g"]
    assert "gives off oxygen" in high["reason"]
