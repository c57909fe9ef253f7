"""The voltage curve of a predicted first cycle: capacity against voltage, the SSE's part apart.

What a cell passes up to a voltage is what its cathode gives there at rest, moved by the
polarisation, and what the layer of SSE has grown by then, with the root of what drives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.cell.open_circuit import lithium_at, open_circuit
from screening.catalogue.materials import State
from screening.errors import CellError
from screening.first_cycle.growth import root

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.catalogue.materials import Cathode

    Floats = NDArray[np.float64]

POINTS = 400
"""Voltages of a curve: 4 mV apart in a window of 1.6 V."""
_LEAST = 1e-9  # Of a quotient: nothing has moved.


class Half(NamedTuple):
    """One half-cycle; all arrays have the shape (POINTS,), in the order in time."""

    voltage: Floats
    """Voltage: rising on charge, falling on discharge. [V vs. Li/Li+]"""
    cathode: Floats
    """What the cathode has passed so far. [mAh/g]"""
    sse: Floats
    """What the SSE has passed so far. [mAh/g]"""

    @property
    def capacity(self) -> Floats:
        """Both together. [mAh/g]."""
        return np.asarray(self.cathode + self.sse)

    @property
    def derivative(self) -> Floats:
        """Its slope dQ/dV: peaks where the curve is flat, never negative. [mAh/(g V)]."""
        return np.abs(np.gradient(self.capacity, self.voltage))


class Passed(NamedTuple):
    """What a first cycle passes in all: :class:`screening.first_cycle.equations.Cycle`."""

    cathode_charged: float
    """By the cathode on charge. [mAh/g]"""
    cathode_discharged: float
    """By the cathode on discharge. [mAh/g]"""
    oxidised: float
    """By the SSE on charge. [mAh/g]"""
    reduced: float
    """By the SSE on discharge. [mAh/g]"""


def voltage_curve(
    cathode: Cathode,
    passed: Passed,
    *,
    oxidation_onset: float,
    reduction_onset: float,
    polarisation: float = 0.05,
) -> tuple[Half, Half]:
    """Return charge and discharge of a first cycle as voltage against capacity.

    Parameters
    ----------
    cathode : Cathode
        The cathode with its cutoffs.
    passed : Passed
        What is passed in all.
    oxidation_onset, reduction_onset : float
        Where the SSE begins to be oxidised, and reduced. [V]
    polarisation : float, optional
        What the current adds on charge, and takes on discharge. [V]

    Raises
    ------
    NoMeasurement
        If the cathode has no open-circuit curve.
    CellError
        If the polarisation is negative.

    Notes
    -----
    With x(V) the lithium at rest, n the polarisation, L and H the cutoffs ::

        charge:    Q = Q_c (x(L) - x(V - n)) / (x(L) - x(H)) + Q_ox g(V - V_ox) / g(H - V_ox)
        discharge: Q = Q_d (x(V + n) - x(H)) / (x(L) - x(H)) + Q_red g(V_red - V) / g(V_red - L)

    with g the root, each a share from 0 to 1. A film carries the current of its own growth, so its
    part comes first where it begins below the plateau of the cathode. One curve stands for both
    directions: hysteresis is what the polarisation says.
    """
    if polarisation < 0:
        raise CellError(f"polarisation {polarisation:g} V is below 0; give what the current adds")
    charged = cathode.assembled is State.CHARGED
    curve = open_circuit(cathode.charged if charged else cathode.discharged)
    low, high = cathode.voltage_low, cathode.voltage_high
    rising = np.linspace(low, high, POINTS)

    def out(voltage: Floats) -> Floats:
        ends = lithium_at(curve, [low, high])
        share = (ends[0] - lithium_at(curve, voltage)) / max(ends[0] - ends[1], _LEAST)
        return np.asarray(np.clip(share, 0.0, 1.0))

    def grown(driven: Floats, most: float) -> Floats:
        shares = root(driven) / max(float(root(np.array(most))), _LEAST)
        return np.asarray(
            np.clip(shares - shares[0], 0.0, 1.0) / max(shares[-1] - shares[0], _LEAST)
        )

    charge = Half(
        rising,
        passed.cathode_charged * _whole(out(rising - polarisation)),
        passed.oxidised * grown(rising - oxidation_onset, high - oxidation_onset),
    )
    falling = rising[::-1]
    discharge = Half(
        falling,
        passed.cathode_discharged * _whole(1.0 - out(falling + polarisation)),
        passed.reduced * grown(reduction_onset - falling, reduction_onset - low),
    )
    return charge, discharge


def _whole(share: Floats) -> Floats:
    """Return a share that ends at 1: what is passed in all is known, the cutoff decides nothing."""
    return np.asarray(share / max(float(share[-1]), _LEAST))
