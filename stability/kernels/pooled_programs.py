"""Compiled programs of one composition in many draws: bases that are kept.

Which amounts make a composition does not depend on energies, so every basis that was ever found is
a feasible start in all draws; only its cost changes. Each program keeps a pool of them. A draw
starts from the cheapest of the pool, and is done if its duals price no column below zero: half of
the draws are in the largest tables, nine of ten in small ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.kernels.compiled import jit, jit_without_nan, passage
from stability.kernels.simplex import MAX_ELEMENTS, OK, TOO_MANY_PIVOTS, UNBOUNDED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.kernels.chemical_system import System

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_POOL = 48  # Bases kept; few programs ever have so many.
_CHAIN = 40  # Pivots after which an inverse is made anew from its columns.
_MOST_PIVOTS = 500
_TOLERANCE = 1e-11  # [eV/atom] As in the simplex.
_SMALLEST_PIVOT = 1e-10
_NUDGE = 1e-8  # Of the composition, so that no vertex is degenerate; answers are of the exact one.
_FAR = 1e300


class Programs(NamedTuple):
    """Work space of the programs of one chemical system."""

    by_draw: Floats
    """Costs, shape (1 + n_draws, stride). [eV/atom]"""
    by_column: Floats
    """The same, shape (stride, 1 + n_draws)."""
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
def new_programs(size: int, stride: int) -> Programs:
    """Return work space for a number of draws, the undrawn one included, and of columns."""
    return Programs(
        np.empty((size, stride)), np.empty((stride, size)), np.empty(stride),
        np.empty(MAX_ELEMENTS, np.int64),
        np.zeros((MAX_ELEMENTS, MAX_ELEMENTS)), np.empty(MAX_ELEMENTS),
        np.empty((size, MAX_ELEMENTS)), np.empty((_POOL, MAX_ELEMENTS), np.int64),
        np.empty((_POOL, MAX_ELEMENTS, MAX_ELEMENTS)), np.empty((_POOL, MAX_ELEMENTS)),
        np.empty(_POOL, np.int64), np.empty(size), np.empty(size, np.int64),
        np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS), np.empty(size),
        np.empty(size),
    )  # fmt: skip


@jit
def nudge(m: int, work: Programs) -> None:
    """Move a composition off all degenerate ones, each element by its own irrational amount."""
    for i in range(m):
        work.nudged[i] = work.exact[i] + _NUDGE * (1.0 + 0.618 * ((i * 0.7548776662 + 0.3) % 1.0))


@jit
def solve(system: System, voltage: float, m: int, n: int, last: int, work: Programs) -> int:
    """Solve the program of one composition in all draws; the first of them is not redrawn.

    The elements are the first start: columns 0 to m - 2, and ``last``. Lithium adds its voltage to
    all costs, 0 where it is an element like others.
    """
    matrix = system.matrix
    work.lowest[:] = _FAR
    size = 0
    for d in range(work.by_draw.shape[0]):
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
        pivots = _climb(system, voltage, m, n, d, work)
        if pivots < 0:
            return pivots
        if (pivots > 0 or d == 0) and size < _POOL:
            _keep(matrix, m, size, chain + pivots, work)
            _offer(system, voltage, m, size, d + 1, work)
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


@passage
def _climb(system: System, voltage: float, m: int, n: int, draw: int, work: Programs) -> int:
    """Walk to the optimum from the basis in hand; return the number of pivots, or the fault."""
    matrix, lithium, cost = system.matrix, system.lithium, work.by_draw[draw]
    pivots = 0
    duals = work.duals[draw]
    while True:
        for k in range(m):
            duals[k] = 0.0
        for i in range(m):
            price = cost[work.basis[i]] + voltage * lithium[work.basis[i]]
            for k in range(m):
                duals[k] += price * work.inverse[i, k]
        lowest = _priced(matrix, cost, lithium, voltage, duals, m, n, work.reduced)
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
def _priced(
    matrix: Floats, cost: Floats, lithium: Floats, voltage: float, duals: Floats, m: int, n: int,
    reduced: Floats,
) -> float:  # fmt: skip
    """Fill in the reduced costs, two rows at a time, and return the lowest, or 0."""
    for j in range(n):
        reduced[j] = cost[j] + voltage * lithium[j]
    for i in range(0, m - 1, 2):
        first, second = duals[i], duals[i + 1]
        for j in range(n):
            reduced[j] -= first * matrix[i, j] + second * matrix[i + 1, j]
    if m % 2:
        first = duals[m - 1]
        for j in range(n):
            reduced[j] -= first * matrix[m - 1, j]
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0  # One minimum would wait for itself.
    whole = n - n % 4
    for j in range(0, whole, 4):
        first = min(first, reduced[j])
        second = min(second, reduced[j + 1])
        third = min(third, reduced[j + 2])
        fourth = min(fourth, reduced[j + 3])
    for j in range(whole, n):
        first = min(first, reduced[j])
    lowest: float = min(first, second, third, fourth)
    return lowest


@passage
def _keep(matrix: Floats, m: int, place: int, chain: int, work: Programs) -> None:
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


@passage
def _inverted(matrix: Floats, m: int, work: Programs) -> bool:
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


@passage
def _offer(system: System, voltage: float, m: int, place: int, first: int, work: Programs) -> None:
    """Offer a basis of the pool to the draws to come: what it costs in each of them."""
    cost = np.zeros(work.by_column.shape[1])
    for i in range(m):
        column = work.pool_basis[place, i]
        amount, prices = work.pool_amounts[place, i], work.by_column[column]
        more = voltage * system.lithium[column]
        for d in range(first, cost.size):
            cost[d] += amount * (prices[d] + more)
    for d in range(first, cost.size):
        if cost[d] < work.lowest[d]:
            work.lowest[d] = cost[d]
            work.cheapest[d] = place
