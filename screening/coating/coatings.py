"""The catalogue of coatings that people put on cathodes, with how films of them conduct."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from descriptors.quantity import Kind, Quantity
from screening.catalogue.gates import BALANCE, unbalanced
from screening.catalogue.own_materials import NO_MATERIALS
from screening.catalogue.properties import bulk_conductivities
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.catalogue.own_materials import OwnMaterials

_KINDS = {"looked up": Kind.MEASURED, "from memory": Kind.ESTIMATED}
_NM = 1e-7  # [cm]
NO_FILM = Quantity(0.0, 0.0, 0.0, "ohm cm2", Kind.COMPUTED, "no coating")
"""Resistance of no film."""


class Coating(NamedTuple):
    """A material that is put on cathodes."""

    formula: str
    """Its formula."""
    labels: tuple[str, ...]
    """What people call it."""
    conductivity: Quantity | None
    """For lithium ions, in the form in which it is put on; None for those that are SSEs too.
    [S/cm]"""


@cache
def coatings() -> Mapping[str, Coating]:
    """Return all coatings of the catalogue, by formula.

    Examples
    --------
    >>> coatings()["LiPO3"].conductivity.kind
    <Kind.MEASURED: 'measured'>
    """
    text = files("screening").joinpath("data/coatings.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["formula"]: _coating(row) for row in rows})


def coating_formula(name: str) -> str:
    """Return the formula of a coating: of the catalogue, by formula or label, or any formula.

    Raises
    ------
    FormulaError
        If it is neither.

    Examples
    --------
    >>> coating_formula("LNbO"), coating_formula("Nb2Li2O6"), coating_formula("Li3N")
    ('LiNbO3', 'LiNbO3', 'Li3N')
    """
    named = {label: one.formula for one in coatings().values() for label in one.labels}
    if name in named:
        return named[name]
    material = composition(name)
    return _by_shares().get(material.shares, material.formula)


def stated_coating(name: str, own: OwnMaterials) -> str:
    """Return the formula of a coating: a label of one's own or of the catalogue, or a formula.

    Parameters
    ----------
    name : str
        What people write.
    own : OwnMaterials
        Materials of one's own.

    Raises
    ------
    FormulaError
        If it is none of them.
    """
    try:
        formula = own.coating_formula(name)
    except FormulaError:
        return coating_formula(name)
    return coating_formula(formula)


def made_coating(name: str, own: OwnMaterials) -> str:
    """Return the formula of a coating of a cell, as :func:`stated_coating`.

    Parameters
    ----------
    name : str
        What people write.
    own : OwnMaterials
        Materials of one's own, which may be anything.

    Raises
    ------
    FormulaError
        If it is none of them, or a compound whose charges do not balance.

    Examples
    --------
    >>> made_coating("LiNbO", NO_MATERIALS)
    Traceback (most recent call last):
    stability.errors.FormulaError: coating LiNbO: ... material of your own of kind coating
    """
    formula = stated_coating(name, own)
    listed = formula in coatings() or own.film_conductivity(formula)
    (missing,) = unbalanced([formula])
    if not listed and len(composition(formula).amounts) > 1 and missing > BALANCE:
        raise FormulaError(
            f"coating {name}: its charges do not balance; correct the formula, or state it as a "
            "material of your own of kind coating"
        )
    return formula


def film_conductivities(
    formulas: Sequence[str], own: OwnMaterials = NO_MATERIALS
) -> list[Quantity]:
    """Return how films conduct lithium: one's own, of the catalogue, else as SSEs do [S/cm].

    Parameters
    ----------
    formulas : sequence of str
        From :func:`coating_formula`.
    own : OwnMaterials, optional
        Materials of one's own: their conductivities go before all others.

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    """
    listed = {one: coatings()[one].conductivity for one in formulas if one in coatings()}
    listed |= {one: figure for one in formulas if (figure := own.film_conductivity(one))}
    others = [one for one in dict.fromkeys(formulas) if listed.get(one) is None]
    pellets = bulk_conductivities(others)  # A film is no pressed powder.
    return [listed.get(one) or pellets[one] for one in formulas]


def film_resistances(
    films: Sequence[tuple[str | None, float]], own: OwnMaterials
) -> tuple[Quantity, ...]:
    """Return the resistances of films for lithium, 0 where there is none [ohm cm2 of film].

    Parameters
    ----------
    films : sequence of (str or None, float)
        Formula, or None for no film, and thickness. [nm]
    own : OwnMaterials
        Materials of one's own: their conductivities go before all others.

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    """
    names = list(dict.fromkeys(name for name, _ in films if name))
    known = dict(zip(names, film_conductivities(names, own), strict=True)) if names else {}
    return tuple(
        film_resistance(known[name], thickness) if name else NO_FILM for name, thickness in films
    )


def film_resistance(conductivity: Quantity, thickness: float) -> Quantity:
    """Return thickness over conductivity, with its interval [ohm cm2 of film].

    Parameters
    ----------
    conductivity : Quantity
        For lithium. [S/cm]
    thickness : float
        Of the film. [nm]
    """
    length = thickness * _NM
    return Quantity(
        length / conductivity.value,
        length / conductivity.high,
        length / conductivity.low,
        "ohm cm2",
        conductivity.kind,
        conductivity.source,
    )


def _coating(row: Mapping[str, str]) -> Coating:
    labels = tuple(label for label in row["labels"].split("; ") if label)
    if not row["conductivity_s_per_cm"]:
        return Coating(row["formula"], labels, None)
    value, low, high = (
        float(row[name]) for name in ("conductivity_s_per_cm", "low_s_per_cm", "high_s_per_cm")
    )
    source = f"{row['form']}: {row['source']} ({row['confidence']})"
    figure = Quantity(value, low, high, "S/cm", _KINDS[row["confidence"]], source)
    return Coating(row["formula"], labels, figure)


@cache
def _by_shares() -> Mapping[frozenset[tuple[str, float]], str]:
    return {composition(formula).shares: formula for formula in coatings()}
