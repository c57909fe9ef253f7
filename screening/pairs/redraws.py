"""What the errors of phase energies do to pairs: everything computed, many times over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.pairs.drawn import N_DRAWS
from stability.draws.redrawn_pairs import redrawn_pairs
from stability.elements import FARADAY
from stability.staircase import RedoxCapacity, returning_share
from stability.uncertainty import probability_covers

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
    staircases: Sequence[Staircase],
    states: Sequence[tuple[Reactant, Reactant]],
    cathodes: Sequence[Cathode],
    worst_voltages: Floats,
    phases: CompetingPhases,
    *,
    draws: int = N_DRAWS,
    lifts: Floats | None = None,
) -> tuple[Redraws, ...]:
    """Return the results of pairs under redrawn phase energies.

    Parameters
    ----------
    staircases : sequence of Staircase
        Of the solid electrolyte of each pair.
    states : sequence of (Reactant, Reactant)
        The cathode of each pair, discharged and charged.
    cathodes : sequence of Cathode
        Their ranges of voltage.
    worst_voltages : ndarray, shape (n_pairs, 2)
        Where the undrawn mutual reaction is worst, for each state; nan if nothing reacts. [V]
    phases : CompetingPhases
        With a margin above the hull (:data:`stability.uncertainty.MARGIN`).
    draws : int, optional
        How many.
    lifts : ndarray, shape (n_pairs, n_draws), optional
        What reactants above the hull add to a chemical reaction; not to a mutual one, which is
        that of what they have become. [eV/atom]

    Notes
    -----
    The error model is that of :mod:`stability.uncertainty`. All pairs share the errors of the
    phases that they share.
    """
    materials: dict[int, int] = {}
    reactants: list[Reactant] = []
    pairs = np.empty((len(cathodes), 3), np.int64)
    for row, (staircase, both) in enumerate(zip(staircases, states, strict=True)):
        for place, one in enumerate((staircase.reactant, *both)):
            if id(one) not in materials:
                materials[id(one)] = len(reactants)
                reactants.append(one)
            pairs[row, place] = materials[id(one)]
    windows = np.array([(one.voltage_low, one.voltage_high) for one in cathodes])
    low, high = windows.T
    drawn = redrawn_pairs(
        phases,
        np.stack([one.fractions for one in reactants]),
        pairs,
        windows,
        [
            sorted({*ends, *(v for v in worst if not np.isnan(v))})
            for ends, worst in zip(windows.tolist(), worst_voltages.tolist(), strict=True)
        ],
        draws=draws,
    )
    chemical = drawn.chemical if lifts is None else drawn.chemical - lifts
    interface = np.minimum(chemical, drawn.mutual)
    covers = probability_covers(drawn, low, high)
    return tuple(
        Redraws(
            reduction=drawn.reduction[row],
            oxidation=drawn.oxidation[row],
            covers=float(covers[row]),
            redox=redrawn_capacity(
                staircase, low[row], drawn.oxidation[row], *drawn.li_change[row]
            ),
            interface=interface[row],
        )
        for row, staircase in enumerate(staircases)
    )


def redrawn_capacity(
    staircase: Staircase, voltage_low: float, limit: Floats, at_low: Floats, at_high: Floats
) -> RedoxCapacity[Floats]:
    """Return the capacities that go with the lithium of each draw; see redox_capacity.

    Parameters
    ----------
    staircase : Staircase
        Of the material, undrawn.
    voltage_low : float
        Lower cutoff. [V]
    limit : ndarray, shape (n_draws,)
        Oxidation limit. [V]
    at_low, at_high : ndarray, shape (n_draws,)
        Lithium taken up per non-Li atom at the lower and at the upper cutoff.
    """
    unit = staircase.reactant.material
    rest = unit.n_atoms - unit.amounts.get("Li", 0.0)
    per_li = FARADAY * rest / unit.molar_mass
    # A drawn state is like the step of the undrawn staircase with the nearest lithium content.
    changes = np.array([step.li_change for step in staircase.steps])
    gas = np.array([step.gives_off_gas for step in staircase.steps])
    nearest = np.abs(at_high[:, None] * rest - changes).argmin(axis=1)
    share = np.where(gas[nearest], 0.0, returning_share(limit - voltage_low))
    oxidation, missing = np.maximum(-at_high, 0.0), np.maximum(-at_low, 0.0)
    return RedoxCapacity(
        oxidation=oxidation * per_li,
        reduction=np.maximum(at_low, 0.0) * per_li,
        reversible=share * oxidation * per_li,
        regained=np.maximum(oxidation - missing, 0.0) * per_li,
    )
