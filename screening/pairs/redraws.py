"""What the errors of phase energies do to one pair: everything computed, many times over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.pairs.drawn import N_DRAWS
from stability.elements import FARADAY
from stability.staircase import LAG, RedoxCapacity
from stability.uncertainty import probability_covers, redrawn_reactions, redrawn_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from screening.catalogue.materials import Cathode
    from stability.hull import Reactant
    from stability.phases import CompetingPhases
    from stability.staircase import Staircase

    Floats = NDArray[np.float64]


class Redraws(NamedTuple):
    """Redrawn results of one pair, the draws along the only axis."""

    reduction: Floats
    """Reduction limit of the SSE, shape (n_draws,). [V]"""
    oxidation: Floats
    """Oxidation limit of the SSE, inf for none, shape (n_draws,). [V]"""
    covers: float
    """Probability that the SSE's window covers the cathode's range of voltage."""
    redox: RedoxCapacity[Floats]
    """The SSE's own redox in that range, each field of shape (n_draws,). [mAh/g of SSE]"""
    interface: Floats
    """Most negative chemical or mutual reaction with either state of the cathode, at the ends of
    the range and where it is worst undrawn, shape (n_draws,). [eV per atom, non-Li where open]"""


def redraws(
    staircase: Staircase,
    states: Sequence[Reactant],
    cathode: Cathode,
    worst_voltages: Sequence[float | None],
    phases: CompetingPhases,
    *,
    draws: int = N_DRAWS,
) -> Redraws:
    """Return the results of one pair under redrawn phase energies.

    Parameters
    ----------
    staircase : Staircase
        Of the solid electrolyte.
    states : sequence of Reactant
        The cathode, discharged and charged.
    cathode : Cathode
        Its range of voltage.
    worst_voltages : sequence of float or None
        Where the undrawn mutual reaction is worst, for each state; None if nothing reacts. [V]
    phases : CompetingPhases
        With a margin above the hull (:data:`stability.uncertainty.MARGIN`).
    draws : int, optional
        How many.

    Notes
    -----
    The error model is that of :class:`stability.uncertainty.ErrorModel`. All pairs share the
    errors of the phases that they share.
    """
    sse = staircase.reactant
    low, high = cathode.voltage_low, cathode.voltage_high
    windows = redrawn_windows(
        phases, sse.fractions[None, :], (low, min(low + LAG, high), high), draws=draws
    )
    voltages = sorted({low, high, *(v for v in worst_voltages if v is not None)})
    reactions = redrawn_reactions(
        phases,
        np.stack([sse.fractions, *(state.fractions for state in states)]),
        np.zeros(len(states), np.int64),
        np.arange(1, len(states) + 1),
        voltages,
        draws=draws,
    )
    return Redraws(
        reduction=windows.reduction[0],
        oxidation=windows.oxidation[0],
        covers=float(probability_covers(windows, low, high)[0]),
        redox=redrawn_capacity(staircase, *windows.li_change[0]),
        interface=np.minimum(reactions.chemical.min(axis=0), reactions.mutual.min(axis=(0, 1))),
    )


def redrawn_capacity(
    staircase: Staircase, at_low: Floats, at_return: Floats, at_high: Floats
) -> RedoxCapacity[Floats]:
    """Return the capacities that go with the lithium of each draw; see redox_capacity.

    Parameters
    ----------
    staircase : Staircase
        Of the material, undrawn.
    at_low, at_return, at_high : ndarray, shape (n_draws,)
        Lithium taken up per non-Li atom at the lower cutoff, at that with the lag of the return,
        and at the upper cutoff.
    """
    unit = staircase.reactant.material
    rest = unit.n_atoms - unit.amounts.get("Li", 0.0)
    per_li = FARADAY * rest / unit.molar_mass
    # A drawn state is like the step of the undrawn staircase with the nearest lithium content.
    changes = np.array([step.li_change for step in staircase.steps])
    gas = np.array([step.gives_off_gas for step in staircase.steps])
    nearest = np.abs(at_high[:, None] * rest - changes).argmin(axis=1)
    comes_back = (at_return * rest >= -staircase.trace) & ~gas[nearest]
    oxidation, missing = np.maximum(-at_high, 0.0), np.maximum(-at_low, 0.0)
    return RedoxCapacity(
        oxidation=oxidation * per_li,
        reduction=np.maximum(at_low, 0.0) * per_li,
        reversible=np.where(comes_back, oxidation, 0.0) * per_li,
        regained=np.maximum(oxidation - missing, 0.0) * per_li,
    )
