"""Predictions for stored pairs, made again from what was stored: no energy is computed twice.

So a ranking can be renewed with another calibration, and pairs can be compared draw by draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.pairs.features import Pair
from screening.results.columns import REDRAWN, STORED
from screening.results.prediction import Prediction
from screening.results.stored_features import stored_features

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from screening.batch.model import Batch
    from screening.first_cycle.calibration import Calibration

KEY = ("sse", "cathode", "recipe")
"""Names of a pair."""
COLUMNS = (*KEY, *STORED)
"""Columns of the table of pairs that predictions are made from."""
_BLOCK = 2000  # Pairs at a time: each column of draws is then 3 MB.


def predictions(
    pairs: pa.Table, redraws: pa.Table, batch: Batch, calibration: Calibration
) -> Iterator[Prediction]:
    """Yield predictions for stored pairs, some thousands at a time, in their order.

    Parameters
    ----------
    pairs : Table
        Pairs of one batch that have an answer, with the columns of :data:`COLUMNS`.
    redraws : Table
        Redraws of the same batch; without rows where nothing was redrawn.
    batch : Batch
        The batch: its cathodes with their windows, and its recipes.
    calibration : Calibration
        Parameters of the model of the cell.

    Raises
    ------
    UnknownNameError
        If a cathode or recipe is no longer in the catalogue.
    """
    cathodes = dict.fromkeys(pairs["cathode"].to_pylist())
    composites = {(one.cathode.name, one.recipe.name): one for one in batch.composites(cathodes)}
    drawn = {name: _matrix(redraws[name]) for name in REDRAWN.values()} if len(redraws) else {}
    contacts = zip(redraws["sse"].to_pylist(), redraws["cathode"].to_pylist(), strict=True)
    row_of = {names: row for row, names in enumerate(contacts)}
    for start in range(0, len(pairs), _BLOCK):
        part = {name: pairs[name].slice(start, _BLOCK).to_pylist() for name in COLUMNS}
        names = list(zip(*(part[name] for name in KEY), strict=True))
        made = tuple(Pair(sse, *composites[cathode, recipe]) for sse, cathode, recipe in names)
        contact = np.array([row_of.get(one[:2], 0) for one in names], np.int64)
        yield Prediction(made, stored_features(part, made, drawn, contact), calibration)


def _matrix(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column of lists of equal length as rows."""
    lists = column.combine_chunks()
    return np.asarray(lists.flatten(), float).reshape(len(lists), -1)
