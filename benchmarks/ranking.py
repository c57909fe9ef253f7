"""What the ranking promises: calibration, a loop that learns, and speed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import loop
from benchmarks.measure import Figure, median_seconds
from jobs.batches.run import run
from jobs.suggest.suggestions import suggest
from screening.batch.model import Batch
from screening.catalogue.materials import cathodes, electrolytes, recipe
from screening.order.next_cells import belief, nothing_measured, suggestions
from screening.order.ranking import ranking
from screening.pairs.features import Drawn, Pair
from screening.results.evaluation import evaluate_block
from screening.results.prediction import Prediction
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import load_phase_table
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.results.evaluation import Block

N_PAIRS = 100_000
N_SUGGESTED = 8
_BLOCK = 2000  # Pairs predicted at a time: an array of 200 draws is then 3 MB.


def figures(_: str) -> Iterator[Figure]:
    """Yield the figures of calibration, loop, ranking and suggestions.

    Parameters
    ----------
    _ : str
        A phase table; the catalogue is ranked among the reference table, whatever it is.
    """
    if find_spec("benchmarks.calibration"):
        yield from import_module("benchmarks.calibration").figures()
    yield from loop.figures()
    yield from _speed(_reference_block())


def _reference_block() -> Block:
    """Return all pairs of the catalogue, evaluated."""
    table = at_temperature(load_phase_table("reference"), 298.15)
    phases = competing_phases(table, Policy("known"), margin=MARGIN)
    pairs = [
        Pair(sse, one, recipe(one.recipe)) for sse in electrolytes() for one in cathodes().values()
    ]
    return evaluate_block(pairs, phases)


def _speed(block: Block) -> Iterator[Figure]:
    """Yield the time on the processor that ranking and suggesting take, from stored features."""
    rows = np.random.default_rng(0).integers(len(block), size=N_PAIRS)
    start = process_time()
    scores = _scores(block, rows)
    names = [block.features.cathode[row] for row in rows]
    predicted = process_time()
    ranking(scores, names)
    yield Figure("rank_100k_seconds", process_time() - start, "s")
    yield Figure("rank_100k_seconds_without_model", process_time() - predicted, "s")

    kinship = [
        [f"{block.features.chemistry[row]} {block.features.cathode[row]}" for row in rows],
        [block.features.sse[row] for row in rows],
    ]
    start = process_time()
    believed = belief(scores, kinship, nothing_measured())
    everything = np.ones(N_PAIRS, bool)
    suggestions(believed, names, N_SUGGESTED, allowed=everything, had=np.empty(0, np.int64))
    yield Figure("suggest_100k_seconds", process_time() - start, "s")
    with TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        run(Batch(), store)
        seconds = median_seconds(lambda: suggest(store, N_SUGGESTED), repeats=3)
        yield Figure("suggest_seconds", seconds, "s")


def _scores(block: Block, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Drawn:
    """Return the scores of some pairs, predicted anew by the model."""
    value = np.empty(len(rows))
    draws: np.ndarray[tuple[int, int], np.dtype[np.float64]] | None = None
    for start in range(0, len(rows), _BLOCK):
        some = rows[start : start + _BLOCK]
        pairs = tuple(block.pairs[row] for row in some)
        found = Prediction(pairs, block.features.take(some), block.calibration).scores.value
        if draws is None:
            draws = np.empty((len(rows), found.draws.shape[1]))
        value[start : start + _BLOCK] = found.value
        draws[start : start + _BLOCK] = found.draws
    return Drawn(value, np.empty((0, 0)) if draws is None else draws)
