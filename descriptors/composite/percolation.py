"""Carbon network of a composite: the volume share at which carbon conducts from end to end."""

from __future__ import annotations

from enum import StrEnum
from math import exp, isfinite, pi
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from descriptors.composite.carbon import carbons
from descriptors.composite.volume import volume_fractions
from descriptors.errors import (
    ImpossibleValueError,
    InvalidRecipeError,
    NoMeasurement,
    UnknownCarbonError,
)
from descriptors.quantity import Kind, Quantity, weakest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from descriptors.recipe import Recipe

C65_IN_LPSCL = 0.04
"""Mass share of carbon black C65 in pressed Li6PS5Cl at which electrons percolate: Reisacher et
al., Batteries 9, 595 (2023), doi:10.3390/batteries9120595 (abstract looked up: about 4 wt%)."""

LPSCL_DENSITY = 1.865
"""Of Li6PS5Cl, to turn that mass share into a volume share (X-ray cell). [g/cm3]"""

MEASURED_SPREAD = 1.5
"""Factor about the measured threshold: "about 4 wt%" stands between samples some wt% apart."""

OIL_ABSORPTION: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "acetylene black": (2.0, 1.4, 3.0),  # suppliers' grades, from memory
        "Ketjenblack EC-600JD": (4.95, 4.5, 5.4),  # supplier's data sheet, from memory
        "Ketjenblack EC-300J": (3.5, 3.1, 3.8),  # supplier's data sheet, from memory
    }
)
"""Oil (DBP) absorption of blacks with its range: the void that branched aggregates hold. [cm3/g]"""

ASPECT_RATIO: Mapping[str, float] = MappingProxyType({"VGCF": 10 / 0.15, "CNT": 1.5 / 0.0095})
"""Length over diameter of fibres as bought; VGCF-H: 10 um by 150 nm, NC7000: 1.5 um by 9.5 nm, data
sheets, from memory."""

LIKE_C65 = ("carbon black", "C65", "Super P")
"""Blacks of one maker and one structure, or not told apart: as was measured for C65."""

EXCLUDED_RODS, EXCLUDED_SLENDER, EXCLUDED_SPHERES = 1.4, 1.0, 2.8
"""Excluded volume per volume of sample at the threshold, summed over all objects: short rods and
overlapping spheres after Balberg et al. 1984, the limit of infinite length after Bug et al."""


class Verdict(StrEnum):
    """Whether the carbon of a recipe conducts through the composite."""

    ABOVE = "above"
    """Above the threshold over the whole interval."""
    BELOW = "below"
    """Below it over the whole interval."""
    OPEN = "open"
    """The intervals overlap."""


class CarbonNetwork(NamedTuple):
    """How far the carbon of a recipe is above its percolation threshold."""

    share: Quantity
    """Carbon in the solid volume; its upper end leaves the cathode out, as beside coarse grains."""
    threshold: Quantity
    """Share at which the carbon percolates, pores not counted. [1]"""
    ratio: Quantity
    """Share over threshold. [1]"""
    verdict: Verdict
    """Whether the ratio is above 1, below it, or neither for sure."""


def percolation_threshold(carbon: str) -> Quantity:
    """Return the volume share at which a carbon on record percolates in an insulating powder [1].

    Measured for carbon black, by the oil absorption for other blacks, by the aspect ratio for
    fibres as bought; milling shortens fibres and raises the threshold.

    Raises
    ------
    UnknownCarbonError
        If the carbon is not on record.
    NoMeasurement
        If the carbon is on record, but nothing of its shape.

    Examples
    --------
    4 wt% of 1.855 g/cm3 in 96 wt% of 1.865 g/cm3: 2.157 of 2.157 + 51.475 volumes.

    >>> round(percolation_threshold("carbon black").value, 4)
    0.0402
    """
    if carbon not in carbons():
        raise UnknownCarbonError(
            f"no carbon {carbon!r} on record; choose from {', '.join(carbons())}"
        )
    density = carbons()[carbon].density.value
    if carbon in LIKE_C65:
        return _c65_threshold(density)
    if carbon in ASPECT_RATIO:
        return fibre_threshold(ASPECT_RATIO[carbon])
    if carbon in OIL_ABSORPTION:
        value, low, high = OIL_ABSORPTION[carbon]
        least, most = black_threshold(high, density).low, black_threshold(low, density).high
        return black_threshold(value, density)._replace(low=least, high=most)
    raise NoMeasurement(
        f"no aspect ratio or oil absorption of {carbon!r} on record; call fibre_threshold or "
        "black_threshold with one"
    )


def fibre_threshold(aspect_ratio: float) -> Quantity:
    """Return the volume share at which fibres percolate, by excluded volume [1].

    Parameters
    ----------
    aspect_ratio : float
        Length over diameter in the composite, at least 1.

    Raises
    ------
    ImpossibleValueError
        If the aspect ratio is below 1 or not finite.

    Notes
    -----
    With K the excluded volume per volume of sample at the threshold, for capped cylinders of
    radius r and length L = 2 r aspect_ratio in random directions [1]_ ::

        phi = 1 - exp(-K V / V_ex)
        V = pi r^3 (L/r + 4/3),   V_ex = (32/3) pi r^3 (1 + 3/4 L/r + 3/32 (L/r)^2)

    which is 0.7 / aspect_ratio for slender rods at K = 1.4. The interval takes K from 1.0, exact
    for infinite length [2]_, to 2.8, the value of spheres. Straight fibres that may overlap, evenly
    spread; below an aspect ratio of 10 the upper end is the better value. Bundles and alignment
    raise the threshold.

    References
    ----------
    .. [1] I. Balberg, C. H. Anderson, S. Alexander, N. Wagner, Phys. Rev. B 30, 3933 (1984),
       doi:10.1103/PhysRevB.30.3933, from memory.
    .. [2] A. L. R. Bug, S. A. Safran, I. Webman, Phys. Rev. Lett. 54, 1412 (1985), from memory.

    Examples
    --------
    Slender rods: 1.4 / 2 / 1000.

    >>> round(fibre_threshold(1000).value, 5)
    0.0007
    """
    if not (isfinite(aspect_ratio) and aspect_ratio >= 1):
        raise ImpossibleValueError(
            f"aspect_ratio {aspect_ratio:g} is below 1 or not finite; give length over diameter"
        )
    slender = 2 * aspect_ratio
    volume = pi * (slender + 4 / 3)
    excluded = 32 / 3 * pi * (1 + 3 / 4 * slender + 3 / 32 * slender**2)
    value, low, high = (
        1 - exp(-total * volume / excluded)
        for total in (EXCLUDED_RODS, EXCLUDED_SLENDER, EXCLUDED_SPHERES)
    )
    source = (
        f"excluded volume of fibres of aspect ratio {aspect_ratio:.3g}, Balberg et al., "
        "Phys. Rev. B 30, 3933 (1984)"
    )
    return Quantity(value, low, high, "1", Kind.ESTIMATED, source)


def black_threshold(oil_absorption: float, density: float) -> Quantity:
    """Return the volume share at which a carbon black percolates, by its structure [1].

    Parameters
    ----------
    oil_absorption : float
        Oil (DBP) absorption number. [cm3/g]
    density : float
        True density of the carbon. [g/cm3]

    Raises
    ------
    ImpossibleValueError
        If either is not above 0.

    Notes
    -----
    An aggregate with the void it holds counts as one sphere, and each sphere needs 4 times its
    room to touch its neighbours [1]_ ::

        phi = 1 / (1 + 4 density oil_absorption)

    Made for blacks in polymers. For C65 (2.9 cm3/g, from memory) it gives 0.044, measured in
    Li6PS5Cl 0.040. Hard milling breaks aggregates and raises the threshold; interval: a factor
    of 1.5.

    References
    ----------
    .. [1] J. Janzen, J. Appl. Phys. 46, 966 (1975), from memory.

    Examples
    --------
    1 / (1 + 4 * 2 * 3) = 1 / 25.

    >>> black_threshold(3.0, 2.0).value
    0.04
    """
    for name, number, unit in (
        ("oil_absorption", oil_absorption, "cm3/g"),
        ("density", density, "g/cm3"),
    ):
        if not (isfinite(number) and number > 0):
            raise ImpossibleValueError(
                f"{name} {number:g} {unit} is not above 0; give that of the carbon"
            )
    value = 1 / (1 + 4 * density * oil_absorption)
    source = f"oil absorption {oil_absorption:g} cm3/g after Janzen, J. Appl. Phys. 46, 966 (1975)"
    spread = MEASURED_SPREAD
    return Quantity(value, value / spread, value * spread, "1", Kind.ESTIMATED, source)


def carbon_network(recipe: Recipe, *, cathode_density: float, sse_density: float) -> CarbonNetwork:
    """Return whether the added carbon of a recipe percolates, and by how much.

    Parameters
    ----------
    recipe : Recipe
        The composite by mass; it must hold a carbon.
    cathode_density, sse_density : float
        True densities. [g/cm3]

    Raises
    ------
    InvalidRecipeError
        If the recipe has no carbon.
    UnknownCarbonError
        If its carbon is not on record.
    NoMeasurement
        If nothing is known of the shape of its carbon.
    ImpossibleValueError
        If a density is not above 0.

    Notes
    -----
    With v the volume fractions without pores ::

        share = v_carbon   to   v_carbon / (v_carbon + v_SSE),   ratio = share / threshold

    The lower end holds where cathode grains are as fine as the carbon, the upper one where they
    are so coarse that the carbon has only the room between them. A cathode that conducts, or its
    carbon coating, is not counted: a composite below the threshold may conduct by it.

    Examples
    --------
    With all densities equal to that of carbon black, 30 wt% are 30 vol%: 7.5 times 4 wt%.

    >>> from descriptors.recipe import Mixing, Recipe
    >>> black = Recipe("x", 0.2, 0.5, 0.3, "carbon black", Mixing.MILLED, 375, "example")
    >>> network = carbon_network(black, cathode_density=1.865, sse_density=1.865)
    >>> round(network.ratio.value, 1), network.verdict.value
    (7.5, 'above')
    """
    if recipe.carbon is None:
        raise InvalidRecipeError(
            f"recipe {recipe.name!r} has no carbon whose network could be judged; weigh one in"
        )
    threshold = percolation_threshold(recipe.carbon)
    carbon_density = carbons()[recipe.carbon].density
    share = volume_fractions(
        recipe,
        cathode_density=cathode_density,
        sse_density=sse_density,
        carbon_density=carbon_density.value,
    )
    in_all, in_matrix = share.carbon, share.carbon / (share.carbon + share.sse)
    kind = weakest(Kind.COMPUTED, carbon_density.kind)
    source = "volume fractions; upper end without the cathode"
    ratio = Quantity(
        in_all / threshold.value,
        in_all / threshold.high,
        in_matrix / threshold.low,
        "1",
        weakest(kind, threshold.kind),
        threshold.source,
    )
    return CarbonNetwork(
        share=Quantity(in_all, in_all, in_matrix, "1", kind, source),
        threshold=threshold,
        ratio=ratio,
        verdict=(
            Verdict.ABOVE if ratio.low > 1 else Verdict.BELOW if ratio.high < 1 else Verdict.OPEN
        ),
    )


def _c65_threshold(density: float) -> Quantity:
    carbon, sse = C65_IN_LPSCL / density, (1 - C65_IN_LPSCL) / LPSCL_DENSITY
    value = carbon / (carbon + sse)
    source = "C65 in Li6PS5Cl, 4 wt%, Reisacher et al., Batteries 9, 595 (2023)"
    spread = MEASURED_SPREAD
    return Quantity(value, value / spread, value * spread, "1", Kind.MEASURED, source)
