"""Coatings that nobody has tried: all lithium compounds of a phase table that could be made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.gates import UNWANTED
from screening.errors import BatchError
from stability.arrays import hull_energies
from stability.formula import composition
from stability.tables.gaps import gaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stability.phases import CompetingPhases

NEAR_HULL = 0.005
"""Largest distance to the hull, as in Xiao et al., Joule 3, 1252 (2019). [eV/atom]"""


class SearchCount(NamedTuple):
    """How many compounds a step of the search leaves."""

    step: str
    """What was asked."""
    left: int
    """Compounds that are left."""


def lithium_compounds(phases: CompetingPhases) -> tuple[list[str], list[SearchCount]]:
    """Return the formulas of all lithium compounds that could be made, with the counts.

    Parameters
    ----------
    phases : CompetingPhases
        The phase table and the policy; its known phases near the hull are the candidates.

    Raises
    ------
    BatchError
        If none is left.
    SolverError
        If a linear program finds no answer.
    """
    table = phases.table
    amounts = (table.fractions > 0.0).sum(axis=1)
    left = (table.fractions[:, table.element_index["Li"]] > 0.0) & (amounts > 1)
    counts = [SearchCount(f"lithium compounds of {table.name}", int(left.sum()))]
    left &= table.known
    counts.append(SearchCount("known to experiment", int(left.sum())))
    for reason, symbols in UNWANTED.items():
        left &= ~_holds(phases, symbols)
        counts.append(SearchCount(f"without {reason} elements", int(left.sum())))
    rows = np.flatnonzero(left)
    hull = hull_energies(phases, table.fractions[rows]).energy
    rows = rows[table.energies[rows] - hull <= NEAR_HULL]
    counts.append(
        SearchCount(f"at most {1000 * NEAR_HULL:g} meV/atom above the hull", int(rows.size))
    )
    rows = rows[[not gaps(table, composition(table.formulas[row]).amounts) for row in rows]]
    counts.append(SearchCount("whose own rivals the table holds", int(rows.size)))
    if not rows.size:
        raise BatchError(f"{table.name} holds no lithium compound that could be a coating")
    return [table.formulas[row] for row in rows], counts


def _holds(phases: CompetingPhases, symbols: Sequence[str]) -> np.ndarray:
    index = phases.table.element_index
    columns = [index[symbol] for symbol in symbols if symbol in index]
    return np.asarray((phases.table.fractions[:, columns] > 0.0).any(axis=1))
