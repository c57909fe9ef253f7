"""Band gap of a compound from its composition, and whether it conducts electrons.

The prediction is the mean of a few small neural networks, in plain numpy, that share out the
probability among intervals of the gap. What they were trained on, by what, and with what success:
docs/band-gap.md; `descriptors.training.train_band_gap` makes the file.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors import measured
from descriptors.electrolyte.atomic_fractions import (
    ELEMENTS,
    Chemistry,
    atomic_fractions,
    chemistries,
    features,
)
from descriptors.electrolyte.composition import ELEMENTS as IONS
from descriptors.electrolyte.composition import composition_features
from descriptors.electrolyte.network import Ensemble, known_fractions, outputs, shipped
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

METAL = 0.05
"""GGA gap below which a compound counts as a metal: the calculation resolves no less. [eV]"""

USABLE = np.isin(ELEMENTS, IONS)
"""Which elements have an ion in `composition`; the others are not learned from."""

CONDUCTING_GAP = 0.5
"""GGA gap below which a compound conducts electrons. About 0.8 eV in truth (`corrected_band_gap`);
then 2.5e19/cm3 exp(-0.8 eV / 2 kT) = 4e12/cm3 carriers with 10 cm2/V/s conduct 7e-6 S/cm at 298 K,
hundreds of times the leak of a solid electrolyte. [eV]"""

GGA_SHARE = 0.6
"""Share of the measured gap that a GGA calculation finds, about: 40 % are missing."""

_REACH = 6.0
"""Standard deviations beyond which a feature counts no further."""
_COVERAGE = 0.9
_BOUND = 1e-9  # Keeps an empty interval of the gap from dividing by 0.
_ELECTROLYTES = (Chemistry.SULFIDE, Chemistry.HALIDE)
_LEAKS = {
    "Li6PS5Cl": 1.6e-8,
    "Li2ZrCl6": 8e-9,
    "Li3InCl6": 5.4e-9,
    "Li2Sc2/3Cl4": 4.2e-9,
    "Li2Sc1/3In1/3Cl4": 4.7e-10,
}
"""Measured electronic conductivities by DC polarisation: A. Cronk, thesis, UC San Diego (2024), T05
and T04; Kochetkov (2022); Zhou, thesis, chapters 5 and 6. [S/cm]"""
_STUDENT = 2.132
"""95 % quantile of Student's t with 4 degrees of freedom, for the five figures of `_LEAKS`."""
_MOST_DOUBT = 0.5
"""Probability of conducting electrons from which the leak of an electrolyte is not assumed."""


class BandGaps(NamedTuple):
    """GGA band gaps of many compounds, all of shape (n,)."""

    value: Floats
    """Median of the predicted distribution; 0 for a metal. [eV]"""
    low: Floats
    """Lower ends of the 90 % intervals. [eV]"""
    high: Floats
    """Upper ends of the same intervals. [eV]"""
    metal: Floats
    """Probability of a gap below `METAL`."""
    conducting: Floats
    """Probability of a gap below `CONDUCTING_GAP`."""


def band_gap(formula: str) -> Quantity:
    """Return the GGA band gap of a compound, predicted [eV].

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If an element is none that the prediction has learned from.

    Examples
    --------
    >>> band_gap("LiCl").value > 3 > band_gap("Li2S").low
    True
    """
    found = predicted_band_gaps([formula])
    value, low, high = (column.item() for column in found[:3])
    story = f"GGA gap predicted from the composition; {networks().story}"
    return Quantity(value, low, high, "eV", Kind.PREDICTED, story)


def corrected_band_gap(gap: float) -> float:
    """Return what a measurement would find where a GGA calculation finds a gap [eV].

    Parameters
    ----------
    gap : float
        GGA band gap, at least 0. [eV]

    Raises
    ------
    ImpossibleValueError
        If the gap is negative or no number.

    Notes
    -----
    gap / `GGA_SHARE`. GGA gaps are too small by 30 to 50 %, and a calculated 0 may hide a small gap
    or, with open d and f shells, a large one [1]_.

    References
    ----------
    .. [1] J. P. Perdew, Int. J. Quantum Chem. 28 (S19), 497 (1985), doi:10.1002/qua.560280846.

    Examples
    --------
    3.0 / 0.6.

    >>> corrected_band_gap(3.0)
    5.0
    """
    if not (isfinite(gap) and gap >= 0):
        raise ImpossibleValueError(f"band gap {gap:g} eV is below 0; a metal has 0")
    return gap / GGA_SHARE


def conducts_electrons(formula: str) -> float:
    """Return the probability that a compound conducts electrons: a gap below `CONDUCTING_GAP`.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If an element is none that the prediction has learned from.

    Notes
    -----
    Of the ideal, undoped crystal. Defects and dopants may let an insulator conduct, and a layer of
    insulator between conducting grains insulates.

    Examples
    --------
    >>> conducts_electrons("LiCl") < 0.1, conducts_electrons("Ni3S2") > 0.95
    (True, True)
    """
    return float(predicted_band_gaps([formula]).conducting[0])


def networks() -> Ensemble:
    """Return the networks that the package ships."""
    return shipped("band_gap_model.npz")


def predicted_band_gaps(formulas: Sequence[str], *, ensemble: Ensemble | None = None) -> BandGaps:
    """Return predicted GGA band gaps of many compounds.

    Parameters
    ----------
    formulas : sequence of str, length n
        Compounds.
    ensemble : Ensemble, optional
        Other networks than the shipped ones.

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    NoMeasurement
        If an element is none that the prediction has learned from.

    Notes
    -----
    Polymorphs of one formula get one number; fractional compositions are interpolated.
    """
    chosen = networks() if ensemble is None else ensemble
    fractions = known_fractions(chosen, formulas, of="band gap")
    return summary(probabilities(chosen, fractions), chosen.constants["edges"])


def predictable(formulas: Sequence[str]) -> list[bool]:
    """Return whether the networks have learned from every element of each compound.

    Parameters
    ----------
    formulas : sequence of str
        Compounds.

    Raises
    ------
    FormulaError
        If a formula cannot be read.

    Examples
    --------
    >>> predictable(["Li2S", "PoCl2"])
    [True, False]
    """
    known = {element for element, met in zip(ELEMENTS, networks().known, strict=True) if met}
    return [composition(formula).amounts.keys() <= known for formula in formulas]


def electronic_conductivity(formula: str) -> Quantity:
    """Return the electronic conductivity of an electrolyte: measured, else a wide estimate [S/cm].

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If nobody has measured it and it is neither sulfide nor halide, or rather conducts.

    Notes
    -----
    Defects and traces of carbon set it, not the gap, so no model is learned from five figures: the
    estimate is their geometric mean, with the 90 % interval for a sixth of their kind,
    mean +- t s sqrt(1 + 1/5) of log10. All are pressed powders of sulfides and chlorides.

    Examples
    --------
    >>> electronic_conductivity("Li3YCl6").low < 4.7e-10 < 1.6e-8 < 1e-7
    True
    """
    try:
        return measured.electronic_conductivity(formula)
    except NoMeasurement:
        pass
    chemistry = chemistries(atomic_fractions([formula]))[0]
    if chemistry not in _ELECTROLYTES or conducts_electrons(formula) > _MOST_DOUBT:
        raise NoMeasurement(
            f"no electronic conductivity of {formula!r} is on record, and those that are belong to "
            "insulating sulfides and halides; state an assumption"
        )
    logs = np.log10(list(_LEAKS.values()))
    half = _STUDENT * logs.std(ddof=1) * np.sqrt(1 + 1 / len(logs))
    value, low, high = (10 ** (logs.mean() + shift).item() for shift in (0.0, -half, half))
    story = f"from the {len(logs)} measured sulfides and halides, {', '.join(_LEAKS)}"
    return Quantity(value, low, high, "S/cm", Kind.ESTIMATED, story)


def probabilities(ensemble: Ensemble, fractions: Floats) -> Floats:
    """Return the share of each interval of the gap in the probability, shape (n, n_intervals).

    Parameters
    ----------
    ensemble : Ensemble
        Networks.
    fractions : array, shape (n, n_elements)
        Atomic fractions in the order of `descriptors.electrolyte.atomic_fractions.ELEMENTS`.
    """
    scale = ensemble.constants["mean"], ensemble.constants["spread"]
    seen = standardised(described(fractions), *scale)
    return np.asarray(
        np.mean([_softmax(outputs(layers, seen)) for layers in ensemble.networks], axis=0)
    )


def described(fractions: Floats) -> Floats:
    """Return what the networks look at: the features of moduli, and those of conductivity.

    The latter know oxidation states: whether the charges balance makes the salt or the metal.
    """
    return np.hstack([features(fractions), composition_features(fractions, ELEMENTS)])


def standardised(seen: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return features in standard deviations from their mean, none beyond 6."""
    return np.clip((seen - mean) / spread, -_REACH, _REACH)


def summary(shares: Floats, edges: Floats) -> BandGaps:
    """Return median, interval and probabilities of distributions over intervals of the gap.

    Parameters
    ----------
    shares : array, shape (n, n_intervals)
        Probability of each interval; rows add up to 1.
    edges : array, shape (n_intervals + 1,)
        Ends of the intervals; the first, up to `METAL`, stands for a gap of 0. [eV]

    Examples
    --------
    A fifth metal, the rest spread over 1 to 2 eV: the median lies 0.3 / 0.8 up from 1 eV.

    >>> float(summary(np.array([[0.2, 0.0, 0.8]]), np.array([0, 0.05, 1, 2.0])).value[0])
    1.375
    """
    tail = (1 - _COVERAGE) / 2
    low, value, high = (_quantile(shares, edges, level) for level in (tail, 0.5, 1 - tail))
    below = np.clip((CONDUCTING_GAP - edges[:-1]) / np.diff(edges), 0, 1)
    return BandGaps(value, low, high, shares[:, 0], np.minimum(shares @ below, 1.0))


def _softmax(scores: Floats) -> Floats:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _quantile(shares: Floats, edges: Floats, level: float) -> Floats:
    """Return the gap below which a share of the probability lies; straight within an interval."""
    reached = shares.cumsum(axis=1)
    place = np.minimum((reached < level).sum(axis=1), shares.shape[1] - 1)
    rows = np.arange(len(shares))
    inside = shares[rows, place]
    part = (level - (reached[rows, place] - inside)) / np.maximum(inside, _BOUND)
    gap = edges[place] + np.diff(edges)[place] * np.clip(part, 0, 1)
    return np.asarray(np.where(place == 0, 0.0, gap))
