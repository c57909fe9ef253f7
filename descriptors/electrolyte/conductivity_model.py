"""The arrays that the conductivity model is made of, and those that the package ships."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MODEL = "conductivity_model.npz"
"""The shipped model, in the data of this package."""


class Model(NamedTuple):
    """Everything that a prediction needs, as plain numbers."""

    split: NDArray[np.int64]
    """Feature that each node asks, shape (n_trees, 2**depth - 1), each tree in heap order."""
    threshold: NDArray[np.float32]
    """A feature up to this value goes to the left child; same shape."""
    leaf: NDArray[np.float32]
    """What a tree adds to log10 of the conductivity, shape (n_trees, 2**depth)."""
    trunk: float
    """What the trees add to. [log10 S/cm]"""
    materials: NDArray[np.float32]
    """Atomic fractions of the training materials, shape (n_materials, n_elements)."""
    pull: Numbers
    """What each adds to a material that is like it in everything, shape (n_materials,).
    [log10 S/cm]"""
    start: float
    """Conductivity of what is like none of them. [log10 S/cm]"""
    centre: Numbers
    """Mean of each trait over the training materials, shape (n_traits,)."""
    spread: Numbers
    """Standard deviation of the same."""
    kernel: Numbers
    """Rows of profile (place in `Profiles`), variance [log10 squared] and length of each term of
    the likeness."""
    edges: Numbers
    """Distances that separate the classes of interval; beyond the last one is out of domain."""
    below: Numbers
    """Reach of the 90 % interval below the value, by class of distance. [log10]"""
    above: Numbers
    """The same above the value. [log10]"""
    origin: str
    """What the model was trained on, for the source of its predictions."""


@cache
def shipped_model() -> Model:
    """Return the model that the package predicts with; read once."""
    with (files("descriptors") / "data" / MODEL).open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        return Model(
            split=stored["split"].astype(np.int64),
            threshold=stored["threshold"],
            leaf=stored["leaf"],
            trunk=float(stored["trunk"]),
            materials=stored["materials"],
            pull=stored["pull"],
            start=float(stored["start"]),
            centre=stored["centre"],
            spread=stored["spread"],
            kernel=stored["kernel"],
            edges=stored["edges"],
            below=stored["below"],
            above=stored["above"],
            origin=str(stored["origin"]),
        )
