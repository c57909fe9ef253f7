"""Areal capacity, mass and thickness of a pressed cathode, from its recipe and its loading."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from descriptors.composite.volume import volume_fractions
from descriptors.errors import ImpossibleValueError, InvalidRecipeError

if TYPE_CHECKING:
    from descriptors.recipe import Recipe

_UM = 10.0  # [um] Thickness of 1 mg/cm2 at 1 g/cm3: 1e-3 cm.
_PER_MG = 1e-3  # [g/mg]


class Electrode(NamedTuple):
    """One square centimetre of a cathode layer, its current collector left out."""

    loading: float
    """Mass of cathode per area. [mg/cm2]"""
    areal_mass: float
    """Mass of composite per area. [mg/cm2]"""
    areal_capacity: float
    """Capacity per area. [mAh/cm2]"""
    true_density: float
    """Mass of composite per volume of its solids. [g/cm3]"""
    density: float
    """Mass of composite per volume, pores included. [g/cm3]"""
    thickness: float
    """Thickness of the layer. [um]"""


def electrode(
    recipe: Recipe,
    loading: float,
    *,
    capacity: float,
    utilisation: float = 1.0,
    cathode_density: float,
    sse_density: float,
    carbon_density: float | None,
    porosity: float,
) -> Electrode:
    """Return mass, capacity and thickness of a cathode layer.

    Parameters
    ----------
    recipe : Recipe
        The composite by mass; its cathode fraction above 0.
    loading : float
        Mass of cathode per area. [mg/cm2]
    capacity, utilisation : float
        See :func:`areal_capacity`; capacity in [mAh/g].
    cathode_density, sse_density : float
        True densities. [g/cm3]
    carbon_density : float or None
        True density of the added carbon; None only where the recipe has none. [g/cm3]
    porosity : float
        Volume of voids per volume of composite, from 0 to below 1.

    Raises
    ------
    InvalidRecipeError
        If the recipe holds no cathode.
    ImpossibleValueError
        If any other argument is outside its range.

    Notes
    -----
    With mass fractions w, true densities rho, porosity p and loading m ::

        areal_mass = m / w_cathode
        true_density = 1 / sum_i (w_i / rho_i)
        thickness = areal_mass / (true_density (1 - p))

    Conservation of mass, so exact as far as its input is: the porosity under the pressure at which
    the thickness is measured, and no binder.

    Examples
    --------
    2 mg/cm2 of cathode in 4 mg/cm2 of composite. 2 mg at 4 g/cm3 make 5 um, 2 mg at 2 g/cm3 make
    10 um; with a quarter of pores, 15 / 0.75 = 20 um.

    >>> from descriptors.recipe import Mixing, Recipe
    >>> halves = Recipe("1:1", 0.5, 0.5, 0.0, None, Mixing.HAND, 375, "example")
    >>> layer = electrode(halves, 2.0, capacity=150.0, cathode_density=4.0, sse_density=2.0,
    ...                   carbon_density=None, porosity=0.25)
    >>> round(layer.thickness, 9), layer.areal_mass, layer.areal_capacity
    (20.0, 4.0, 0.3)
    """
    if recipe.cathode_fraction == 0:
        raise InvalidRecipeError(f"recipe {recipe.name!r} holds no cathode; there is no loading")
    held = areal_capacity(loading, capacity, utilisation=utilisation)
    solids = volume_fractions(
        recipe,
        cathode_density=cathode_density,
        sse_density=sse_density,
        carbon_density=carbon_density,
    )
    true_density = (
        solids.cathode * cathode_density
        + solids.sse * sse_density
        + solids.carbon * (carbon_density or 0.0)
    )
    areal_mass = loading / recipe.cathode_fraction
    return Electrode(
        loading,
        areal_mass,
        held,
        true_density,
        true_density * (1 - porosity),
        thickness(areal_mass, true_density, porosity=porosity),
    )


def areal_capacity(loading: float, capacity: float, *, utilisation: float = 1.0) -> float:
    """Return the capacity of a cathode layer per area.

    Parameters
    ----------
    loading : float
        Mass of cathode per area. [mg/cm2]
    capacity : float
        Capacity per mass of cathode; what the electrolyte adds may be counted in. [mAh/g]
    utilisation : float
        The share of `capacity` that is reached; above 1 where the electrolyte adds to it.

    Returns
    -------
    float
        Areal capacity. [mAh/cm2]

    Raises
    ------
    ImpossibleValueError
        If an argument is below 0, or infinite.

    Notes
    -----
    capacity per area = loading * capacity * utilisation.

    References
    ----------
    .. [1] A. Cronk, PhD thesis (UC San Diego, 2024), Fig. 2.7b.

    Examples
    --------
    7 mg/cm2 of sulfur [1]_ at 1571 mAh/g, 94 % of what S + 2 Li -> Li2S holds:

    >>> round(areal_capacity(7.0, 1571.0), 1)
    11.0
    """
    _check("loading", loading, "mg/cm2")
    _check("capacity", capacity, "mAh/g")
    _check("utilisation", utilisation, "of the capacity")
    return loading * _PER_MG * capacity * utilisation


def thickness(areal_mass: float, true_density: float, *, porosity: float) -> float:
    """Return how thick a layer of a given mass is.

    Parameters
    ----------
    areal_mass : float
        Mass of composite per area. [mg/cm2]
    true_density : float
        Mass of composite per volume of its solids. [g/cm3]
    porosity : float
        Volume of voids per volume of composite, from 0 to below 1.

    Returns
    -------
    float
        Thickness. [um]

    Raises
    ------
    ImpossibleValueError
        If an argument is outside its range.

    Notes
    -----
    thickness = areal_mass / (true_density (1 - porosity)).

    Examples
    --------
    1 mg/cm2 at 1 g/cm3 is 10 um of solid, or 20 um of a half-empty layer.

    >>> thickness(1.0, 1.0, porosity=0.5)
    20.0
    """
    _check("areal_mass", areal_mass, "mg/cm2")
    if not (isfinite(true_density) and true_density > 0):
        raise ImpossibleValueError(f"true_density {true_density:g} g/cm3 is not above 0")
    if not 0 <= porosity < 1:
        raise ImpossibleValueError(f"porosity {porosity:g} is outside 0 to 1; 17 % is 0.17")
    return _UM * areal_mass / (true_density * (1 - porosity))


def _check(name: str, value: float, unit: str) -> None:
    """Refuse what is negative, infinite or no number.

    Raises
    ------
    ImpossibleValueError
        With the name and the value.
    """
    if not (isfinite(value) and value >= 0):
        raise ImpossibleValueError(f"{name} {value:g} {unit} is not 0 or more, and finite")
