"""A parametric simplex for composition programs, compiled by numba.

The lowest energy of a composition b is the linear program ::

    min cost . amounts    such that    columns @ amounts = b,   amounts >= 0

with one row per element (at most 16) and one column per competing phase (tens to thousands), both
per atom. Because there are few rows, the inverse of the basis is kept explicitly and every reduced
cost is priced afresh at each pivot: the smallest of them is the certificate of the answer.

Two movements are all that the physics needs: :func:`minimise` walks to the optimum of one
composition, and :func:`trace` follows the optimum while the composition moves along a line, where
every pivot is a kink. Arrays are work space that the caller owns and this module overwrites; the
sizes ``m`` (rows) and ``n`` (columns) say how much of each array is in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.kernels.compiled import NONE_YET, ZERO, jit, part, passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MAX_ELEMENTS = 16
"""Rows for which work space is kept: more elements than any real composite holds."""
MAX_KINKS = 256
"""Kinks that one line may have; the most seen in a database of 85,014 phases is below 60."""

OK, TOO_MANY_PIVOTS, UNBOUNDED, TOO_MANY_KINKS, TOO_MANY_PHASES = 0, -1, -2, -3, -4
"""Outcomes of a program. Anything but OK is a fault of the solver, never of the chemistry."""

_COST_TOLERANCE = 1e-11  # [eV/atom] Far below any energy, far above rounding in 16 terms.
_PIVOT_TOLERANCE = 1e-10  # Smaller pivot elements would spoil the inverse.
_AMOUNT_TOLERANCE = 1e-11  # Amounts are of order one; what is smaller is rounding.
_KINK_TOLERANCE = 1e-9  # Two kinks closer than this are one.
_DEGENERATE_PIVOTS = (
    40  # Pivots of zero length before Bland's rule, which cannot cycle, takes over.
)
_NO_STEP = 1e-12  # A pivot shorter than this moves nothing.
_MOST_PIVOTS = 5_000
_FAR = 1e300


class Workspace(NamedTuple):
    """Scratch arrays for one solver; one per thread, reused for every program."""

    basis: NDArray[np.int64]
    """Columns in the basis, shape (16,)."""
    inverse: NDArray[np.float64]
    """Inverse of the basis columns, shape (16, 16)."""
    amounts: NDArray[np.float64]
    """Amounts of the basic columns, shape (16,)."""
    duals: NDArray[np.float64]
    """Chemical potentials of the elements, shape (16,). [eV/atom]"""
    entering: NDArray[np.float64]
    """The entering column in terms of the basis, shape (16,)."""
    at_start: NDArray[np.float64]
    """Basic amounts at the start of a line, shape (16,)."""
    slope: NDArray[np.float64]
    """Their change along the whole line, shape (16,)."""
    reduced: NDArray[np.float64]
    """Reduced costs, shape (n_max,). [eV/atom]"""
    row: NDArray[np.float64]
    """The leaving row in terms of all columns, shape (n_max,)."""


class Line(NamedTuple):
    """The kinks of one line, as :func:`trace` leaves them; n segments have n + 1 kinks."""

    x: NDArray[np.float64]
    """Position of each kink, 0 to 1, shape (MAX_KINKS + 1,)."""
    energy: NDArray[np.float64]
    """Lowest energy at each kink, shape (MAX_KINKS + 1,). [eV/atom]"""
    basis: NDArray[np.int64]
    """Columns of the products at each kink, shape (MAX_KINKS + 1, 16)."""
    amounts: NDArray[np.float64]
    """Amounts of the products, in atoms, shape (MAX_KINKS + 1, 16)."""
    duals: NDArray[np.float64]
    """Chemical potentials on the segment after each kink, shape (MAX_KINKS + 1, 16). [eV/atom]"""
    inverse: NDArray[np.float64]
    """Inverse of the basis on that segment, shape (MAX_KINKS + 1, 16, 16)."""


@jit
def new_workspace(n_max: int) -> Workspace:
    """Return scratch arrays for programs of up to n_max columns."""
    m = MAX_ELEMENTS
    return Workspace(
        np.empty(m, np.int64),
        np.zeros((m, m)),
        np.empty(m),
        np.empty(m),
        np.empty(m),
        np.empty(m),
        np.empty(m),
        np.empty(n_max),
        np.empty(n_max),
    )


@jit
def new_line() -> Line:
    """Return an empty line."""
    k, m = MAX_KINKS + 1, MAX_ELEMENTS
    return Line(
        np.empty(k), np.empty(k), np.empty((k, m), np.int64), np.empty((k, m)), np.empty((k, m)),
        np.empty((k, m, m)),
    )  # fmt: skip


@jit
def start_from_elements(ws: Workspace, m: int, last_column: int) -> None:
    """Put the pure elements into the basis: row i is column i, except the last, `last_column`."""
    for i in range(m):
        ws.basis[i] = i
        for k in range(m):
            ws.inverse[i, k] = 0.0
        ws.inverse[i, i] = 1.0
    ws.basis[m - 1] = last_column


@jit
def minimise(ws: Workspace, columns: Floats, cost: Floats, m: int, n: int, target: Floats) -> int:
    """Move the basis in `ws`, feasible for `target`, to the lowest energy; return an outcome.

    Primal simplex with Dantzig's rule, and Bland's after a run of pivots of zero length.
    """
    basis, inverse, amounts, entering = ws.basis, ws.inverse, ws.amounts, ws.entering
    for i in range(m):
        total = 0.0
        for k in range(m):
            total += inverse[i, k] * target[k]
        amounts[i] = total if total > _AMOUNT_TOLERANCE else 0.0
    degenerate = 0
    for _ in range(_MOST_PIVOTS):
        _price(ws, columns, cost, m, n)
        bland = degenerate >= _DEGENERATE_PIVOTS
        enters, lowest = NONE_YET, -_COST_TOLERANCE
        for j in range(n):
            if ws.reduced[j] < lowest:
                enters = j
                if bland:
                    break
                lowest = ws.reduced[j]
        if enters < 0:
            return OK
        _in_terms_of_basis(ws, columns, m, enters)
        leaves, step = NONE_YET, _FAR
        for i in range(m):
            if entering[i] > _PIVOT_TOLERANCE:
                ratio = amounts[i] / entering[i]
                if ratio < step - 1e-13:
                    step, leaves = ratio, i
                elif ratio < step + 1e-13:
                    better = basis[i] < basis[leaves] if bland else entering[i] > entering[leaves]
                    if better:
                        step, leaves = min(step, ratio), i
        if leaves < 0:
            return UNBOUNDED
        degenerate = degenerate + 1 if step < _NO_STEP else 0
        for i in range(m):
            amounts[i] -= step * entering[i]
            if amounts[i] < _AMOUNT_TOLERANCE:
                amounts[i] = 0.0
        amounts[leaves] = step
        _pivot(ws, m, leaves)
        basis[leaves] = enters
    return TOO_MANY_PIVOTS


@jit
def trace(
    ws: Workspace, columns: Floats, cost: Floats, m: int, n: int, start: Floats, end: Floats,
    x_from: float, x_to: float, line: Line,
) -> int:  # fmt: skip
    """Follow the optimum along the line from `start` (x = 0) to `end` (x = 1).

    Begins at `x_from`, where the basis in `ws` must be optimal, and stops at `x_to`. Writes the
    kinks into `line`, and returns the number of segments or an outcome below zero. Parametric
    dual simplex: the basis stays optimal until one amount falls to zero, which is a kink; the dual
    ratio test names the phase that takes its place.
    """
    basis, inverse = ws.basis, ws.inverse
    at_start, slope, reduced, row = ws.at_start, ws.slope, ws.reduced, ws.row
    x, segments, stalled = x_from, ZERO, 0
    while True:
        leaves, x_end = NONE_YET, _FAR
        for i in range(m):
            here, change = 0.0, 0.0
            for k in range(m):
                here += inverse[i, k] * start[k]
                change += inverse[i, k] * (end[k] - start[k])
            at_start[i], slope[i] = here, change
            if change < -_PIVOT_TOLERANCE:
                zero = max(-here / change, x)
                nearer = zero < x_end - 1e-11
                if nearer or (zero < x_end + 1e-11 and (leaves < 0 or change < slope[leaves])):
                    x_end, leaves = min(zero, x_end), i
        last = leaves < 0 or x_end >= x_to - 1e-11
        _potentials(ws, cost, m)
        if last or x_end > x + _KINK_TOLERANCE:
            if segments >= MAX_KINKS:
                return TOO_MANY_KINKS
            _record(line, segments, x, ws, m, start, end)
            segments += 1
            x, stalled = x_end, 0
            if last:
                _record(line, segments, x_to, ws, m, start, end)
                return segments
        else:
            stalled += 1
            if stalled > _MOST_PIVOTS:
                return TOO_MANY_PIVOTS
        _price_with_row(ws, columns, cost, m, n, leaves)
        enters, step, pivot = NONE_YET, _FAR, 0.0
        for j in range(n):
            if row[j] < -_PIVOT_TOLERANCE:
                ratio = max(reduced[j], 0.0) / -row[j]
                if ratio < step - 1e-14:
                    step, enters, pivot = ratio, j, row[j]
                elif ratio < step + 1e-14 and row[j] < pivot:
                    step, enters, pivot = min(step, ratio), j, row[j]
        if enters < 0:
            if x_end > x_to - 1e-7:  # The line ends here but for rounding.
                _record(line, segments, x_to, ws, m, start, end)
                return segments
            return UNBOUNDED
        _in_terms_of_basis(ws, columns, m, enters)
        _pivot(ws, m, leaves)
        basis[leaves] = enters


@jit
def lowest_energy(ws: Workspace, m: int, target: Floats) -> float:
    """Return the energy of `target` at the chemical potentials of the current basis, in eV/atom."""
    energy = 0.0
    for i in range(m):
        energy += ws.duals[i] * target[i]
    return energy


@part
def _record(
    line: Line, k: int, x: float, ws: Workspace, m: int, start: Floats, end: Floats
) -> None:
    """Write kink k at x with the products of the current basis."""
    line.x[k] = x
    energy = 0.0
    for i in range(m):
        energy += ws.duals[i] * ((1.0 - x) * start[i] + x * end[i])
        line.basis[k, i] = ws.basis[i]
        amount = ws.at_start[i] + x * ws.slope[i]
        line.amounts[k, i] = amount if amount > _KINK_TOLERANCE else 0.0
        line.duals[k, i] = ws.duals[i]
        for j in range(m):
            line.inverse[k, i, j] = ws.inverse[i, j]
    line.energy[k] = energy


@part
def _potentials(ws: Workspace, cost: Floats, m: int) -> None:
    """Chemical potentials at which every basic phase breaks even: duals = cost_B B^-1."""
    for k in range(m):
        ws.duals[k] = 0.0
    for i in range(m):
        price = cost[ws.basis[i]]
        for k in range(m):
            ws.duals[k] += price * ws.inverse[i, k]


@passage
def _price(ws: Workspace, columns: Floats, cost: Floats, m: int, n: int) -> None:
    """Reduced costs of all columns, afresh: reduced = cost - duals @ columns.

    Four rows at a time: the inner loop runs over contiguous phases, and vectorises.
    """
    _potentials(ws, cost, m)
    duals, reduced = ws.duals, ws.reduced
    for j in range(n):
        reduced[j] = cost[j]
    i = 0
    while i + 4 <= m:
        y0, y1, y2, y3 = duals[i], duals[i + 1], duals[i + 2], duals[i + 3]
        for j in range(n):
            reduced[j] -= (y0 * columns[i, j] + y1 * columns[i + 1, j]) + (
                y2 * columns[i + 2, j] + y3 * columns[i + 3, j]
            )
        i += 4
    while i < m:
        y0 = duals[i]
        for j in range(n):
            reduced[j] -= y0 * columns[i, j]
        i += 1
    for i in range(m):
        reduced[ws.basis[i]] = 0.0


@part
def _price_with_row(
    ws: Workspace, columns: Floats, cost: Floats, m: int, n: int, leaves: int
) -> None:
    """Reduced costs, and the leaving row in terms of all columns, in one pass."""
    duals, reduced, row = ws.duals, ws.reduced, ws.row
    for j in range(n):
        reduced[j] = cost[j]
        row[j] = 0.0
    i = 0
    while i + 4 <= m:
        y0, y1, y2, y3 = duals[i], duals[i + 1], duals[i + 2], duals[i + 3]
        z0, z1 = ws.inverse[leaves, i], ws.inverse[leaves, i + 1]
        z2, z3 = ws.inverse[leaves, i + 2], ws.inverse[leaves, i + 3]
        for j in range(n):
            a0, a1 = columns[i, j], columns[i + 1, j]
            a2, a3 = columns[i + 2, j], columns[i + 3, j]
            reduced[j] -= (y0 * a0 + y1 * a1) + (y2 * a2 + y3 * a3)
            row[j] += (z0 * a0 + z1 * a1) + (z2 * a2 + z3 * a3)
        i += 4
    while i < m:
        y0, z0 = duals[i], ws.inverse[leaves, i]
        for j in range(n):
            reduced[j] -= y0 * columns[i, j]
            row[j] += z0 * columns[i, j]
        i += 1
    for i in range(m):
        reduced[ws.basis[i]] = 0.0
        row[ws.basis[i]] = 0.0


@part
def _in_terms_of_basis(ws: Workspace, columns: Floats, m: int, j: int) -> None:
    """Column j as a mixture of the basic columns: entering = B^-1 column."""
    for i in range(m):
        total = 0.0
        for k in range(m):
            total += ws.inverse[i, k] * columns[k, j]
        ws.entering[i] = total


@part
def _pivot(ws: Workspace, m: int, leaves: int) -> None:
    """Replace basic row `leaves` by the entering column, in the inverse."""
    inverse, entering = ws.inverse, ws.entering
    scale = 1.0 / entering[leaves]
    for k in range(m):
        inverse[leaves, k] *= scale
    for i in range(m):
        factor = entering[i]
        if i != leaves and factor != 0.0:
            for k in range(m):
                inverse[i, k] -= factor * inverse[leaves, k]
