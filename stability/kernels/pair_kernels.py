"""The compiled part of finding the cation-anion pairs of compositions, for whole databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stability.kernels.compiled import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

N_STRONG = 9
"""Of the anions, the strongest first, so many may be anions together; of the others only one."""
N_STATES = 9
"""Oxidation states of cations: 0 to 8."""
MOST_TERMS = 128
"""Terms of one phase: 7 cations in 2 states with 4 anions are 56."""

_BONDED = 0.02  # Share of the anions' charge that no cation pays: less is rounding of formulas.
_ROUNDING = 1e-6  # [1] Formulas that balance do so within this, whatever their decimals.
_NOTHING = 1e-12  # [1] A charge smaller than this is rounding of numbers.


@jit
def fill_terms(
    fractions: Floats, columns: Ints, rank_of: Ints, states: Floats, anion_of: Ints,
    charge_of: Floats, starts: Ints, numbers: Ints, shares: Floats, leading: Ints,
) -> int:  # fmt: skip
    """Fill the terms of each composition; return how many, or -1 where there is no room."""
    n_anions = charge_of.size
    first_anion = states.shape[0] * N_STATES * n_anions
    first_excess, first_alloy = first_anion + n_anions, first_anion + 2 * n_anions
    amount = np.zeros(n_anions)  # Fraction of each anion, 0 where it is none.
    cations = np.empty(fractions.shape[1], np.int64)
    state = np.empty(fractions.shape[1])
    used = 0
    for row in range(fractions.shape[0]):
        starts[row] = used
        if used + MOST_TERMS > numbers.size:
            return -1
        amount[:] = 0.0
        first = -1
        for rank in range(n_anions):
            if rank >= N_STRONG and first >= 0:
                break
            for j in range(fractions.shape[1]):
                x = fractions[row, j]
                if x <= 0.0 or anion_of[columns[j]] != rank:
                    continue
                if first < 0:
                    first = rank
                    amount[rank] = x
                else:
                    # A further anion only where the cations that are left can pay for it.
                    need, means = charge_of[rank] * x, 0.0
                    for k in range(fractions.shape[1]):
                        if fractions[row, k] > 0.0 and k != j:
                            other = anion_of[columns[k]]
                            if other >= 0 and amount[other] > 0.0:
                                need += charge_of[other] * fractions[row, k]
                            else:
                                means += states[columns[k], 2] * fractions[row, k]
                    if means >= need - _ROUNDING:
                        amount[rank] = x
        count = 0
        for j in range(fractions.shape[1]):
            x = fractions[row, j]
            if x > 0.0 and not (anion_of[columns[j]] >= 0 and amount[anion_of[columns[j]]] > 0.0):
                # In the order of filling, by insertion.
                place = count
                while place > 0 and rank_of[columns[cations[place - 1]]] > rank_of[columns[j]]:
                    cations[place] = cations[place - 1]
                    place -= 1
                cations[place] = j
                count += 1
        if first < 0 or count == 0:
            for j in range(fractions.shape[1]):
                if fractions[row, j] > 0.0:
                    numbers[used] = first_alloy + columns[j]
                    shares[used] = fractions[row, j]
                    used += 1
            leading[row] = n_anions
            continue
        leading[row] = first
        charge, paid = 0.0, 0.0
        for rank in range(n_anions):
            charge += charge_of[rank] * amount[rank]
        for c in range(count):
            state[c] = states[columns[cations[c]], 0]
            paid += state[c] * fractions[row, cations[c]]
        if paid > charge:
            for c in range(count):
                state[c] *= charge / paid
        rest = charge - paid
        for stage in range(1, 3):
            for c in range(count):
                x = fractions[row, cations[c]]
                step = min((states[columns[cations[c]], stage] - state[c]) * x, rest)
                if step > _NOTHING:
                    state[c] += step / x
                    rest -= step
        # An anion with bonds to its own kind is to that extent an element, which does not err.
        bonded = rest / charge
        if bonded < _BONDED:
            bonded = 0.0
        for rank in range(n_anions):
            if amount[rank] <= 0.0:
                continue
            numbers[used] = first_anion + rank
            shares[used] = amount[rank] * (1.0 - bonded)
            used += 1
            if bonded > 0.0:
                numbers[used] = first_excess + rank
                shares[used] = amount[rank] * bonded * (1.0 - bonded)
                used += 1
            part = charge_of[rank] * amount[rank] / charge
            for c in range(count):
                element = columns[cations[c]]
                lower = int(np.floor(state[c] + 1e-9))
                upper_share = max(state[c] - lower, 0.0)
                for step in range(2):
                    share = upper_share if step else 1.0 - upper_share
                    # A cation in state 0 is a metal: an element, which does not err.
                    if share > _ROUNDING and lower + step > 0:
                        numbers[used] = (element * N_STATES + lower + step) * n_anions + rank
                        shares[used] = share * part * fractions[row, cations[c]]
                        used += 1
    starts[fractions.shape[0]] = used
    return used
