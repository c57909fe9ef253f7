"""Conducting carbon: how much surface it offers the electrolyte for oxidation and reduction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING

from descriptors.consensus import consensus
from descriptors.errors import ImpossibleValueError, UnknownCarbonError
from descriptors.quantity import Kind, Quantity, weakest
from descriptors.tables import figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from descriptors.recipe import Recipe


@dataclass(frozen=True)
class Carbon:
    """A conductive additive."""

    name: str
    """What the recipes call it."""
    specific_area: Quantity
    """Surface by nitrogen adsorption (BET). [m2/g]"""
    density: Quantity
    """True density, without the voids between particles. [g/cm3]"""


@cache
def carbons() -> Mapping[str, Carbon]:
    """Return the carbons on record, by name.

    Examples
    --------
    >>> list(carbons())
    ['VGCF', 'acetylene black', 'carbon black', 'Ketjenblack EC-600JD', 'C65', 'Super P',
    'Ketjenblack EC-300J', 'CNT', 'graphene']
    """
    return MappingProxyType(
        {
            name: Carbon(
                name,
                specific_area=consensus("carbon_specific_area", name),
                density=consensus("carbon_density", name),
            )
            for name in figures("carbon_specific_area")
        }
    )


_ALIASES = {
    "superc65": "C65",
    "cnergyc65": "C65",
    "superp": "Super P",
    "sp": "Super P",
    "vgcfh": "VGCF",
    "ab": "acetylene black",
    "denkablack": "acetylene black",
    "cb": "carbon black",
    "ketjenblack": "Ketjenblack EC-600JD",
    "kb": "Ketjenblack EC-600JD",
    "ecp600jd": "Ketjenblack EC-600JD",
    "ec600jd": "Ketjenblack EC-600JD",
    "ec300j": "Ketjenblack EC-300J",
    "mwcnt": "CNT",
    "carbonnanotubes": "CNT",
    "rgo": "graphene",
}
_NONE = {"", "none", "no", "without", "nocarbon"}


def carbon_name(text: str) -> str | None:
    """Return the carbon that a name means, None for none.

    Raises
    ------
    UnknownCarbonError
        If it is not on record.

    Examples
    --------
    >>> carbon_name("super-p"), carbon_name("Ketjen Black"), carbon_name("none")
    ('Super P', 'Ketjenblack EC-600JD', None)
    """
    plain = re.sub(r"[\s_\-/]+", "", text).casefold()
    if plain in _NONE:
        return None
    known = {re.sub(r"[\s_\-/]+", "", name).casefold(): name for name in carbons()}
    return _known((known | _ALIASES).get(plain, text)).name


def carbon_area(recipe: Recipe, *, cathode_area: Quantity | float) -> Quantity:
    """Return the electron-conducting surface in a composite [m2 per g of electrolyte].

    Parameters
    ----------
    recipe : Recipe
        The composite.
    cathode_area : Quantity or float
        Electron-conducting surface of the cathode powder, its carbon coating included; a plain
        number is taken as an exact assumption. [m2 per g of cathode]

    Raises
    ------
    UnknownCarbonError
        If the recipe names a carbon that is not on record.
    ImpossibleValueError
        If the cathode's area is below 0 or not finite.

    Notes
    -----
    With mass fractions w and specific areas a ::

        A = (w_cathode a_cathode + w_carbon a_carbon) / w_SSE

    The interval takes both areas at their low or at their high ends together, so it is wide
    rather than narrow: nothing is known about how far the two errors are independent.

    Examples
    --------
    Sulfur conducts no electrons, so all area is carbon's: 20 parts of carbon black at
    60 m2/g on 50 parts of electrolyte.

    >>> from descriptors.recipe import Mixing, Recipe
    >>> sulfur = Recipe("S", 0.3, 0.5, 0.2, "carbon black", Mixing.MILLED, 375, "example")
    >>> round(carbon_area(sulfur, cathode_area=0.0).value, 9)
    24.0
    """
    shares = [(recipe.cathode_fraction, _cathode_quantity(cathode_area))]
    if recipe.carbon is not None:
        shares.append((recipe.carbon_fraction, carbon_of(recipe).specific_area))

    per_sse = [(mass / recipe.sse_fraction, area) for mass, area in shares]
    return Quantity(
        value=sum(mass * area.value for mass, area in per_sse),
        low=sum(mass * area.low for mass, area in per_sse),
        high=sum(mass * area.high for mass, area in per_sse),
        unit="m2/g",
        kind=weakest(Kind.COMPUTED, *(area.kind for _, area in shares)),
        source=" + ".join(area.source for _, area in shares),
    )


def carbon_of(recipe: Recipe) -> Carbon:
    """Return the carbon of a composite that has one: of the tables, or of one's own.

    Raises
    ------
    UnknownCarbonError
        If it is neither.
    """
    if recipe.carbon_area is not None and recipe.carbon_density is not None:
        return Carbon(recipe.carbon or "", recipe.carbon_area, recipe.carbon_density)
    return _known(recipe.carbon or "")


def _cathode_quantity(area: Quantity | float) -> Quantity:
    if not isinstance(area, Quantity):
        area = Quantity(area, area, area, "m2/g", Kind.ASSUMED, "cathode area given by the caller")
    for number in area[:3]:
        if not (isfinite(number) and number >= 0):
            raise ImpossibleValueError(
                f"cathode_area {number:g} m2/g is below 0 or not finite; "
                "give the conducting surface of the powder, 0 for an insulator"
            )
    return area


def _known(name: str) -> Carbon:
    try:
        return carbons()[name]
    except KeyError as error:
        near = get_close_matches(name, carbons(), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(carbons())}"
        raise UnknownCarbonError(f"no carbon {name!r} on record; {hint}") from error
