"""Volume fractions of a pressed composite, from the masses of its recipe."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from descriptors.errors import ImpossibleValueError

if TYPE_CHECKING:
    from descriptors.recipe import Recipe


class VolumeFractions(NamedTuple):
    """Share of each constituent in the volume of the composite; the four add up to 1."""

    cathode: float
    """Volume of cathode per volume of composite."""
    sse: float
    """Volume of solid electrolyte per volume of composite."""
    carbon: float
    """Volume of added carbon per volume of composite."""
    pores: float
    """Volume of voids per volume of composite: the porosity."""


def volume_fractions(
    recipe: Recipe,
    *,
    cathode_density: float,
    sse_density: float,
    carbon_density: float | None,
    porosity: float = 0.0,
) -> VolumeFractions:
    """Return the volume fractions of a composite.

    Parameters
    ----------
    recipe : Recipe
        The composite by mass.
    cathode_density, sse_density : float
        True densities. [g/cm3]
    carbon_density : float or None
        True density of the added carbon; None only where the recipe has none. [g/cm3]
    porosity : float
        Volume of voids per volume of composite, from 0 to below 1.

    Raises
    ------
    ImpossibleValueError
        If a density is not above 0, or is missing, or the porosity is outside 0 to 1.

    Notes
    -----
    With mass fractions w, true densities rho and porosity p ::

        v_i = (1 - p) (w_i / rho_i) / sum_j (w_j / rho_j)

    Examples
    --------
    Half the mass at twice the density takes a third of the volume.

    >>> from descriptors.recipe import Mixing, Recipe
    >>> halves = Recipe("1:1", 0.5, 0.5, 0.0, None, Mixing.HAND, 375, "example")
    >>> volume_fractions(halves, cathode_density=4.0, sse_density=2.0, carbon_density=None)
    VolumeFractions(cathode=0.33..., sse=0.66..., carbon=0.0, pores=0.0)
    """
    if not 0 <= porosity < 1:
        raise ImpossibleValueError(f"porosity {porosity:g} is outside 0 to 1; 17 % is 0.17")

    cathode = recipe.cathode_fraction / _positive("cathode_density", cathode_density)
    sse = recipe.sse_fraction / _positive("sse_density", sse_density)
    carbon = (
        0.0
        if recipe.carbon is None
        else recipe.carbon_fraction / _positive("carbon_density", carbon_density)
    )
    solid = (1 - porosity) / (cathode + sse + carbon)
    return VolumeFractions(cathode * solid, sse * solid, carbon * solid, porosity)


def _positive(name: str, density: float | None) -> float:
    if density is None:
        raise ImpossibleValueError(f"{name} is missing; give the true density in g/cm3")
    if not (isfinite(density) and density > 0):
        raise ImpossibleValueError(
            f"{name} {density:g} g/cm3 is not above 0; give the true density of the solid"
        )
    return density
