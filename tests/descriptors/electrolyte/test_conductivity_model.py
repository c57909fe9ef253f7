import numpy as np
import pytest

from descriptors.electrolyte.composition import ELEMENTS
from descriptors.electrolyte.conductivity_model import shipped_model


def test_the_shipped_model_is_whole():
    """Trees are full (2^d - 1 questions, 2^d leaves), and every material is a composition."""
    model = shipped_model()
    trees, questions = model.split.shape

    assert model.leaf.shape == (trees, questions + 1)
    assert model.threshold.shape == model.split.shape
    assert model.materials.shape == (len(model.pull), len(ELEMENTS))
    assert model.materials.sum(axis=1) == pytest.approx(np.ones(len(model.pull)), abs=1e-6)


def test_intervals_have_a_class_for_each_distance():
    """One more class than edges between them, each with a reach on both sides."""
    model = shipped_model()

    assert (np.diff(model.edges) > 0).all()
    assert len(model.below) == len(model.above)
    assert (model.above > 0).all()


def test_it_says_what_it_was_trained_on():
    """The source of each prediction names the data."""
    assert "OBELiX" in shipped_model().origin
