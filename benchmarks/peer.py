"""The same pairs in pymatgen: how much faster the engine is, in the same run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition

from benchmarks.measure import REPEATS, Figure, median_seconds
from benchmarks.mix import inputs, usable
from stability.arrays import closed_reactions
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stability.phases import CompetingPhases
    from stability.tables.phase_table import PhaseTable

PAIRS = {
    5: ("LiTi2(PO4)3", "LiFePO4"),
    6: ("Li6PS5Cl", "LiCoO2"),
    7: ("Li6PS5Cl", "LiVPO4F"),
    8: ("Li6PS5Cl", "LiNi0.8Mn0.1Co0.1O2"),
    9: ("Li9.54Si1.74P1.44S11.7Cl0.3", "LiNi0.8Mn0.1Co0.1O2"),
}
"""A pair of each number of elements."""
MATE = ("Li2O", "Li2O2")
"""The smallest pair there is; between two pairs it empties the hands."""
_MOST_KINKS = 64
_SLOW_DIAGRAM = 9  # From here on pymatgen needs 16 s for a diagram: it is built once.
_SAME = 1e-6  # [eV/atom] Two programs that differ by more did not solve the same problem.


def ratios(phases: CompetingPhases) -> Iterator[Figure]:
    """Yield how many times longer pymatgen takes, by number of elements.

    Parameters
    ----------
    phases : CompetingPhases
        All phases of a table: both programs get the same.
    """
    for n_elements, pair in PAIRS.items():
        if usable(phases.table, pair) == pair:
            yield from _of_pair(phases, n_elements, pair)


def _of_pair(phases: CompetingPhases, n_elements: int, pair: tuple[str, str]) -> Iterator[Figure]:
    """Time one pair in both programs: all kinks, from the same entries.

    Ours gathers the chemical system anew for every pair, which is all the building it does;
    pymatgen is timed with its diagram at hand (cached) and with building it (built).

    Raises
    ------
    RuntimeError
        If the two disagree, so that the ratio of their times means nothing.
    """
    entries = _entries(phases.table, pair)
    diagrams: list[PhaseDiagram] = []
    kinks: list[float] = []

    def build() -> None:
        diagrams[:] = [PhaseDiagram(entries)]

    def react() -> None:
        reaction = InterfacialReactivity(
            Composition(pair[0]), Composition(pair[1]), diagrams[0], norm=True, use_hull_energy=True
        )
        kinks[:] = [kink[2] for kink in reaction.get_kinks()]

    build_seconds = median_seconds(build, repeats=1 if n_elements >= _SLOW_DIAGRAM else REPEATS)
    react_seconds = median_seconds(react)
    energy, seconds = _ours(phases, pair)
    if abs(energy - min(kinks)) > _SAME:
        raise RuntimeError(f"{pair}: {energy} and pymatgen's {min(kinks)} eV/atom are not the same")
    print(
        f"{' + '.join(pair)}, {len(entries)} phases: diagram {build_seconds:.3g} s, "
        f"kinks {react_seconds:.3g} s, ours {seconds * 1e6:.3g} us",
        file=sys.stderr,
    )
    name = f"ratio_closed_{{}}_{n_elements}el"
    yield Figure(name.format("cached"), react_seconds / seconds, "times pymatgen")
    yield Figure(name.format("built"), (build_seconds + react_seconds) / seconds, "times pymatgen")


def _entries(table: PhaseTable, pair: tuple[str, str]) -> list[PDEntry]:
    """Return pymatgen's entries for all phases of a pair's chemical system."""
    present = {"Li"}.union(*(composition(formula).amounts for formula in pair))
    absent = [column for element, column in table.element_index.items() if element not in present]
    rows = np.flatnonzero(~(table.fractions[:, absent] > 0).any(axis=1))
    return [
        PDEntry(
            Composition(table.formulas[row]), float(table.energies[row]) * float(table.atoms[row])
        )
        for row in rows
    ]


def _ours(phases: CompetingPhases, pair: tuple[str, str]) -> tuple[float, float]:
    """Return the energy of a pair and the seconds it takes with its gathering and all its kinks.

    A pair of another, tiny system stands between any two, so that nothing is at hand; its own
    microsecond counts against us.
    """
    n = 200
    work = inputs(phases, (*pair, *MATE), np.tile([(0, 1), (2, 3)], (n, 1)))
    batch = closed_reactions(*work, max_kinks=_MOST_KINKS)
    seconds = median_seconds(lambda: closed_reactions(*work, max_kinks=_MOST_KINKS))
    return float(batch.energy[0]), seconds / n
