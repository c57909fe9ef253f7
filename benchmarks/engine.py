"""The engine: pairs, voltages and staircases per second and core, and pymatgen in the same run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.measure import REPEATS, Figure, median_seconds
from stability.batch import closed_reactions, hull_energies, open_reactions, staircases
from stability.errors import MissingElementError
from stability.formula import composition
from stability.phase_table import load_phase_table
from stability.phases import Policy, competing_phases
from stability.voltage_range import range_reactions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from pymatgen.analysis.phase_diagram import PDEntry

    from stability.phase_table import PhaseTable
    from stability.phases import CompetingPhases

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
VOLTAGES = np.linspace(2.0, 4.25, 10)
PEER_PAIRS = {
    5: ("LiTi2(PO4)3", "LiFePO4"),
    6: ("Li6PS5Cl", "LiCoO2"),
    7: ("Li6PS5Cl", "LiVPO4F"),
    8: ("Li6PS5Cl", "LiNi0.8Mn0.1Co0.1O2"),
    9: ("Li9.54Si1.74P1.44S11.7Cl0.3", "LiNi0.8Mn0.1Co0.1O2"),
}
"""A pair of each number of elements, to be solved by pymatgen as well."""
_MATE = ("Li2O", "Li2O2")  # The smallest pair there is; between two pairs it empties the hands.
_TILES = 20  # The realistic mix is repeated until a run takes about 0.1 s.
_MOST_STEPS = 64
_MOST_KINKS = 64
_SLOW_DIAGRAM = 9  # From here on pymatgen needs 16 s for a diagram: it is built once.
_SAME = 1e-6  # [eV/atom] Two programs that differ by more did not solve the same problem.


class Inputs(NamedTuple):
    """Compositions and pairs of them, as the batch functions take them."""

    phases: CompetingPhases
    fractions: NDArray[np.float64]
    energies: NDArray[np.float64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]


def figures(table: str) -> Iterator[Figure]:
    """Yield the figures of the engine, the slowest to get last.

    Parameters
    ----------
    table : str
        Name or path of the phase table.
    """
    loaded = load_phase_table(table)
    yield from _throughput(_realistic_mix(competing_phases(loaded)))
    everything = competing_phases(loaded, Policy.ALL)
    for n_elements, pair in PEER_PAIRS.items():
        if _usable(loaded, pair) == pair:
            yield from _against_pymatgen(everything, n_elements, pair)


def _usable(table: PhaseTable, formulas: Sequence[str]) -> tuple[str, ...]:
    """Return the formulas whose elements the table holds, and say which are left out."""
    usable = []
    for formula in formulas:
        try:
            table.atom_fractions(composition(formula))
        except MissingElementError as error:
            print(f"left out: {error}", file=sys.stderr)
        else:
            usable.append(formula)
    return tuple(usable)


def _realistic_mix(phases: CompetingPhases) -> Inputs:
    """Return all SSEs with all cathodes, by SSE, so that every pair has a new chemical system."""
    sses, cathodes = _usable(phases.table, SSES), _usable(phases.table, CATHODES)
    fractions = _fractions(phases, (*sses, *cathodes))
    pairs = np.array(
        [(a, len(sses) + b) for a in range(len(sses)) for b in range(len(cathodes))] * _TILES
    )
    return Inputs(
        phases, fractions, hull_energies(phases, fractions).energy, pairs[:, 0], pairs[:, 1]
    )


def _fractions(phases: CompetingPhases, formulas: Sequence[str]) -> NDArray[np.float64]:
    return np.stack([phases.table.atom_fractions(composition(formula)) for formula in formulas])


def _throughput(mix: Inputs) -> Iterator[Figure]:
    def closed() -> None:
        closed_reactions(*mix)

    def at_voltages() -> None:
        open_reactions(*mix, VOLTAGES)

    def over_range() -> None:
        range_reactions(*mix, VOLTAGES[0], VOLTAGES[-1])

    def profiles() -> None:
        staircases(mix.phases, many, max_steps=_MOST_STEPS)

    many = np.tile(mix.fractions, (5 * _TILES, 1))
    for work in (closed, at_voltages, over_range, profiles):
        work()  # Compiles the kernels, or loads them from their cache.
    n = len(mix.first)
    yield Figure("closed_pairs_per_s", n / median_seconds(closed), "pairs/s")
    yield Figure(
        "pair_voltages_per_s", n * len(VOLTAGES) / median_seconds(at_voltages), "pair voltages/s"
    )
    yield Figure("exact_range_pairs_per_s", n / median_seconds(over_range), "pairs/s")
    yield Figure("staircases_per_s", len(many) / median_seconds(profiles), "staircases/s")


def _against_pymatgen(
    phases: CompetingPhases, n_elements: int, pair: tuple[str, str]
) -> Iterator[Figure]:
    """Time one pair in both programs: all kinks, from the same entries.

    Ours gathers the chemical system anew for every pair, which is all the building it does;
    pymatgen is timed with its diagram at hand (cached) and with building it (built).

    Raises
    ------
    RuntimeError
        If the two disagree, so that the ratio of their times means nothing.
    """
    from pymatgen.analysis.interface_reactions import InterfacialReactivity  # noqa: PLC0415
    from pymatgen.analysis.phase_diagram import PhaseDiagram  # noqa: PLC0415
    from pymatgen.core import Composition  # noqa: PLC0415

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
    from pymatgen.analysis.phase_diagram import PDEntry  # noqa: PLC0415
    from pymatgen.core import Composition  # noqa: PLC0415

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
    fractions = _fractions(phases, (*pair, *_MATE))
    energies = hull_energies(phases, fractions).energy
    n = 200
    first, second = np.tile([0, 2], n), np.tile([1, 3], n)
    batch = closed_reactions(phases, fractions, energies, first, second, max_kinks=_MOST_KINKS)

    def work() -> None:
        closed_reactions(phases, fractions, energies, first, second, max_kinks=_MOST_KINKS)

    return float(batch.energy[0]), median_seconds(work) / n
