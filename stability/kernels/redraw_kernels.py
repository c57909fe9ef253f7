"""Compiled redraws: the same pair or window again and again, with other phase energies.

Random numbers come from a counter, not from a stream: the error of a phase in a draw depends on the
seed, the phase and the number of the draw alone, so it is the same in every chemical system, on
every machine and in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.kernels.chemical_system import Columns, System, gather, new_system
from stability.kernels.compiled import jit, part
from stability.kernels.simplex import (
    MAX_ELEMENTS,
    OK,
    TOO_MANY_PHASES,
    minimise,
    new_line,
    new_workspace,
    start_from_elements,
    trace,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.kernels.outputs import PairDraws, WindowDraws

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TRACE = 0.01
"""Share of a material's lithium below which a change is one of the digits of its formula. Measured
compositions are written with two or three: of 513 in OBELiX, 14 are so far off balance that a step
of less than this would move an end of the window by more than 50 mV."""
_NO_LI = 1e-7  # [Li per non-Li atom] A change smaller than this is rounding.


class Errors(NamedTuple):
    """How the energies of the columns may err."""

    seeds: NDArray[np.uint64]
    """One number per phase, from its composition, shape (n_phases,)."""
    own: Floats
    """Standard error of each phase by itself, shape (n_phases,). [eV/atom]"""
    starts: Ints
    """First share of each phase, and the end, shape (n_phases + 1,)."""
    numbers: Ints
    """Which shared error each share is of."""
    shares: Floats
    """How much of that error a phase takes."""
    shared: Floats
    """Shared errors in each draw, shape (n_draws, n_shared). [eV/atom]"""
    seed: int
    """Which series of draws."""


@jit
def draw_pairs(
    table: Columns, errors: Errors, fractions: Floats, above_hull: Floats, first: Ints,
    second: Ints, voltages: Floats, out: PairDraws,
) -> None:  # fmt: skip
    """Redraw the chemical reaction of each pair, and those at the voltages."""
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    for p in range(first.size):
        a, b = first[p], second[p]
        for e in range(present.size):
            present[e] = fractions[a, e] > 0.0 or fractions[b, e] > 0.0 or e == table.li
        m, n = gather(table, present, active, system)
        if m < 0:
            out.outcome[p] = TOO_MANY_PHASES
            continue
        li_a, li_b = fractions[a, table.li], fractions[b, table.li]
        for d in range(out.chemical.shape[1]):
            _draw(table, errors, system, n, d)
            for i in range(m):
                end[i] = fractions[a, system.element[i]]
                start[i] = fractions[b, system.element[i]]
            start_from_elements(ws, m, n - 1)
            count = minimise(ws, system.matrix, system.cost, m, n, start)
            if count == OK:
                count = trace(ws, system.matrix, system.cost, m, n, start, end, 0.0, 1.0, line)
            if count < 0:
                out.outcome[p] = count
                break
            energy_a = line.energy[count] + above_hull[a]
            energy_b = line.energy[0] + above_hull[b]
            lowest = 0.0
            for k in range(count + 1):
                x = line.x[k]
                lowest = min(lowest, line.energy[k] - x * energy_a - (1.0 - x) * energy_b)
            out.chemical[p, d] = lowest
            if li_a > 1.0 - _NO_LI or li_b > 1.0 - _NO_LI:
                continue
            for i in range(m - 1):
                end[i] /= 1.0 - li_a
                start[i] /= 1.0 - li_b
            start_from_elements(ws, m - 1, m - 2)
            for v in range(voltages.size):
                for j in range(n - 1):
                    system.open_cost[j] = system.cost[j] + voltages[v] * system.lithium[j]
                count = minimise(ws, system.matrix, system.open_cost, m - 1, n - 1, start)
                if count == OK:
                    count = trace(
                        ws, system.matrix, system.open_cost, m - 1, n - 1, start, end, 0.0, 1.0,
                        line,
                    )  # fmt: skip
                if count < 0:
                    out.outcome[p] = count
                    break
                grand_a = (energy_a + voltages[v] * li_a) / (1.0 - li_a)
                grand_b = (energy_b + voltages[v] * li_b) / (1.0 - li_b)
                total, mutual = 0.0, 0.0
                for k in range(count + 1):
                    x = line.x[k]
                    energy = line.energy[k]
                    total = min(total, energy - x * grand_a - (1.0 - x) * grand_b)
                    alone = x * line.energy[count] + (1.0 - x) * line.energy[0]
                    mutual = min(mutual, energy - alone)
                out.total[p, v, d] = total
                out.sse_alone[p, v, d] = line.energy[count] - grand_a
                out.mutual[p, v, d] = mutual
                start_from_elements(ws, m - 1, m - 2)


@jit
def draw_windows(
    table: Columns, errors: Errors, fractions: Floats, voltages: Floats, out: WindowDraws
) -> None:
    """Redraw the staircase of each composition: its limits, and its lithium at the voltages."""
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    for p in range(fractions.shape[0]):
        for e in range(present.size):
            present[e] = fractions[p, e] > 0.0 or e == table.li
        m, n = gather(table, present, active, system)
        if m < 0:
            out.outcome[p] = TOO_MANY_PHASES
            continue
        rest = 1.0 - fractions[p, table.li]
        for i in range(m - 1):
            start[i] = fractions[p, system.element[i]] / rest
            end[i] = 0.0
        start[m - 1], end[m - 1] = 0.0, 1.0
        pristine = fractions[p, table.li] / rest
        traces = max(_NO_LI, TRACE * pristine)
        for d in range(out.reduction.shape[1]):
            _draw(table, errors, system, n, d)
            start_from_elements(ws, m, n - 1)
            count = minimise(ws, system.matrix, system.cost, m, n, start)
            if count == OK:
                count = trace(ws, system.matrix, system.cost, m, n, start, end, 0.0, 1.0, line)
            if count < 0:
                out.outcome[p] = count
                break
            reduction, oxidation = 0.0, np.inf
            for k in range(count):
                low = -line.duals[k, m - 1]
                high = -line.duals[k - 1, m - 1] if k > 0 else np.inf
                li = line.x[k] / (1.0 - line.x[k])
                if li > pristine + traces:
                    reduction = max(reduction, high)
                elif li < pristine - traces:
                    oxidation = min(oxidation, low)
                for v in range(voltages.size):
                    # At 0 V lithium plates: the last step holds there, lower end included.
                    if voltages[v] <= high and (voltages[v] > low or k == count - 1):
                        out.li_change[p, v, d] = li - pristine
            out.reduction[p, d] = reduction
            out.oxidation[p, d] = oxidation


@part
def _draw(table: Columns, errors: Errors, system: System, n: int, draw: int) -> None:
    """Put the energies of one draw into the system; elements are the zero and never err."""
    n_elements = table.fractions.shape[1]
    for j in range(n):
        phase = system.phase[j]
        energy = table.energies[phase]
        if phase >= n_elements:
            energy += errors.own[phase] * standard_normal(errors.seeds[phase], errors.seed, draw)
            for k in range(errors.starts[phase], errors.starts[phase + 1]):
                energy += errors.shares[k] * errors.shared[draw, errors.numbers[k]]
        system.cost[j] = energy


@jit
def standard_normals(keys: NDArray[np.uint64], seed: int, draws: int) -> Floats:
    """Return standard normal numbers that depend on key, seed and draw alone."""
    out = np.empty((keys.size, draws))
    for row in range(keys.size):
        for draw in range(draws):
            out[row, draw] = standard_normal(keys[row], seed, draw)
    return out


@part
def standard_normal(key: np.uint64, seed: int, draw: int) -> float:
    """Return a standard normal number that depends on key, seed and draw alone (Box-Muller)."""
    word = _mixed(key + _mixed(np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(draw)))
    other = _mixed(word)
    first = (np.float64(word >> np.uint64(11)) + 0.5) / 9007199254740992.0  # 2^53
    second = np.float64(other >> np.uint64(11)) / 9007199254740992.0
    return float(np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second))


@part
def _mixed(word: np.uint64) -> np.uint64:
    """Mix the bits of a word: the finaliser of splitmix64."""
    word += np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
