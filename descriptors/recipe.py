"""A cathode composite as it is weighed out, mixed and pressed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING

from descriptors.errors import InvalidRecipeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from descriptors.quantity import Quantity

SUM_TOLERANCE = 1e-9
"""Rounding of three decimal fractions; a balance is a million times coarser."""


class Mixing(StrEnum):
    """How the powders are brought together."""

    HAND = "hand"
    MILLED = "milled"


@dataclass(frozen=True)
class Recipe:
    """A composite by mass; refused at construction if nobody could make it.

    Raises
    ------
    InvalidRecipeError
        With one line for each fault: the value, its limit, the remedy.

    Examples
    --------
    >>> Recipe("LFP", 0.40, 0.57, 0.03, "VGCF", Mixing.HAND, 375, "Cronk 2024").sse_fraction
    0.57
    """

    name: str
    """What the recipe is called."""
    cathode_fraction: float
    """Mass of cathode, its coating included, per mass of composite."""
    sse_fraction: float
    """Mass of solid electrolyte per mass of composite; more than 0."""
    carbon_fraction: float
    """Mass of added carbon per mass of composite."""
    carbon: str | None
    """Name of the added carbon in the carbon tables; None if there is none."""
    mixing: Mixing
    """How the powders are brought together."""
    pressure: float
    """Uniaxial fabrication pressure. [MPa]"""
    source: str
    """Who made or assumed it."""
    carbon_area: Quantity | None = None
    """Surface of a carbon of one's own; None for one of the carbon tables. [m2/g]"""
    carbon_density: Quantity | None = None
    """True density of it. [g/cm3]"""

    def __post_init__(self) -> None:
        """Refuse an impossible recipe.

        Raises
        ------
        InvalidRecipeError
            With one line for each fault.
        """
        if faults := "\n".join(f"recipe {self.name!r}: {fault}" for fault in _faults(self)):
            raise InvalidRecipeError(faults)


def _faults(recipe: Recipe) -> Iterator[str]:
    fractions = {
        "cathode_fraction": recipe.cathode_fraction,
        "sse_fraction": recipe.sse_fraction,
        "carbon_fraction": recipe.carbon_fraction,
    }
    for name, fraction in fractions.items():
        if not 0 <= fraction <= 1:  # also refuses nan
            yield f"{name} {fraction:g} is outside 0 to 1; give parts of the mass, not per cent"
    total = sum(fractions.values())
    if not abs(total - 1) <= SUM_TOLERANCE:
        yield f"the mass fractions add up to {total:.10g}, not 1; divide each by their sum"
    if recipe.sse_fraction == 0:
        yield "sse_fraction is 0, it must be more; without electrolyte there is no catholyte"
    if recipe.carbon is None and recipe.carbon_fraction > 0:
        yield f"carbon_fraction {recipe.carbon_fraction:g} without a carbon; name it, or set 0"
    if recipe.carbon is not None and recipe.carbon_fraction == 0:
        yield f"carbon {recipe.carbon!r} with carbon_fraction 0; set carbon to None, or weigh it in"
    if not (isfinite(recipe.pressure) and recipe.pressure > 0):
        yield f"pressure {recipe.pressure:g} MPa is not above 0; give the fabrication pressure"
