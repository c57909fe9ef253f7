from types import SimpleNamespace

import numpy as np
import pytest

from jobs.lab.experiment_row import experiment
from jobs.ranking.batch_pairs import DrawnPairs
from jobs.suggest.outcomes import half_cycle_needed, measured_by
from screening.catalogue.own_materials import NO_MATERIALS
from screening.order.objective import objective
from screening.pairs.features import Drawn

NAMES = [("Li6PS5Cl", "LiFePO4", "lfp-vgcf-hand"), ("Li6PS5Cl", "S", "sulfur-ab-milled")]
BATCH = SimpleNamespace(own=NO_MATERIALS)
COLUMNS = {
    "score_0_to_1": [0.2, 0.9],
    "factor_capacity": [0.4, 0.95],
    "first_charge_mah_per_g": [120.0, 1600.0],
    "first_discharge_mah_per_g": [60.0, 1500.0],
    "efficiency_percent": [50.0, 107.0],
    "cell_energy_wh_per_kg": [100.0, 400.0],
    "ionic_conductivity_s_per_cm": [1e-3, 1e-3],
}
CELL = {"id": "A1", "date": "2024-05-01", "sse": "LPSCl", "source": "me", "cathode": "LiFePO4"}


def told(by, **outcome):
    """Return what one cell of the first pair says about an objective."""
    columns = {
        name: Drawn(np.array(values), np.array(values)[:, None]) for name, values in COLUMNS.items()
    }
    cathode = outcome.pop("cathode", "LiFePO4")
    one = experiment(CELL | {"cathode": cathode} | {k: str(v) for k, v in outcome.items()})
    return measured_by([one], objective(by, columns), DrawnPairs(BATCH, NAMES, columns, "by hand"))


def test_a_measured_efficiency_is_taken_as_it_is():
    """40.3 % for the first pair, with 5 % of it from cell to cell."""
    found = told("efficiency", efficiency_percent=40.3)

    assert found.rows.tolist() == [0]
    assert found.values == pytest.approx([40.3])
    assert found.errors == pytest.approx([0.05 * 40.3])


def test_what_the_pair_leaves_open_does_not_count_against_a_cell():
    """An anode and a separator that it states: still the first pair. A coating: another one."""
    built = told("efficiency", efficiency_percent=40.3, anode="Li-In", separator="LZC")
    coated = told("efficiency", efficiency_percent=40.3, coating="LiNbO3")

    assert built.rows.tolist() == [0]
    assert coated.rows.tolist() == []


def test_the_score_follows_the_second_half_cycle():
    """30 instead of 60 mAh/g of discharge: half the capacity factor, half the score."""
    assert told("score", first_discharge_mah_per_g=30).values == pytest.approx([0.1])


def test_the_second_half_cycle_of_sulfur_is_the_charge():
    """800 instead of 1600 mAh/g; a discharge alone says nothing about what comes back."""
    found = told("score", first_charge_mah_per_g=800, cathode="S")

    assert found.rows.tolist() == [1]
    assert found.values == pytest.approx([0.45])
    assert told("score", first_discharge_mah_per_g=800, cathode="S").rows.size == 0


def test_an_efficiency_alone_speaks_for_the_capacity():
    """25 instead of 50 %, with the charge as predicted: half."""
    assert told("score", efficiency_percent=25).values == pytest.approx([0.1])


def test_the_capacity_factor_is_at_most_one():
    """Thrice the discharge is 1.2 of a liquid cell: the factor stops at 1, the score at 0.5."""
    assert told("score", first_discharge_mah_per_g=180).values == pytest.approx([0.5])


def test_energy_follows_the_discharge():
    """90 instead of 60 mAh/g: 150 instead of 100 Wh/kg."""
    found = told("cell_energy_wh_per_kg", first_discharge_mah_per_g=90)

    assert found.values == pytest.approx([150.0])


def test_a_cell_that_says_nothing_about_the_objective_is_passed_over():
    """Nor does one of another pair."""
    assert told("log(ionic_conductivity_s_per_cm)", efficiency_percent=40).rows.size == 0
    assert told("efficiency", efficiency_percent=40, cathode="Li2S").rows.size == 0


@pytest.mark.parametrize(
    ("row", "score", "side", "said"),
    [
        (0, 0.1, "below", " (a first discharge below 30 mAh/g)"),
        (0, 0.3, "above", " (a first discharge above 90 mAh/g)"),
        (1, 0.45, "below", " (a first charge below 800 mAh/g)"),
        (0, 0.6, "above", " (more than its capacity alone can reach)"),
        (0, 0.6, "below", " (whatever its capacity: all of it gives less)"),
    ],
)
def test_a_score_is_said_as_the_half_cycle_that_gives_it(row, score, side, said):
    """The inverse of how experiments are read: 0.1 of 0.2 is half of 60 mAh/g."""
    columns = {name: Drawn(np.array(v), np.array(v)[:, None]) for name, v in COLUMNS.items()}

    assert half_cycle_needed(
        DrawnPairs(BATCH, NAMES, columns, "by hand"), row, score, side
    ).startswith(said)


def test_without_a_prediction_nothing_is_said():
    """A score alone has no half-cycle."""
    score = {"score_0_to_1": Drawn(np.array([0.2, 0.9]), np.array([[0.2], [0.9]]))}

    assert half_cycle_needed(DrawnPairs(BATCH, NAMES, score, "by hand"), 0, 0.1, "below") == ""
