"""The exact tiling of the (x, V) plane of a pair open to lithium.

A basis of the linear program is feasible on an interval of x whatever the voltage, and optimal on
an interval of voltage whatever x: it owns a rectangle. :func:`sweep` walks upwards in voltage with
the segments of the current line; where one expires, only the gap that it leaves is traced again.
Between two such events every kink is fixed and its energy linear in V, so the most negative
reaction energy over a range is found exactly among the events and the ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.kernels.compiled import jit, part, passage
from stability.kernels.simplex import (
    MAX_ELEMENTS,
    OK,
    minimise,
    start_from_elements,
    trace,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.kernels.chemical_system import System
    from stability.kernels.simplex import Line, Workspace

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MAX_SEGMENTS = 512
"""Segments that may be alive at one voltage."""
TOO_MANY_EVENTS, TOO_MANY_SEGMENTS = -5, -6
"""Outcomes of a sweep beyond those of the simplex."""

_MOST_EVENTS = 50_000
_STEP = 1e-9  # [V] Behind an event the line is solved this much later, free of the tie.
_TIE = 1e-11  # [eV/atom] A reduced cost counts as negative below this; as in simplex.py.
_FLAT = 1e-10  # Slopes of reduced costs below this never bring a phase in.
_NO_REACTION = 1e-9  # [eV per non-Li atom] A reaction weaker than this is none.
_NO_GAIN = 1e-12  # [eV] An energy must be lower by this much to be a new worst case.
_FAR = 1e300


class Segments(NamedTuple):
    """The segments of the current line, each in a slot; `order` lists the slots along x."""

    order: Ints
    """Slots along x, shape (MAX_SEGMENTS,)."""
    spare: Ints
    """Room for the next order, shape (MAX_SEGMENTS,)."""
    free: Ints
    """Stack of free slots, shape (MAX_SEGMENTS,)."""
    basis: Ints
    """Columns of each slot's basis, shape (MAX_SEGMENTS, 16)."""
    inverse: Floats
    """Its inverse, shape (MAX_SEGMENTS, 16, 16)."""
    x: Floats
    """Ends of each slot in x, shape (MAX_SEGMENTS, 2)."""
    energy: Floats
    """Energy at both ends at 0 V, shape (MAX_SEGMENTS, 2). [eV per non-Li atom]"""
    lithium: Floats
    """Lithium at both ends: what a volt adds to the energy, shape (MAX_SEGMENTS, 2)."""
    voltage: Floats
    """Voltage at which each slot became optimal, and ceases to be, shape (MAX_SEGMENTS, 2). [V]"""


class Worst(NamedTuple):
    """The most negative reaction found so far; rows 0 and 1 are `total` and `mutual`."""

    energy: Floats
    """Reaction energy, shape (2,). [eV per non-Li atom]"""
    voltage: Floats
    """Where it is reached, shape (2,). [V]"""
    x: Floats
    """Where it is reached, as a fraction of the non-Li atoms, shape (2,)."""
    basis: Ints
    """Columns of the products, shape (2, 16)."""
    amounts: Floats
    """Their amounts, shape (2, 16)."""


class Record(NamedTuple):
    """What a sweep writes down for people; empty arrays write nothing."""

    tile: Floats
    """x from, x to, V from, V to of each tile, shape (n, 4)."""
    tile_basis: Ints
    """Columns of its products, shape (n, 16)."""
    event: Floats
    """Voltage of each event, both ends of the range included, shape (n,). [V]"""
    written: Ints
    """Tiles and events so far, shape (2,)."""


@jit
def new_segments() -> Segments:
    """Return empty slots."""
    s, m = MAX_SEGMENTS, MAX_ELEMENTS
    return Segments(
        np.empty(s, np.int64), np.empty(s, np.int64), np.empty(s, np.int64),
        np.empty((s, m), np.int64), np.empty((s, m, m)), np.empty((s, 2)), np.empty((s, 2)),
        np.empty((s, 2)), np.empty((s, 2)),
    )  # fmt: skip


@jit
def new_worst() -> Worst:
    """Return room for a worst case."""
    m = MAX_ELEMENTS
    return Worst(
        np.zeros(2), np.full(2, np.nan), np.full(2, np.nan), np.full((2, m), -1), np.zeros((2, m))
    )


@passage
def sweep(
    ws: Workspace, system: System, m: int, n: int, start: Floats, end: Floats, low: float,
    high: float, chord: Floats, line: Line, segments: Segments, worst: Worst, record: Record,
) -> int:  # fmt: skip
    """Walk from `low` to `high`; return the number of events, or an outcome below zero.

    `chord` holds the energies at 0 V and the lithium of both reactants as they are, x = 0 first:
    what `total` is measured against.
    """
    for i in range(MAX_SEGMENTS):
        segments.free[i] = i
    n_free = segments.free.size
    worst.energy[:] = 0.0
    worst.voltage[:] = np.nan
    worst.x[:] = np.nan
    _set_voltage(system, n, low)
    start_from_elements(ws, m, m - 1)
    outcome = minimise(ws, system.matrix, system.open_cost, m, n, start)
    if outcome != OK:
        return outcome
    count = trace(ws, system.matrix, system.open_cost, m, n, start, end, 0.0, 1.0, line)
    if count < 0:
        return count
    for k in range(count):
        n_free -= 1
        segments.order[k] = segments.free[n_free]
        _store(segments, segments.order[k], ws, system, m, n, line, k, start, end, low, low)
    _measure(segments, count, low, chord, m, start, end, worst, record)
    for events in range(_MOST_EVENTS):
        voltage = high
        for k in range(count):
            voltage = min(voltage, segments.voltage[segments.order[k], 1])
        if voltage + _STEP >= high:
            voltage = high
        _measure(segments, count, voltage, chord, m, start, end, worst, record)
        if voltage == high:
            for k in range(count):
                _write_tile(segments, segments.order[k], high, m, record)
            return events
        _set_voltage(system, n, voltage + _STEP)
        count, n_free = _renew(
            ws, system, m, n, start, end, voltage, line, segments, count, n_free, record
        )
        if count < 0:
            return count
    return TOO_MANY_EVENTS


@passage
def _renew(
    ws: Workspace, system: System, m: int, n: int, start: Floats, end: Floats, voltage: float,
    line: Line, segments: Segments, count: int, n_free: int, record: Record,
) -> tuple[int, int]:  # fmt: skip
    """Trace again what has expired at this voltage; return the numbers of segments and free slots.

    The neighbours of a gap stay optimal up to its edges, so each gap is a line of its own.
    """
    order, spare, cost = segments.order, segments.spare, system.open_cost
    kept = 0
    k = 0
    while k < count:
        if segments.voltage[order[k], 1] > voltage + _STEP:
            spare[kept] = order[k]
            kept += 1
            k += 1
            continue
        first = k
        _load(segments, order[first] if first == 0 else order[first - 1], ws, m)
        while k < count and segments.voltage[order[k], 1] <= voltage + _STEP:
            _write_tile(segments, order[k], voltage, m, record)
            segments.free[n_free] = order[k]
            n_free += 1
            k += 1
        x_from, x_to = segments.x[order[first], 0], segments.x[order[k - 1], 1]
        if first == 0:
            outcome = minimise(ws, system.matrix, cost, m, n, start)
            if outcome != OK:
                return outcome, n_free
        traced = trace(ws, system.matrix, cost, m, n, start, end, x_from, x_to, line)
        if traced < 0:
            return traced, n_free
        if kept + traced + (count - k) > MAX_SEGMENTS or traced > n_free:
            return TOO_MANY_SEGMENTS, n_free
        for j in range(traced):
            n_free -= 1
            spare[kept] = segments.free[n_free]
            _store(
                segments, spare[kept], ws, system, m, n, line, j, start, end, voltage,
                voltage + _STEP,
            )  # fmt: skip
            kept += 1
    for k in range(kept):
        order[k] = spare[k]
    return kept, n_free


@part
def _set_voltage(system: System, n: int, voltage: float) -> None:
    for j in range(n):
        system.open_cost[j] = system.cost[j] + voltage * system.lithium[j]


@part
def _load(segments: Segments, slot: int, ws: Workspace, m: int) -> None:
    for i in range(m):
        ws.basis[i] = segments.basis[slot, i]
        for k in range(m):
            ws.inverse[i, k] = segments.inverse[slot, i, k]


@part
def _store(
    segments: Segments, slot: int, ws: Workspace, system: System, m: int, n: int, line: Line,
    k: int, start: Floats, end: Floats, born: float, solved: float,
) -> None:  # fmt: skip
    """Put segment k of a line into a slot, with the voltages of its birth and its end.

    With ``duals = energy duals + V x lithium duals``, the reduced cost of a phase is linear in V;
    the first to reach zero ends the segment.
    """
    by_energy, by_lithium = ws.at_start, ws.slope  # Scratch: free once the line is traced.
    for i in range(m):
        by_energy[i] = 0.0
        by_lithium[i] = 0.0
    for i in range(m):
        column = line.basis[k, i]
        segments.basis[slot, i] = column
        energy, lithium = system.cost[column], system.lithium[column]
        for j in range(m):
            entry = line.inverse[k, i, j]
            segments.inverse[slot, i, j] = entry
            by_energy[j] += energy * entry
            by_lithium[j] += lithium * entry
    for side in range(2):
        x = line.x[k + side]
        energy, lithium = 0.0, 0.0
        for i in range(m):
            amount = (1.0 - x) * start[i] + x * end[i]
            energy += by_energy[i] * amount
            lithium += by_lithium[i] * amount
        segments.x[slot, side] = x
        segments.energy[slot, side] = energy
        segments.lithium[slot, side] = lithium
    segments.voltage[slot, 0] = born
    segments.voltage[slot, 1] = solved + _lifetime(ws, system, m, n, line, k)


@part
def _lifetime(ws: Workspace, system: System, m: int, n: int, line: Line, k: int) -> float:
    """Return how far the voltage may rise before a phase enters segment k, in volts.

    Uses the lithium duals that :func:`_store` has left in ``ws.slope``.
    """
    reduced, slope, matrix = ws.reduced, ws.row, system.matrix
    duals, by_lithium = line.duals[k], ws.slope
    for j in range(n):
        reduced[j] = system.open_cost[j]
        slope[j] = system.lithium[j]
    i = 0
    while i + 4 <= m:
        y0, y1, y2, y3 = duals[i], duals[i + 1], duals[i + 2], duals[i + 3]
        z0, z1, z2, z3 = by_lithium[i], by_lithium[i + 1], by_lithium[i + 2], by_lithium[i + 3]
        for j in range(n):
            a0, a1, a2, a3 = matrix[i, j], matrix[i + 1, j], matrix[i + 2, j], matrix[i + 3, j]
            reduced[j] -= (y0 * a0 + y1 * a1) + (y2 * a2 + y3 * a3)
            slope[j] -= (z0 * a0 + z1 * a1) + (z2 * a2 + z3 * a3)
        i += 4
    while i < m:
        y0, z0 = duals[i], by_lithium[i]
        for j in range(n):
            reduced[j] -= y0 * matrix[i, j]
            slope[j] -= z0 * matrix[i, j]
        i += 1
    for i in range(m):
        slope[line.basis[k, i]] = 0.0
    lifetime = _FAR
    for j in range(n):
        if slope[j] < -_FLAT:
            lifetime = min(lifetime, (max(reduced[j], 0.0) + _TIE) / -slope[j])
    return lifetime


@part
def _measure(
    segments: Segments, count: int, voltage: float, chord: Floats, m: int, start: Floats,
    end: Floats, worst: Worst, record: Record,
) -> None:  # fmt: skip
    """Find the most negative total and mutual reaction on the line at one voltage."""
    left, right = segments.order[0], segments.order[count - 1]
    row = record.written[1]
    if row < record.event.shape[0]:
        record.event[row] = voltage
    record.written[1] += 1
    for which in range(2):
        if which == 0:  # `total`: against the reactants as they are.
            at_0, at_1 = chord[0] + voltage * chord[1], chord[2] + voltage * chord[3]
        else:  # `mutual`: against the ends of this very line.
            at_0 = segments.energy[left, 0] + voltage * segments.lithium[left, 0]
            at_1 = segments.energy[right, 1] + voltage * segments.lithium[right, 1]
        lowest, slot_there, side_there = 0.0, -1, 0
        for k in range(-1, count):
            slot, side = (segments.order[k], 1) if k >= 0 else (left, 0)
            x = segments.x[slot, side]
            energy = segments.energy[slot, side] + voltage * segments.lithium[slot, side]
            energy -= (1.0 - x) * at_0 + x * at_1
            if energy < lowest - _NO_GAIN:
                lowest, slot_there, side_there = energy, slot, side
        if slot_there >= 0 and lowest < min(worst.energy[which], -_NO_REACTION) - _NO_GAIN:
            x = segments.x[slot_there, side_there]
            worst.energy[which] = lowest
            worst.voltage[which] = voltage
            worst.x[which] = x
            for i in range(m):
                worst.basis[which, i] = segments.basis[slot_there, i]
                amount = 0.0
                for k in range(m):
                    amount += segments.inverse[slot_there, i, k] * (
                        (1.0 - x) * start[k] + x * end[k]
                    )
                worst.amounts[which, i] = amount


@part
def _write_tile(segments: Segments, slot: int, voltage: float, m: int, record: Record) -> None:
    row = record.written[0]
    if row < record.tile.shape[0]:
        record.tile[row, 0] = segments.x[slot, 0]
        record.tile[row, 1] = segments.x[slot, 1]
        record.tile[row, 2] = segments.voltage[slot, 0]
        record.tile[row, 3] = voltage
        for i in range(m):
            record.tile_basis[row, i] = segments.basis[slot, i]
    record.written[0] += 1
