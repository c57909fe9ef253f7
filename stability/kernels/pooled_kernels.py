"""Compiled redraws of many pairs: a basis that was best in one draw is tried in the next.

Which amounts make a composition does not depend on energies, so every basis that was ever found is
a feasible start in all draws; only its cost changes. Each program keeps a pool of them. A draw
starts from the cheapest of the pool, and is done if its duals price no column below zero: nine
draws of ten are. The walk of :mod:`stability.kernels.redraw_kernels` gives the same to 1e-9, and
takes over where a program finds no answer.

The lowest point of a reaction is one program: with the hull energies of both ends known in the
draw, their exchange is one more column ::

    min  cost . a + x (E_start - E_end)   such that   A a + x (start - end) = start,  a, x >= 0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.kernels.chemical_system import Columns, System, gather, new_system
from stability.kernels.redraw_kernels import TRACE, Errors, standard_normal
from stability.kernels.simplex import (
    MAX_ELEMENTS,
    OK,
    TOO_MANY_PHASES,
    TOO_MANY_PIVOTS,
    UNBOUNDED,
    jit,
    jit_without_nan,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_POOL = 48  # Bases kept; few programs ever have so many.
_CHAIN = 40  # Pivots after which an inverse is made anew from its columns.
_MOST_PIVOTS = 500
_TOLERANCE = 1e-11  # [eV/atom] As in the simplex.
_SMALLEST_PIVOT = 1e-10
_NUDGE = 1e-8  # Of the composition, so that no vertex is degenerate; answers are of the exact one.
_BESIDE = 1e-6  # [Li per non-Li atom] The side of a composition that a limit is of.
_BELOW = 1e-9  # [V] Exactly at a step, its lower side holds.
_NO_LI = 1e-7  # [Li per non-Li atom] As in the walk.
_FAR = 1e300
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


class _Work(NamedTuple):
    """Work space of the programs of one chemical system."""

    by_draw: Floats
    """Costs, shape (1 + n_draws, stride). [eV/atom]"""
    by_column: Floats
    """The same, shape (stride, 1 + n_draws)."""
    open_by_draw: Floats
    """Costs open to lithium, by draw."""
    open_by_column: Floats
    """The same by column."""
    reduced: Floats
    """Reduced costs, shape (stride,)."""
    basis: Ints
    """Columns in hand, shape (16,)."""
    inverse: Floats
    """Inverse of them, shape (16, 16)."""
    amounts: Floats
    """Their amounts, shape (16,)."""
    duals: Floats
    """Chemical potentials in each draw, shape (1 + n_draws, 16). [eV/atom]"""
    pool_basis: Ints
    """Bases of the pool, shape (n, 16)."""
    pool_inverse: Floats
    """Their inverses, shape (n, 16, 16)."""
    pool_amounts: Floats
    """Their amounts, shape (n, 16)."""
    pool_chain: Ints
    """Pivots since each inverse was made from its columns, shape (n,)."""
    lowest: Floats
    """Cost of the cheapest basis of the pool in each draw, shape (1 + n_draws,)."""
    cheapest: Ints
    """Which basis that is."""
    exact: Floats
    """A composition, shape (16,)."""
    nudged: Floats
    """The same beside all degenerate ones."""
    column: Floats
    """A column in terms of the basis, shape (16,)."""
    value: Floats
    """Optima, shape (1 + n_draws,)."""
    mixed: Floats
    """Lithium at the optima, shape (1 + n_draws,)."""


@jit
def redraw_ends(
    table: Columns, errors: Errors, drawn: DrawnErrors, fractions: Floats, limited: Flags,
    starts: Ints, voltages: Floats, out: Ends,
) -> None:  # fmt: skip
    """Redraw each material by itself: its hull energy, closed and at its voltages; its limits.

    The voltages of a material stand at ``starts[row]:starts[row + 1]``.
    """
    system = new_system()
    work = _new_work(drawn.values.shape[1] + 1, system.cost.size)
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
            _nudge(m - 1, work)
            found = _solve(
                system, work.open_by_draw, work.open_by_column, m - 1, n - 1, m - 2, work
            )
            for d in range(work.value.size):
                out.opened[place, d] = work.value[d] + below * work.mixed[d]
                out.lithium[place, d] = work.mixed[d]
        out.outcome[row] = found


@jit
def _one_end(
    table: Columns, fractions: Floats, limited: bool, m: int, n: int, system: System,
    work: _Work, row: int, out: Ends,
) -> int:  # fmt: skip
    """Redraw the closed hull energy of one material, and its limits if they are wanted."""
    for i in range(m):
        work.exact[i] = fractions[system.element[i]]
    _nudge(m, work)
    found = _solve(system, work.by_draw, work.by_column, m, n, n - 1, work)
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
        _nudge(m, work)
        if found == OK:
            found = _solve(system, work.by_draw, work.by_column, m, n, n - 1, work)
        for d in range(work.value.size):
            voltage = -work.duals[d, m - 1]
            out.limits[row, side, d] = max(0.0, voltage) if side == 0 else voltage
    return found


@jit
def redraw_interfaces(
    table: Columns, errors: Errors, drawn: DrawnErrors, fractions: Floats, pairs: Ints,
    lines: Ints, starts: Ints, voltages: Floats, opened: Ints, ends: Ends, interface: Floats,
    outcome: Ints,
) -> None:  # fmt: skip
    """Redraw the most negative reaction of each pair: with both states, closed and at voltages.

    Rows of ``pairs`` are the material and both states. Of the states, ``lines`` counts those that
    differ without lithium; the voltages of a pair stand at ``starts[p]:starts[p + 1]``, the open
    ends of all three for them in the same rows of ``opened``.
    """
    system = new_system()
    work = _new_work(drawn.values.shape[1] + 1, system.cost.size)
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
        interface[p, :] = 0.0
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
            _nudge(m, work)
            if found == OK:
                found = _solve(system, work.by_draw, work.by_column, m, n + 1, n - 1, work)
            for d in range(interface.shape[1]):
                reaction = work.value[d + 1] - ends.closed[b, d + 1]
                interface[p, d] = min(interface[p, d], reaction)
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
                _nudge(m - 1, work)
                found = _solve(
                    system, work.open_by_draw, work.open_by_column, m - 1, n, m - 2, work
                )
                for d in range(interface.shape[1]):
                    reaction = work.value[d + 1] - ends.opened[other, d + 1]
                    interface[p, d] = min(interface[p, d], reaction)
        outcome[p] = found


@jit
def _new_work(size: int, stride: int) -> _Work:
    return _Work(
        np.empty((size, stride)), np.empty((stride, size)), np.empty((size, stride)),
        np.empty((stride, size)), np.empty(stride), np.empty(MAX_ELEMENTS, np.int64),
        np.zeros((MAX_ELEMENTS, MAX_ELEMENTS)), np.empty(MAX_ELEMENTS),
        np.empty((size, MAX_ELEMENTS)), np.empty((_POOL, MAX_ELEMENTS), np.int64),
        np.empty((_POOL, MAX_ELEMENTS, MAX_ELEMENTS)), np.empty((_POOL, MAX_ELEMENTS)),
        np.empty(_POOL, np.int64), np.empty(size), np.empty(size, np.int64),
        np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS), np.empty(size),
        np.empty(size),
    )  # fmt: skip


@jit
def _draw_costs(
    table: Columns, errors: Errors, drawn: DrawnErrors, system: System, n: int, work: _Work
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
def _open_costs(system: System, n: int, voltage: float, work: _Work) -> None:
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


@jit
def _nudge(m: int, work: _Work) -> None:
    """Move a composition off all degenerate ones, each element by its own irrational amount."""
    for i in range(m):
        work.nudged[i] = work.exact[i] + _NUDGE * (1.0 + 0.618 * ((i * 0.7548776662 + 0.3) % 1.0))


@jit
def _solve(
    system: System, by_draw: Floats, by_column: Floats, m: int, n: int, last: int, work: _Work
) -> int:
    """Solve the program of one composition in all draws; the first of them is not redrawn.

    The elements are the first start: columns 0 to m - 2, and ``last``.
    """
    matrix = system.matrix
    work.lowest[:] = _FAR
    size = 0
    for d in range(by_draw.shape[0]):
        chain = 0
        if d == 0:
            for i in range(m):
                work.basis[i] = i
                work.amounts[i] = work.nudged[i]
                for k in range(m):
                    work.inverse[i, k] = 1.0 if i == k else 0.0
            work.basis[m - 1] = last
        else:
            kept = work.cheapest[d]
            chain = work.pool_chain[kept]
            for i in range(m):
                work.basis[i] = work.pool_basis[kept, i]
                work.amounts[i] = work.pool_amounts[kept, i]
                for k in range(m):
                    work.inverse[i, k] = work.pool_inverse[kept, i, k]
        pivots = _climb(matrix, by_draw[d], m, n, d, work)
        if pivots < 0:
            return pivots
        if (pivots > 0 or d == 0) and size < _POOL:
            _keep(matrix, m, size, chain + pivots, work)
            _offer(by_column, m, size, d + 1, work)
            size += 1
        value, mixed = 0.0, 0.0
        for k in range(m):
            value += work.duals[d, k] * work.exact[k]
        for i in range(m):
            amount = 0.0
            for k in range(m):
                amount += work.inverse[i, k] * work.exact[k]
            mixed += amount * system.lithium[work.basis[i]]
        work.value[d] = value
        work.mixed[d] = mixed
    return OK


@jit
def _climb(matrix: Floats, cost: Floats, m: int, n: int, draw: int, work: _Work) -> int:
    """Walk to the optimum from the basis in hand; return the number of pivots, or the fault."""
    pivots = 0
    duals = work.duals[draw]
    while True:
        for k in range(m):
            duals[k] = 0.0
        for i in range(m):
            price = cost[work.basis[i]]
            for k in range(m):
                duals[k] += price * work.inverse[i, k]
        lowest = _priced(matrix, cost, duals, m, n, work.reduced)
        if lowest >= -_TOLERANCE:
            return pivots
        enters = 0
        while work.reduced[enters] != lowest:
            enters += 1
        step, leaves = _FAR, -1
        for i in range(m):
            share = 0.0
            for k in range(m):
                share += work.inverse[i, k] * matrix[k, enters]
            work.column[i] = share
            if share > _SMALLEST_PIVOT and work.amounts[i] < step * share:
                step, leaves = work.amounts[i] / share, i
        if leaves < 0:
            return UNBOUNDED
        if pivots == _MOST_PIVOTS:
            return TOO_MANY_PIVOTS
        for i in range(m):
            work.amounts[i] = max(0.0, work.amounts[i] - step * work.column[i])
        work.amounts[leaves] = step
        scale = 1.0 / work.column[leaves]
        for k in range(m):
            work.inverse[leaves, k] *= scale
        for i in range(m):
            share = work.column[i]
            if i != leaves and share != 0.0:
                for k in range(m):
                    work.inverse[i, k] -= share * work.inverse[leaves, k]
        work.basis[leaves] = enters
        pivots += 1


@jit_without_nan
def _priced(matrix: Floats, cost: Floats, duals: Floats, m: int, n: int, reduced: Floats) -> float:
    """Fill in the reduced costs, two rows at a time, and return the lowest, or 0."""
    for j in range(n):
        reduced[j] = cost[j]
    for i in range(0, m - 1, 2):
        first, second = duals[i], duals[i + 1]
        for j in range(n):
            reduced[j] -= first * matrix[i, j] + second * matrix[i + 1, j]
    if m % 2:
        first = duals[m - 1]
        for j in range(n):
            reduced[j] -= first * matrix[m - 1, j]
    lowest = 0.0
    for j in range(n):
        lowest = min(lowest, reduced[j])
    return lowest


@jit
def _keep(matrix: Floats, m: int, place: int, chain: int, work: _Work) -> None:
    """Put the basis in hand into the pool, with an inverse that is not too far from its columns."""
    if chain > _CHAIN and _inverted(matrix, m, work):
        chain = 0
    work.pool_chain[place] = chain
    for i in range(m):
        work.pool_basis[place, i] = work.basis[i]
        amount = 0.0
        for k in range(m):
            work.pool_inverse[place, i, k] = work.inverse[i, k]
            amount += work.inverse[i, k] * work.nudged[k]
        work.pool_amounts[place, i] = max(0.0, amount)


@jit
def _inverted(matrix: Floats, m: int, work: _Work) -> bool:
    """Make the inverse anew from the columns of the basis, by elimination with row pivots."""
    left, right = np.empty((m, m)), np.eye(m)
    for i in range(m):
        for k in range(m):
            left[k, i] = matrix[k, work.basis[i]]
    for i in range(m):
        pivot = i
        for k in range(i + 1, m):
            if abs(left[k, i]) > abs(left[pivot, i]):
                pivot = k
        if abs(left[pivot, i]) < _SMALLEST_PIVOT:
            return False
        for k in range(m):
            left[i, k], left[pivot, k] = left[pivot, k], left[i, k]
            right[i, k], right[pivot, k] = right[pivot, k], right[i, k]
        scale = 1.0 / left[i, i]
        for k in range(m):
            left[i, k] *= scale
            right[i, k] *= scale
        for other in range(m):
            share = left[other, i]
            if other != i and share != 0.0:
                for k in range(m):
                    left[other, k] -= share * left[i, k]
                    right[other, k] -= share * right[i, k]
    for i in range(m):
        for k in range(m):
            work.inverse[i, k] = right[i, k]
    return True


@jit
def _offer(by_column: Floats, m: int, place: int, first: int, work: _Work) -> None:
    """Offer a basis of the pool to the draws to come: what it costs in each of them."""
    cost = np.zeros(by_column.shape[1])
    for i in range(m):
        amount, prices = work.pool_amounts[place, i], by_column[work.pool_basis[place, i]]
        for d in range(first, cost.size):
            cost[d] += amount * prices[d]
    for d in range(first, cost.size):
        if cost[d] < work.lowest[d]:
            work.lowest[d] = cost[d]
            work.cheapest[d] = place
