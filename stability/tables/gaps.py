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
_RARE_EARTHS = frozenset([
    "Sc", "Y", "La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb",
    "Lu",
])  # fmt: skip

_WITH_RARE_EARTHS = {"F": 1, "O": 2, "Cl": 1, "Br": 1}
"""Charge of the anions with which each rare earth has a compound in its state III."""
_ENERGY = "energy"


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
    form it are missed, and limits come out too wide. So is a rare earth that would gain
    nothing by going to state III: the table of 2019 has ytterbium computed as if it were divalent.

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
    found += [
        f"{table.name} holds no sound binary compound of {cation}(III) and {anion}"
        for cation in sorted(there & _RARE_EARTHS)
        for anion in sorted(there & _WITH_RARE_EARTHS.keys())
        if not _sound(binaries.get(frozenset((cation, anion)), []), cation, anion)
    ]
    return tuple(found)


def _sound(rows: list[dict[str, float]], cation: str, anion: str) -> bool:
    """Return whether a rare earth gains energy by going to state III, as all of them do."""
    least = 3.0 / (3.0 + _WITH_RARE_EARTHS[anion]) - 1e-6  # Less rounding.
    per_cation: dict[bool, list[float]] = {True: [], False: [0.0]}
    for row in rows:
        per_cation[row[anion] >= least].append(row[_ENERGY] / row[cation])
    return not rows or min(per_cation[True], default=0.0) < min(per_cation[False])


@lru_cache(maxsize=8)
def _binaries(table: PhaseTable) -> dict[frozenset[str], list[dict[str, float]]]:
    """Return energy and composition of the compounds of two elements, by these."""
    present = table.fractions > 0
    rows = np.flatnonzero(present.sum(axis=1) == 2)  # noqa: PLR2004  # By definition.
    columns = np.nonzero(present[rows])[1].reshape(-1, 2)
    found: dict[frozenset[str], list[dict[str, float]]] = {}
    for row, (a, b) in zip(rows.tolist(), columns.tolist(), strict=True):
        first, second = table.elements[a], table.elements[b]
        shares = {first: float(table.fractions[row, a]), second: float(table.fractions[row, b])}
        energy = {_ENERGY: float(table.energies[row])}
        found.setdefault(frozenset((first, second)), []).append(shares | energy)
    return found
