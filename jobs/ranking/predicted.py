"""Predictions for stored pairs, made again from what was stored: no energy is computed twice.

So a ranking can be renewed with another calibration, and pairs can be compared draw by draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from jobs.errors import StoreError
from screening.batch.composite_rows import composite
from screening.catalogue.layers import coated_name
from screening.pairs.features import Pair
from screening.results.columns import REDRAWN, STORED
from screening.results.prediction import Prediction
from screening.results.stored_features import stored_features

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from screening.first_cycle.calibration import Calibration

KEY = ("sse", "cathode", "recipe")
"""Names of a pair."""
COLUMNS = (*KEY, "draws", *STORED)
"""Columns of the table of pairs that predictions are made from."""
_BLOCK = 2000  # Pairs at a time: each column of draws is then 3 MB.


def predictions(
    pairs: pa.Table,
    redraws: pa.Table | None,
    composites: pa.Table,
    calibration: Calibration,
    rate: float | None = None,
    areal_capacity: float | None = None,
) -> Iterator[Prediction]:
    """Yield predictions for stored pairs, some thousands at a time, in their order.

    Parameters
    ----------
    pairs : Table
        Pairs of one batch that have an answer, with the columns of :data:`COLUMNS`.
    redraws : Table or None
        Redraws of the same batch; None where only the values are wanted, without draws.
    composites : Table
        Composites of the same batch.
    calibration : Calibration
        Parameters of the model of the cell.
    rate, areal_capacity : float, optional
        Rate [1/h] and loading [mAh/cm2], in place of those of the batch.

    Raises
    ------
    StoreError
        If a pair has no redraws although its energies were redrawn.
    UnknownNameError
        If a cathode is no longer in the catalogue.
    """
    stated = {"rate_c": rate, "areal_capacity_mah_per_cm2": areal_capacity}
    other = {name: value for name, value in stated.items() if value is not None}
    made = {
        (row["cathode"], row["recipe"]): composite(row | other) for row in composites.to_pylist()
    }
    drawn: Mapping[str, NDArray[np.float64]] = {}
    row_of: Mapping[tuple[str, str], int] = {}
    if redraws is not None and len(redraws):
        drawn = {name: _matrix(redraws[name]) for name in REDRAWN.values()}
        contacts = zip(redraws["sse"].to_pylist(), redraws["cathode"].to_pylist(), strict=True)
        row_of = {names: row for row, names in enumerate(contacts)}
    for start in range(0, len(pairs), _BLOCK):
        block = pairs.slice(start, _BLOCK)
        names = list(zip(*(block[name].to_pylist() for name in KEY), strict=True))
        some = tuple(Pair(sse, *made[cathode, recipe]) for sse, cathode, recipe in names)
        found = [
            row_of.get((one.sse, coated_name(one.cathode.name, one.layers)), -1) for one in some
        ]
        if redraws is not None:
            _refuse_missing(found, names, block["draws"].to_pylist())
        columns = {name: _values(block[name]) for name in STORED}
        features = stored_features(columns, some, drawn, np.array(found, np.int64))
        yield Prediction(some, features, calibration)


def _refuse_missing(
    found: Sequence[int], names: Sequence[tuple[str, str, str]], draws: Sequence[int]
) -> None:
    """Refuse pairs whose energies were redrawn and whose redraws are not there.

    Raises
    ------
    StoreError
        If there is one.
    """
    for row, (sse, cathode, _), n_draws in zip(found, names, draws, strict=True):
        if row < 0 and n_draws:
            raise StoreError(
                f"no redraws of {sse} with {cathode} in the results; publish them again with "
                "`catholyte work`, or screen the batch again"
            )


def _values(column: pa.ChunkedArray) -> Sequence[Any]:
    """Return numbers as numpy, with nan for null, and other values as they are."""
    if pa.types.is_floating(column.type):
        numbers: Sequence[Any] = column.to_numpy()
        return numbers
    values: Sequence[Any] = column.to_pylist()
    return values


def _matrix(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column of lists of equal length as rows."""
    lists = column.combine_chunks()
    return np.asarray(lists.flatten(), float).reshape(len(lists), -1)
