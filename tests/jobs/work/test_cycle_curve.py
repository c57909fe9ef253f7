import pytest

from jobs.work.cell_predictions import planned_cells, predicted_cells
from jobs.work.competitors import competitors
from jobs.work.cycle_curve import cell_curves, cycle_curve
from screening.catalogue.layers import Layers, with_layers
from screening.catalogue.materials import cathode, recipe
from screening.first_cycle.calibration import default_calibration
from screening.pairs.features import Pair
from screening.results.columns import pair_records
from screening.results.evaluation import evaluate_all


@pytest.fixture(scope="module")
def phases():
    """Return what may form at room temperature, as in a batch."""
    return competitors("reference", redrawn=True)


def test_the_curve_ends_where_the_ranking_says(phases):
    """Charge and discharge of the curve are those of the row of the pair."""
    shipped = default_calibration()
    pair = Pair("Li6PS5Cl", cathode("LiFePO4"), recipe("lfp-vgcf-hand"))
    found = cycle_curve(pair, phases, calibration=shipped)
    block, _ = evaluate_all([pair], phases, calibration=shipped)
    (row,) = pair_records(block)

    for half in ("charge", "discharge"):
        end = found[half]["capacity_mah_per_g"][-1]
        assert end == pytest.approx(row[f"first_{half}_mah_per_g"], rel=1e-6)
    share = found["charge"]["sse_mah_per_g"][-1] / found["charge"]["capacity_mah_per_g"][-1]
    assert 100 * share == pytest.approx(row["sse_share_percent"], rel=1e-6)


def test_a_curve_takes_no_draws(phases, monkeypatch):
    """It is drawn at central values, and names the pair with what is stated of it."""
    asked = []

    def noted(*given, **how):
        asked.append(how["draws"])
        return evaluate_all(*given, **how)

    monkeypatch.setattr("jobs.work.cycle_curve.evaluate_all", noted)
    layers = Layers("LiNbO3")
    made = with_layers(recipe("lfp-vgcf-hand"), layers)
    pair = Pair("Li6PS5Cl", cathode("LiFePO4"), made, layers)
    found = cycle_curve(pair, phases, calibration=default_calibration())

    assert asked == [0]
    assert found["recipe"] == "lfp-vgcf-hand with 10 nm LiNbO3"


@pytest.mark.parametrize("name", ["LiFePO4", "S", "Li2S"])
def test_a_curve_ends_at_what_is_predicted(name, tmp_path, phases):
    """Both half-cycles pass the capacities that the row of the cell has; charge rises."""
    path = tmp_path / "cells.csv"
    path.write_text(f"id,sse,cathode\na,LPSCl,{name}\nb,Lx7,{name}\n", encoding="utf-8")
    planned, calibration = planned_cells(path), default_calibration()

    (found,) = cell_curves(planned, phases, calibration=calibration)

    row, _ = predicted_cells(planned, phases, draws=0, calibration=calibration)
    assert found.id == "a"
    assert found.charge.capacity[-1] == pytest.approx(row["first_charge_mah_per_g"])
    assert found.discharge.capacity[-1] == pytest.approx(row["first_discharge_mah_per_g"])
    assert found.charge.voltage[0] < found.charge.voltage[-1]
