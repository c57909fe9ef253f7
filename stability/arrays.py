"""Many compositions and pairs at once: arrays in, arrays out, no Python per pair.

A pair is (first, second), in screening (SSE, cathode); x is the fraction that belongs to the first.
Products are rows of the phase table, -1 where there is none. Kernels release the interpreter lock,
and reuse a gathered chemical system while consecutive pairs share it: sort pairs by system.
Signs, units and reference states: docs/conventions.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stability.errors import LargeSystemError, LithiumReactantError, SolverError, VoltageError
from stability.kernels.chemical_system import MOST_PHASES, frozen
from stability.kernels.outputs import ClosedBatch, HullBatch, OpenBatch, StaircaseBatch
from stability.kernels.reaction_kernels import (
    closed_kernel,
    hull_kernel,
    open_kernel,
    staircase_kernel,
)
from stability.kernels.simplex import MAX_ELEMENTS, MAX_KINKS, OK, TOO_MANY_PHASES
from stability.quantities import SCALES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HIGHEST_VOLTAGE = SCALES["voltage_v"].most
"""Highest voltage against Li/Li+ that makes sense for a lithium cell. [V]"""
_SAME = 1e-12  # Atom fractions closer than this are equal.
_MOSTLY_LITHIUM = 1e-9  # Fewer non-Li atoms per atom than this is lithium metal.


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
    nobody = frozen(np.full(n, -1, np.int64))
    hull_kernel(phases.columns, active, nobody, frozen(fractions), energy, product, amount, outcome)
    refuse_faults(outcome)
    return HullBatch(energy, table_rows(phases, product), amount)


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
    closed_kernel(
        phases.columns, frozen(fractions), frozen(energies), frozen(first), frozen(second), batch
    )
    refuse_faults(batch.kinks)
    return batch._replace(
        product=table_rows(phases, batch.product),
        kink_product=table_rows(phases, batch.kink_product),
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
    phases, fractions, energies, first, second
        As for :func:`closed_reactions`.
    voltages : ndarray, shape (n_voltages,)
        Voltages against Li/Li+; rising order is fastest. [V]
    max_kinks : int, optional
        As for :func:`closed_reactions`.

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
    refuse_lithium(phases, fractions[reactants])
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
    open_kernel(
        phases.columns,
        frozen(fractions),
        frozen(energies),
        frozen(first),
        frozen(second),
        frozen(np.asarray(voltages, float)),
        batch,
    )
    refuse_faults(batch.kinks)
    return batch._replace(
        total_product=table_rows(phases, batch.total_product),
        mutual_product=table_rows(phases, batch.mutual_product),
        kink_product=table_rows(phases, batch.kink_product),
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
    refuse_lithium(phases, fractions)
    n = len(fractions)
    batch = StaircaseBatch(
        steps=np.zeros(n, np.int64),
        voltage_low=np.full((n, max_steps), np.nan),
        voltage_high=np.full((n, max_steps), np.nan),
        li=np.full((n, max_steps), np.nan),
        product=np.full((n, max_steps, MAX_ELEMENTS), -1, np.int64),
        amount=np.zeros((n, max_steps, MAX_ELEMENTS)),
    )
    staircase_kernel(phases.columns, frozen(fractions), batch)
    refuse_faults(batch.steps)
    if n and batch.steps.max() > max_steps:
        raise SolverError(f"a staircase of {batch.steps.max()} steps; raise max_steps={max_steps}")
    most = int(batch.steps.max(initial=0))
    return StaircaseBatch(
        steps=batch.steps,
        voltage_low=batch.voltage_low[:, :most],
        voltage_high=batch.voltage_high[:, :most],
        li=batch.li[:, :most],
        product=table_rows(phases, batch.product[:, :most]),
        amount=batch.amount[:, :most],
    )


def check_voltages(voltages: Sequence[float] | Floats) -> None:
    """Refuse voltages at which there is no answer.

    Raises
    ------
    VoltageError
        If a voltage is below 0 V, where lithium plates, above 10 V, or not finite.
    """
    for voltage in voltages:
        if not 0.0 <= voltage <= HIGHEST_VOLTAGE:
            raise VoltageError(
                f"voltage {voltage:g} V is outside 0 to {HIGHEST_VOLTAGE:g} V against Li/Li+; "
                "below 0 V lithium plates"
            )


def refuse_lithium(phases: CompetingPhases, fractions: Floats) -> None:
    """Refuse lithium metal among compositions.

    Raises
    ------
    LithiumReactantError
        If one of them holds nothing but lithium.
    """
    if (1.0 - fractions[:, phases.columns.li] < _MOSTLY_LITHIUM).any():
        raise LithiumReactantError(
            "lithium metal as a reactant in a system open to lithium has no energy per non-Li "
            "atom; leave it out, the reservoir is lithium already"
        )


def same_without_lithium(
    phases: CompetingPhases, fractions: Floats, first: Ints, second: Ints
) -> NDArray[np.bool_]:
    """Return which pairs of compositions do the same open to lithium, but for rounding.

    Parameters
    ----------
    phases, fractions, first, second
        As for :func:`closed_reactions`.
    """
    rest = np.delete(fractions, phases.columns.li, axis=1)
    rest /= rest.sum(axis=1, keepdims=True)
    return np.asarray(np.abs(rest[first] - rest[second]).max(axis=-1) <= _SAME)


def refuse_faults(outcomes: Ints) -> None:
    """Refuse the outcomes of a kernel if one of them is a fault.

    Raises
    ------
    LargeSystemError
        If a chemical system was too large.
    SolverError
        If a linear program found no answer.
    """
    if outcomes.size and outcomes.min() < OK:
        place = int(outcomes.argmin())
        if outcomes[place] == TOO_MANY_PHASES:
            raise LargeSystemError(
                f"item {place} of {outcomes.size} has more than {MAX_ELEMENTS} elements or "
                f"{MOST_PHASES} phases with its partner; leave out what is present in traces"
            )
        raise SolverError(
            f"no answer for item {place} of {outcomes.size} (outcome {outcomes.min()}); "
            "please report it with its composition and phase table"
        )


def table_rows(phases: CompetingPhases, product: Ints) -> Ints:
    """Turn sorted columns into table rows; -1 stays -1."""
    return np.where(product >= 0, phases.rows[product], -1)
