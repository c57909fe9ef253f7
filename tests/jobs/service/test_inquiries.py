import pytest

from jobs.errors import JobsError
from jobs.service import inquiries
from jobs.service.inquiries import PICTURES, QUESTIONS
from screening.batch.batch_tables import Composite
from screening.catalogue.layers import Layers, with_layers
from screening.catalogue.materials import cathode, recipe
from screening.errors import UnknownNameError


def test_answers_are_those_of_the_commands(tmp_path):
    """A window by its label, a pair, and its picture as SVG."""
    store = tmp_path / "store"

    assert QUESTIONS["window"](store, "LZC")["formula"] == "Li2ZrCl6"
    assert QUESTIONS["pair"](store, "LZC", "LiFePO4", [])["cathode"] == "LiFePO4"
    assert QUESTIONS["picture"](store, "window", "LZC").startswith("<svg")


def test_a_picture_of_nothing_is_refused(tmp_path):
    """Without cells there is nothing to compare."""
    with pytest.raises(JobsError, match="no cell"):
        PICTURES["cells"](tmp_path / "store", "percent")


def test_a_cycle_is_that_of_the_composite_of_its_batch(tmp_path, monkeypatch):
    """A coated composite is none of the catalogue: its batch knows it."""
    layers = Layers("LiNbO3")
    made = Composite(cathode("LiFePO4"), with_layers(recipe("lfp-vgcf-hand"), layers), layers)
    name = made.recipe.name
    monkeypatch.setattr(
        inquiries, "stored_composites", lambda _, batch: {("LiFePO4", name): made} if batch else {}
    )
    store = tmp_path / "store"

    assert PICTURES["cycle"](store, "LPSCl", "LiFePO4", name, "b-1").svg().startswith("<svg")
    assert PICTURES["cycle"](store, "LPSCl", "LiFePO4", "lfp-vgcf-hand", "b-1").svg()
    assert "dQ/dV of" in PICTURES["differential"](store, "LPSCl", "LiFePO4", name, "b-1").svg()
    with pytest.raises(UnknownNameError, match="LiNbO3"):
        PICTURES["cycle"](store, "LPSCl", "LiFePO4", name)
