"""Compiled redraws of many pairs: a basis that was best in one draw is tried in the next.

The walk of :mod:`stability.kernels.redraw_kernels` gives the same to 1e-9, and takes over where a
program (:mod:`stability.kernels.pooled_programs`) finds no answer.

The lowest point of a reaction is one program: with the hull energies of both ends known in the
draw, their exchange is one more column ::

    min  cost . a + x (E_start - E_end)   such that   A a + x (start - end) = start,  a, x >= 0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.kernels.chemical_system import Columns, System, gather, new_system
from stability.kernels.compiled import jit, passage
from stability.kernels.pooled_programs import Programs, new_programs, nudge, solve
from stability.kernels.redraw_kernels import TRACE, Errors, standard_normal
from stability.kernels.simplex import OK, TOO_MANY_PHASES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_BESIDE = 1e-6  # [Li per non-Li atom] The side of a composition that a limit is of.
_BELOW = 1e-9  # [V] Exactly at a step, its lower side holds.
_NO_LI = 1e-7  # [Li per non-Li atom] As in the walk.
_BLOCK = 8  # Columns that are turned at a time.


class DrawnErrors(NamedTuple):
    """Errors of all phases in all draws, filled in as they are needed."""

    values: Floats
    """Shape (n_phases, n_draws). [eV/atom]"""
    ready: Flags
    """Which rows are filled, shape (n_phases,)."""


class Ends(NamedTuple):
    """What the ends of reactions are in each draw; column 0 is not redrawn."""

    closed: Floats
    """Hull energies, shape (n_materials, 1 + n_draws). [eV/atom]"""
    opened: Floats
    """Hull energies open to lithium, shape (n_open, 1 + n_draws). [eV per non-Li atom]"""
    lithium: Floats
    """Lithium there, same shape. [per non-Li atom]"""
    limits: Floats
    """Reduction and oxidation limit, shape (n_materials, 2, 1 + n_draws). [V]"""
    outcome: Ints
    """Outcome of the solver, shape (n_materials,)."""


@jit
def redraw_ends(
    table: Columns, errors: Errors, drawn: DrawnErrors, fractions: Floats, limited: Flags,
    starts: Ints, voltages: Floats, out: Ends,
) -> None:  # fmt: skip
    """Redraw each material by itself: its hull energy, closed and at its voltages; its limits.

    The voltages of a material stand at ``starts[row]:starts[row + 1]``.
    """
    system = new_system()
    work = new_programs(drawn.values.shape[1] + 1, system.cost.size)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    m, n = 0, 0
    for row in range(fractions.shape[0]):
        same = row > 0
        for e in range(present.size):
            here = fractions[row, e] > 0.0 or e == table.li
            if present[e] != here:
                present[e] = here
                same = False
        if not same:
            m, n = _drawn_system(table, errors, drawn, present, active, system, work)
        if m < 0:
            out.outcome[row] = TOO_MANY_PHASES
            continue
        found = _one_end(table, fractions[row], limited[row], m, n, system, work, row, out)
        rest = 1.0 - fractions[row, table.li]
        if rest < _NO_LI:
            out.outcome[row] = found
            continue
        for i in range(m - 1):
            work.exact[i] = fractions[row, system.element[i]] / rest
        for place in range(starts[row], starts[row + 1]):
            if found != OK:
                break
            below = min(_BELOW, voltages[place])
            nudge(m - 1, work)
            found = solve(system, voltages[place] - below, m - 1, n - 1, m - 2, work)
            for d in range(work.value.size):
                out.opened[place, d] = work.value[d] + below * work.mixed[d]
                out.lithium[place, d] = work.mixed[d]
        out.outcome[row] = found


@passage
def _one_end(
    table: Columns, fractions: Floats, limited: bool, m: int, n: int, system: System,
    work: Programs, row: int, out: Ends,
) -> int:  # fmt: skip
    """Redraw the closed hull energy of one material, and its limits if they are wanted."""
    for i in range(m):
        work.exact[i] = fractions[system.element[i]]
    nudge(m, work)
    found = solve(system, 0.0, m, n, n - 1, work)
    for d in range(work.value.size):
        out.closed[row, d] = work.value[d]
    rest = 1.0 - fractions[table.li]
    if not limited or rest < _NO_LI:
        return found
    pristine = fractions[table.li] / rest
    traces = max(_NO_LI, TRACE * pristine)
    for side in range(2):
        content = pristine + traces + _BESIDE if side == 0 else pristine - traces - _BESIDE
        if content <= 0.0:
            out.limits[row, side, :] = np.inf
            continue
        for i in range(m - 1):
            work.exact[i] = fractions[system.element[i]] / rest
        work.exact[m - 1] = content
        nudge(m, work)
        if found == OK:
            found = solve(system, 0.0, m, n, n - 1, work)
        for d in range(work.value.size):
            voltage = -work.duals[d, m - 1]
            out.limits[row, side, d] = max(0.0, voltage) if side == 0 else voltage
    return found


@jit
def redraw_interfaces(
    table: Columns, errors: Errors, drawn: DrawnErrors, fractions: Floats, pairs: Ints,
    order: Ints, lines: Ints, starts: Ints, voltages: Floats, opened: Ints, ends: Ends,
    chemical: Floats, mutual: Floats, outcome: Ints,
) -> None:  # fmt: skip
    """Redraw the most negative reactions of each pair with both states: closed, and at voltages.

    Rows of ``pairs`` are the material and both states, taken in an ``order`` in which pairs of one
    chemical system follow each other. Of the states, ``lines`` counts those that differ without
    lithium; the voltages of a pair stand at ``starts[p]:starts[p + 1]``, the open ends of all three
    for them in the same rows of ``opened``.
    """
    system = new_system()
    work = new_programs(drawn.values.shape[1] + 1, system.cost.size)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    m, n, fresh = 0, 0, True
    for p in order:
        for e in range(present.size):
            here = e == table.li
            for k in range(3):
                here = here or fractions[pairs[p, k], e] > 0.0
            if present[e] != here:
                present[e] = here
                fresh = True
        if fresh:
            m, n = _drawn_system(table, errors, drawn, present, active, system, work)
            fresh = False
        if m < 0:
            outcome[p] = TOO_MANY_PHASES
            continue
        chemical[p, :] = 0.0
        mutual[p, :] = 0.0
        found = _closed_pair(fractions, pairs[p], m, n, system, ends, work, chemical[p])
        for k in range(1, 1 + lines[p]):
            for place in range(starts[p], starts[p + 1]):
                if found == OK:
                    found = _open_pair(
                        table, fractions, pairs[p, 0], pairs[p, k], opened[place, 0],
                        opened[place, k], voltages[place], m, n, system, ends, work, mutual[p],
                    )  # fmt: skip
        _put_lithium_back(m, n, system, work)
        outcome[p] = found


@passage
def _closed_pair(
    fractions: Floats, trio: Ints, m: int, n: int, system: System, ends: Ends, work: Programs,
    lowest: Floats,
) -> int:  # fmt: skip
    """Redraw the closed reactions of one material with both states of another."""
    a, found = trio[0], OK
    for k in range(1, 3):
        b = trio[k]
        for i in range(m):
            start = fractions[b, system.element[i]]
            work.exact[i] = start
            system.matrix[i, n] = start - fractions[a, system.element[i]]
        system.lithium[n] = 0.0
        for d in range(work.value.size):
            work.by_draw[d, n] = ends.closed[b, d] - ends.closed[a, d]
            work.by_column[n, d] = work.by_draw[d, n]
        nudge(m, work)
        if found == OK:
            found = solve(system, 0.0, m, n + 1, n - 1, work)
        for d in range(lowest.size):
            lowest[d] = min(lowest[d], work.value[d + 1] - ends.closed[b, d + 1])
    return found


@passage
def _open_pair(
    table: Columns, fractions: Floats, a: int, b: int, one: int, other: int, voltage: float,
    m: int, n: int, system: System, ends: Ends, work: Programs, lowest: Floats,
) -> int:  # fmt: skip
    """Redraw one reaction open to lithium; the exchange of its ends stands in lithium's column."""
    for i in range(m - 1):
        start = fractions[b, system.element[i]] / (1.0 - fractions[b, table.li])
        end = fractions[a, system.element[i]] / (1.0 - fractions[a, table.li])
        work.exact[i] = start
        system.matrix[i, n - 1] = start - end
    system.lithium[n - 1] = 0.0
    for d in range(work.value.size):
        work.by_draw[d, n - 1] = ends.opened[other, d] - ends.opened[one, d]
        work.by_column[n - 1, d] = work.by_draw[d, n - 1]
    nudge(m - 1, work)
    found = solve(system, voltage, m - 1, n, m - 2, work)
    for d in range(lowest.size):
        lowest[d] = min(lowest[d], work.value[d + 1] - ends.opened[other, d + 1])
    return found


@passage
def _put_lithium_back(m: int, n: int, system: System, work: Programs) -> None:
    for i in range(m - 1):
        system.matrix[i, n - 1] = 0.0
    system.lithium[n - 1] = 1.0
    work.by_column[n - 1, :] = system.cost[n - 1]
    work.by_draw[:, n - 1] = system.cost[n - 1]


@passage
def _drawn_system(
    table: Columns, errors: Errors, drawn: DrawnErrors, present: Flags, active: Flags,
    system: System, work: Programs,
) -> tuple[int, int]:  # fmt: skip
    """Gather a chemical system with the energies of all draws; return its rows and columns."""
    m, n = gather(table, present, active, system)
    if m > 0:
        _draw_costs(table, errors, drawn, system, n, work)
    return m, n


@passage
def _draw_costs(
    table: Columns, errors: Errors, drawn: DrawnErrors, system: System, n: int, work: Programs
) -> None:
    """Put the energies of all draws into the work space; elements are the zero and never err."""
    n_elements = table.fractions.shape[1]
    for j in range(n):
        phase = system.phase[j]
        energy = table.energies[phase]
        costs = work.by_column[j]
        costs[:] = energy
        if phase < n_elements:
            continue
        known = drawn.values[phase]
        if not drawn.ready[phase]:
            for d in range(known.size):
                known[d] = errors.own[phase] * standard_normal(errors.seeds[phase], errors.seed, d)
                for k in range(errors.starts[phase], errors.starts[phase + 1]):
                    known[d] += errors.shares[k] * errors.shared[d, errors.numbers[k]]
            drawn.ready[phase] = True
        for d in range(known.size):
            costs[d + 1] += known[d]
    for first in range(0, n, _BLOCK):
        for d in range(work.by_draw.shape[0]):
            for j in range(first, min(first + _BLOCK, n)):
                work.by_draw[d, j] = work.by_column[j, d]
