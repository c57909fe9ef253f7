"""How a cathode is charged to its cutoff: capacity, voltages on the way, oxygen at the end."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.cell.open_circuit import charged_capacity, open_circuit, visited_voltages
from descriptors.cell.oxygen_release import beyond_onset, drawn_beyond_onset, oxygen_release
from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind, Quantity
from screening.catalogue.materials import State
from screening.pairs.drawn import N_DRAWS, standard_draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from descriptors.cell.open_circuit import OpenCircuit
    from screening.catalogue.materials import Cathode

    Floats = NDArray[np.float64]

VISITED = 8
"""Voltages that stand for a charge: the middles of as many equal parts of it."""
_NONE = np.zeros(N_DRAWS)


class Charging(NamedTuple):
    """The charge of one cathode to its cutoff."""

    visited: Floats
    """Voltages at which the charge is spent, rising, shape (VISITED,). [V]"""
    utilisation: Quantity
    """First half-cycle over the theoretical capacity. [1]"""
    oxygen: float
    """What is charged beyond the onset of oxygen release, over the theoretical capacity: mean over
    the doubt of the onset. [1]"""
    oxygen_draws: Floats
    """The same for draws of the onset, which cathodes share, shape (N_DRAWS,). [1]"""


def charge(cathode: Cathode) -> tuple[str, float, Quantity, float | None]:
    """Return what one charge of a cathode depends on.

    Parameters
    ----------
    cathode : Cathode
        The cathode with its upper cutoff.
    """
    return cathode.name, cathode.voltage_high, cathode.utilisation, cathode.measured_to


def charging(cathode: Cathode) -> Charging:
    """Return how a cathode is charged to its cutoff.

    Parameters
    ----------
    cathode : Cathode
        The cathode with its upper cutoff.

    Notes
    -----
    A host with an open-circuit curve follows it. A conversion runs up to the cutoff once it is
    done, and so counts as if it were there; so does a cathode without a curve. What a laboratory
    measured of its own powder goes before the curve; the curve then carries it to other cutoffs.
    """
    high = cathode.voltage_high
    made = cathode.charged if cathode.assembled is State.CHARGED else cathode.discharged
    try:
        curve = open_circuit(made)
    except NoMeasurement:
        return Charging(np.full(VISITED, high), cathode.utilisation, 0.0, _NONE)
    if not curve.host:
        return Charging(np.full(VISITED, high), cathode.utilisation, 0.0, _NONE)
    visited = visited_voltages(curve, high, VISITED)
    if cathode.assembled is State.CHARGED:
        return Charging(visited, cathode.utilisation, 0.0, _NONE)
    full = cathode.theoretical_capacity
    share = curve.capacity_per_lithium / full
    drawn = drawn_beyond_onset(curve, high, standard_draws("oxygen onset"))
    used = _measured(cathode, curve) or _of_curve(cathode, curve)
    return Charging(visited, used, beyond_onset(curve, high) * share, drawn * share)


def oxygen_reason(cathode: Cathode) -> str:
    """Return that a cathode gives off oxygen at its cutoff, or may, in one line; or nothing.

    Parameters
    ----------
    cathode : Cathode
        The cathode with its upper cutoff.
    """
    if cathode.assembled is State.CHARGED:
        return ""
    return _oxygen_reason(cathode.discharged, cathode.voltage_high)


@lru_cache(maxsize=10_000)
def _oxygen_reason(made: str, high: float) -> str:
    try:
        curve = open_circuit(made)
    except NoMeasurement:
        return ""
    return oxygen_release(curve, high).reason if curve.host else ""


def _of_curve(cathode: Cathode, curve: OpenCircuit) -> Quantity:
    """Return the share of its capacity that a curve gives to the cutoff. [1]."""
    full = cathode.theoretical_capacity
    gives = charged_capacity(curve, cathode.voltage_high)
    value, low, most = (min(part / full, 1.0) for part in (gives.value, gives.low, gives.high))
    return Quantity(value, low, most, "1", gives.kind, gives.source)


def _measured(cathode: Cathode, curve: OpenCircuit) -> Quantity | None:
    """Return the share that was measured, carried to the cutoff; None where nobody has. [1]."""
    used, high = cathode.utilisation, cathode.voltage_high
    if cathode.measured_to is None or cathode.measured_to == high:
        return used if cathode.measured_to else None
    there = charged_capacity(curve, cathode.measured_to).value
    if there <= 0.0:
        return None
    scale = charged_capacity(curve, high).value / there
    value, low, most = (min(scale * part, 1.0) for part in (used.value, used.low, used.high))
    source = f"{used.source}, from {cathode.measured_to:g} to {high:g} V by {curve.source}"
    return Quantity(value, low, most, "1", Kind.COMPUTED, source)
