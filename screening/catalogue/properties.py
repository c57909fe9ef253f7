"""What is on record of a solid electrolyte, and what stands in for it where nothing is.

A quantity says which it is: ``measured`` comes from the literature, ``fitted`` from a law through
measured points, ``predicted`` from a model that its source names, ``assumed`` from the chemistry
class alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import sqrt
from typing import TYPE_CHECKING

from descriptors import measured
from descriptors.electrolyte import densification
from descriptors.electrolyte.conductivity import PredictedConductivity, predictions
from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity
from screening.catalogue.materials import Chemistry, electrolytes
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_HALOGENS = {"F", "Cl", "Br", "I"}
_SALT, _UNKNOWN = "salt", "unknown"  # Tables of the assumptions beside those of the classes.


@dataclass(frozen=True)
class Properties:
    """Properties of a solid electrolyte beyond thermodynamics."""

    ionic_conductivity: Quantity
    """At room temperature. [S/cm]"""
    relative_density: Quantity
    """Of a pellet cold-pressed at the recipe's pressure. [%]"""
    true_density: Quantity
    """Without pores. [g/cm3]"""
    youngs_modulus: Quantity | None
    """None where nobody has reported it. [GPa]"""


def properties(formula: str, *, pressure: float) -> Properties:
    """Return the properties of a solid electrolyte: on record, predicted, or assumed by class.

    Parameters
    ----------
    formula : str
        Its formula, of the catalogue or not.
    pressure : float
        Fabrication pressure. [MPa]

    Raises
    ------
    FormulaError
        If the formula cannot be read.

    Examples
    --------
    >>> properties("Li2ZrCl6", pressure=375).relative_density.value
    94.7
    >>> properties("Li3YCl6", pressure=375).relative_density.kind
    <Kind.PREDICTED: 'predicted'>
    """
    return many_properties([(formula, pressure)])[0]


def many_properties(pellets: Sequence[tuple[str, float]]) -> list[Properties]:
    """Return the properties of many solid electrolytes, as :func:`properties` each.

    Parameters
    ----------
    pellets : sequence of (str, float)
        Formulas with fabrication pressures. [MPa]

    Raises
    ------
    FormulaError
        If a formula cannot be read.

    Notes
    -----
    Predictions are made for all formulas at once, which takes a fraction of the time.
    """
    formulas = list(dict.fromkeys(formula for formula, _ in pellets))
    on_record = {one: _on_record(measured.ionic_conductivity, one) for one in formulas}
    unmeasured = [one for one in formulas if on_record[one] is None]
    predicted = dict(zip(unmeasured, predictions(unmeasured), strict=True))
    return [
        _properties(formula, pressure, on_record[formula], predicted.get(formula))
        for formula, pressure in pellets
    ]


def _properties(
    formula: str,
    pressure: float,
    conductivity: Quantity | None,
    predicted: PredictedConductivity | None,
) -> Properties:
    assumed = _assumptions()[chemistry(formula)]
    return Properties(
        ionic_conductivity=conductivity or _unmeasured_conductivity(formula, predicted),
        relative_density=_on_record(lambda f: measured.relative_density(f, pressure), formula)
        or _on_record(lambda f: densification.relative_density(f, pressure), formula)
        or assumed["relative_density"],
        true_density=_on_record(measured.true_density, formula) or assumed["true_density"],
        youngs_modulus=_on_record(measured.youngs_modulus, formula),
    )


def _unmeasured_conductivity(formula: str, predicted: PredictedConductivity | None) -> Quantity:
    """Return the conductivity that stands in where nobody has measured it.

    The class of the catalogue is a choice of the best. A halide beyond it is put between the class
    and the prediction, which is too low for the best, and has the interval of both; lithium with
    halogens alone, such as LiCl, conducts worst of all. Hydrates and organic salts are in no class.
    """
    kind = chemistry(formula)
    of_class = _assumptions()[kind]["ionic_conductivity"]
    elements = composition(formula).amounts.keys()
    if elements <= {"Li", *_HALOGENS}:
        return _assumptions()[_SALT]["ionic_conductivity"]
    if elements & {"H", "C"} and formula not in electrolytes():
        return _assumptions()[_UNKNOWN]["ionic_conductivity"]
    if predicted is None or not predicted.in_domain:
        return of_class
    if kind not in {Chemistry.HALIDE, Chemistry.OXYHALIDE}:
        return predicted.quantity
    if formula in electrolytes():
        return of_class
    return of_class._replace(
        value=sqrt(of_class.value * predicted.value),
        low=min(of_class.low, predicted.low),
        high=max(of_class.high, predicted.high),
        source=f"between the class ({of_class.source}) and {predicted.quantity.source}",
    )


@lru_cache(maxsize=65_536)
def chemistry(formula: str) -> Chemistry:
    """Return the chemistry class: the catalogue's, or by the anions of the formula.

    Examples
    --------
    >>> chemistry("Li5.5PS4.5Cl1.5")
    <Chemistry.SULFIDE: 'sulfide'>
    """
    if formula in electrolytes():
        return electrolytes()[formula].chemistry
    amounts = composition(formula).amounts
    elements = amounts.keys()
    if amounts.get("S", 0.0) > amounts.get("O", 0.0):  # A sulfate is no sulfide.
        return Chemistry.SULFIDE
    if _HALOGENS & elements:
        return Chemistry.OXYHALIDE if "O" in elements else Chemistry.HALIDE
    return Chemistry.PHOSPHATE if "P" in elements else Chemistry.OXIDE


def _on_record(figure: Callable[[str], Quantity], formula: str) -> Quantity | None:
    try:
        return figure(formula)
    except NoMeasurement:
        return None


@cache
def _assumptions() -> Mapping[str, Mapping[str, Quantity]]:
    text = files("screening").joinpath("data/assumptions.toml").read_text(encoding="utf-8")
    return {
        name: {
            key: Quantity(
                float(figure["value"]),
                float(figure["low"]),
                float(figure["high"]),
                figure["unit"],
                Kind.ASSUMED,
                figure["source"],
            )
            for key, figure in table.items()
        }
        for name, table in tomllib.loads(text).items()
    }
