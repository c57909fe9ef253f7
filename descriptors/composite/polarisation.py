"""What a composite loses to transport: paths of electrons and ions, current and thickness.

Judged physics with wide intervals, kept apart from what cells were fitted to: it can fail. All
functions take arrays, one value for each composite, or against draws.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind, Quantity
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

CARBON_CONDUCTIVITY = Quantity(
    10.0, 1.0, 100.0, "S/cm", Kind.ESTIMATED, "pressed carbon powders, from memory"
)
"""Of pressed carbon without pores."""
AS_MIXED = Quantity(
    0.2, 0.03, 1.0, "1", Kind.ASSUMED,
    "judged: grain contacts and dead ends; ions in composites are 3 to 30 times slower than in "
    "the SSE at its volume fraction, for sulfur at the lower end",
)  # fmt: skip
"""Ionic conductivity of a composite against Bruggeman's for its SSE."""
HALF_REACHED = Quantity(
    0.05, 0.02, 0.12, "1", Kind.ASSUMED, "judged: at a tenth of SSE by mass some cathode is cut off"
)
"""Volume share of SSE at which half of the cathode touches its network."""
CONTACT_TIME = Quantity(
    0.4, 0.1, 1.6, "h", Kind.ASSUMED,
    "judged: solid composites give 40 to 90 % at 1C of what they give at C/10",
)  # fmt: skip
"""Rate at which contacts and grains halve the capacity, as its inverse."""
REFERENCE_RATE = 0.1
"""Rate of the cells behind the first cycle. [1/h]"""
REFERENCE_SHARE = 0.45
"""Volume share of SSE in them."""
_UNKNOWN = Quantity(
    1e-6, 1e-9, 1e-3, "S/cm", Kind.ASSUMED, "nobody has measured it: from LiFePO4 to an oxide of Co"
)
_EXPONENT = 2.0  # Of conduction above the threshold of percolation, in three dimensions.
_BRUGGEMAN = 1.5
_SAME = 2e-3  # Amounts are written to three digits.
_PER_MA = 1e-3  # [A/mA]


@cache
def cathode_conductivities() -> Mapping[str, Quantity]:
    """Return the electronic conductivities on record, by formula as assembled [S/cm].

    Examples
    --------
    >>> cathode_conductivities()["TiS2"].value
    10.0
    """
    text = (files("descriptors") / "data" / "cathode_conductivity.csv").read_text(encoding="utf-8")
    return {row["formula"]: _conductivity(row) for row in csv.DictReader(text.splitlines())}


def cathode_conductivity(formula: str) -> Quantity:
    """Return the electronic conductivity of a cathode powder in use [S/cm].

    Parameters
    ----------
    formula : str
        Formula as assembled. An oxide of nickel or cobalt that is not on record counts as the
        layered ones do; any other is unknown, and its interval says so.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    """
    amounts = composition(formula).amounts
    for name, known in cathode_conductivities().items():
        other = composition(name).amounts
        either = amounts.keys() | other.keys()
        if all(abs(amounts.get(e, 0.0) - other.get(e, 0.0)) < _SAME for e in either):
            return known
    layered = "O" in amounts and "P" not in amounts and {"Ni", "Co"} & amounts.keys()
    return cathode_conductivities()["LiNi0.8Mn0.1Co0.1O2"] if layered else _UNKNOWN


def electronic_conductivity(
    carbon_share: ArrayLike,
    threshold: ArrayLike,
    carbon: ArrayLike,
    cathode_share: ArrayLike,
    cathode: ArrayLike,
) -> Floats:
    """Return the electronic conductivity of composites [S/cm].

    Parameters
    ----------
    carbon_share, threshold : array_like
        Volume shares of the carbon and at which it percolates. [1]
    carbon : array_like
        Conductivity of pressed carbon. [S/cm]
    cathode_share : array_like
        Volume share of the cathode. [1]
    cathode : array_like
        Its conductivity. [S/cm]

    Notes
    -----
    Two paths beside each other, ``sigma_c ((v - v_c) / (1 - v_c))^2`` above the threshold [1]_, and
    ``sigma_cathode v^1.5``.

    References
    ----------
    .. [1] D. Stauffer, A. Aharony, Introduction to Percolation Theory (1994).

    Examples
    --------
    Below the threshold only the cathode conducts: 1e-3 x 0.25^1.5.

    >>> float(electronic_conductivity(0.01, 0.04, 10.0, 0.25, 1e-3))
    0.000125
    """
    share, start = np.asarray(carbon_share, float), np.asarray(threshold, float)
    above = np.maximum(share - start, 0.0) / (1.0 - start)
    own = np.asarray(cathode, float) * np.asarray(cathode_share, float) ** _BRUGGEMAN
    return np.asarray(np.asarray(carbon) * above**_EXPONENT + own)


def reached_share(
    *,
    rate: ArrayLike,
    areal_capacity: ArrayLike,
    capacity_per_volume: ArrayLike,
    room: ArrayLike,
    ionic: ArrayLike,
    electronic: ArrayLike,
    sse_share: ArrayLike,
    half_reached: ArrayLike = HALF_REACHED.value,
    contact_time: ArrayLike = CONTACT_TIME.value,
) -> Floats:
    """Return what transport leaves of a capacity that was measured slowly in a good composite [1].

    Parameters
    ----------
    rate : array_like
        Rate. [1/h]
    areal_capacity : array_like
        Of the layer, theoretical. [mAh/cm2]
    capacity_per_volume : array_like
        Theoretical capacity per volume of composite. [mAh/cm3]
    room : array_like
        Voltage between the mean discharge and the lower cutoff, which the current may use up. [V]
    ionic, electronic : array_like
        Conductivities of the composite. [S/cm]
    sse_share : array_like
        Volume share of the SSE. [1]
    half_reached, contact_time : array_like
        As :data:`HALF_REACHED` and :data:`CONTACT_TIME`.

    Raises
    ------
    ImpossibleValueError
        If rate or areal capacity are not above 0.

    Notes
    -----
    With q = v / (v + v_half), the layer of the thickness L that carries i, and resistances in
    series that share the room ::

        eta = i L / 2 (1 / sigma_ion + 1 / sigma_el)
        reached = min(1, q / q_ref) (1 + tau C_ref) / (1 + tau C + eta / room),   at most 1

    The mean drop over a layer whose reaction is even is that of a third to a half of its thickness.

    Examples
    --------
    1 mA/cm2 through 100 um of 1e-4 S/cm: 0.1 V, half of it in the mean, so 1 / 1.05 of 1 V.

    >>> share = reached_share(rate=0.1, areal_capacity=10.0, capacity_per_volume=1000.0, room=1.0,
    ...                       ionic=1e-4, electronic=1.0, sse_share=0.5, contact_time=0.0)
    >>> round(float(share), 3)
    0.952
    """
    for name, value, unit in (
        ("rate", rate, "per hour"), ("areal capacity", areal_capacity, "mAh/cm2"),
    ):  # fmt: skip
        bad = np.ravel(np.asarray(value, float))
        bad = bad[~(np.isfinite(bad) & (bad > 0))]
        if bad.size:
            raise ImpossibleValueError(f"{name} {bad[0]:g} {unit} is not above 0")
    rate, areal_capacity = np.asarray(rate, float), np.asarray(areal_capacity, float)
    current = _PER_MA * rate * areal_capacity
    depth = areal_capacity / np.asarray(capacity_per_volume, float)
    drop = 0.5 * current * depth * (1 / np.asarray(ionic) + 1 / np.asarray(electronic))
    half, tau = np.asarray(half_reached, float), np.asarray(contact_time, float)
    share = np.asarray(sse_share, float)
    touched = share / (share + half) * (REFERENCE_SHARE + half) / REFERENCE_SHARE
    slow = (1 + tau * REFERENCE_RATE) / (1 + tau * rate + drop / np.asarray(room))
    return np.asarray(np.minimum(np.minimum(touched, 1.0) * slow, 1.0))


def _conductivity(row: Mapping[str, str]) -> Quantity:
    value, low, high = (
        float(row[f"{end}electronic_conductivity_s_per_cm"]) for end in ("", "low_", "high_")
    )
    return Quantity(value, low, high, "S/cm", Kind(row["kind"]), row["source"])
