"""What kernels write and :mod:`stability.arrays` hands out: plain arrays with named fields.

Products are rows of the phase table, -1 where there is none; while a kernel writes them they are
columns of the competing phases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


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
    """Redox staircases: what each composition becomes as the voltage falls; shapes (n, ...).

    `max_steps` is how many steps the longest of them has.
    """

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


class RangeBatch(NamedTuple):
    """Most negative reactions of pairs over a range of voltage; shapes (n_pairs, 2, ...).

    Along the second axis: first `total`, then `mutual`.
    """

    energy: Floats
    """Reaction energy, 0 if nothing reacts. [eV per non-Li atom]"""
    voltage: Floats
    """Voltage where it is reached; nan if nothing reacts. [V]"""
    x: Floats
    """Fraction of all atoms from the first there; nan if nothing reacts."""
    product: Ints
    """Table rows of the products there, shape (n_pairs, 2, 16)."""
    amount: Floats
    """Their amounts in atoms per non-Li atom of the mixture, shape (n_pairs, 2, 16)."""
    events: Ints
    """Voltages inside the range at which products change, shape (n_pairs,)."""


class PairDraws(NamedTuple):
    """Redrawn reaction energies; the draws are the last axis."""

    chemical: Floats
    """Most negative chemical reaction, shape (n_pairs, n_draws). [eV/atom]"""
    total: Floats
    """Against the reactants as they are, (n_pairs, n_voltages, n_draws). [eV per non-Li atom]"""
    sse_alone: Floats
    """The first reactant alone, same shape. [eV per non-Li atom]"""
    mutual: Floats
    """Against decomposed reactants, same shape. [eV per non-Li atom]"""
    outcome: Ints
    """Outcome of the solver, shape (n_pairs,)."""


class WindowDraws(NamedTuple):
    """Redrawn windows; the draws are the last axis."""

    reduction: Floats
    """Reduction limits, 0 for none, shape (n, n_draws). [V]"""
    oxidation: Floats
    """Oxidation limits, inf for none, shape (n, n_draws). [V]"""
    li_change: Floats
    """Lithium taken up per non-Li atom at each voltage, shape (n, n_voltages, n_draws)."""
    outcome: Ints
    """Outcome of the solver, shape (n,)."""
