"""Which places a pair of a batch would have if it were another one, all others staying."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.lab.calibrations import chosen_calibration
from jobs.ranking.batch_pairs import BatchPairs, drawn_columns
from jobs.ranking.ranked import BatchPlaces, objective_draws, order_of
from jobs.store.publication import PUBLISHED
from jobs.store.published import snapshot
from screening.order.objective import objective
from screening.order.ranking import TOP
from screening.results.columns import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from screening.order.objective import Objective
    from screening.results.prediction import Prediction

Record = dict[str, Any]


def changed_places(
    store: Path, batch: str, found: Sequence[tuple[Record, Prediction]]
) -> Record | None:
    """Return the places of a pair before and after a change, by the objective of its batch.

    Parameters
    ----------
    store : Path
        The store.
    batch : str
        Id of the batch.
    found : sequence of tuple
        The pair before and after, each as it is printed and as it was predicted.

    Notes
    -----
    Places among all and in the cathode, before and after, and how many pairs there are; None where
    the pair has no place in what is published.
    """
    stamp = (store / PUBLISHED).stat().st_mtime_ns
    there = _places(store, _State(batch, chosen_calibration(store, None).id, stamp))
    row = found[0][0]
    pair = (row["sse"], row["cathode"], row["recipe"])
    if pair not in there.names:
        return None
    told: Record = {"objective": there.chosen.text}
    for when, (one, prediction) in zip(("before", "after"), found, strict=True):
        columns = drawn_columns(there.chosen.columns, one, prediction)
        drawn = objective_draws(there.chosen, columns)
        told[f"rank_{when}"], told[f"rank_in_cathode_{when}"] = there.places.would_be(pair, drawn)
    of_cathode = sum(cathode == pair[1] for _, cathode, _ in there.names)
    return told | {"pairs": len(there.names), "pairs_in_cathode": of_cathode}


class _State(NamedTuple):
    """What places follow from, beside the store."""

    batch: str
    calibration: str
    stamp: int


class _Places(NamedTuple):
    """The ranking of a batch, for questions of what if."""

    names: list[tuple[str, str, str]]
    chosen: Objective
    places: BatchPlaces


@lru_cache(2)
def _places(store: Path, state: _State) -> _Places:
    with snapshot(store) as there:
        batch = there.batch(state.batch)
        pairs = BatchPairs(there, batch, chosen_calibration(store, None))
        chosen = objective(batch.objective or "score", NUMBERS)
        found = BatchPlaces(pairs, chosen, TOP, order_of(batch.order))
        return _Places(pairs.names, chosen, found)
