import re
import shutil

import pytest

from jobs.lab.calibrations import current_calibration, kept
from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add
from jobs.service.evaluations import Evaluations
from jobs.service.settings import ServiceSettings
from screening.first_cycle.calibration import default_calibration, saved
from tests.jobs.conftest import serving

CELL = {
    "id": "K1", "date": "2026-05-04", "sse": "LZC", "cathode": "LiFePO4", "source": "K1",
    "recipe": "lfp-vgcf-hand", "first_charge_mah_per_g": "140",
    "first_discharge_mah_per_g": "40",
}  # fmt: skip


@pytest.fixture
def renewed(monkeypatch):
    """Answer at once what a fit of minutes would: another calibration, and one pair that moves."""
    shipped = default_calibration()
    found = {
        "id": shipped.id, "current": "another", "cells": ["K1"], "calibration": saved(shipped),
        "experiments_left_out": [{"experiment": "K2", "reason": "<b>unlike</b>"}],
        "moved_places": [{"sse": "Li2ZrCl6", "cathode": "S", "before": 2, "after": 1}],
    }  # fmt: skip
    asked = []
    monkeypatch.setattr(Evaluations, "answer", lambda _, question: asked.append(question) or found)
    return shipped.id, asked


def test_places_are_shown_before_they_move(renewed, served, form):
    """Looking changes nothing; only what was looked at is used, and nothing is ranked for that."""
    client, store = served
    wanted, asked = renewed
    page = form(client, "/lab/calibration").text
    unchanged = kept(store)
    other = form(client, "/lab/calibration/use", calibration="another")
    used = form(client, "/lab/calibration/use", calibration=wanted)

    assert "1 pair moves" in page
    assert "up 1" in page
    assert "<b>" not in page
    assert unchanged == []
    assert other.status_code == 409
    assert used.status_code == 303
    assert [one.id for one in kept(store) if one.current] == [wanted]
    assert asked == ["renewal", "renewed", "renewed"]


@pytest.mark.slow
def test_a_cell_moves_the_calibration(screened, tmp_path, form):
    """A cell that is worse than predicted is fitted, shown, and then used: minutes."""
    store = tmp_path / "store"
    shutil.copytree(screened, store)
    add(store, experiment(CELL))
    before = current_calibration(store).id
    with serving(ServiceSettings(store=store)) as client:
        client.timeout = 900
        page = form(client, "/lab/calibration").text
        wanted = re.search(r'name="calibration" value="(\w+)"', page)[1]
        unchanged = current_calibration(store).id
        used = form(client, "/lab/calibration/use", calibration=wanted)

    assert unchanged == before
    assert used.status_code == 303
    assert current_calibration(store).id == wanted != before
