"""Every lithium compound of a table against four cathodes, alone in a fresh process.

The process is fresh so that its memory is its own: `python -m benchmarks.all_lithium TABLE`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Figure, figure, median_seconds, peak_memory, use_one_core
from benchmarks.mix import Inputs
from stability.arrays import closed_reactions, hull_energies
from stability.errors import SolverError, StabilityError
from stability.formula import composition
from stability.kernels.chemical_system import element_masks
from stability.phases import competing_phases
from stability.tables.phase_table import load_phase_table
from stability.voltage_range import range_reactions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases

CATHODES = ("LiFePO4", "FePO4", "S", "Li2S")
LOW, HIGH = 2.0, 4.25
"""Ends of the range of voltage. [V]"""


def figures(table: str) -> Iterator[Figure]:
    """Yield the figures of a process of their own.

    Parameters
    ----------
    table : str
        Name or path of the phase table.
    """
    command = [sys.executable, "-m", "benchmarks.all_lithium", table]
    ended = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    for line in ended.stdout.splitlines():
        yield figure(line)


def measured(table: str) -> Iterator[Figure]:
    """Yield time, memory and failures of this process.

    Time is that of hull energies of all reactants, sorting of the pairs by chemical system, closed
    reactions and exact ranges; loading the table and its stable phases is not in it.
    """
    phases = competing_phases(load_phase_table(table))
    fractions = _reactants(phases)
    _results(phases, fractions[-4 * len(CATHODES) :])  # Loads the kernels.
    seconds = median_seconds(lambda: _results(phases, fractions))
    n_pairs = (len(fractions) - len(CATHODES)) * len(CATHODES)
    print(f"{n_pairs} pairs, {seconds / n_pairs * 1e6:.4g} us each", file=sys.stderr)
    yield Figure("all_li_seconds", seconds, "s")
    yield Figure("all_li_rss_mb", peak_memory(), "MB")
    yield Figure("all_li_failures", _failures(phases, fractions), "pairs")


def _reactants(phases: CompetingPhases) -> NDArray[np.float64]:
    """Return all lithium compounds of the table, stable or not, then the cathodes."""
    table = phases.table
    compounds = np.arange(len(table.elements), len(table.energies))
    with_li = compounds[table.fractions[compounds, phases.columns.li] > 0]
    cathodes = [table.atom_fractions(composition(formula)) for formula in CATHODES]
    return np.concatenate([table.fractions[with_li], cathodes])


def _inputs(phases: CompetingPhases, fractions: NDArray[np.float64]) -> Inputs:
    """Return all pairs, sorted by chemical system: equal ones are gathered once."""
    n = len(fractions) - len(CATHODES)
    first = np.repeat(np.arange(n), len(CATHODES))
    second = np.tile(n + np.arange(len(CATHODES)), n)
    masks = element_masks(fractions)
    systems = masks[first] | masks[second]
    order = np.lexsort((systems[:, 0], systems[:, 1]))
    energies = hull_energies(phases, fractions).energy
    return Inputs(phases, fractions, energies, first[order], second[order])


def _results(phases: CompetingPhases, fractions: NDArray[np.float64]) -> tuple[object, object]:
    pairs = _inputs(phases, fractions)
    return closed_reactions(*pairs), range_reactions(*pairs, LOW, HIGH)


def _failures(phases: CompetingPhases, fractions: NDArray[np.float64]) -> int:
    """Return how many pairs have no answer, or one that no reaction can have."""
    pairs = _inputs(phases, fractions)
    try:
        closed, swept = closed_reactions(*pairs), range_reactions(*pairs, LOW, HIGH)
    except (SolverError, StabilityError):
        return sum(_fails(pairs.part(slice(p, p + 1))) for p in range(len(pairs.first)))
    energies = np.column_stack([closed.energy, swept.energy])
    return int((~(energies <= 0.0)).any(axis=1).sum())


def _fails(pair: Inputs) -> bool:
    try:
        closed, swept = closed_reactions(*pair), range_reactions(*pair, LOW, HIGH)
    except (SolverError, StabilityError) as error:
        print(error, file=sys.stderr)
        return True
    return not (closed.energy[0] <= 0.0 and (swept.energy[0] <= 0.0).all())


if __name__ == "__main__":
    use_one_core()
    for one in measured(sys.argv[1]):
        print(one.line, flush=True)
