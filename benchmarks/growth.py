"""How the time of a pair grows with elements, with phases, and with the number of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Figure, median_seconds
from benchmarks.mix import Inputs, inputs, realistic_mix, usable
from stability.arrays import closed_reactions
from stability.phases import competing_phases
from stability.tables.phase_table import load_phase_table
from stability.voltage_range import range_reactions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stability.phases import CompetingPhases

LOW, HIGH = 2.0, 4.25
"""Ends of the range of voltage. [V]"""
PAIRS = {
    4: (("Li3PS4", "FeS2"), ("Li2ZrCl6", "Li2S"), ("Li3PO4", "LiCoO2")),
    5: (("Li6PS5Cl", "FeS2"), ("Li3PS4", "LiCoO2"), ("LiTi2(PO4)3", "LiFePO4")),
    6: (("Li6PS5Cl", "LiCoO2"), ("Li10GeP2S12", "LiMn2O4"), ("Li2ZrCl6", "LiFePO4")),
    7: (("Li6PS5Cl", "LiNi0.5Mn1.5O4"), ("Li10GeP2S12", "LiNi0.5Mn1.5O4"),
        ("Li2ZrCl6", "LiMn0.6Fe0.4PO4")),
    8: (("Li6PS5Cl", "LiNi0.8Mn0.1Co0.1O2"), ("Li10GeP2S12", "LiNi0.8Mn0.1Co0.1O2"),
        ("Li6.25Al0.25La3Zr2O12", "LiNi0.8Mn0.1Co0.1O2")),
    9: (("Li9.54Si1.74P1.44S11.7Cl0.3", "LiNi0.8Mn0.1Co0.1O2"),
        ("Li6PS5Cl", "LiNi0.8Mn0.1Co0.05Al0.05O2"),
        ("Li1.3Al0.3Ti1.7(PO4)3", "LiNi0.8Mn0.1Co0.05W0.05O2")),
    10: (("Li9.54Si1.74P1.44S11.7Cl0.3", "LiNi0.8Mn0.1Co0.05Al0.05O2"),
         ("Li6PS5Cl", "LiNi0.8Mn0.1Co0.04Al0.03Ti0.03O2"),
         ("Li6.25Al0.25La3Zr2O12", "LiNi0.7Mn0.1Co0.1Ti0.05W0.05O2")),
    11: (("Li9.54Si1.74P1.44S11.7Cl0.3", "LiNi0.8Mn0.1Co0.04Al0.03Ti0.03O2"),
         ("Li6PS5Cl", "LiNi0.8Mn0.1Co0.03Al0.03Ti0.02W0.02O2"),
         ("Li6.25Al0.25La3Zr2O12", "LiNi0.7Mn0.1Co0.1Ti0.05W0.03Mg0.02O2")),
}  # fmt: skip
"""Three pairs of each number of elements."""
MARGINS = (0.0, 0.01, 0.025, 0.05, 0.1, 0.2, 99.0)
"""How far above the hull phases are kept; the last keeps all. [eV/atom]"""
NUMBERS = (260, 780, 2_600, 7_800, 26_000)
"""Numbers of pairs: whole rounds of the realistic mix."""
_ALL_SIZES = 8  # Elements of the pairs that are timed with more and more phases.
_REPEATED = 100  # So often the three pairs in turns, each time gathered anew.


def figures(table: str) -> Iterator[Figure]:
    """Yield times of a pair, and what they depend on.

    Parameters
    ----------
    table : str
        Name or path of the phase table.
    """
    loaded = load_phase_table(table)
    stable = competing_phases(loaded)
    for n_elements in PAIRS:
        yield from _times(f"growth_elements_{n_elements}", stable, n_elements)
    for margin in MARGINS:
        phases = competing_phases(loaded, margin=margin)
        yield from _times(f"growth_margin_{margin:g}", phases, _ALL_SIZES)
    for n_pairs in NUMBERS:
        mix = realistic_mix(stable, n_pairs)
        name = f"growth_pairs_{n_pairs}"
        yield Figure(f"{name}_closed_ms", median_seconds(_closed(mix)) * 1e3, "ms")
        yield Figure(f"{name}_range_ms", median_seconds(_over_range(mix)) * 1e3, "ms")


def _times(name: str, phases: CompetingPhases, n_elements: int) -> Iterator[Figure]:
    """Yield the phases in the systems of three pairs, and the mean times of a pair."""
    formulas = tuple(formula for pair in PAIRS[n_elements] for formula in pair)
    if usable(phases.table, formulas) != formulas:
        return
    pairs = inputs(phases, formulas, np.tile([(0, 1), (2, 3), (4, 5)], (_REPEATED, 1)))
    n = len(pairs.first)
    work, sweep = _closed(pairs), _over_range(pairs)
    work(), sweep()
    yield Figure(f"{name}_phases", _mean_phases(pairs), "phases")
    yield Figure(f"{name}_closed_us", median_seconds(work) / n * 1e6, "us/pair")
    yield Figure(f"{name}_range_us", median_seconds(sweep) / n * 1e6, "us/pair")


def _closed(pairs: Inputs) -> Callable[[], object]:
    return lambda: closed_reactions(*pairs)


def _over_range(pairs: Inputs) -> Callable[[], object]:
    return lambda: range_reactions(*pairs, LOW, HIGH)


def _mean_phases(pairs: Inputs) -> float:
    """Return how many competing phases the chemical system of a pair holds."""
    columns = pairs.phases.columns
    numbers = []
    for a, b in zip(pairs.first[:3], pairs.second[:3], strict=True):
        absent = pairs.fractions[[a, b]].max(axis=0) == 0
        absent[columns.li] = False
        numbers.append(int((~(columns.fractions[:, absent] > 0).any(axis=1)).sum()))
    return float(np.mean(numbers))
