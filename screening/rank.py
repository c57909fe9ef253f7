"""The order of candidates: within each cathode, and over all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.evaluate import Evaluation


class Ranked(NamedTuple):
    """A pair with its places."""

    rank: int
    """Place among all pairs, from 1; equal scores share a place."""
    rank_in_cathode: int
    """Place among the pairs of the same cathode."""
    pair: Evaluation
    """The pair."""


def ranking(pairs: Iterable[Evaluation]) -> list[Ranked]:
    """Return pairs from best to worst.

    Parameters
    ----------
    pairs : iterable of Evaluation
        Any number of pairs; equal scores are listed by name.
    """
    order = sorted(
        pairs,
        key=lambda p: (-p.score.value.value, p.cathode.name, p.sse.material.formula, p.recipe.name),
    )
    scores = [pair.score.value.value for pair in order]
    ranked: list[Ranked] = []
    within: dict[str, list[float]] = {}
    for pair, value in zip(order, scores, strict=True):
        same = within.setdefault(pair.cathode.name, [])
        same.append(value)
        ranked.append(Ranked(scores.index(value) + 1, same.index(value) + 1, pair))
    return ranked
