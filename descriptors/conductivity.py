"""Ionic conductivity at room temperature, predicted from the composition alone.

A small model of ours, trained on published conductivities: boosted regression trees over
`descriptors.features`. What it was trained on, and its errors on materials that it has not seen:
docs/conductivity.md. The command ``python -m descriptors.train_conductivity`` rebuilds it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.errors import ImpossibleValueError
from descriptors.features import ELEMENTS, composition_features
from descriptors.quantity import Kind, Quantity
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

MODEL = "conductivity_model.npz"
"""The shipped model, in the data of this package."""

IN_DOMAIN = "inside the domain of the model"
NO_LITHIUM = "holds no Li: the model knows lithium conductors only"
UNKNOWN_ELEMENT = "holds an element that no training material has: "
FAR = "unlike every training material: distance {:.2f} in atomic fractions, the limit is {:.2f}"

_CHUNK = 4096
"""Compositions at once, so that memory stays at some 100 MB."""
_ROUNDING = 1e-9  # Fractions that are all there add up to 1 within this.


class Model(NamedTuple):
    """Everything that a prediction needs, as plain numbers."""

    split: NDArray[np.int64]
    """Feature that each node asks, shape (n_trees, 2**depth - 1), each tree in heap order."""
    threshold: NDArray[np.float32]
    """A feature up to this value goes to the left child; same shape."""
    leaf: NDArray[np.float32]
    """What a tree adds to log10 of the conductivity, shape (n_trees, 2**depth)."""
    start: float
    """What the trees add to. [log10 S/cm]"""
    materials: NDArray[np.float32]
    """Atomic fractions of the training materials, shape (n_materials, n_elements)."""
    edges: Numbers
    """Distances that separate the classes of interval; beyond the last one is out of domain."""
    below: Numbers
    """Reach of the 90 % interval below the value, by class of distance. [log10]"""
    above: Numbers
    """The same above the value. [log10]"""
    origin: str
    """What the model was trained on, for the source of its predictions."""


class PredictedConductivity(NamedTuple):
    """A conductivity that nobody has measured, with its 90 % interval."""

    value: float
    """Most likely conductivity. [S/cm]"""
    low: float
    """Lower end of the 90 % interval. [S/cm]"""
    high: float
    """Upper end of the same interval. [S/cm]"""
    in_domain: bool
    """Whether the training materials resemble this one; if not, the interval is not to be used."""
    reason: str
    """Why it is, or is not, in the domain."""


class Predictions(NamedTuple):
    """Conductivities of many compositions, all of shape (n_compositions,)."""

    value: Numbers
    """Most likely conductivities. [log10 S/cm]"""
    low: Numbers
    """Lower ends of the 90 % intervals. [log10 S/cm]"""
    high: Numbers
    """Upper ends of the same intervals. [log10 S/cm]"""
    in_domain: NDArray[np.bool_]
    """Whether the training materials resemble the composition."""
    distance: Numbers
    """Distance to the nearest training material: half the sum of differences of fractions."""


def predicted_ionic_conductivity(formula: str) -> Quantity:
    """Return the ionic conductivity of a composition at room temperature, predicted [S/cm].

    Notes
    -----
    The source says ``predicted`` first, and ``out of domain`` with the reason where that is so.
    `prediction` has the same with the flag by itself.

    Examples
    --------
    >>> predicted_ionic_conductivity("Li6PS5Cl").kind
    <Kind.ESTIMATED: 'estimated'>
    """
    predicted = prediction(formula)
    flag = "" if predicted.in_domain else f"; out of domain: {predicted.reason}"
    return Quantity(
        value=predicted.value,
        low=predicted.low,
        high=predicted.high,
        unit="S/cm",
        kind=Kind.ESTIMATED,
        source=f"predicted from the composition, {shipped_model().origin}{flag}",
    )


def prediction(formula: str) -> PredictedConductivity:
    """Return the predicted conductivity of one formula, and whether the model knows its like.

    Examples
    --------
    Nobody trained the model on iron alone.

    >>> prediction("Fe2O3").reason
    'holds no Li: the model knows lithium conductors only'
    """
    amounts = composition(formula).amounts
    found = predict([list(amounts.values())], list(amounts))
    value, low, high = (float(10 ** column[0]) for column in found[:3])
    return PredictedConductivity(
        value, low, high, bool(found.in_domain[0]), _reason(amounts, found, shipped_model())
    )


def predict(
    fractions: ArrayLike, elements: Sequence[str], *, model: Model | None = None
) -> Predictions:
    """Return the predicted conductivities of many compositions.

    Parameters
    ----------
    fractions : array_like, shape (n_compositions, n_elements)
        Atoms of each element, in any amount of each composition: rows need not add up to 1.
    elements : sequence of str
        Symbol of each column.
    model : Model, optional
        Another model than the shipped one.

    Raises
    ------
    ImpossibleValueError
        If an amount is negative or not finite, a composition is empty, or the shape is not that of
        `elements`.

    Notes
    -----
    log10 conductivity is the sum of all trees. The interval is the value plus the 5 % and the 95 %
    quantile of residuals of the training materials, each predicted by a model that had seen no
    material of the same paper, among those as far as this one from what the model had seen.

    Examples
    --------
    A formula and its double are one composition.

    >>> one, two = predict([[1, 1, 2], [2, 2, 4]], ["Li", "Al", "O"]).value
    >>> bool(one == two)
    True
    """
    known = shipped_model() if model is None else model
    amounts = checked_amounts(fractions, elements)
    parts = [
        _predict(amounts[first : first + _CHUNK], elements, known)
        for first in range(0, max(len(amounts), 1), _CHUNK)
    ]
    return Predictions(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def tree_sum(model: Model, features: Numbers) -> Numbers:
    """Return the value of all trees together, shape (n_compositions,) [log10 S/cm].

    Notes
    -----
    All trees go down one level at a time; node i has the children 2 i + 1 and 2 i + 2.
    """
    columns = features.astype(np.float32)
    trees = np.arange(len(model.split))
    n_inner = model.split.shape[1]
    node = np.zeros((len(columns), len(trees)), dtype=np.intp)
    rows = np.arange(len(columns))[:, None]
    for _ in range((n_inner + 1).bit_length() - 1):
        right = columns[rows, model.split[trees, node]] > model.threshold[trees, node]
        node = 2 * node + 1 + right
    return np.asarray(model.start + model.leaf[trees, node - n_inner].sum(axis=1, dtype=float))


def distances(materials: NDArray[np.float32], shares: Numbers) -> Numbers:
    """Return the distance of each composition to the nearest of some materials, from 0 to 1.

    Parameters
    ----------
    materials : array, shape (n_materials, n_elements)
        Atomic fractions in the order of `ELEMENTS`.
    shares : array, shape (n_compositions, n_elements)
        The same of the compositions; a row that adds up to less than 1 holds other elements too.
    """
    nearest = np.ones(len(shares))
    narrow = shares.astype(np.float32)
    for material in materials:
        held = np.flatnonzero(material)
        common = np.minimum(narrow[:, held], material[held]).sum(axis=1, dtype=float)
        np.minimum(nearest, 1 - common, out=nearest)
    return np.maximum(nearest, 0.0)


def shares_by_element(amounts: Numbers, elements: Sequence[str]) -> Numbers:
    """Return atomic fractions in the order of `ELEMENTS`; other elements count in the total."""
    shares = np.zeros((len(amounts), len(ELEMENTS)))
    for column, element in enumerate(elements):
        if element in ELEMENTS:
            shares[:, ELEMENTS.index(element)] += amounts[:, column]
    return np.asarray(shares / amounts.sum(axis=1, keepdims=True))


@cache
def shipped_model() -> Model:
    """Return the model that the package predicts with; read once."""
    with (files("descriptors") / "data" / MODEL).open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        return Model(
            split=stored["split"].astype(np.int64),
            threshold=stored["threshold"],
            leaf=stored["leaf"],
            start=float(stored["start"]),
            materials=stored["materials"],
            edges=stored["edges"],
            below=stored["below"],
            above=stored["above"],
            origin=str(stored["origin"]),
        )


def checked_amounts(fractions: ArrayLike, elements: Sequence[str]) -> Numbers:
    """Return amounts that somebody can weigh out, shape (n_compositions, n_elements).

    Raises
    ------
    ImpossibleValueError
        If they are not.
    """
    amounts = np.asarray(fractions, dtype=float)
    if amounts.ndim != 2 or amounts.shape[1] != len(elements):  # noqa: PLR2004 - a table
        raise ImpossibleValueError(
            f"amounts of shape {amounts.shape} for {len(elements)} elements; give one row for each "
            "composition and one column for each element"
        )
    if not (np.isfinite(amounts) & (amounts >= 0)).all():
        raise ImpossibleValueError("an amount is negative or not finite; give atoms, at least 0")
    if not (amounts > 0).any(axis=1).all():
        raise ImpossibleValueError("a composition holds no atoms; leave the row out")
    return amounts


def _predict(amounts: Numbers, elements: Sequence[str], model: Model) -> Predictions:
    shares = shares_by_element(amounts, elements)
    outside = shares.sum(axis=1) == 0
    described = np.where(outside[:, None], np.ones(len(ELEMENTS)), shares)
    value = tree_sum(model, composition_features(described, ELEMENTS))
    distance = distances(model.materials, shares)
    unknown = (shares[:, ~model.materials.any(axis=0)] > 0).any(axis=1)
    unknown |= shares.sum(axis=1) < 1 - _ROUNDING
    known = ~unknown & (distance <= model.edges[-1]) & (shares[:, ELEMENTS.index("Li")] > 0)
    rank = np.minimum(np.searchsorted(model.edges, distance), len(model.edges) - 1)
    rank[~known] = len(model.edges) - 1
    return Predictions(value, value - model.below[rank], value + model.above[rank], known, distance)


def _reason(amounts: Mapping[str, float], found: Predictions, model: Model) -> str:
    if found.in_domain[0]:
        return IN_DOMAIN
    if "Li" not in amounts:
        return NO_LITHIUM
    met = {ELEMENTS[column] for column in np.nonzero(model.materials)[1]}
    if unknown := [element for element in amounts if element not in met]:
        return UNKNOWN_ELEMENT + ", ".join(unknown)
    return FAR.format(found.distance[0], model.edges[-1])
