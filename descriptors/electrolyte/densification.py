"""How dense a powder becomes under a press: relative density against uniaxial pressure.

1. *Law.* Heckel's, ln(1 / (1 - D)) = k P + A (Trans. Metall. Soc. AIME 221, 671 (1961)).
2. *Start.* A is assumed: loose powders begin about half dense (`START`, `START_SPREAD`).
3. *Population.* Powders flow near a yield pressure 1 / k that grows with stiffness: ln(k E) is
   taken as normal within a chemistry class, and classes as normal about a common mean. Mean and
   spread are learned from the `pellets` of all other materials.
4. *Material.* Bayes' rule on a grid of A and ln(k E). Without a pellet, steps 2 and 3 alone.

The 90 % interval is where new pellets lie: uncertain parameters, and the scatter of pellets.
Domain: powders pressed cold and once along one axis, 0 to about 600 MPa; no sintering, no binder.
"""

from __future__ import annotations

from functools import cache
from math import log
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.consensus import cited
from descriptors.electrolyte.atomic_fractions import (
    ELEMENTS,
    Chemistry,
    atomic_fractions,
    chemistries,
)
from descriptors.electrolyte.moduli import half_widths, networks, predicted_moduli
from descriptors.electrolyte.pellets import checked_pressures, pellets
from descriptors.errors import NoMeasurement
from descriptors.measured import DENSITY_SPREAD, youngs_modulus
from descriptors.quantity import Kind, Quantity
from descriptors.tables import Figure, figures
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

START = log(2)
"""Heckel's A of a powder that begins half dense. The two measured curves extrapolate to 45 and
56 %; random close packing of equal spheres is 64 %."""

START_SPREAD = 0.16
"""Standard deviation of A: 90 % of powders begin 35 to 62 % dense. A judgement."""

SCATTER = DENSITY_SPREAD / NormalDist().inv_cdf(0.95)
"""Standard deviation of one pellet; twice that for an estimate. [%]"""

STIFFNESS = 25.0
"""Young's modulus that k is referred to, a sulfide's. [GPa]"""

_STARTS = START + START_SPREAD * np.linspace(-3, 3, 25)
_RATES = np.linspace(-9.0, -2.0, 113)  # ln(k E / STIFFNESS), k in 1/MPa
_MEANS = np.linspace(-7.5, -3.5, 41)
_SPREADS = np.array([0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0])
_STARTING = np.exp(-(np.linspace(-3, 3, _STARTS.size) ** 2) / 2)
_DRAWS = 512
_PELLETS = SCATTER * np.random.default_rng(0).permutation(
    [NormalDist().inv_cdf((draw + 0.5) / _DRAWS) for draw in range(_DRAWS)]
)  # the scatter of pellets, in an order that has nothing to do with that of the parameters
_SOFT_END = 8.0  # k P beyond this is 99.97 % and more: any pressure gives the same density.


class Compaction(NamedTuple):
    """What is known of the Heckel parameters of one powder."""

    start: float
    """A, median. [1]"""
    rate: float
    """k, median; 1 / k is the yield pressure. [1/MPa]"""
    starts: Floats
    """Draws of A, shape (n_draws,). [1]"""
    rates: Floats
    """Draws of k, of the same shape. [1/MPa]"""
    kind: Kind
    """Fitted through pellets of this powder, or predicted from others."""
    source: str
    """Fitted through which pellets, or predicted from what."""


class Curve(NamedTuple):
    """Relative density against pressure, with the law that it follows."""

    pressure: Floats
    """Uniaxial pressures, shape (n,). [MPa]"""
    value: Floats
    """Relative densities, of the same shape. [%]"""
    low: Floats
    """Lower ends of the 90 % intervals of new pellets. [%]"""
    high: Floats
    """Upper ends of the same. [%]"""
    compaction: Compaction
    """Parameters of the law and their source."""


class LeftOut(NamedTuple):
    """One pellet, and what is predicted of it without any pellet of its material."""

    formula: str
    """The material."""
    pressure: float
    """Uniaxial pressure. [MPa]"""
    measured: float
    """Relative density of the pellet. [%]"""
    predicted: Quantity
    """Prediction from chemistry and stiffness. [%]"""


def relative_density(formula: str, pressure: float) -> Quantity:
    """Return the relative density that a powder is pressed to, fitted or predicted [%].

    Parameters
    ----------
    formula : str
        The electrolyte.
    pressure : float
        Uniaxial pressure. [MPa]

    Raises
    ------
    ImpossibleValueError
        If the pressure is negative or not finite.
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If an element is unknown to the prediction of moduli.

    Notes
    -----
    The law is smooth between laboratories; `descriptors.measured.relative_density` gives the
    pellet itself where there is one at this pressure.

    Examples
    --------
    Two laboratories, 85.5 % at 375 MPa and 82.1 % at 370 MPa: the fit lies between them.

    >>> 82.1 < relative_density("Li6PS5Cl", 375).value < 85.5
    True
    """
    curve = relative_density_curve(formula, [pressure])
    return Quantity(
        value=float(curve.value[0]),
        low=float(curve.low[0]),
        high=float(curve.high[0]),
        unit="%",
        kind=curve.compaction.kind,
        source=curve.compaction.source,
    )


def relative_densities(formulas: Sequence[str], pressure: float) -> list[Quantity | None]:
    """Return the relative densities of many powders [%], None where an element is unknown.

    Parameters
    ----------
    formulas : sequence of str
        The electrolytes.
    pressure : float
        Uniaxial pressure. [MPa]

    Raises
    ------
    ImpossibleValueError
        If the pressure is negative or not finite.
    FormulaError
        If a formula cannot be read.

    Notes
    -----
    As :func:`relative_density` each; what is not on record is predicted together.
    """
    recorded = pellets().keys() | figures("youngs_modulus").keys()
    found = {one: relative_density(one, pressure) for one in recorded & set(formulas)}
    bare = [one for one in dict.fromkeys(formulas) if one not in recorded]
    known = [one for one in bare if composition(one).amounts.keys() <= set(ELEMENTS)]
    if known:
        # Rounded, so that a powder does not depend on which are predicted with it.
        ends = np.stack(predicted_densities(known, pressure), axis=1).round(6).tolist()
        kinds = chemistries(atomic_fractions(known))
        learned = f"with predicted moduli, learned from the pellets of {len(pellets())} materials"
        for formula, kind, (value, low, high) in zip(known, kinds, ends, strict=True):
            source = f"predicted: Heckel law, {kind} {learned}"
            found[formula] = Quantity(value, low, high, "%", Kind.PREDICTED, source)
    return [found.get(formula) for formula in formulas]


def relative_density_curve(formula: str, pressures: ArrayLike) -> Curve:
    """Return relative densities over pressures, with the parameters of the law.

    Parameters
    ----------
    formula : str
        The electrolyte.
    pressures : array_like, shape (n,)
        Uniaxial pressures. [MPa]

    Raises
    ------
    ImpossibleValueError
        If a pressure is negative or not finite.
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If an element is unknown to the prediction of moduli.
    """
    pressures = checked_pressures(np.atleast_1d(np.asarray(pressures, dtype=float)))
    known = compaction(formula)
    steps = np.minimum(pressures[:, None] * known.rates, _SOFT_END)
    value, low, high = _interval(steps + known.starts)
    return Curve(pressures, value, low, high, known)


def predicted_densities(formulas: Sequence[str], pressure: float) -> tuple[Floats, Floats, Floats]:
    """Return what is predicted of many powders that nobody has pressed: value, low, high [%].

    Parameters
    ----------
    formulas : sequence of str, length n
        Electrolytes; pellets on record do not count for their own material.
    pressure : float
        Uniaxial pressure. [MPa]

    Raises
    ------
    ImpossibleValueError
        If the pressure is negative or not finite.
    FormulaError
        If a formula cannot be read.
    NoMeasurement
        If an element is unknown to the prediction of moduli.
    """
    checked_pressures(np.array([pressure]))
    young = predicted_moduli(formulas).value[:, 2]
    classes = chemistries(atomic_fractions(formulas))
    found = np.empty((3, len(formulas)))
    for name in set(classes):
        rows = classes == name
        starts, rates = _draws(_STARTING[:, None] * _population(str(name), None, recorded=False))
        steps = pressure * np.exp(rates) * STIFFNESS / young[rows, None]
        found[:, rows] = _interval(np.minimum(steps, _SOFT_END) + starts)
    value, low, high = found
    return value, low, high


@cache
def compaction(formula: str, *, blind: bool = False) -> Compaction:
    """Return what is known of the Heckel parameters of a powder.

    Parameters
    ----------
    formula : str
        The electrolyte.
    blind : bool
        Predict as if no pellet of this material were on record.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If an element is unknown to the prediction of moduli.

    Notes
    -----
    With s = ln(k E / 25 GPa), prior and likelihood are ::

        A ~ N(ln 2, 0.16),  s ~ N(m_class, sigma),  m_class ~ N(m, sigma),  m and ln sigma flat
        D_i ~ N(100 (1 - exp(-k P_i - A)), 1.8 %)

    on a grid of A, s, m_class, m and sigma. The likelihood of other materials makes the prior of s
    of this one, so that no pellet counts twice. A modulus that is predicted adds its error to s.
    """
    chemistry = str(chemistries(atomic_fractions([formula]))[0])
    modulus, recorded = _stiffness(formula)
    own = () if blind else pellets().get(formula, ())
    prior = _population(chemistry, formula if formula in _evidence() else None, recorded=recorded)
    weight = _STARTING[:, None] * prior * (_likelihood(own, modulus) if own else 1.0)
    starts, logs = _draws(weight)
    rates = np.exp(logs) * STIFFNESS / modulus
    if own:
        count = "1 point" if len(own) == 1 else f"{len(own)} points"
        kind = Kind.FITTED
        source = f"fitted: Heckel law through {count} of {cited(own)}"
    else:
        kind = Kind.PREDICTED
        source = (
            f"predicted: Heckel law, {chemistry} with Young's modulus {modulus:.3g} GPa ("
            f"{'on record' if recorded else 'predicted'}), "
            f"learned from the pellets of {len(set(pellets()) - {formula})} materials"
        )
    start, rate = float(np.median(starts)), float(np.median(rates))
    return Compaction(start, rate, starts, rates, kind, source)


def left_out() -> list[LeftOut]:
    """Return every pellet beside its prediction from the pellets of the other materials."""
    found = []
    for formula, own in pellets().items():
        blind = compaction(formula, blind=True)
        for pellet in own:
            at = float(pellet.pressure or 0)
            value, low, high = _interval((at * blind.rates + blind.starts)[None, :])[:, 0].tolist()
            prediction = Quantity(value, low, high, "%", blind.kind, blind.source)
            found.append(LeftOut(formula, at, pellet.value, prediction))
    return found


def left_out_error(found: Sequence[LeftOut] | None = None) -> float:
    """Return the mean absolute leave-one-material-out error, each material counting once [%]."""
    found = left_out() if found is None else found
    errors: dict[str, list[float]] = {}
    for pellet in found:
        error = abs(pellet.predicted.value - pellet.measured)
        errors.setdefault(pellet.formula, []).append(error)
    return float(np.mean([np.mean(own) for own in errors.values()]))


def _stiffness(formula: str) -> tuple[float, bool]:
    """Return Young's modulus [GPa], and whether it is on record."""
    try:
        return youngs_modulus(formula).value, True
    except NoMeasurement:
        return float(predicted_moduli([formula]).value[0, 2]), False


def _likelihood(own: Sequence[Figure], modulus: float) -> Floats:
    """Return how likely the pellets of one material are over the grid of A and s."""
    grid = np.zeros((_STARTS.size, _RATES.size))
    rates = np.exp(_RATES) * STIFFNESS / modulus
    for pellet in own:
        law = -100 * np.expm1(-(_STARTS[:, None] + rates * float(pellet.pressure or 0)))
        scatter = SCATTER * (2 if pellet.kind is Kind.ESTIMATED else 1)
        grid -= ((law - pellet.value) / scatter) ** 2 / 2
    return np.asarray(np.exp(grid - grid.max()))


@cache
def _evidence() -> Mapping[str, tuple[str, Floats]]:
    """Return class and likelihood over s of every material with pellets."""
    found = {}
    for formula, own in pellets().items():
        chemistry = str(chemistries(atomic_fractions([formula]))[0])
        found[formula] = (chemistry, _STARTING @ _likelihood(own, _stiffness(formula)[0]))
    return found


@cache
def _population(chemistry: str, without: str | None, *, recorded: bool) -> Floats:
    """Return the density of s in a class, over `_RATES`, learned from all materials but one.

    The error of the modulus is added where it is not ``recorded`` but predicted.
    """
    found = np.zeros(_RATES.size)
    for sigma in _SPREADS:
        members = _normal(_RATES[None, :], _MEANS[:, None], sigma)  # (m_class, s)
        about = _normal(_MEANS[None, :], _MEANS[:, None], sigma)  # (m, m_class)
        of_class = {name: np.ones(_MEANS.size) for name in Chemistry}
        for formula, (name, likelihood) in _evidence().items():
            if formula != without:
                of_class[Chemistry(name)] = of_class[Chemistry(name)] * (members @ likelihood)
        common = np.ones(_MEANS.size)
        for name, likely in of_class.items():
            if name != chemistry:
                common = common * (about @ likely)
        found += (common @ (about * of_class[Chemistry(chemistry)])) @ members
    if not recorded:
        error = log(10) * half_widths(networks(), [chemistry])[0, 2] / NormalDist().inv_cdf(0.95)
        kernel = _normal(_RATES[None, :], _RATES[:, None], error)
        found = found @ kernel
    return np.asarray(found / found.sum())


def _normal(at: Floats, mean: Floats, sigma: float) -> Floats:
    """Return normal weights along the last axis, adding up to 1."""
    weight = np.exp(-(((at - mean) / sigma) ** 2) / 2)
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))


def _draws(weight: Floats) -> tuple[Floats, Floats]:
    """Return evenly spread draws of A and s from weights over their grid: no chance in it."""
    order = np.cumsum(weight.T.ravel())
    places = (np.arange(_DRAWS) + 0.5) / _DRAWS * order[-1]
    rate, start = np.divmod(np.searchsorted(order, places), _STARTS.size)
    return _STARTS[start], _RATES[rate]


def _interval(exponents: Floats) -> Floats:
    """Return median and 90 % interval of new pellets from draws of k P + A [%]."""
    densities = -100 * np.expm1(-exponents)
    low, high = np.quantile(densities + _PELLETS, (0.05, 0.95), axis=1)
    value = np.median(densities, axis=1)
    low, high = np.maximum(np.minimum(low, value), 0), np.minimum(np.maximum(high, value), 100)
    return np.stack([value, low, high])
