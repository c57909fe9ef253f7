"""Reactions of pairs over a whole range of voltage, exactly: no grid can miss the worst case."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.arrays import (
    check_voltages,
    open_reactions,
    refuse_faults,
    refuse_lithium,
    table_rows,
)
from stability.errors import SolverError, VoltageError
from stability.hull import Product, Reactant, named_products
from stability.interface import PAIR, stacked
from stability.kernels.chemical_system import frozen
from stability.kernels.outputs import RangeBatch
from stability.kernels.reaction_kernels import range_kernel
from stability.kernels.simplex import MAX_ELEMENTS, MAX_KINKS
from stability.kernels.tiling import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST_TILES = 20_000
_MOST_EVENTS = 5_000
_SAME = 1e-9  # [V] Corners closer than this are one.
_PARALLEL = 1e-12  # Lines whose slopes differ by less never cross within a volt.


class Tile(NamedTuple):
    """A rectangle of the (x, V) plane in which the products are the same."""

    sse_fraction_low: float
    """Lower end, as a fraction of all atoms."""
    sse_fraction_high: float
    """Upper end, as a fraction of all atoms."""
    voltage_low: float
    """Lower end. [V]"""
    voltage_high: float
    """Upper end. [V]"""
    products: tuple[str, ...]
    """Formulas; the amounts vary with x."""


class Extreme(NamedTuple):
    """The most negative reaction over a range of voltage."""

    energy: float
    """Reaction energy; 0 if nothing reacts. [eV per non-Li atom]"""
    voltage: float | None
    """Voltage where it is reached; None if nothing reacts. [V]"""
    sse_fraction: float | None
    """Fraction of all atoms there; None if nothing reacts."""
    products: tuple[Product, ...]
    """What forms there, in formula units per non-Li atom of the two reactants."""


class WorstReaction(NamedTuple):
    """The worst that a pair can do within a range of voltage."""

    total: Extreme
    """Against the reactants as they are."""
    mutual: Extreme
    """Against reactants that have decomposed by themselves: what the contact adds."""


class EnvelopePoint(NamedTuple):
    """Most negative energies at a voltage where one of them changes its slope."""

    voltage: float
    """[V]"""
    total: float
    """Against the reactants as they are. [eV per non-Li atom]"""
    mutual: float
    """Against decomposed reactants. [eV per non-Li atom]"""


class RangeReaction(NamedTuple):
    """What an SSE and a cathode do over a range of voltage."""

    worst: WorstReaction
    """The most negative reactions."""
    envelope: tuple[EnvelopePoint, ...]
    """Corners of the most negative energies over the range, linear between; rising in voltage."""
    tiles: tuple[Tile, ...]
    """The rectangles that cover the plane."""


def range_reactions(
    phases: CompetingPhases,
    fractions: Floats,
    energies: Floats,
    first: Ints,
    second: Ints,
    voltage_low: float,
    voltage_high: float,
) -> RangeBatch:
    """Return the most negative reactions of each pair over a range of voltage, exactly.

    Parameters
    ----------
    phases : CompetingPhases
        From :func:`stability.phases.competing_phases`.
    fractions : ndarray, shape (n_compositions, n_elements)
        Atom fractions of all reactants.
    energies : ndarray, shape (n_compositions,)
        Their energies as reactants. [eV/atom]
    first, second : ndarray, shape (n_pairs,)
        Which two compositions make each pair.
    voltage_low, voltage_high : float
        Ends of the range. [V]

    Raises
    ------
    VoltageError
        If a voltage is outside 0 to 10 V, or they do not rise.
    LithiumReactantError
        If a reactant is lithium metal.
    SolverError
        If a linear program finds no answer.
    """
    return _swept(phases, fractions, energies, first, second, voltage_low, voltage_high)[0]


def reaction_over_range(
    sse: Reactant,
    cathode: Reactant,
    phases: CompetingPhases,
    voltage_low: float,
    voltage_high: float,
) -> RangeReaction:
    """Return what an SSE and a cathode do over a range of voltage, with all tiles.

    Parameters
    ----------
    sse, cathode : Reactant
        From :func:`stability.hull.reactant`.
    phases : CompetingPhases
        The phases that may form.
    voltage_low, voltage_high : float
        Ends of the range. [V]

    Raises
    ------
    VoltageError
        If a voltage is outside 0 to 10 V, or they do not rise.
    LithiumReactantError
        If a reactant is lithium metal.
    SolverError
        If there are more tiles than can be shown.

    Notes
    -----
    Each optimal basis owns a rectangle of the (x, V) plane. Between events every kink's energy is
    linear in V, so the envelope is concave there and lowest at events or ends.
    """
    fractions, energies = stacked(sse, cathode)
    batch, record = _swept(
        phases,
        fractions,
        energies,
        *PAIR,
        voltage_low,
        voltage_high,
        tiles=_MOST_TILES,
        events=_MOST_EVENTS,
    )
    n_tiles, n_events = record.written.tolist()
    if n_tiles > _MOST_TILES or n_events > _MOST_EVENTS:
        raise SolverError(f"{n_tiles} tiles, {n_events} events: more than can be shown")
    formulas = phases.table.formulas
    tiles = sorted(
        Tile(x_low, x_high, low, high, tuple(formulas[row] for row in sorted(rows) if row >= 0))
        for (x_low, x_high, low, high), rows in zip(
            record.tile[:n_tiles].tolist(),
            table_rows(phases, record.tile_basis[:n_tiles]).tolist(),
            strict=True,
        )
    )
    return RangeReaction(
        WorstReaction(_extreme(phases, batch, 0), _extreme(phases, batch, 1)),
        _envelope(phases, fractions, energies, record.event[:n_events].tolist()),
        tuple(tiles),
    )


def _swept(
    phases: CompetingPhases,
    fractions: Floats,
    energies: Floats,
    first: Ints,
    second: Ints,
    voltage_low: float,
    voltage_high: float,
    *,
    tiles: int = 0,
    events: int = 0,
) -> tuple[RangeBatch, Record]:
    """Sweep all pairs; the record holds the tiles and events of the last one.

    Raises
    ------
    VoltageError
        If a voltage is outside 0 to 10 V, or they do not rise.
    """
    check_voltages([voltage_low, voltage_high])
    if voltage_low >= voltage_high:
        raise VoltageError(
            f"voltages {voltage_low:g} to {voltage_high:g} V do not rise; give the lower one first"
        )
    refuse_lithium(phases, fractions[np.unique(np.concatenate([first, second]))])
    n = len(first)
    batch = RangeBatch(
        energy=np.zeros((n, 2)),
        voltage=np.full((n, 2), np.nan),
        x=np.full((n, 2), np.nan),
        product=np.full((n, 2, MAX_ELEMENTS), -1, np.int64),
        amount=np.zeros((n, 2, MAX_ELEMENTS)),
        events=np.zeros(n, np.int64),
    )
    record = Record(
        np.zeros((tiles, 4)),
        np.full((tiles, MAX_ELEMENTS), -1, np.int64),
        np.zeros(events),
        np.zeros(2, np.int64),
    )
    range_kernel(
        phases.columns,
        frozen(fractions),
        frozen(energies),
        frozen(first),
        frozen(second),
        float(voltage_low),
        float(voltage_high),
        batch,
        record,
    )
    refuse_faults(batch.events)
    return batch._replace(product=table_rows(phases, batch.product)), record


def _extreme(phases: CompetingPhases, batch: RangeBatch, which: int) -> Extreme:
    voltage, x = float(batch.voltage[0, which]), float(batch.x[0, which])
    return Extreme(
        float(batch.energy[0, which]),
        None if isnan(voltage) else voltage,
        None if isnan(x) else x,
        named_products(phases.table, batch.product[0, which], batch.amount[0, which]),
    )


def _envelope(
    phases: CompetingPhases, fractions: Floats, energies: Floats, events: list[float]
) -> tuple[EnvelopePoint, ...]:
    """Return the corners of both envelopes: events, and the crossings of kinks between them.

    Between two events the kinks are fixed and their energies linear, so two voltages tell all.
    """
    low, high = np.array(events[:-1]), np.array(events[1:])
    inside = np.stack([low + (high - low) / 3, high - (high - low) / 3])
    lines = [
        open_reactions(phases, fractions, energies, *PAIR, volts, max_kinks=MAX_KINKS + 1)
        for volts in inside
    ]
    corners = set(events)
    for strip in range(len(low)):
        for name in ("kink_total", "kink_mutual"):
            at = np.nan_to_num(np.stack([getattr(line, name)[0, strip] for line in lines]))
            corners.update(_crossings(at, inside[:, strip], low[strip], high[strip]))
    voltages = np.array(sorted(corners))
    both = open_reactions(phases, fractions, energies, *PAIR, voltages)
    return tuple(
        EnvelopePoint(*row)
        for row in zip(
            voltages.tolist(), both.total[0].tolist(), both.mutual[0].tolist(), strict=True
        )
    )


def _crossings(at: Floats, volts: Floats, low: float, high: float) -> list[float]:
    """Return where the lowest of several lines changes between two voltages.

    `at` holds each line's value at two voltages, shape (2, n_lines); zero, no reaction, is one of
    the lines because the ends of every x line are.
    """
    slope = (at[1] - at[0]) / (volts[1] - volts[0])
    value = at[0] + slope * (low - volts[0])  # At the lower end of the strip.
    found: list[float] = []
    here = low
    best = int(np.lexsort((slope, value))[0])
    while True:
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = (value - value[best]) / (slope[best] - slope)
        ahead = np.where(slope < slope[best] - _PARALLEL, low + ahead, np.inf)
        ahead[ahead <= here + _SAME] = np.inf
        following = int(ahead.argmin())
        if not ahead[following] < high - _SAME:
            return found
        here = float(ahead[following])
        found.append(here)
        best = following
