"""Many compositions and pairs at once: arrays in, arrays out, no Python per pair.

A pair is (first, second), in screening (SSE, cathode); x is the fraction that belongs to the first.
Products are rows of the phase table, -1 where there is none. Kernels release the interpreter lock,
and reuse a gathered chemical system while consecutive pairs share it: sort pairs by system.
Signs, units and reference states: docs/conventions.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.columns import Columns, System, frozen, gather, new_system
from stability.errors import LithiumReactantError, SolverError, VoltageError
from stability.simplex import (
    MAX_ELEMENTS,
    MAX_KINKS,
    OK,
    TOO_MANY_PHASES,
    Line,
    Workspace,
    jit,
    lowest_energy,
    minimise,
    new_line,
    new_workspace,
    start_from_elements,
    trace,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HIGHEST_VOLTAGE = 10.0
"""Highest voltage against Li/Li+ that makes sense for a lithium cell. [V]"""
_ZERO = 1e-9  # A reaction this weak is none. [eV/atom]
_NOTHING = 1e-9  # [atoms per atom] Amounts below this are rounding.
_ON_HULL = 1e-8  # [eV/atom] Phases closer to the hull than this are on it.
_MOSTLY_LITHIUM = 1e-9  # Fewer non-Li atoms per atom than this is lithium metal.


class HullBatch(NamedTuple):
    """Lowest energies of compositions, each in its own chemical system."""

    energy: Floats
    """Energy on the hull, shape (n,). [eV/atom]"""
    product: Ints
    """Table rows of the phases on the hull, shape (n, 16)."""
    amount: Floats
    """Their amounts in atoms per atom of the composition, shape (n, 16)."""


class ClosedBatch(NamedTuple):
    """Chemical reactions of pairs: the lower hull along x first + (1 - x) second."""

    energy: Floats
    """Most negative reaction energy, shape (n,). [eV/atom]"""
    x: Floats
    """Fraction of atoms from the first where it is reached; nan if there is no reaction."""
    product: Ints
    """Table rows of the products there, shape (n, 16)."""
    amount: Floats
    """Their amounts in atoms per atom of the mixture, shape (n, 16)."""
    kinks: Ints
    """Number of kinks, ends included, shape (n,)."""
    kink_x: Floats
    """Fraction of each kink, shape (n, max_kinks)."""
    kink_energy: Floats
    """Reaction energy of each kink, shape (n, max_kinks). [eV/atom]"""
    kink_product: Ints
    """Table rows of the products of each kink, shape (n, max_kinks, 16)."""
    kink_amount: Floats
    """Their amounts in atoms per atom of the mixture, shape (n, max_kinks, 16)."""


class OpenBatch(NamedTuple):
    """Reactions of pairs open to lithium; shapes (n_pairs, n_voltages, ...)."""

    total: Floats
    """Minimum over x against the reactants as they are. [eV per non-Li atom]"""
    first_alone: Floats
    """The first alone, x = 1. [eV per non-Li atom]"""
    second_alone: Floats
    """The second alone, x = 0. [eV per non-Li atom]"""
    mutual: Floats
    """Minimum over x against reactants that have decomposed by themselves. [eV/non-Li atom]"""
    total_x: Floats
    """Fraction of all atoms from the first where `total` is reached; nan if nothing reacts."""
    mutual_x: Floats
    """The same for `mutual`."""
    total_product: Ints
    """Table rows of the products where `total` is reached."""
    total_amount: Floats
    """Their amounts in atoms per non-Li atom of the mixture."""
    mutual_product: Ints
    """Table rows of the products where `mutual` is reached."""
    mutual_amount: Floats
    """Their amounts in atoms per non-Li atom of the mixture."""
    kinks: Ints
    """Number of kinks, ends included."""
    kink_x: Floats
    """Fraction of all atoms from the first at each kink, shape (..., max_kinks)."""
    kink_total: Floats
    """Energy of each kink against the reactants as they are. [eV per non-Li atom]"""
    kink_mutual: Floats
    """Energy of each kink against decomposed reactants. [eV per non-Li atom]"""
    kink_product: Ints
    """Table rows of the products of each kink, shape (..., max_kinks, 16)."""
    kink_amount: Floats
    """Their amounts in atoms per non-Li atom of the mixture."""


class StaircaseBatch(NamedTuple):
    """Redox staircases: what each composition becomes as the voltage falls; shapes (n, ...)."""

    steps: Ints
    """Number of steps, from the highest voltage down."""
    voltage_low: Floats
    """Lower end of each step, shape (n, max_steps). [V]"""
    voltage_high: Floats
    """Upper end of each step, inf for the first, shape (n, max_steps). [V]"""
    li: Floats
    """Lithium per non-Li atom in each step, shape (n, max_steps)."""
    product: Ints
    """Table rows of the products, lithium metal among them never, shape (n, max_steps, 16)."""
    amount: Floats
    """Their amounts in atoms per non-Li atom of the composition, shape (n, max_steps, 16)."""


def hull_energies(phases: CompetingPhases, fractions: Floats) -> HullBatch:
    """Return the lowest energy of each composition among the competing phases.

    Parameters
    ----------
    phases : CompetingPhases
        From :func:`stability.phases.competing_phases`.
    fractions : ndarray, shape (n, n_elements)
        Atom fractions in the order of the table's elements.

    Raises
    ------
    SolverError
        If a linear program finds no answer.
    """
    n = len(fractions)
    energy = np.empty(n)
    product = np.full((n, MAX_ELEMENTS), -1, np.int64)
    amount = np.zeros((n, MAX_ELEMENTS))
    outcome = np.zeros(n, np.int64)
    active = np.ones(len(phases.columns.energies), bool)
    nobody = np.full(n, -1, np.int64)
    hull_kernel(phases.columns, active, nobody, frozen(fractions), energy, product, amount, outcome)
    _refuse_faults(outcome)
    return HullBatch(energy, _rows(phases, product), amount)


def closed_reactions(
    phases: CompetingPhases,
    fractions: Floats,
    energies: Floats,
    first: Ints,
    second: Ints,
    *,
    max_kinks: int = 0,
) -> ClosedBatch:
    """Return the chemical reaction of each pair of compositions.

    Parameters
    ----------
    phases : CompetingPhases
        From :func:`stability.phases.competing_phases`.
    fractions : ndarray, shape (n_compositions, n_elements)
        Atom fractions of all reactants.
    energies : ndarray, shape (n_compositions,)
        Their energies as reactants; the hull energy by default policy. [eV/atom]
    first, second : ndarray, shape (n_pairs,)
        Which two compositions make each pair.
    max_kinks : int, optional
        How many kinks to write per pair; none by default.

    Raises
    ------
    SolverError
        If a linear program finds no answer.
    """
    n = len(first)
    batch = ClosedBatch(
        energy=np.zeros(n),
        x=np.full(n, np.nan),
        product=np.full((n, MAX_ELEMENTS), -1, np.int64),
        amount=np.zeros((n, MAX_ELEMENTS)),
        kinks=np.zeros(n, np.int64),
        kink_x=np.full((n, max_kinks), np.nan),
        kink_energy=np.full((n, max_kinks), np.nan),
        kink_product=np.full((n, max_kinks, MAX_ELEMENTS), -1, np.int64),
        kink_amount=np.zeros((n, max_kinks, MAX_ELEMENTS)),
    )
    _closed_kernel(
        phases.columns, frozen(fractions), frozen(energies), frozen(first), frozen(second), batch
    )
    _refuse_faults(batch.kinks)
    return batch._replace(
        product=_rows(phases, batch.product), kink_product=_rows(phases, batch.kink_product)
    )


def open_reactions(
    phases: CompetingPhases,
    fractions: Floats,
    energies: Floats,
    first: Ints,
    second: Ints,
    voltages: Floats,
    *,
    max_kinks: int = 0,
) -> OpenBatch:
    """Return the reactions of each pair with lithium free to come and go at each voltage.

    Parameters
    ----------
    phases, fractions, energies, first, second, max_kinks
        As for :func:`closed_reactions`.
    voltages : ndarray, shape (n_voltages,)
        Voltages against Li/Li+; rising order is fastest. [V]

    Raises
    ------
    VoltageError
        If a voltage is below 0 V, where lithium plates, above 10 V, or not finite.
    LithiumReactantError
        If a reactant is lithium metal.
    SolverError
        If a linear program finds no answer.
    """
    check_voltages(voltages)
    reactants = np.unique(np.concatenate([first, second]))
    _refuse_lithium(phases, fractions[reactants])
    shape = (len(first), len(voltages))

    def numbers(*more: int) -> Floats:
        return np.full((*shape, *more), np.nan)

    def rows(*more: int) -> Ints:
        return np.full((*shape, *more), -1, np.int64)

    batch = OpenBatch(
        numbers(), numbers(), numbers(), numbers(), numbers(), numbers(),
        rows(MAX_ELEMENTS), numbers(MAX_ELEMENTS), rows(MAX_ELEMENTS), numbers(MAX_ELEMENTS),
        np.zeros(shape, np.int64), numbers(max_kinks), numbers(max_kinks), numbers(max_kinks),
        rows(max_kinks, MAX_ELEMENTS), numbers(max_kinks, MAX_ELEMENTS),
    )  # fmt: skip
    _open_kernel(
        phases.columns,
        frozen(fractions),
        frozen(energies),
        frozen(first),
        frozen(second),
        frozen(np.asarray(voltages, float)),
        batch,
    )
    _refuse_faults(batch.kinks)
    return batch._replace(
        total_product=_rows(phases, batch.total_product),
        mutual_product=_rows(phases, batch.mutual_product),
        kink_product=_rows(phases, batch.kink_product),
    )


def staircases(
    phases: CompetingPhases, fractions: Floats, *, max_steps: int = MAX_KINKS
) -> StaircaseBatch:
    """Return the redox staircase of each composition, from high voltage to 0 V.

    Parameters
    ----------
    phases, fractions
        As for :func:`hull_energies`.
    max_steps : int, optional
        How many steps to write per composition; more than that is a fault. All by default.

    Raises
    ------
    LithiumReactantError
        If a composition is lithium metal.
    SolverError
        If a linear program finds no answer, or a staircase has more than `max_steps` steps.
    """
    _refuse_lithium(phases, fractions)
    n = len(fractions)
    batch = StaircaseBatch(
        steps=np.zeros(n, np.int64),
        voltage_low=np.full((n, max_steps), np.nan),
        voltage_high=np.full((n, max_steps), np.nan),
        li=np.full((n, max_steps), np.nan),
        product=np.full((n, max_steps, MAX_ELEMENTS), -1, np.int64),
        amount=np.zeros((n, max_steps, MAX_ELEMENTS)),
    )
    _staircase_kernel(phases.columns, frozen(fractions), batch)
    _refuse_faults(batch.steps)
    if n and batch.steps.max() > max_steps:
        raise SolverError(f"a staircase of {batch.steps.max()} steps; raise max_steps={max_steps}")
    return batch._replace(product=_rows(phases, batch.product))


def check_voltages(voltages: Sequence[float] | Floats) -> None:
    """Refuse voltages at which there is no answer.

    Raises
    ------
    VoltageError
        If a voltage is below 0 V, where lithium plates, above 10 V, or not finite.
    """
    for voltage in np.asarray(voltages, float):
        if not 0.0 <= voltage <= HIGHEST_VOLTAGE:
            raise VoltageError(
                f"voltage {voltage:g} V is outside 0 to {HIGHEST_VOLTAGE:g} V against Li/Li+; "
                "below 0 V lithium plates"
            )


def _refuse_lithium(phases: CompetingPhases, fractions: Floats) -> None:
    if (1.0 - fractions[:, phases.columns.li] < _MOSTLY_LITHIUM).any():
        raise LithiumReactantError(
            "lithium metal as a reactant in a system open to lithium has no energy per non-Li "
            "atom; leave it out, the reservoir is lithium already"
        )


def _refuse_faults(outcomes: Ints) -> None:
    if outcomes.size and outcomes.min() < OK:
        place = int(outcomes.argmin())
        raise SolverError(
            f"no answer for item {place} of {outcomes.size} (outcome {outcomes.min()}); "
            "please report it with its composition and phase table"
        )


def _rows(phases: CompetingPhases, product: Ints) -> Ints:
    """Turn sorted columns into table rows; -1 stays -1."""
    return np.where(product >= 0, phases.rows[product], -1)


@jit
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
def _closed_kernel(
    table: Columns, fractions: Floats, energies: Floats, first: Ints, second: Ints,
    out: ClosedBatch,
) -> None:  # fmt: skip
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    size = (0, 0)
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
            segments = trace(ws, system.matrix, system.cost, m, n, start, end, line)
        if segments < 0:
            out.kinks[p] = segments
            continue
        out.kinks[p] = segments + 1
        lowest, best = -_ZERO, -1
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


@jit
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
def _open_kernel(
    table: Columns, fractions: Floats, energies: Floats, first: Ints, second: Ints,
    voltages: Floats, out: OpenBatch,
) -> None:  # fmt: skip
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    at_start = new_workspace(1)  # Keeps the basis of x = 0 from one voltage to the next.
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    size = (0, 0)
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
                segments = trace(ws, system.matrix, system.open_cost, m, n, start, end, line)
            if segments < 0:
                out.kinks[p, v] = segments
                continue
            grand_a = (energies[a] + voltage * li_a) / rest_a
            grand_b = (energies[b] + voltage * li_b) / rest_b
            _write_open(out, p, v, line, segments, m, system, grand_a, grand_b, rest_a, rest_b)


@jit
def _copy_basis(source: Workspace, target: Workspace, m: int) -> None:
    for i in range(m):
        target.basis[i] = source.basis[i]
        for k in range(m):
            target.inverse[i, k] = source.inverse[i, k]


@jit
def _write_open(
    out: OpenBatch, p: int, v: int, line: Line, segments: int, m: int, system: System,
    grand_a: float, grand_b: float, rest_a: float, rest_b: float,
) -> None:  # fmt: skip
    """Write one line of grand potentials as total, self and mutual reaction energies."""
    out.kinks[p, v] = segments + 1
    out.first_alone[p, v] = line.energy[segments] - grand_a
    out.second_alone[p, v] = line.energy[0] - grand_b
    lowest_total, best_total, lowest_mutual, best_mutual = -_ZERO, -1, -_ZERO, -1
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


@jit
def _of_all_atoms(x: float, rest_a: float, rest_b: float) -> float:
    """Turn the first's share of the non-Li atoms into its share of all atoms."""
    return x * rest_b / (x * rest_b + (1.0 - x) * rest_a)


@jit
def _staircase_kernel(table: Columns, fractions: Floats, out: StaircaseBatch) -> None:
    """Trace each composition from its lithium-free part to pure lithium.

    The potential of lithium on a segment is minus its voltage; each kink but the last, which is
    lithium itself, is a step between the voltages of its two segments.
    """
    system, line = new_system(), new_line()
    ws = new_workspace(system.cost.size)
    start, end = np.empty(MAX_ELEMENTS), np.empty(MAX_ELEMENTS)
    present = np.zeros(table.fractions.shape[1], np.bool_)
    active = np.ones(table.energies.size, np.bool_)
    size = (0, 0)
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
            segments = trace(ws, system.matrix, system.cost, m, n, start, end, line)
        out.steps[p] = segments
        for k in range(min(segments, out.li.shape[1])):
            x = line.x[k]
            out.voltage_low[p, k] = max(-line.duals[k, m - 1], 0.0)
            out.voltage_high[p, k] = -line.duals[k - 1, m - 1] if k > 0 else np.inf
            out.li[p, k] = x / (1.0 - x)
            _write_products(
                line, k, m, system, 1.0 / (1.0 - x), out.product[p, k], out.amount[p, k]
            )
