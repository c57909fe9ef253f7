from importlib.resources import files

import numpy as np
import pytest

from descriptors.electrolyte.atomic_fractions import ELEMENTS
from descriptors.electrolyte.network import (
    Ensemble,
    frozen,
    known_fractions,
    outputs,
    saved,
    shipped,
)
from descriptors.errors import NoMeasurement


@pytest.fixture
def ensemble():
    """Return one network of weights that half precision holds, which knows lithium and oxygen."""
    hidden = (np.array([[1.0, -1.0]]), np.array([-1.0, 0.0]))
    last = (np.array([[5.0], [9.0]]), np.array([1.0]))
    constants = {"mean": np.array([0.1, 0.2])}
    return Ensemble(((hidden, last),), constants, np.isin(ELEMENTS, ["Li", "O"]), "a test")


def test_a_network_is_its_layers(ensemble):
    """max(1 * 3 - 1, 0) = 2 and max(-1 * 3, 0) = 0; 2 * 5 + 0 * 9 + 1 = 11."""
    assert outputs(ensemble.networks[0], np.array([[3.0]])) == [[11.0]]


def test_networks_survive_their_file(tmp_path, ensemble):
    """What is written is what is read: layers, constants to the last digit, elements, story."""
    np.savez_compressed(tmp_path / "model.npz", **frozen(ensemble))

    again = saved(tmp_path / "model.npz")

    assert again.story == ensemble.story
    assert (again.known == ensemble.known).all()
    assert (again.constants["mean"] == ensemble.constants["mean"]).all()
    for layers, own in zip(again.networks, ensemble.networks, strict=True):
        for (weights, bias), (own_weights, own_bias) in zip(layers, own, strict=True):
            assert (weights == own_weights).all()
            assert (bias == own_bias).all()


@pytest.mark.parametrize("name", ["moduli_model.npz", "band_gap_model.npz"])
def test_the_shipped_files_are_what_they_would_be_written_as(name):
    """Reading and writing changes no array: the file holds nothing that is not read."""
    with np.load(str(files("descriptors") / "data" / name)) as file:
        stored = dict(file)

    written = frozen(shipped(name))

    assert stored.keys() == written.keys()
    assert all((stored[key] == array).all() for key, array in written.items())


def test_elements_that_no_network_has_seen_are_refused(ensemble):
    """The first compound with one is named, and what is not known of it."""
    assert known_fractions(ensemble, ["Li2O"], of="hardness").shape == (1, len(ELEMENTS))
    with pytest.raises(NoMeasurement, match="LiCl: no hardness of a compound of Cl"):
        known_fractions(ensemble, ["Li2O", "LiCl"], of="hardness")
