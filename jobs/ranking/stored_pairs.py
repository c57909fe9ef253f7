"""Columns of stored pairs with draws, predicted again from what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from jobs.errors import QueryError, StoreError
from jobs.lab.calibrations import kept_calibration
from jobs.ranking.predicted import COLUMNS, KEY, predictions
from jobs.store import published
from jobs.store.published import rows
from screening.batch.model import Batch
from screening.errors import CalibrationError
from screening.pairs.drawn import N_DRAWS, pooled_draws
from screening.pairs.features import Drawn
from screening.results.columns import PAIR_COLUMNS, REDRAWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from screening.first_cycle.calibration import Calibration
    from screening.results.prediction import Prediction

    Floats = NDArray[np.float64]

Record = dict[str, Any]

MOST_CONTACTS = 100_000
"""SSEs with cathodes whose redraws are read; beyond, draws are made from stored intervals."""
_PREDICTED: Mapping[str, Callable[[Prediction], Drawn]] = {
    **{column.name: column.drawn for column in PAIR_COLUMNS if column.drawn},
    "factor_capacity": lambda p: p.scores.capacity,
    "factor_interface": lambda p: p.scores.interface,
    "factor_transport": lambda p: p.scores.transport,
    "ionic_conductivity_s_per_cm": lambda p: p.features.conductivity,
    "true_density_g_per_cm3": lambda p: p.features.density,
    "carbon_area_m2_per_g": lambda p: p.features.area,
    "interphase_conducting_fraction": lambda p: p.features.conducting,
}
_Z95 = 1.6448536269514722  # Standard normal quantile of 95 %.
_KINDS = 8000  # First kind of pooled draws that belongs to this module.


class Pairs(NamedTuple):
    """Some columns of the pairs of a batch that have an answer."""

    batch: Record
    """Row of the batch."""
    names: list[tuple[str, str, str]]
    """SSE, cathode and recipe of each."""
    columns: dict[str, Drawn]
    """Columns by name, with draws; missing values are nan."""
    calibration: str | None
    """Calibration behind the predicted ones; None where they are as stored."""
    statement: str
    """How their draws were made."""

    @property
    def cathode(self) -> list[str]:
        """Cathode of each pair."""
        return [cathode for _, cathode, _ in self.names]


def pairs(
    store: Path,
    columns: Sequence[str],
    *,
    batch_id: str | None = None,
    cathode: str | None = None,
    calibration: str | None = None,
) -> Pairs:
    """Return columns of the pairs of a batch, with draws.

    Parameters
    ----------
    store : Path
        The store.
    columns : sequence of str
        Columns of numbers.
    batch_id : str, optional
        The batch; the one run last without.
    cathode : str, optional
        Only its pairs.
    calibration : str, optional
        Predict with this one instead of the one that the pairs were stored with.

    Raises
    ------
    StoreError
        If there are no results, or no such calibration.
    QueryError
        If there is no such batch or cathode, or the batch lacks what a calibration needs.

    Notes
    -----
    What the model predicts is predicted again from stored features, draw by draw as in the batch:
    errors that pairs share cancel in their comparison. Other columns are drawn from their stored
    intervals, each SSE for itself; so is all of a batch of an older program, of one too large, and
    of one whose calibration is not at hand. The statement says which.
    """
    batch = batch_row(store, batch_id)
    there = _columns(store)
    ends = {name: _ends(name, there) for name in columns}
    wanted = {*KEY, *columns, "calibration", *COLUMNS}
    wanted |= {end for both in ends.values() if both for end in both}
    selected = ", ".join(f'"{name}"' for name in sorted(wanted & set(there)))
    found = rows(
        store,
        f"SELECT {selected} FROM ranked_pairs "  # noqa: S608  # Columns of the store itself.
        "WHERE batch_id = ? AND coalesce(cathode = ?, true) ORDER BY sse, cathode, recipe",
        [batch["batch_id"], cathode],
    )
    if not found:
        raise QueryError(_cathodes(store, batch, cathode))
    names = [(row["sse"], row["cathode"], row["recipe"]) for row in found]
    drawn: dict[str, Drawn] = {}
    used = None
    redraws = _redraws(store, batch, there)
    again = [name for name in columns if name in _PREDICTED]
    if calibration and redraws is None:
        raise QueryError(
            f"batch {batch['batch_id']} cannot be predicted again: it is of an older program, or "
            "too large; screen it again, or leave --calibration out"
        )
    by = _calibration(store, calibration, found[0]) if again and redraws is not None else None
    if by and redraws is not None:
        used = by.id
        drawn = _predicted(again, found, redraws, batch, by)
    for name in columns:
        if name not in drawn:
            parts = [_numbers(found, end) for end in (name, *(ends[name] or ()))]
            drawn[name] = _marginal(name, *parts, sse=[one[0] for one in names])
    statement = (
        f"draws of calibration {used}, shared by all pairs"
        if used
        else "draws from stored intervals, each SSE for itself: orders are surer than they say"
    )
    return Pairs(batch, names, drawn, used, statement)


def numeric_columns(store: Path) -> set[str]:
    """Return the columns of ranked pairs that hold numbers.

    Parameters
    ----------
    store : Path
        The store.
    """
    found = _columns(store)
    return {name for name, kind in found.items() if kind in {"DOUBLE", "BIGINT"}}


def renewed_columns(store: Path) -> list[str]:
    """Return the columns that another calibration changes, as far as the store has them.

    Parameters
    ----------
    store : Path
        The store.
    """
    there = _columns(store)
    return [name for name in _PREDICTED if name in there and name not in COLUMNS]


def batch_row(store: Path, batch_id: str | None) -> Record:
    """Return the row of a batch, the last one run by default.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str or None
        Its id.

    Raises
    ------
    StoreError
        If there are no results.
    QueryError
        If there is no such batch.
    """
    found = rows(
        store,
        "SELECT * FROM batches WHERE coalesce(batch_id = ?, true) ORDER BY run_at DESC LIMIT 1",
        [batch_id],
    )
    if not found:
        raise QueryError(f"no batch {batch_id} in {store}; see `catholyte query 'FROM batches'`")
    return found[0]


def _columns(store: Path) -> dict[str, str]:
    """Return the columns of ranked pairs with their types."""
    found = rows(
        store,
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'ranked_pairs'",
    )
    return {row["column_name"]: row["data_type"] for row in found}


def _cathodes(store: Path, batch: Record, cathode: str | None) -> str:
    """Return a message that says which cathodes there are."""
    there = rows(
        store,
        "SELECT DISTINCT cathode FROM pairs WHERE batch_id = ? ORDER BY 1",
        [batch["batch_id"]],
    )
    names = ", ".join(str(row["cathode"]) for row in there)
    return f"batch {batch['batch_id']} ranks no pair of {cathode}; it holds {names}"


def _calibration(store: Path, name: str | None, row: Record) -> Calibration | None:
    """Return the calibration that is asked for, or that of a stored row, if it is at hand."""
    if name:
        return kept_calibration(store, name)
    if row["calibration"] is None:  # Of an older program; the statement says so.
        return None
    try:
        return kept_calibration(store, row["calibration"])
    except (StoreError, CalibrationError):  # Of an older program; the statement says so.
        return None


def _redraws(store: Path, batch: Record, there: Mapping[str, str]) -> pa.Table | None:
    """Return the redraws of a batch; None where pairs cannot be predicted from what is stored."""
    names = ["sse", "cathode", *REDRAWN.values()]
    made = rows(store, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'redraws'")
    if not made or not {*COLUMNS, "calibration"} <= set(there):
        return None
    of_batch = [batch["batch_id"]]
    (count,) = rows(store, "SELECT count(*) AS n FROM redraws WHERE batch_id = ?", of_batch)
    if count["n"] > MOST_CONTACTS:
        return None
    question = f"SELECT {', '.join(names)} FROM redraws WHERE batch_id = ?"  # noqa: S608  # Our own names.
    return published.columns(store, question, of_batch)


def _predicted(
    columns: Sequence[str],
    found: Sequence[Record],
    redraws: pa.Table,
    batch: Record,
    calibration: Calibration,
) -> dict[str, Drawn]:
    """Return predicted columns of all pairs."""
    table = pa.table({name: [row[name] for row in found] for name in COLUMNS})
    parts: dict[str, list[Drawn]] = {name: [] for name in columns}
    spec = Batch.model_validate_json(batch["spec"])
    for one in predictions(table, redraws, spec, calibration):
        for name in columns:
            parts[name].append(_PREDICTED[name](one))
    return {name: _joined(blocks) for name, blocks in parts.items()}


def _joined(blocks: Sequence[Drawn]) -> Drawn:
    """Return blocks one below the other; an infinite value is none."""
    width = max(block.draws.shape[1] for block in blocks)
    draws = [np.broadcast_to(one.draws, (len(one.value), width)) for one in blocks]
    return Drawn(
        *(
            np.where(np.isfinite(part), part, np.nan)
            for part in (np.concatenate([one.value for one in blocks]), np.concatenate(draws))
        )
    )


def _numbers(found: Sequence[Record], name: str) -> Floats:
    return np.array([np.nan if row[name] is None else row[name] for row in found], float)


def _ends(name: str, there: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the columns of the interval of a column, if it has one."""
    words = name.split("_")
    for place in range(len(words) - 1, 0, -1):
        head, tail = "_".join(words[:place]), "_".join(words[place:])
        low, high = f"{head}_low_{tail}", f"{head}_high_{tail}"
        if low in there and high in there:
            return low, high
    return None


def _marginal(name: str, value: Floats, *ends: Floats, sse: Sequence[str]) -> Drawn:
    """Return a column with draws from its interval; each SSE has its own."""
    if not ends:
        return Drawn(value, value[:, None])
    low, high = ends
    z = pooled_draws([f"{name} {one}" for one in sse], _KINDS, N_DRAWS)
    width = np.where(z > 0, (high - value)[:, None], (value - low)[:, None])
    width = np.where(np.isnan(width), 0.0, np.maximum(width, 0.0))
    return Drawn(value, value[:, None] + z * width / _Z95)
