"""The engine: pairs, voltages and staircases per second and core, draws, and a whole database."""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from time import thread_time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import all_lithium, peer
from benchmarks.measure import Figure, all_cores, median_seconds, wall_seconds
from benchmarks.mix import Inputs, inputs, realistic_mix
from stability.arrays import closed_reactions, open_reactions, staircases
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import load_phase_table
from stability.uncertainty import MARGIN, redrawn_reactions, redrawn_windows
from stability.voltage_range import range_reactions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stability.phases import CompetingPhases
    from stability.tables.phase_table import PhaseTable

VOLTAGES = np.linspace(2.0, 4.25, 10)
_PAIRS = 5_200  # Twenty times the realistic mix: a run takes about 0.1 s.
_STAIRCASES = 100  # So often all reactants, for the same reason.
_MOST_STEPS = 64
_DRAWN = ("Li6PS5Cl", "LiFePO4")


def figures(table: str) -> Iterator[Figure]:
    """Yield the figures of the engine, the slowest to get last.

    Parameters
    ----------
    table : str
        Name or path of the phase table.
    """
    loaded = load_phase_table(table)
    mix = realistic_mix(competing_phases(loaded), _PAIRS)
    yield from _throughput(mix)
    yield _two_workers(mix)
    yield _filter(loaded)
    yield from _draws(competing_phases(loaded, margin=MARGIN))
    yield from all_lithium.figures(table)
    yield from peer.ratios(competing_phases(loaded, Policy.ALL))


def _throughput(mix: Inputs) -> Iterator[Figure]:
    def closed() -> None:
        closed_reactions(*mix)

    def at_voltages() -> None:
        open_reactions(*mix, VOLTAGES)

    def over_range() -> None:
        range_reactions(*mix, VOLTAGES[0], VOLTAGES[-1])

    def profiles() -> None:
        staircases(mix.phases, many, max_steps=_MOST_STEPS)

    many = np.tile(mix.fractions, (_STAIRCASES, 1))
    for work in (closed, at_voltages, over_range, profiles):
        work()  # Compiles the kernels, or loads them from their cache.
    n = len(mix.first)
    yield Figure("closed_pairs_per_s", n / median_seconds(closed), "pairs/s")
    yield Figure(
        "pair_voltages_per_s", n * len(VOLTAGES) / median_seconds(at_voltages), "pair voltages/s"
    )
    yield Figure("exact_range_pairs_per_s", n / median_seconds(over_range), "pairs/s")
    yield Figure("staircases_per_s", len(many) / median_seconds(profiles), "staircases/s")


def _two_workers(mix: Inputs) -> Figure:
    """Time closed reactions and exact ranges by one thread, and by two with half the pairs each."""

    def work(part: Inputs) -> float:
        start = thread_time()
        closed_reactions(*part)
        range_reactions(*part, VOLTAGES[0], VOLTAGES[-1])
        return thread_time() - start

    half = len(mix.first) // 2
    halves = mix.part(slice(half)), mix.part(slice(half, None))
    with all_cores(), ThreadPoolExecutor(2) as pool:
        one, two = wall_seconds(lambda: work(mix), lambda: list(pool.map(work, halves)))
        free = work(mix) / max(pool.map(work, halves))
    print(
        f"one worker {one:.3g} s, two {two:.3g} s; {free:.3g} times by the processor time of the "
        f"slower half; {os.getloadavg()[0]:.2g} processes want {os.cpu_count()} cores",
        file=sys.stderr,
    )
    return Figure("two_workers_speedup", one / two, "times one")


def _filter(table: PhaseTable) -> Figure:
    """All phases of the table, filtered as if for the first time."""

    def work() -> None:
        before = os.environ.get("CATHOLYTE_CACHE")
        with tempfile.TemporaryDirectory() as empty:
            os.environ["CATHOLYTE_CACHE"] = empty
            try:
                competing_phases(table, Policy.ALL)
            finally:
                del os.environ["CATHOLYTE_CACHE"]
                if before is not None:
                    os.environ["CATHOLYTE_CACHE"] = before

    work()
    return Figure("stable_filter_seconds", median_seconds(work), "s")


def _draws(phases: CompetingPhases) -> Iterator[Figure]:
    """Chemical reactions of pairs and windows of their SSEs, with all energies redrawn."""

    def work(pairs: Inputs, draws: int) -> None:
        redrawn_reactions(phases, pairs.fractions, pairs.first, pairs.second, draws=draws)
        redrawn_windows(phases, pairs.fractions[pairs.first], draws=draws)

    pair = inputs(phases, _DRAWN, np.array([(0, 1)]))
    thousand = realistic_mix(phases, 1_000)
    work(pair, 1)
    yield Figure("draws_1000_seconds", median_seconds(lambda: work(pair, 1_000)), "s")
    yield Figure(
        "draws_200_x_1000_pairs_seconds",
        median_seconds(lambda: work(thousand, 200), repeats=1),
        "s",
    )
