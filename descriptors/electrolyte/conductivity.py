"""Ionic conductivity at room temperature, predicted from the composition alone.

The model is a Gaussian process of ours (`descriptors.electrolyte.conductivity_model`), trained on
published conductivities; on which, and its errors on what it has not seen: docs/conductivity.md.
Each prediction says in one of four words how much is known: of the material, of its relatives, of
no relative, or that there is no framework of ions to conduct.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.electrolyte.composition import ELEMENTS, element_shares
from descriptors.electrolyte.conductivity_model import Model, shipped_model
from descriptors.electrolyte.frameworks import NO_FRAMEWORK, frameworks
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

FLOOR = -13.0
"""Least conductivity that is told apart from none. [log10 S/cm]"""
CEILING = -0.3
"""No solid conducts lithium ions better. [log10 S/cm]"""
ENOUGH_PAPERS = 2
"""Papers from which a sub-class counts as measured: one may be an accident."""
NEAR = 0.05
"""Share of atoms to exchange up to which a material counts as known by a measured one: doping."""
_NOTHING = 3.0  # Decades either side of FLOOR where nothing conducts.
_LEAST_REACH = 0.1
"""Reach of an interval at least: what the best laboratories differ by. [log10]"""
_CHUNK = 4096
"""Compositions at once, so that memory stays at some 100 MB."""
_ROUNDING = 1e-9  # Fractions that are all there add up to 1 within this.


class Knowledge(StrEnum):
    """How much is known of the conductivity of a composition."""

    KNOWN = "known"
    """A material of its sub-class within `NEAR` of it has been measured."""
    RELATIVES = "relatives"
    """At least `ENOUGH_PAPERS` papers have measured its sub-class."""
    UNKNOWN = "unknown sub-class"
    """Fewer have."""
    NONE = "no ionic framework"
    """An alloy, a pnictide, a molecule, or without lithium: nothing conducts lithium ions."""


class Relative(NamedTuple):
    """A measured material that is like the predicted one."""

    formula: str
    """The material."""
    conductivity: float
    """Median of its measured figures. [S/cm]"""
    source: str
    """DOI, or where else the figure stands."""


class PredictedConductivity(NamedTuple):
    """A conductivity that nobody has measured, with its 90 % interval."""

    value: float
    """Most likely conductivity. [S/cm]"""
    low: float
    """Lower end of the 90 % interval. [S/cm]"""
    high: float
    """Upper end of the same interval. [S/cm]"""
    knowledge: Knowledge
    """How much is known."""
    subclass: str
    """Sub-class of the framework, such as ``argyrodite``."""
    rows: int
    """Measured figures of that sub-class."""
    papers: int
    """Papers that they come from."""
    relatives: tuple[Relative, ...]
    """The measured materials that are most like this one."""
    unmeasured: tuple[str, ...]
    """Its elements that no measured material has: the interval is as wide as without relatives."""

    @property
    def statement(self) -> str:
        """In one line: the word, the sub-class, how often it was measured, nearest relatives."""
        if self.knowledge is Knowledge.NONE:
            return f"{self.knowledge}: {self.subclass}"
        counted = f"{self.rows} figures in {self.papers} papers" if self.rows else "never measured"
        if self.papers == 1:
            counted = f"{self.rows} figure{'s' if self.rows > 1 else ''} in one paper"
        if self.unmeasured and self.rows:
            counted += f", none with {' or '.join(self.unmeasured)}"
        like = ", ".join(f"{one.formula} {one.conductivity:.1e}" for one in self.relatives)
        return f"{self.knowledge}: {self.subclass}, {counted}; nearest {like} S/cm"

    @property
    def quantity(self) -> Quantity:
        """The same as a quantity, whose source says how much is known.

        Raises
        ------
        NoMeasurement
            If there is no ionic framework: nothing is guessed then.
        """
        if self.knowledge is Knowledge.NONE:
            raise NoMeasurement(
                f"no ionic conductivity is predicted where there is {self.statement}; "
                "measure it, or leave it out"
            )
        return Quantity(
            value=self.value,
            low=self.low,
            high=self.high,
            unit="S/cm",
            kind=Kind.PREDICTED,
            source=f"predicted from the composition ({self.statement}), "
            f"{shipped_model().arrays.origin}",
        )


class Predictions(NamedTuple):
    """Conductivities of many compositions, arrays of n_compositions rows."""

    value: Numbers
    """Most likely conductivities. [log10 S/cm]"""
    low: Numbers
    """Lower ends of the 90 % intervals. [log10 S/cm]"""
    high: Numbers
    """Upper ends of the same intervals. [log10 S/cm]"""
    knowledge: NDArray[np.str_]
    """How much is known, as :class:`Knowledge` writes it."""
    subclass: NDArray[np.str_]
    """Sub-classes of the frameworks."""
    relatives: NDArray[np.int64]
    """Numbers of the nearest training materials, best first, shape (n_compositions, 3)."""


def predicted_ionic_conductivity(formula: str) -> Quantity:
    """Return the ionic conductivity of a composition at room temperature, predicted [S/cm].

    Parameters
    ----------
    formula : str
        The composition.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If the composition has no ionic framework, or no lithium.

    Notes
    -----
    The source says ``predicted`` first, then in one of four words (:class:`Knowledge`) how much is
    known, and by which measured relatives. `prediction` has the same field by field.

    Examples
    --------
    >>> found = predicted_ionic_conductivity("Li6PS5Br")
    >>> found.kind, "known: argyrodite" in found.source
    (<Kind.PREDICTED: 'predicted'>, True)
    """
    return prediction(formula).quantity


def prediction(formula: str) -> PredictedConductivity:
    """Return the predicted conductivity of one formula, and how much is known.

    Examples
    --------
    >>> prediction("Li13Si4").statement
    'no ionic framework: alloy, germanide, pnictide'
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
    model = shipped_model()
    found = _in_chunks(element_shares(formulas), model)
    rows = {name: int((model.kinds.subclass == name).sum()) for name in model.papers_of}
    seen = set(np.array(ELEMENTS)[model.arrays.materials.any(axis=0)].tolist())
    return [
        PredictedConductivity(
            value=float(10 ** found.value[row]),
            low=float(10 ** found.low[row]),
            high=float(10 ** found.high[row]),
            knowledge=Knowledge(found.knowledge[row]),
            subclass=str(found.subclass[row]),
            rows=rows.get(str(found.subclass[row]), 0),
            papers=model.papers_of.get(str(found.subclass[row]), 0),
            relatives=tuple(_relative(int(place)) for place in found.relatives[row]),
            unmeasured=tuple(one for one in composition(formula).amounts if one not in seen),
        )
        for row, formula in enumerate(formulas)
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
    The interval is the value plus multiples of the standard deviation of the process: one pair of
    multiples where the sub-class has been measured, from figures whose paper was left out; another
    where it has not, from figures whose sub-class was. Its lower end is
    counted from the best of the three nearest relatives, if that is less than the value: nothing is
    claimed that no relative has shown.

    Examples
    --------
    A formula and its double are one composition.

    >>> one, two = predict([[1, 1, 2], [2, 2, 4]], ["Li", "Al", "O"]).value
    >>> bool(one == two)
    True
    """
    known = shipped_model() if model is None else model
    amounts = checked_amounts(fractions, elements)
    return _in_chunks(shares_by_element(amounts, elements), known)


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
    if amounts.shape[1:] != (len(elements),):
        raise ImpossibleValueError(
            f"amounts of shape {amounts.shape} for {len(elements)} elements; give one row for each "
            "composition and one column for each element"
        )
    if not (np.isfinite(amounts) & (amounts >= 0)).all():
        raise ImpossibleValueError("an amount is negative or not finite; give atoms, at least 0")
    if not (amounts > 0).any(axis=1).all():
        raise ImpossibleValueError("a composition holds no atoms; leave the row out")
    return amounts


def _in_chunks(shares: Numbers, model: Model) -> Predictions:
    parts = [
        _predict(shares[first : first + _CHUNK], model)
        for first in range(0, max(len(shares), 1), _CHUNK)
    ]
    return Predictions(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _predict(shares: Numbers, model: Model) -> Predictions:
    foreign = shares.sum(axis=1) == 0
    described = np.where(foreign[:, None], 1.0 / shares.shape[1], shares)
    kinds = frameworks(described)
    lithium = shares[:, ELEMENTS.index("Li")] > 0
    stranger = (shares[:, ~model.arrays.materials.any(axis=0)] > 0).any(axis=1)
    stranger |= shares.sum(axis=1) < 1 - _ROUNDING
    papers = np.array([model.papers_of.get(str(name), 0) for name in kinds.subclass], dtype=int)
    enough = papers >= ENOUGH_PAPERS
    measured = enough & ~stranger
    said = model.posterior(described, kinds)
    # An element that nobody has measured may change as much as a new framework.
    more = np.where(stranger, model.arrays.variances.subclass, 0.0)
    deviation = np.sqrt(said.deviation**2 + more)
    below = np.where(measured, model.arrays.known.below, model.arrays.unknown.below)
    above = np.where(measured, model.arrays.known.above, model.arrays.unknown.above)
    value = np.clip(said.mean, FLOOR, CEILING - _LEAST_REACH)
    shown = model.typical[said.relatives].max(axis=1)
    low = np.minimum(value, shown) - np.maximum(below * deviation, _LEAST_REACH)
    high = np.minimum(value + np.maximum(above * deviation, _LEAST_REACH), CEILING)
    nothing = (kinds.family == NO_FRAMEWORK) | ~lithium
    knowledge = np.where(enough, Knowledge.RELATIVES.value, Knowledge.UNKNOWN.value)
    knowledge = np.where(measured & _near(shares, kinds.subclass, model), "known", knowledge)
    return Predictions(
        value=np.where(nothing, FLOOR, value),
        low=np.where(nothing, FLOOR - _NOTHING, low),
        high=np.where(nothing, FLOOR + _NOTHING, high),
        knowledge=np.where(nothing, Knowledge.NONE.value, knowledge),
        subclass=np.where(lithium, kinds.subclass, "holds no Li"),
        relatives=said.relatives,
    )


def _near(shares: Numbers, subclass: NDArray[np.str_], model: Model) -> NDArray[np.bool_]:
    """Return which compositions are within `NEAR` of a measured one of their sub-class."""
    near = np.zeros(len(shares), dtype=bool)
    for name in np.unique(subclass):
        own = subclass == name
        known = model.arrays.materials[model.kinds.subclass == name]
        near[own] = distances(known, shares[own]) <= NEAR
    return near


@cache
def _relative(place: int) -> Relative:
    model = shipped_model()
    return Relative(
        str(model.arrays.formulas[place]),
        float(10 ** model.typical[place]),
        str(model.arrays.papers[model.arrays.paper[place]]),
    )
