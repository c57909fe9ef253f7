"""What is on record of a solid electrolyte, and what stands in for it where nothing is.

A quantity says which it is: ``measured`` comes from the literature, ``estimated`` from there or
from a model that its source names, ``assumed`` from the chemistry class alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from descriptors import densification, measured
from descriptors.conductivity import predicted_ionic_conductivity, prediction
from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity
from screening.catalogue import Chemistry, electrolytes
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HALOGENS = {"F", "Cl", "Br", "I"}


@dataclass(frozen=True)
class Properties:
    """Properties of a solid electrolyte beyond thermodynamics."""

    ionic_conductivity: Quantity
    """At room temperature. [S/cm]"""
    electronic_conductivity: Quantity | None
    """At room temperature; None where nobody has measured it. [S/cm]"""
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
    <Kind.ESTIMATED: 'estimated'>
    """
    assumed = _assumptions()[chemistry(formula)]
    return Properties(
        ionic_conductivity=_on_record(measured.ionic_conductivity, formula)
        or _on_record(_predicted_conductivity, formula)
        or assumed["ionic_conductivity"],
        electronic_conductivity=_on_record(measured.electronic_conductivity, formula),
        relative_density=_on_record(lambda f: measured.relative_density(f, pressure), formula)
        or _on_record(lambda f: densification.relative_density(f, pressure), formula)
        or assumed["relative_density"],
        true_density=_on_record(measured.true_density, formula) or assumed["true_density"],
        youngs_modulus=_on_record(measured.youngs_modulus, formula),
    )


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


def _predicted_conductivity(formula: str) -> Quantity:
    """Return the predicted conductivity, where the model knows the like of the material.

    Raises
    ------
    NoMeasurement
        If it does not, and for halides, of which it has seen a dozen and puts the best of them two
        decades too low: then the class is the better guide.
    """
    found = prediction(formula)
    if not found.in_domain or chemistry(formula) in {Chemistry.HALIDE, Chemistry.OXYHALIDE}:
        raise NoMeasurement(f"{formula}: {found.reason}")
    return predicted_ionic_conductivity(formula)


def _on_record(figure: Callable[[str], Quantity], formula: str) -> Quantity | None:
    try:
        return figure(formula)
    except NoMeasurement:
        return None


@cache
def _assumptions() -> Mapping[Chemistry, Mapping[str, Quantity]]:
    text = files("screening").joinpath("data/assumptions.toml").read_text(encoding="utf-8")
    return {
        Chemistry(name): {
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
