"""What a pair is worth among all pairs of its batch, computed when the results are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from jobs.ranking.predicted import KEY, predictions
from screening.order.ranking import TOP, rivalries, share_of_top

if TYPE_CHECKING:
    from screening.first_cycle.calibration import Calibration


def standing(
    pairs: pa.Table, redraws: pa.Table, composites: pa.Table, calibration: Calibration
) -> pa.Table:
    """Return how likely each pair is the best, or among the best three, of its cathode.

    Parameters
    ----------
    pairs : Table
        Pairs of one batch, with the columns of :data:`jobs.ranking.predicted.COLUMNS`.
    redraws, composites : Table
        Redraws and composites of the same batch.
    calibration : Calibration
        The calibration behind its predictions.

    Raises
    ------
    StoreError
        If the redraws of a pair are missing.
    UnknownNameError
        If a cathode is no longer in the catalogue.

    Notes
    -----
    In each draw the pair with the highest score wins; equal scores share the win. Pairs share the
    draws of what they have in common, so that it does not blur their order.
    """
    found = predictions(pairs, redraws, composites, calibration)
    scores = np.concatenate([one.scores.value.draws for one in found] or [np.empty((0, 1))])
    best, top = np.zeros(len(pairs)), np.zeros(len(pairs))
    for rivals in rivalries(pairs["cathode"].to_pylist()):
        best[rivals] = share_of_top(scores[rivals], 1)
        top[rivals] = share_of_top(scores[rivals], TOP)
    return pa.table(
        {name: pairs[name] for name in KEY}
        | {"best_in_cathode_probability": best, "top_3_in_cathode_probability": top}
    )
