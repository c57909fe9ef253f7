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
from stability.kernels.compiled import jit
from stability.kernels.pooled_programs import Programs, new_programs, nudge, solve
from stability.kernels.redraw_kernels import TRACE, Errors, standard_normal
from stability.kernels.simplex import MAX_ELEMENTS, OK, TOO_MANY_PHASES

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
    for row in range(fractions.shape[0]):
        for e in range(present.size):
            present[e] = fractions[row, e] > 0.0 or e == table.li
        m, n = gather(table, present, active, system)
        if m < 0:
            out.outcome[row] = TOO_MANY_PHASES
            continue
        _draw_costs(table, errors, drawn, system, n, work)
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
            _open_costs(system, n - 1, voltages[place] - below, work)
            nudge(m - 1, work)
            found = solve(system, work.open_by_draw, work.open_by_column, m - 1, n - 1, m - 2, work)
            for d in range(work.value.size):
                out.opened[place, d] = work.value[d] + below * work.mixed[d]
                out.lithium[place, d] = work.mixed[d]
        out.outcome[row] = found


@jit
def _one_end(
    table: Columns, fractions: Floats, limited: bool, m: int, n: int, system: System,
    work: Programs, row: int, out: Ends,
) -> int:  # fmt: skip
    """Redraw the closed hull energy of one material, and its limits if they are wanted."""
    for i in range(m):
        work.exact[i] = fractions[system.element[i]]
    nudge(m, work)
    found = solve(system, work.by_draw, work.by_column, m, n, n - 1, work)
    out.closed[row] = work.value
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
            found = solve(system, work.by_draw, work.by_column, m, n, n - 1, work)
        for d in range(work.value.size):
            voltage = -work.duals[d, m - 1]
            out.limits[row, side, d] = max(0.0, voltage) if side == 0 else voltage
    return found


@jit
def redraw_interfaces(
    table: Columns, errors: Errors, drawn: DrawnErrors, fractions: Floats, pairs: Ints,
    lines: Ints, starts: Ints, voltages: Floats, opened: Ints, ends: Ends, chemical: Floats,
    mutual: Floats, outcome: Ints,
) -> None:  # fmt: skip
    """Redraw the most negative reactions of each pair with both states: closed, and at voltages.

    Rows of ``pairs`` are the material and both states. Of the states, ``lines`` counts those that
    differ without lithium; the voltages of a pair stand at ``starts[p]:starts[p + 1]``, the open
    ends of all three for them in the same rows of ``opened``.
    """
    system = new_system()
    work = new_programs(drawn.values.shape[1] + 1, system.cost.size)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    start, end = np.zeros(MAX_ELEMENTS), np.zeros(MAX_ELEMENTS)
    for p in range(pairs.shape[0]):
        a = pairs[p, 0]
        for e in range(present.size):
            present[e] = e == table.li
            for k in range(3):
                present[e] = present[e] or fractions[pairs[p, k], e] > 0.0
        m, n = gather(table, present, active, system)
        if m < 0:
            outcome[p] = TOO_MANY_PHASES
            continue
        _draw_costs(table, errors, drawn, system, n, work)
        chemical[p, :] = 0.0
        mutual[p, :] = 0.0
        found = OK
        for k in range(1, 3):
            b = pairs[p, k]
            for i in range(m):
                end[i] = fractions[a, system.element[i]]
                start[i] = fractions[b, system.element[i]]
                work.exact[i] = start[i]
                system.matrix[i, n] = start[i] - end[i]
            system.lithium[n] = 0.0
            for d in range(work.value.size):
                work.by_draw[d, n] = ends.closed[b, d] - ends.closed[a, d]
                work.by_column[n, d] = work.by_draw[d, n]
            nudge(m, work)
            if found == OK:
                found = solve(system, work.by_draw, work.by_column, m, n + 1, n - 1, work)
            for d in range(chemical.shape[1]):
                reaction = work.value[d + 1] - ends.closed[b, d + 1]
                chemical[p, d] = min(chemical[p, d], reaction)
        for k in range(1, 1 + lines[p]):
            b = pairs[p, k]
            for i in range(m - 1):
                end[i] = fractions[a, system.element[i]] / (1.0 - fractions[a, table.li])
                start[i] = fractions[b, system.element[i]] / (1.0 - fractions[b, table.li])
                system.matrix[i, n - 1] = start[i] - end[i]  # In place of lithium.
            for place in range(starts[p], starts[p + 1]):
                if found != OK:
                    break
                one, other = opened[place, 0], opened[place, k]
                _open_costs(system, n - 1, voltages[place], work)
                for i in range(m - 1):
                    work.exact[i] = start[i]
                for d in range(work.value.size):
                    work.open_by_draw[d, n - 1] = ends.opened[other, d] - ends.opened[one, d]
                    work.open_by_column[n - 1, d] = work.open_by_draw[d, n - 1]
                nudge(m - 1, work)
                found = solve(system, work.open_by_draw, work.open_by_column, m - 1, n, m - 2, work)
                for d in range(mutual.shape[1]):
                    reaction = work.value[d + 1] - ends.opened[other, d + 1]
                    mutual[p, d] = min(mutual[p, d], reaction)
        outcome[p] = found


@jit
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


@jit
def _open_costs(system: System, n: int, voltage: float, work: Programs) -> None:
    """Put the grand potentials of all draws at one voltage into the work space."""
    for d in range(work.by_draw.shape[0]):
        closed, opened = work.by_draw[d], work.open_by_draw[d]
        for j in range(n):
            opened[j] = closed[j] + voltage * system.lithium[j]
    for j in range(n):
        closed, opened = work.by_column[j], work.open_by_column[j]
        more = voltage * system.lithium[j]
        for d in range(work.by_draw.shape[0]):
            opened[d] = closed[d] + more
