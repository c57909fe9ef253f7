import pytest

from jobs.work.cell_predictions import planned_cells, predicted_cells
from jobs.work.competitors import competitors
from jobs.work.cycle_curve import cell_curves, cycle_curve
from screening.catalogue.materials import cathode, recipe
from screening.errors import UnknownNameError
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
    found = cycle_curve("LPSCl", "LiFePO4", "lfp-vgcf-hand", phases, calibration=shipped)
    pair = Pair("Li6PS5Cl", cathode("LiFePO4"), recipe("lfp-vgcf-hand"))
    block, _ = evaluate_all([pair], phases, calibration=shipped)
    (row,) = pair_records(block)

    for half in ("charge", "discharge"):
        end = found[half]["capacity_mah_per_g"][-1]
        assert end == pytest.approx(row[f"first_{half}_mah_per_g"], rel=1e-6)
    share = found["charge"]["sse_mah_per_g"][-1] / found["charge"]["capacity_mah_per_g"][-1]
    assert 100 * share == pytest.approx(row["sse_share_percent"], rel=1e-6)


def test_an_unknown_recipe_is_refused(phases):
    """By its name, as everywhere."""
    with pytest.raises(UnknownNameError, match="by feeling"):
        cycle_curve("LPSCl", "FeS2", "by feeling", phases, calibration=default_calibration())


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
