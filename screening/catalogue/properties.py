"""What is on record of a solid electrolyte, and what stands in for it where nothing is.

A quantity says which it is: ``measured`` comes from the literature, ``fitted`` from a law through
measured points, ``predicted`` from a model that its source names, ``assumed`` from the chemistry
class alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, hypot, log
from typing import TYPE_CHECKING

from descriptors import measured
from descriptors.electrolyte.conductivity import Knowledge, predictions
from descriptors.electrolyte.densification import relative_densities
from descriptors.electrolyte.frameworks import OXO_SALT, frameworks_of
from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity, weakest
from screening.catalogue.materials import Chemistry, electrolytes
from screening.catalogue.own_materials import NO_MATERIALS
from screening.text.kept_answers import KeptAnswers
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from screening.catalogue.own_material import Material
    from screening.catalogue.own_materials import OwnMaterials

CERAMIC = frozenset({Chemistry.OXIDE, Chemistry.PHOSPHATE})
"""Classes whose conductivities are those of sintered pellets."""
COLD_PRESSED = Quantity(
    2e-3, 2e-4, 2e-2, "1", Kind.ESTIMATED,
    "garnet pressed cold conducts 1e-7 to 1e-6 S/cm, sintered 5e-4; from memory",
)  # fmt: skip
"""What pressing without sintering leaves of the conductivity of a ceramic."""
_ANY = "any"
"""Table of the assumptions for what nobody can tell: no better than any class."""


@dataclass(frozen=True)
class Properties:
    """Properties of a solid electrolyte beyond thermodynamics."""

    ionic_conductivity: Quantity
    """At room temperature, as a composite has it: ceramics are pressed cold. [S/cm]"""
    relative_density: Quantity
    """Of a pellet cold-pressed at the recipe's pressure. [%]"""
    true_density: Quantity
    """Without pores. [g/cm3]"""
    youngs_modulus: Quantity | None
    """None where nobody has reported it. [GPa]"""


def properties(formula: str, *, pressure: float, own: OwnMaterials = NO_MATERIALS) -> Properties:
    """Return the properties of a solid electrolyte: on record, predicted, or assumed by class.

    Parameters
    ----------
    formula : str
        Its formula, of the catalogue or not.
    pressure : float
        Fabrication pressure. [MPa]
    own : OwnMaterials, optional
        Materials of one's own: their figures go before all others.

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
    return many_properties([(formula, pressure)], own)[0]


def many_properties(
    pellets: Sequence[tuple[str, float]], own: OwnMaterials = NO_MATERIALS
) -> list[Properties]:
    """Return the properties of many solid electrolytes, as :func:`properties` each.

    Parameters
    ----------
    pellets : sequence of (str, float)
        Formulas with fabrication pressures. [MPa]
    own : OwnMaterials, optional
        Materials of one's own: their figures go before all others.

    Raises
    ------
    FormulaError
        If a formula cannot be read.

    Notes
    -----
    Predictions are made for all formulas at once, which takes a fraction of the time.
    """
    formulas = list(dict.fromkeys(formula for formula, _ in pellets))
    chemistries(formulas)
    sintered = bulk_conductivities(formulas)
    conductivities = {one: as_pressed(figure, one) for one, figure in sintered.items()}
    densities = _relative_densities(list(dict.fromkeys(pellets)))
    true_densities = {formula: _true_density(formula) for formula in formulas}
    moduli = {formula: _on_record(measured.youngs_modulus, formula) for formula in formulas}
    found = [
        Properties(
            ionic_conductivity=conductivities[formula],
            relative_density=densities[formula, pressure],
            true_density=true_densities[formula],
            youngs_modulus=moduli[formula],
        )
        for formula, pressure in pellets
    ]
    return [
        _with_own(one, own.figures(formula), pressure)
        for one, (formula, pressure) in zip(found, pellets, strict=True)
    ]


def _with_own(found: Properties, own: Material | None, pressure: float) -> Properties:
    """Return properties with what a laboratory has measured of its own material put in.

    A pellet stands for pressures near its own (:data:`descriptors.measured.PRESSURE_REACH`).
    """
    if own is None:
        return found
    pressed = own.pressed_at_mpa
    near = pressed is not None and abs(pressure - pressed) <= measured.PRESSURE_REACH * pressed
    return Properties(
        ionic_conductivity=own.quantity("ionic_conductivity", "s_per_cm")
        or found.ionic_conductivity,
        relative_density=(near and own.quantity("relative_density", "percent"))
        or found.relative_density,
        true_density=own.quantity("true_density", "g_per_cm3") or found.true_density,
        youngs_modulus=own.quantity("youngs_modulus", "gpa") or found.youngs_modulus,
    )


def _true_density(formula: str) -> Quantity:
    return (
        _on_record(measured.true_density, formula)
        or _assumptions()[chemistry(formula)]["true_density"]
    )


def as_pressed(bulk: Quantity, formula: str) -> Quantity:
    """Return the conductivity of an SSE as a composite has it: ceramics pressed, not sintered.

    Parameters
    ----------
    bulk : Quantity
        Of its pellet, sintered if it is a ceramic. [S/cm]
    formula : str
        Its formula.

    Notes
    -----
    Both doubts are independent: logarithms of the ends add in squares.
    """
    if chemistry(formula) not in CERAMIC or bulk.kind is Kind.ASSUMED:
        return bulk  # What has no framework conducts nothing, however it is made.
    left, value = COLD_PRESSED, bulk.value * COLD_PRESSED.value
    down = hypot(log(bulk.value / bulk.low), log(left.value / left.low))
    up = hypot(log(bulk.high / bulk.value), log(left.high / left.value))
    return Quantity(
        value,
        value * exp(-down),
        value * exp(up),
        bulk.unit,
        weakest(bulk.kind, left.kind),
        f"{bulk.source}; pressed cold, {left.value:g} of {bulk.value:.1e} S/cm: {left.source}",
    )


def bulk_conductivities(formulas: Sequence[str]) -> dict[str, Quantity]:
    """Return conductivities of materials as they are best made: on record, else predicted [S/cm].

    Parameters
    ----------
    formulas : sequence of str
        The formulas.

    Raises
    ------
    FormulaError
        If a formula cannot be read.

    Notes
    -----
    What has no ionic framework, such as an alloy, conducts no lithium ions that would matter.
    """
    found = {one: _on_record(measured.ionic_conductivity, one) for one in formulas}
    unmeasured = [one for one in formulas if found[one] is None]
    for formula, guess in zip(unmeasured, predictions(unmeasured), strict=True):
        if guess.knowledge is Knowledge.NONE:
            found[formula] = Quantity(*guess[:3], "S/cm", Kind.ASSUMED, guess.statement)
        else:
            found[formula] = guess.quantity
    return {formula: one for formula, one in found.items() if one is not None}


def _relative_densities(pellets: Sequence[tuple[str, float]]) -> dict[tuple[str, float], Quantity]:
    """Return relative densities: of pellets on record, by the law, else the least of any powder."""
    found = {(formula, pressure): _pellet(formula, pressure) for formula, pressure in pellets}
    for pressure in {pressure for _, pressure in pellets}:
        rest = [one for one, at in pellets if at == pressure and found[one, at] is None]
        for formula, density in zip(rest, relative_densities(rest, pressure), strict=True):
            found[formula, pressure] = density or _assumptions()[_ANY]["relative_density"]
    return {pellet: one for pellet, one in found.items() if one is not None}


def chemistry(formula: str) -> Chemistry:
    """Return the chemistry class: the catalogue's, or by the anions of the formula.

    Parameters
    ----------
    formula : str
        The composition.

    Notes
    -----
    A halogen makes a halide or an oxyhalide only where it is an anion of the framework: not in a
    fluorophosphate, nor in a chlorate.

    Examples
    --------
    >>> chemistry("Li5.5PS4.5Cl1.5"), chemistry("LiClO4")
    (<Chemistry.SULFIDE: 'sulfide'>, <Chemistry.OXIDE: 'oxide'>)
    """
    return chemistries([formula])[formula]


def chemistries(formulas: Sequence[str]) -> Mapping[str, Chemistry]:
    """Return the chemistry classes of many formulas, and of others that were asked for before.

    Parameters
    ----------
    formulas : sequence of str
        The compositions.

    Notes
    -----
    They are told all at once, which takes a fiftieth, and kept: every pair asks for its own again.
    """
    return _kept_chemistries().of(formulas)


@cache
def _kept_chemistries() -> KeptAnswers[Chemistry]:
    return KeptAnswers(_told)


def _told(formulas: Sequence[str]) -> dict[str, Chemistry]:
    kinds = frameworks_of(formulas)
    return {
        formula: _chemistry(formula, family, subclass)
        for formula, family, subclass in zip(
            formulas, kinds.family.tolist(), kinds.subclass.tolist(), strict=True
        )
    }


def _chemistry(formula: str, family: str, subclass: str) -> Chemistry:
    if formula in electrolytes():
        return electrolytes()[formula].chemistry
    elements = composition(formula).amounts.keys()
    if family in {"sulfide", "halide"}:
        return Chemistry(family)
    if family == "oxyhalide" and subclass != OXO_SALT:
        return Chemistry.OXYHALIDE
    return Chemistry.PHOSPHATE if {"P", "O"} <= elements else Chemistry.OXIDE


def _pellet(formula: str, pressure: float) -> Quantity | None:
    return _on_record(lambda one: measured.relative_density(one, pressure), formula)


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
