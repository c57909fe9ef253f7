"""Phases that are stated against what they decompose into: they go where their products go.

Neither their energies nor their errors are of the kind that a correction was fitted to. So they
are never corrected by their own pairs: as far as the products move, they move along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from stability.tables.phase_table import PhaseTable
    from stability.tables.placed_phase import PlacedPhase

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class PhaseErrors(NamedTuple):
    """Energies of all phases of a table, and how each may err."""

    energies: Floats
    """Energies. [eV/atom]"""
    own: Floats
    """Standard errors of each phase by itself. [eV/atom]"""
    starts: Ints
    """First cation-anion pair of each phase, and the end."""
    numbers: Ints
    """Number of each pair."""
    shares: Floats
    """Atom fraction of the phase that belongs to it."""

    def terms(self, row: int) -> tuple[Ints, Floats]:
        """Return the pairs of a phase, and the atom fractions that belong to them."""
        span = slice(*self.starts[row : row + 2])
        return self.numbers[span], self.shares[span]


def placed_phase(table: PhaseTable, formula: str) -> PlacedPhase | None:
    """Return how a composition is stated against its products, None if it is not.

    Parameters
    ----------
    table : PhaseTable
        Any.
    formula : str
        The composition.
    """
    if not table.placed:
        return None
    wanted = composition(formula).shares
    return next((one for one in table.placed if composition(one.formula).shares == wanted), None)


def with_products(
    table: PhaseTable, found: PhaseErrors, measured: NDArray[np.bool_] | None = None
) -> PhaseErrors:
    """Return energies in which each placed phase stands where its products are.

    Parameters
    ----------
    table : PhaseTable
        Which phases are placed.
    found : PhaseErrors
        Energies and errors of all others.
    measured : ndarray, optional
        Which phases have their measured enthalpy, and keep it.

    Notes
    -----
    ``E = E_above + sum_i s_i E_i`` with s_i the share of the atoms that go into product i. The
    pairs are those of the products, so that a draw moves both; what the products have of their own
    is drawn a second time, which makes the distance to them no surer than it is.
    """
    energies, own = found.energies.copy(), found.own.copy()
    pairs: dict[int, tuple[Ints, Floats]] = {}
    for row, one in _in_order(table):
        if measured is not None and measured[row]:
            continue
        rows, shares = _products(table, one)
        energies[row] = one.energy + shares @ energies[rows]
        own[row] = np.sqrt(one.error**2 + np.sum((shares * own[rows]) ** 2))
        parts = [pairs.get(product, found.terms(product)) for product in rows.tolist()]
        pairs[row] = _summed(parts, shares)
    return PhaseErrors(energies, own, *_with_pairs(found, pairs))


def _products(table: PhaseTable, one: PlacedPhase) -> tuple[Ints, Floats]:
    """Return the rows of the products, and their shares of the atoms."""
    shares = one.shares
    fractions = np.array([table.atom_fractions(part.material) for part in shares])
    return table.rows(fractions), np.array([part.share for part in shares])


def _in_order(table: PhaseTable) -> Iterator[tuple[int, PlacedPhase]]:
    """Yield placed phases with their rows, each behind those that are products of it."""
    left = {
        int(table.rows(table.atom_fractions(composition(one.formula))[None, :])[0]): one
        for one in table.placed
    }
    while left:
        free = [row for row, one in left.items() if not left.keys() & set(_products(table, one)[0])]
        for row in free or list(left):
            yield row, left.pop(row)


def _summed(parts: list[tuple[Ints, Floats]], shares: Floats) -> tuple[Ints, Floats]:
    numbers = np.concatenate([part[0] for part in parts])
    weights = np.concatenate([s * part[1] for part, s in zip(parts, shares, strict=True)])
    used, place = np.unique(numbers, return_inverse=True)
    summed = np.zeros(len(used))
    np.add.at(summed, place, weights)
    return used, summed


def _with_pairs(
    found: PhaseErrors, pairs: dict[int, tuple[Ints, Floats]]
) -> tuple[Ints, Ints, Floats]:
    """Return the pairs of all phases, with some exchanged."""
    if not pairs:
        return found.starts, found.numbers, found.shares
    all_pairs = [pairs.get(row, found.terms(row)) for row in range(len(found.own))]
    counts = [len(numbers) for numbers, _ in all_pairs]
    return (
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate([numbers for numbers, _ in all_pairs]),
        np.concatenate([shares for _, shares in all_pairs]),
    )
