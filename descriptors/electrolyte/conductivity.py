"""Ionic conductivity at room temperature, predicted from the composition alone.

A small model of ours, trained on published conductivities: the mean of boosted regression trees and
of a Gaussian process, in which materials conduct alike as far as their compositions are alike by
`descriptors.electrolyte.composition`. What it was trained on, and its errors on materials that it
has not seen: docs/conductivity.md. The command ``python -m
descriptors.training.train_conductivity`` rebuilds it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.electrolyte.composition import ELEMENTS, composition_features, profiles
from descriptors.electrolyte.conductivity_model import Model, shipped_model
from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind, Quantity
from stability.formula import composition
from stability.kernels.simplex import jit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

IN_DOMAIN = "inside the domain of the model"
NO_LITHIUM = "holds no Li: the model knows lithium conductors only"
UNKNOWN_ELEMENT = "holds an element that no training material has: "
FAR = "unlike every training material: distance {:.2f} in atomic fractions, the limit is {:.2f}"

TRAIT_REACH = 4.0
"""Standard deviations beyond which a trait counts no further."""

_CHUNK = 4096
"""Compositions at once, so that memory stays at some 100 MB."""
_TRAITS = 4  # Place of the traits in `Profiles`; they alone are standardised.
_ROUNDING = 1e-9  # Fractions that are all there add up to 1 within this.


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

    @property
    def quantity(self) -> Quantity:
        """The same as a quantity, whose source says that it is predicted, and out of domain."""
        flag = "" if self.in_domain else f"; out of domain: {self.reason}"
        return Quantity(
            value=self.value,
            low=self.low,
            high=self.high,
            unit="S/cm",
            kind=Kind.PREDICTED,
            source=f"predicted from the composition, {shipped_model().origin}{flag}",
        )


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
    <Kind.PREDICTED: 'predicted'>
    """
    return prediction(formula).quantity


def prediction(formula: str) -> PredictedConductivity:
    """Return the predicted conductivity of one formula, and whether the model knows its like.

    Examples
    --------
    Nobody trained the model on iron alone.

    >>> prediction("Fe2O3").reason
    'holds no Li: the model knows lithium conductors only'
    """
    return predictions([formula])[0]


def predictions(formulas: Sequence[str]) -> list[PredictedConductivity]:
    """Return the predicted conductivities of many formulas, as :func:`prediction` each.

    Parameters
    ----------
    formulas : sequence of str
        The formulas.

    Raises
    ------
    FormulaError
        If one of them cannot be read.
    """
    if not formulas:
        return []
    amounts = [composition(formula).amounts for formula in formulas]
    elements = sorted({element for one in amounts for element in one})
    found = predict([[one.get(e, 0.0) for e in elements] for one in amounts], elements)
    log_value, log_low, log_high = found[:3]
    return [
        PredictedConductivity(
            value=float(10 ** log_value[row]),
            low=float(10 ** log_low[row]),
            high=float(10 ** log_high[row]),
            in_domain=bool(found.in_domain[row]),
            reason=_reason(amounts[row], bool(found.in_domain[row]), found.distance[row]),
        )
        for row in range(len(formulas))
    ]


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
    log10 conductivity is that of `expectation`. The interval is the value plus the 5 % and the 95 %
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


def expectation(model: Model, shares: Numbers) -> Numbers:
    """Return the expected conductivity of some compositions, shape (n_compositions,) [log10 S/cm].

    Parameters
    ----------
    model : Model
        The training materials and their pull.
    shares : array, shape (n_compositions, n_elements)
        Atomic fractions in the order of `ELEMENTS`.

    Notes
    -----
    The mean of `tree_sum` and of a Gaussian process: start + sum over the training materials of
    pull times likeness.
    """
    trees = tree_sum(model, composition_features(shares, ELEMENTS))
    alike = likeness(model, shares, model.materials.astype(float))
    return np.asarray((trees + model.start + (alike * model.pull).sum(axis=1)) / 2)


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
    return np.asarray(model.trunk + model.leaf[trees, node - n_inner].sum(axis=1, dtype=float))


def likeness(model: Model, shares: Numbers, others: Numbers) -> Numbers:
    """Return how far compositions are like others [log10 squared].

    Parameters
    ----------
    model : Model
        Of it, the terms of the likeness.
    shares : array, shape (n_compositions, n_elements)
        Atomic fractions in the order of `ELEMENTS`.
    others : array, shape (n_others, n_elements)
        The same of what they are compared to.

    Notes
    -----
    Sum over the terms of variance times exp(-distance / length), with the sum of absolute
    differences of two rows of a profile as their distance; traits count in standard deviations, at
    most `TRAIT_REACH`, and their distance is the mean of the differences. The covariance of a
    Gaussian process [1]_.

    References
    ----------
    .. [1] C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006), eq.
       2.25 and 4.14.
    """
    ours, theirs = (terms(model, each) for each in (shares, others))
    total = np.zeros((len(shares), len(others)))
    for (_, variance, length), one, other in zip(model.kernel, ours, theirs, strict=True):
        _add_likeness(total, one, np.ascontiguousarray(other.T), variance, length)
    return total


def terms(model: Model, shares: Numbers) -> list[Numbers]:
    """Return the rows between which each term of the likeness takes the distance."""
    described = list(profiles(shares, ELEMENTS))
    traits = (described[_TRAITS] - model.centre) / model.spread
    described[_TRAITS] = np.clip(traits, -TRAIT_REACH, TRAIT_REACH) / traits.shape[1]
    return [described[int(place)] for place in model.kernel[:, 0]]


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
    described = np.where(outside[:, None], 1.0, shares)
    value = expectation(model, described)
    distance = distances(model.materials, shares)
    unknown = (shares[:, ~model.materials.any(axis=0)] > 0).any(axis=1)
    unknown |= shares.sum(axis=1) < 1 - _ROUNDING
    known = ~unknown & (distance <= model.edges[-1]) & (shares[:, ELEMENTS.index("Li")] > 0)
    rank = np.minimum(np.searchsorted(model.edges, distance), len(model.edges) - 1)
    rank[~known] = len(model.edges) - 1
    return Predictions(value, value - model.below[rank], value + model.above[rank], known, distance)


@jit
def _add_likeness(
    total: Numbers, rows: Numbers, columns: Numbers, variance: float, length: float
) -> None:
    """Add one term to the likeness of all rows with all columns."""
    distance = np.empty(columns.shape[1])
    for row in range(rows.shape[0]):
        distance[:] = 0.0
        for place in range(rows.shape[1]):
            own = rows[row, place]
            for column in range(columns.shape[1]):
                distance[column] += abs(own - columns[place, column])
        for column in range(columns.shape[1]):
            total[row, column] += variance * np.exp(-distance[column] / length)


def _reason(amounts: Mapping[str, float], in_domain: bool, distance: float) -> str:  # noqa: FBT001  # A column.
    if in_domain:
        return IN_DOMAIN
    if "Li" not in amounts:
        return NO_LITHIUM
    if unknown := [element for element in amounts if element not in _met()]:
        return UNKNOWN_ELEMENT + ", ".join(unknown)
    return FAR.format(distance, shipped_model().edges[-1])


@cache
def _met() -> frozenset[str]:
    """Return the elements that the training materials hold."""
    columns = np.unique(np.nonzero(shipped_model().materials)[1])
    return frozenset(ELEMENTS[column] for column in columns)
