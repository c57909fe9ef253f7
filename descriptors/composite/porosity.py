"""Porosity of a pressed composite, from its parts.

The electrolyte densifies as it does alone; cathode and carbon stay as they are, and hold open some
voids of their own, which the electrolyte cannot flow into.
"""

from __future__ import annotations

from functools import cache
from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.composite.volume import volume_fractions
from descriptors.electrolyte.densification import relative_density
from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind, Quantity, weakest
from descriptors.recipe import Mixing, Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

HOLLOW_SPREAD = 2.0
"""Factor either side of `hollow` for 90 %: the two laboratories differ by 1.6."""


MOST = 100.0
"""Relative density of a solid without pores. [%]"""


class Pressed(NamedTuple):
    """A composite of Li6PS5Cl whose porosity somebody has measured."""

    recipe: Recipe
    """What was pressed."""
    porosity: float
    """Voids per volume of composite. [%]"""


CATHODE_DENSITY = 4.75
"""NMC with 60 to 80 % nickel, X-ray cells 4.7 to 4.8 (from memory). [g/cm3]"""
SSE_DENSITY = 1.865
"""Li6PS5Cl, the middle of the cells on record. [g/cm3]"""
FIBRE_DENSITY = 2.0
"""VGCF, as in the table of carbons. [g/cm3]"""

_CHO = "Cho et al., Electrochim. Acta 481, 143990 (2024), Table S2, by a secondary digest"
_MINNMANN = "Minnmann et al., J. Electrochem. Soc. 168, 040537 (2021), by a secondary digest"


def _composite(cathode: float, carbon: float, pressure: float, source: str) -> Recipe:
    name = None if carbon == 0 else "VGCF"
    sse = 1 - cathode - carbon
    return Recipe("NMC", cathode, sse, carbon, name, Mixing.HAND, pressure, source)


# 42 % of the volume are 42 * 4.75 / (42 * 4.75 + 58 * 1.865) = 64.8 % of the mass.
COMPOSITES: Sequence[Pressed] = (
    Pressed(_composite(0.648, 0.0, 380.0, _MINNMANN), 14.0),
    Pressed(_composite(0.72, 0.0, 433.0, _CHO), 14.0),
    Pressed(_composite(0.72, 0.02, 433.0, _CHO), 15.0),
    Pressed(_composite(0.88, 0.0, 433.0, _CHO), 18.0),
    Pressed(_composite(0.88, 0.02, 433.0, _CHO), 19.0),
)
"""All with Li6PS5Cl, none of them the thesis' own, which are there to check against."""


def composite_porosity(
    recipe: Recipe,
    sse: str,
    *,
    cathode_density: float,
    sse_density: float,
    carbon_density: float | None,
) -> Quantity:
    """Return the porosity of a composite as pressed [%].

    Parameters
    ----------
    recipe : Recipe
        The composite by mass, with its pressure.
    sse : str
        Formula of its electrolyte.
    cathode_density, sse_density : float
        True densities. [g/cm3]
    carbon_density : float or None
        True density of the added carbon; None only where the recipe has none. [g/cm3]

    Raises
    ------
    ImpossibleValueError
        If a density is not above 0, or is missing.
    FormulaError
        If the formula cannot be read.
    NoMeasurement
        If nothing can be predicted of this electrolyte.

    Notes
    -----
    With v the volumes of the solids, adding up to 1, and D the density of the electrolyte pressed
    alone (`descriptors.electrolyte.densification`) ::

        voids = v_sse (1 - D) / D + h (v_cathode + v_carbon),    porosity = voids / (1 + voids)

    h (`hollow`) is learned from five composites of Li6PS5Cl with NMC by two laboratories. The
    interval joins those of D and h as if independent. Domain: powders that hold 10 to 60 % of
    electrolyte by volume, pressed cold once; not sheets with binder, where voids are far more (38 %
    for NMC with Li3YBrCl6), and not mixtures with so much carbon that it springs back.
    """
    solid = volume_fractions(
        recipe,
        cathode_density=cathode_density,
        sse_density=sse_density,
        carbon_density=carbon_density,
    )
    density, held = relative_density(sse, recipe.pressure), hollow()
    rigid = solid.cathode + solid.carbon

    def porosity(percent: float, factor: float) -> float:
        return float(porosity_of_parts(rigid, percent, factor))

    value = porosity(density.value, held.value)
    # Errors of independent causes add up by their squares.
    low = value - np.hypot(
        value - porosity(density.high, held.value), value - porosity(density.value, held.low)
    )
    high = value + np.hypot(
        porosity(density.low, held.value) - value, porosity(density.value, held.high) - value
    )
    source = f"electrolyte: {density.source}; voids at rigid particles: {held.source}"
    kind = weakest(Kind.PREDICTED, density.kind)
    return Quantity(value, max(float(low), 0.0), float(high), "%", kind, source)


def porosity_of_parts(
    rigid: ArrayLike, density: ArrayLike, held_open: ArrayLike
) -> NDArray[np.float64]:
    """Return the porosities of many composites at once [%]; all arguments broadcast.

    Parameters
    ----------
    rigid : array_like
        Cathode and carbon by volume of all solids, from 0 to below 1.
    density : array_like
        Relative density of the electrolyte pressed alone, above 0. [%]
    held_open : array_like
        Voids that rigid particles hold open, per volume of them: `hollow`.

    Raises
    ------
    ImpossibleValueError
        If a share is outside 0 to 1, or a density outside 0 to 100 %.

    Notes
    -----
    The equation of `composite_porosity`, without its interval: give draws for one.

    Examples
    --------
    Half of the solids at 80 %, with nothing held open: 0.5 * 20 / 80 = 1/8 of voids per solid.

    >>> float(porosity_of_parts(0.5, 80.0, 0.0))
    11.11...
    """
    share, percent = np.asarray(rigid, dtype=float), np.asarray(density, dtype=float)
    if not ((share >= 0) & (share < 1)).all():
        raise ImpossibleValueError(
            "a share of rigid particles is outside 0 to 1; without electrolyte nothing densifies"
        )
    if not ((percent > 0) & (percent <= MOST)).all():
        raise ImpossibleValueError("a relative density is outside 0 to 100 %; 85.5 % is 85.5")
    voids = (1 - share) * (100 - percent) / percent + np.asarray(held_open) * share
    return np.asarray(100 * voids / (1 + voids))


@cache
def hollow() -> Quantity:
    """Return the voids that rigid particles hold open, per volume of them.

    Notes
    -----
    The geometric mean of two laboratories, each the geometric mean of its composites.
    """
    of: dict[str, list[float]] = {}
    for pressed in COMPOSITES:
        of.setdefault(pressed.recipe.source, []).append(log(_held_open(pressed)))
    laboratories = [sum(logs) / len(logs) for logs in of.values()]
    value = exp(sum(laboratories) / len(laboratories))
    ends = value / HOLLOW_SPREAD, value * HOLLOW_SPREAD
    source = f"fitted to {len(COMPOSITES)} composites of {'; '.join(of)}"
    return Quantity(value, *ends, "1", Kind.FITTED, source)


def _held_open(pressed: Pressed) -> float:
    recipe = pressed.recipe
    solid = volume_fractions(
        recipe,
        cathode_density=CATHODE_DENSITY,
        sse_density=SSE_DENSITY,
        carbon_density=FIBRE_DENSITY if recipe.carbon else None,
    )
    density = relative_density("Li6PS5Cl", recipe.pressure).value
    voids = pressed.porosity / (100 - pressed.porosity)
    return (voids - solid.sse * (100 - density) / density) / (solid.cathode + solid.carbon)
