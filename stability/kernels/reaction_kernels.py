"""Compiled loops over compositions and pairs: gather a chemical system, solve, write.

Called by :mod:`stability.arrays`, which checks the input and names the results. All kernels release
the interpreter lock; every array that they only read is read-only (see
stability.kernels.chemical_system.frozen).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stability.kernels.chemical_system import Columns, System, gather, new_system
from stability.kernels.compiled import NONE_YET, ONE, ZERO, jit, part
from stability.kernels.simplex import (
    MAX_ELEMENTS,
    OK,
    TOO_MANY_PHASES,
    Line,
    Workspace,
    lowest_energy,
    minimise,
    new_line,
    new_workspace,
    start_from_elements,
    trace,
)
from stability.kernels.tiling import Record, new_segments, new_worst, sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.kernels.outputs import ClosedBatch, OpenBatch, RangeBatch, StaircaseBatch

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NO_REACTION = 1e-9
"""A reaction weaker than this is none. [eV/atom]"""
_NOTHING = 1e-9  # [atoms per atom] Amounts below this are rounding.
_ON_HULL = 1e-8  # [eV/atom] Phases closer to the hull than this are on it.


@part
def _gather_pair(
    table: Columns, a: Floats, b: Floats, present: NDArray[np.bool_], active: NDArray[np.bool_],
    fresh: bool, system: System, size: tuple[int, int],
) -> tuple[int, int]:  # fmt: skip
    """Gather the system of two compositions and lithium, unless it is the one in hand."""
    same = not fresh
    for e in range(present.size):
        here = a[e] > 0.0 or b[e] > 0.0 or e == table.li
        if present[e] != here:
            present[e] = here
            same = False
    return size if same else gather(table, present, active, system)


@jit
def hull_kernel(
    table: Columns, active: NDArray[np.bool_], own: Ints, fractions: Floats,
    energy: Floats, product: Ints, amount: Floats, outcome: Ints,
) -> None:  # fmt: skip
    """Solve one program per composition, each in the system of its own elements.

    Where ``own[p]`` is the column of the composition itself, a column above the hull is switched
    off in `active`: taken in order of the number of elements, that leaves the stable phases.
    """
    system = new_system()
    ws = new_workspace(system.cost.size)
    target = np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    m, n = 0, 0
    for p in range(fractions.shape[0]):
        same = p > 0
        for e in range(present.size):
            here = fractions[p, e] > 0.0
            if present[e] != here:
                present[e] = here
                same = False
        if not same:
            m, n = gather(table, present, active, system)
        if m < 0:
            outcome[p] = TOO_MANY_PHASES
            continue
        for i in range(m):
            target[i] = fractions[p, system.element[i]]
        start_from_elements(ws, m, n - 1 if present[table.li] else m - 1)
        outcome[p] = minimise(ws, system.matrix, system.cost, m, n, target)
        energy[p] = lowest_energy(ws, m, target)
        for i in range(m):
            if ws.amounts[i] > _NOTHING:
                product[p, i] = system.phase[ws.basis[i]]
                amount[p, i] = ws.amounts[i]
        if own[p] >= 0 and table.energies[own[p]] > energy[p] + _ON_HULL:
            active[own[p]] = False


@jit
def closed_kernel(
    table: Columns, fractions: Floats, energies: Floats, first: Ints, second: Ints,
    out: ClosedBatch,
) -> None:  # fmt: skip
    """Trace each pair without exchange of lithium; see batch.closed_reactions."""
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    size = (ZERO, ZERO)
    for p in range(first.size):
        a, b = first[p], second[p]
        size = _gather_pair(
            table, fractions[a], fractions[b], present, active, p == 0, system, size
        )
        m, n = size
        if m < 0:
            out.kinks[p] = TOO_MANY_PHASES
            continue
        for i in range(m):
            end[i] = fractions[a, system.element[i]]
            start[i] = fractions[b, system.element[i]]
        start_from_elements(ws, m, n - 1)
        segments = minimise(ws, system.matrix, system.cost, m, n, start)
        if segments == OK:
            segments = trace(ws, system.matrix, system.cost, m, n, start, end, 0.0, 1.0, line)
        if segments < 0:
            out.kinks[p] = segments
            continue
        out.kinks[p] = segments + 1
        lowest, best = -NO_REACTION, NONE_YET
        for k in range(segments + 1):
            x = line.x[k]
            energy = line.energy[k] - x * energies[a] - (1.0 - x) * energies[b]
            if energy < lowest:
                lowest, best = energy, k
            if k < out.kink_x.shape[1]:
                out.kink_x[p, k] = x
                out.kink_energy[p, k] = energy
                _write_products(
                    line, k, m, system, 1.0, out.kink_product[p, k], out.kink_amount[p, k]
                )
        if best >= 0:
            out.energy[p] = lowest
            out.x[p] = line.x[best]
            _write_products(line, best, m, system, 1.0, out.product[p], out.amount[p])


@part
def _write_products(
    line: Line, k: int, m: int, system: System, scale: float, product: Ints, amount: Floats
) -> None:
    for i in range(m):
        if line.amounts[k, i] > 0.0:
            product[i] = system.phase[line.basis[k, i]]
            amount[i] = line.amounts[k, i] * scale
        else:
            product[i] = -1
            amount[i] = 0.0
    for i in range(m, product.size):
        amount[i] = 0.0


@jit
def open_kernel(
    table: Columns, fractions: Floats, energies: Floats, first: Ints, second: Ints,
    voltages: Floats, out: OpenBatch,
) -> None:  # fmt: skip
    """Trace each pair at each voltage, open to lithium; see batch.open_reactions."""
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    at_start = new_workspace(ONE)  # Keeps the basis of x = 0 from one voltage to the next.
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    size = (ZERO, ZERO)
    for p in range(first.size):
        a, b = first[p], second[p]
        size = _gather_pair(
            table, fractions[a], fractions[b], present, active, p == 0, system, size
        )
        m, n = size[0] - 1, size[1] - 1  # Without the row and the column of lithium.
        if m < 0:
            out.kinks[p, :] = TOO_MANY_PHASES
            continue
        li_a, li_b = fractions[a, table.li], fractions[b, table.li]
        rest_a, rest_b = 1.0 - li_a, 1.0 - li_b
        for i in range(m):
            end[i] = fractions[a, system.element[i]] / rest_a
            start[i] = fractions[b, system.element[i]] / rest_b
        start_from_elements(ws, m, m - 1)
        for v in range(voltages.size):
            voltage = voltages[v]
            for j in range(n):
                system.open_cost[j] = system.cost[j] + voltage * system.lithium[j]
            if v > 0:
                _copy_basis(at_start, ws, m)
            segments = minimise(ws, system.matrix, system.open_cost, m, n, start)
            _copy_basis(ws, at_start, m)
            if segments == OK:
                segments = trace(
                    ws, system.matrix, system.open_cost, m, n, start, end, 0.0, 1.0, line
                )
            if segments < 0:
                out.kinks[p, v] = segments
                continue
            grand_a = (energies[a] + voltage * li_a) / rest_a
            grand_b = (energies[b] + voltage * li_b) / rest_b
            _write_open(out, p, v, line, segments, m, system, grand_a, grand_b, rest_a, rest_b)


@part
def _copy_basis(source: Workspace, target: Workspace, m: int) -> None:
    for i in range(m):
        target.basis[i] = source.basis[i]
        for k in range(m):
            target.inverse[i, k] = source.inverse[i, k]


@part
def _write_open(
    out: OpenBatch, p: int, v: int, line: Line, segments: int, m: int, system: System,
    grand_a: float, grand_b: float, rest_a: float, rest_b: float,
) -> None:  # fmt: skip
    """Write one line of grand potentials as total, self and mutual reaction energies."""
    out.kinks[p, v] = segments + 1
    out.first_alone[p, v] = line.energy[segments] - grand_a
    out.second_alone[p, v] = line.energy[0] - grand_b
    lowest_total, best_total = -NO_REACTION, NONE_YET
    lowest_mutual, best_mutual = -NO_REACTION, NONE_YET
    for k in range(segments + 1):
        x = line.x[k]
        total = line.energy[k] - x * grand_a - (1.0 - x) * grand_b
        mutual = line.energy[k] - x * line.energy[segments] - (1.0 - x) * line.energy[0]
        if total < lowest_total:
            lowest_total, best_total = total, k
        if mutual < lowest_mutual:
            lowest_mutual, best_mutual = mutual, k
        if k < out.kink_x.shape[2]:
            out.kink_x[p, v, k] = _of_all_atoms(x, rest_a, rest_b)
            out.kink_total[p, v, k] = total
            out.kink_mutual[p, v, k] = mutual
            _write_products(
                line, k, m, system, 1.0, out.kink_product[p, v, k], out.kink_amount[p, v, k]
            )
    out.total[p, v] = lowest_total if best_total >= 0 else 0.0
    if best_total >= 0:
        out.total_x[p, v] = _of_all_atoms(line.x[best_total], rest_a, rest_b)
        _write_products(
            line, best_total, m, system, 1.0, out.total_product[p, v], out.total_amount[p, v]
        )
    out.mutual[p, v] = lowest_mutual if best_mutual >= 0 else 0.0
    if best_mutual >= 0:
        out.mutual_x[p, v] = _of_all_atoms(line.x[best_mutual], rest_a, rest_b)
        _write_products(
            line, best_mutual, m, system, 1.0, out.mutual_product[p, v], out.mutual_amount[p, v]
        )


@part
def _of_all_atoms(x: float, rest_a: float, rest_b: float) -> float:
    """Turn the first's share of the non-Li atoms into its share of all atoms."""
    return x * rest_b / (x * rest_b + (1.0 - x) * rest_a)


@jit
def range_kernel(
    table: Columns, fractions: Floats, energies: Floats, first: Ints, second: Ints, low: float,
    high: float, out: RangeBatch, record: Record,
) -> None:  # fmt: skip
    """Sweep each pair over a range of voltage; see voltage_range.range_reactions.

    `record` holds the tiles and events of the last pair, in fractions of all atoms.
    """
    system, line = new_system(), new_line()
    ws, segments, worst = new_workspace(system.cost.size), new_segments(), new_worst()
    start, end, chord = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS), np.empty(4)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    size = (ZERO, ZERO)
    for p in range(first.size):
        a, b = first[p], second[p]
        size = _gather_pair(
            table, fractions[a], fractions[b], present, active, p == 0, system, size
        )
        m, n = size[0] - 1, size[1] - 1  # Without the row and the column of lithium.
        if m < 0:
            out.events[p] = TOO_MANY_PHASES
            continue
        rest_a, rest_b = 1.0 - fractions[a, table.li], 1.0 - fractions[b, table.li]
        for i in range(m):
            end[i] = fractions[a, system.element[i]] / rest_a
            start[i] = fractions[b, system.element[i]] / rest_b
        chord[0], chord[1] = energies[b] / rest_b, fractions[b, table.li] / rest_b
        chord[2], chord[3] = energies[a] / rest_a, fractions[a, table.li] / rest_a
        record.written[:] = 0
        out.events[p] = sweep(
            ws, system, m, n, start, end, low, high, chord, line, segments, worst, record
        )
        for which in range(2):
            out.energy[p, which] = worst.energy[which]
            if worst.energy[which] < 0.0:
                out.voltage[p, which] = worst.voltage[which]
                out.x[p, which] = _of_all_atoms(worst.x[which], rest_a, rest_b)
                for i in range(m):
                    if worst.amounts[which, i] > _NOTHING:
                        out.product[p, which, i] = system.phase[worst.basis[which, i]]
                        out.amount[p, which, i] = worst.amounts[which, i]
        for row in range(min(record.written[0], record.tile.shape[0])):
            for side in range(2):
                record.tile[row, side] = _of_all_atoms(record.tile[row, side], rest_a, rest_b)
            for i in range(m):
                record.tile_basis[row, i] = system.phase[record.tile_basis[row, i]]


@jit
def staircase_kernel(table: Columns, fractions: Floats, out: StaircaseBatch) -> None:
    """Trace each composition from its lithium-free part to pure lithium.

    The potential of lithium on a segment is minus its voltage; each kink but the last, which is
    lithium itself, is a step between the voltages of its two segments.
    """
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    size = (ZERO, ZERO)
    for p in range(fractions.shape[0]):
        size = _gather_pair(
            table, fractions[p], fractions[p], present, active, p == 0, system, size
        )
        m, n = size
        if m < 0:
            out.steps[p] = TOO_MANY_PHASES
            continue
        rest = 1.0 - fractions[p, table.li]
        for i in range(m - 1):
            start[i] = fractions[p, system.element[i]] / rest
            end[i] = 0.0
        start[m - 1], end[m - 1] = 0.0, 1.0
        start_from_elements(ws, m, n - 1)
        segments = minimise(ws, system.matrix, system.cost, m, n, start)
        if segments == OK:
            segments = trace(ws, system.matrix, system.cost, m, n, start, end, 0.0, 1.0, line)
        out.steps[p] = segments
        for k in range(min(segments, out.li.shape[1])):
            x = line.x[k]
            out.voltage_low[p, k] = max(-line.duals[k, m - 1], 0.0)
            out.voltage_high[p, k] = -line.duals[k - 1, m - 1] if k > 0 else np.inf
            out.li[p, k] = x / (1.0 - x)
            _write_products(
                line, k, m, system, 1.0 / (1.0 - x), out.product[p, k], out.amount[p, k]
            )
