"""The realistic mix: twenty SSEs of all families with thirteen cathodes, each pair a new system."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.arrays import hull_energies
from stability.errors import MissingElementError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases
    from stability.tables.phase_table import PhaseTable

SSES = (
    "Li6PS5Cl", "Li6PS5Br", "Li5.5PS4.5Cl1.5", "Li3PS4", "Li7P3S11",
    "Li10GeP2S12", "Li9.54Si1.74P1.44S11.7Cl0.3", "Li2ZrCl6", "Li2.25Zr0.75Fe0.25Cl6", "Li3YCl6",
    "Li3InCl6", "Li3ErCl6", "Li3ScCl6", "LiTaOCl4", "LiNbOCl4",
    "Li7La3Zr2O12", "Li6.25Al0.25La3Zr2O12", "LiTi2(PO4)3", "Li1.3Al0.3Ti1.7(PO4)3", "Li3PO4",
)  # fmt: skip
"""Twenty SSEs of all families; the doped ones have no entry in a table and enter by their hull."""
CATHODES = (
    "LiFePO4", "FePO4", "LiMn0.6Fe0.4PO4", "S", "Li2S", "TiS2", "FeS2",
    "LiCoO2", "CoO2", "LiNiO2", "LiNi0.8Mn0.1Co0.1O2", "LiNi0.5Mn1.5O4", "LiMn2O4",
)  # fmt: skip
"""Thirteen cathodes, NMC811 and LMFP among them."""


class Inputs(NamedTuple):
    """Compositions and pairs of them, as the batch functions take them."""

    phases: CompetingPhases
    """What may form."""
    fractions: NDArray[np.float64]
    """Atom fractions of all reactants, shape (n, n_elements)."""
    energies: NDArray[np.float64]
    """Their hull energies, shape (n,). [eV/atom]"""
    first: NDArray[np.int64]
    """The SSE of each pair."""
    second: NDArray[np.int64]
    """The cathode of each pair."""

    def part(self, pairs: slice) -> Inputs:
        """Return some of the pairs."""
        return self._replace(first=self.first[pairs], second=self.second[pairs])


def realistic_mix(phases: CompetingPhases, n_pairs: int) -> Inputs:
    """Return all SSEs with all cathodes, again and again; by SSE, so that systems change."""
    sses, cathodes = usable(phases.table, SSES), usable(phases.table, CATHODES)
    once = [(a, len(sses) + b) for a in range(len(sses)) for b in range(len(cathodes))]
    return inputs(phases, (*sses, *cathodes), np.resize(once, (n_pairs, 2)))


def inputs(phases: CompetingPhases, formulas: Sequence[str], pairs: NDArray[np.int64]) -> Inputs:
    """Return pairs of formulas, shape (n_pairs, 2), with their hull energies."""
    fractions = np.stack([phases.table.atom_fractions(composition(f)) for f in formulas])
    energies = hull_energies(phases, fractions).energy
    return Inputs(phases, fractions, energies, pairs[:, 0].copy(), pairs[:, 1].copy())


def usable(table: PhaseTable, formulas: Sequence[str]) -> tuple[str, ...]:
    """Return the formulas whose elements the table holds, and say which are left out."""
    found = []
    for formula in formulas:
        try:
            table.atom_fractions(composition(formula))
        except MissingElementError as error:
            print(f"left out: {error}", file=sys.stderr)
        else:
            found.append(formula)
    return tuple(found)
