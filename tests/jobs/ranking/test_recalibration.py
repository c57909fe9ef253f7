import pytest

from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add
from jobs.ranking import recalibration as module
from jobs.ranking.recalibration import moved_by, recalibration
from screening.first_cycle.calibration import default_calibration

CELL = {
    "id": "A1", "date": "2026-03-31", "sse": "LZC", "cathode": "LiFePO4", "source": "me",
    "first_charge_mah_per_g": "148.1", "first_discharge_mah_per_g": "133.4",
}  # fmt: skip


def test_without_cells_it_is_the_shipped_one(tmp_path):
    """Nothing to fit, nothing left out, and without a ranking nothing to say of places."""
    found = recalibration(tmp_path / "store")

    assert found == (default_calibration(), (), {})
    assert moved_by(tmp_path / "store", found.calibration) is None


def test_cells_are_fitted_and_those_that_cannot_be_are_named(tmp_path, monkeypatch):
    """A good cell, and one of elements that the reference table does not hold."""
    asked = []
    monkeypatch.setattr(module, "_fitted", lambda *given: asked.append(given))
    add(tmp_path, experiment(CELL))
    add(tmp_path, experiment(CELL | {"id": "A2", "sse": "LiTcO2"}))

    found = recalibration(tmp_path)

    assert found.cells == ("A1",)
    assert list(found.left_out) == ["A2"]
    assert {one.cell for one in asked[0][0]} == {"A1"}


def test_the_shipped_calibration_moves_nothing_of_a_batch_that_used_it(stored):
    """Before and after are one ranking."""
    moves = moved_by(stored, default_calibration())

    assert moves is not None
    assert moves.batch.endswith("(reference)")
    assert moves.places == []


@pytest.mark.slow  # A fit.
def test_a_cell_that_shows_less_moves_the_calibration(tmp_path):
    """Half the discharge that is known of such cells: the fit is another one."""
    add(tmp_path, experiment(CELL | {"first_discharge_mah_per_g": "66"}))

    assert recalibration(tmp_path).calibration.id != default_calibration().id
