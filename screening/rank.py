"""How sure the first place is: how often each pair comes first when everything is drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.evaluate import Evaluation


def best_probabilities(pairs: Sequence[Evaluation]) -> list[float]:
    """Return for each pair the probability that it is the best of its cathode.

    Parameters
    ----------
    pairs : sequence of Evaluation
        All pairs that compete.

    Notes
    -----
    In each draw the pair with the highest score wins; equal scores share the win. Pairs share the
    draws of what they have in common, so that it does not blur their order.
    """
    scores = np.stack([pair.score.draws for pair in pairs]) if pairs else np.empty((0, 0))
    cathodes = np.array([pair.cathode.name for pair in pairs])
    probabilities = np.zeros(len(pairs))
    for name in np.unique(cathodes):
        rivals = np.flatnonzero(cathodes == name)
        wins = scores[rivals] == scores[rivals].max(axis=0)
        probabilities[rivals] = (wins / wins.sum(axis=0)).mean(axis=1)
    return [float(probability) for probability in probabilities]
