"""What a phase table lacks for a set of elements, as far as the table itself can tell."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stability.tables.phase_table import PhaseTable

_ANIONS = ("F", "O", "Cl", "Br", "I", "S", "Se")
"""Every metal has a binary with each of them, with few exceptions that are named too."""
_NO_CATIONS = frozenset((*_ANIONS, "N", "H", "C", "He", "Ne", "Ar", "Kr", "Xe", "Rn"))
"""Elements that need no binary with an anion: molecules, or nothing."""


def gaps(table: PhaseTable, elements: Iterable[str]) -> tuple[str, ...]:
    """Return what a phase table lacks for a set of elements, one statement for each gap.

    Parameters
    ----------
    table : PhaseTable
        The phases.
    elements : iterable of str
        Elements of the materials in question; lithium is added.

    Notes
    -----
    A table that says for which sets of elements it is complete has a gap outside of them. In any
    table a cation and an anion without a single binary compound are one: reactions that would
    form it are missed, and limits come out too wide.

    Examples
    --------
    >>> from stability.tables.phase_table import Phase, phase_table
    >>> table = phase_table([Phase("LiBr", -1.8), Phase("Er2O3", -4.0)], name="hand")
    >>> gaps(table, ["Li", "Er", "Br"])
    ('hand holds no binary compound of Er and Br',)
    """
    return _gaps(table, frozenset(elements) | {"Li"})


@lru_cache(maxsize=65_536)
def _gaps(table: PhaseTable, asked: frozenset[str]) -> tuple[str, ...]:
    found = []
    if table.covered and not any(asked <= covered for covered in table.covered):
        found.append(
            f"{table.name} is not complete for {'-'.join(sorted(asked))}: phases that compete may "
            "be missing; take a full table with --table"
        )
    there = asked & table.element_index.keys()
    binaries = _binaries(table)
    found += [
        f"{table.name} holds no binary compound of {cation} and {anion}"
        for cation in sorted(there - _NO_CATIONS)
        for anion in sorted(there & set(_ANIONS))
        if frozenset((cation, anion)) not in binaries
    ]
    return tuple(found)


@lru_cache(maxsize=8)
def _binaries(table: PhaseTable) -> frozenset[frozenset[str]]:
    """Return the pairs of elements that have a compound of these two alone."""
    present = table.fractions > 0
    rows = np.flatnonzero(present.sum(axis=1) == 2)  # noqa: PLR2004  # By definition.
    columns = np.nonzero(present[rows])[1].reshape(-1, 2)
    return frozenset(
        frozenset((table.elements[a], table.elements[b])) for a, b in np.unique(columns, axis=0)
    )
