"""The pairs of a stored batch, with draws where they are wanted and predictions by a calibration.

What the model predicts is predicted again from stored features, draw by draw as in the batch:
errors that pairs share cancel in their comparison. Other columns are drawn from their stored
intervals, each SSE for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jobs.errors import QueryError
from jobs.ranking.predicted import COLUMNS, KEY, predictions
from screening.catalogue.materials import cathode as catalogued
from screening.errors import UnknownNameError
from screening.pairs.drawn import N_DRAWS, pooled_draws
from screening.pairs.features import Drawn
from screening.results.columns import BY_NAME, REDRAWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from jobs.store.batch_choice import StoredBatch
    from jobs.store.published import Snapshot
    from screening.first_cycle.calibration import Calibration
    from screening.results.prediction import Prediction

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

Record = dict[str, Any]

_Z95 = 1.6448536269514722  # Standard normal quantile of 95 %.
_KINDS = 8000  # First kind of pooled draws that belongs to this module.


class DrawnPairs(NamedTuple):
    """Some columns of pairs of a batch, with draws."""

    batch: StoredBatch
    """The batch."""
    names: list[tuple[str, str, str]]
    """SSE, cathode and recipe of each."""
    columns: dict[str, Drawn]
    """Columns by name, with draws; missing values are nan."""
    calibration: str
    """Calibration behind the predicted ones."""

    @property
    def cathode(self) -> list[str]:
        """Cathode of each pair."""
        return [cathode for _, cathode, _ in self.names]


@dataclass(frozen=True, eq=False)
class BatchPairs:
    """The pairs of a batch that have an answer, by SSE, cathode and recipe."""

    there: Snapshot
    """Where they are read from, while it is open."""
    batch: StoredBatch
    """The batch."""
    calibration: Calibration
    """What predictions are made with; stored ones are kept where it is the batch's own."""
    rate: float | None = None
    """Rate, in place of that of the batch. [1/h]"""
    areal_capacity: float | None = None
    """Loading, in place of that of the batch. [mAh/cm2]"""

    @property
    def renewed(self) -> bool:
        """Whether predictions are made anew: by another calibration, or for other conditions."""
        other = self.calibration.id != self.batch.calibration
        return other or self.rate is not None or self.areal_capacity is not None

    @cached_property
    def names(self) -> list[tuple[str, str, str]]:
        """SSE, cathode and recipe of each."""
        return list(zip(*(self._keys[name].to_pylist() for name in KEY), strict=True))

    @cached_property
    def cathode(self) -> list[str]:
        """Cathode of each."""
        return [cathode for _, cathode, _ in self.names]

    @cached_property
    def _keys(self) -> pa.Table:
        return self.there.columns(
            f"SELECT rowid AS row, {', '.join(KEY)} FROM pairs "  # noqa: S608  # Our own names.
            f"WHERE batch_id = ? AND status = 'ok' ORDER BY {', '.join(KEY)}",
            [self.batch.id],
        )

    @cached_property
    def _composites(self) -> pa.Table:
        return self.there.columns("FROM composites WHERE batch_id = ?", [self.batch.id])

    def stored(self, names: Iterable[str], rows: Rows | None = None) -> pa.Table:
        """Return columns as they are stored.

        Parameters
        ----------
        names : iterable of str
            Columns of the table of pairs.
        rows : ndarray, optional
            Only these pairs, in this order.
        """
        wanted = ", ".join(dict.fromkeys(names))
        if rows is None:
            return self.there.columns(
                f"SELECT {wanted} FROM pairs "  # noqa: S608  # Our own names.
                f"WHERE batch_id = ? AND status = 'ok' ORDER BY {', '.join(KEY)}",
                [self.batch.id],
            )
        places = self._keys["row"].take(rows).to_pylist()
        return self.there.columns(
            f"""SELECT {wanted} FROM (
                    SELECT unnest(?::BIGINT[]) AS row, generate_subscripts(?::BIGINT[], 1) AS place
                ) AS chosen JOIN pairs ON pairs.rowid = chosen.row ORDER BY place""",  # noqa: S608  # Our own names.
            [places, places],
        )

    def values(self, names: Collection[str]) -> dict[str, Floats]:
        """Return columns of numbers, nan for what has none.

        Parameters
        ----------
        names : collection of str
            Columns of numbers.
        """
        found = self.stored([*KEY, *names])
        columns = {name: _floats(found, name) for name in names}
        anew = [name for name in names if self.renewed and BY_NAME[name].predicted]
        if anew:
            parts: dict[str, list[Floats]] = {name: [] for name in anew}
            for block in self._predictions(self.stored(COLUMNS), redrawn=False):
                for name in anew:
                    parts[name].append(_drawn(name, block).value)
            columns |= {name: np.concatenate(blocks) for name, blocks in parts.items()}
        return columns

    def drawn(self, names: Collection[str], rows: Rows) -> dict[str, Drawn]:
        """Return columns of numbers with draws.

        Parameters
        ----------
        names : collection of str
            Columns of numbers.
        rows : ndarray
            Which pairs.
        """
        again = [name for name in names if BY_NAME[name].drawn]
        ends = {name: BY_NAME[name].ends or () for name in names if name not in again}
        wanted = [*KEY, *names, *(end for both in ends.values() for end in both)]
        found = self.stored([*wanted, *(COLUMNS if again else ())], rows)
        sse = found["sse"].to_pylist()
        columns = {
            name: _marginal(name, sse, *(_floats(found, one) for one in (name, *both)))
            for name, both in ends.items()
        }
        parts: dict[str, list[Drawn]] = {name: [] for name in again}
        for block in self._predictions(found, redrawn=True) if again else ():
            for name in again:
                parts[name].append(_drawn(name, block))
        for name, blocks in parts.items():
            columns[name] = _joined(blocks)
            if not (self.renewed and BY_NAME[name].predicted):
                columns[name] = columns[name]._replace(value=_floats(found, name))
        return columns

    def of_cathode(self, cathode: str | None) -> Rows:
        """Return the pairs of a cathode, or all.

        Parameters
        ----------
        cathode : str or None
            Its name.

        Raises
        ------
        QueryError
            If the batch has none, or no pair with an answer at all.
        UnknownNameError
            If the name is nearly that of a cathode.
        """
        if not self.names:
            raise QueryError(f"{self.batch.title} has no pair with an answer; its rows say why")
        cathode = _formula(cathode, self.cathode)
        rows = np.array([r for r, name in enumerate(self.cathode) if cathode in {None, name}], int)
        if not len(rows):
            known = ", ".join(sorted(set(self.cathode)))
            raise QueryError(f"{self.batch.title} ranks no pair of {cathode}; it holds {known}")
        return rows

    def predicted(self, rows: Rows) -> Iterator[Prediction]:
        """Yield predictions for some pairs, some thousands at a time.

        Parameters
        ----------
        rows : ndarray
            Which pairs.
        """
        return self._predictions(self.stored(COLUMNS, rows), redrawn=True)

    def _predictions(self, pairs: pa.Table, *, redrawn: bool) -> Iterator[Prediction]:
        redraws = self._redraws(pairs["sse"].unique().to_pylist()) if redrawn else None
        return predictions(
            pairs, redraws, self._composites, self.calibration, self.rate, self.areal_capacity
        )

    def _redraws(self, sses: Sequence[str]) -> pa.Table:
        names = ", ".join(("sse", "cathode", *REDRAWN.values()))
        return self.there.columns(
            f"SELECT {names} FROM redraws SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS sse) "  # noqa: S608  # Our own names.
            "USING (sse) WHERE batch_id = ? ORDER BY sse, cathode",
            [sses, self.batch.id],
        )


def drawn_columns(names: Collection[str], row: Record, prediction: Prediction) -> dict[str, Drawn]:
    """Return columns of numbers of one pair that is in no batch, as :meth:`BatchPairs.drawn` does.

    Parameters
    ----------
    names : collection of str
        Columns of numbers.
    row : dict
        The pair as it is printed.
    prediction : Prediction
        What was predicted of it.
    """
    found = {}
    for name in names:
        if BY_NAME[name].drawn:
            found[name] = _drawn(name, prediction)
            continue
        values = [row[one] for one in (name, *(BY_NAME[name].ends or ()))]
        numbers = (np.array([np.nan if one is None else one], float) for one in values)
        found[name] = _marginal(name, [row["sse"]], *numbers)
    return found


def _formula(cathode: str | None, known: Collection[str]) -> str | None:
    """Return the cathode that a name means, such as LFP; as it is if none is meant.

    Raises
    ------
    UnknownNameError
        If it is nearly the name of one.
    """
    if cathode is None or cathode in known:
        return cathode
    try:
        return catalogued(cathode).name
    except UnknownNameError as error:
        if "did you mean" in str(error):
            raise
        return cathode


def _floats(table: pa.Table, name: str) -> Floats:
    """Return a column of numbers, nan for null."""
    return np.asarray(table[name].to_numpy(), float)


def _drawn(name: str, block: Prediction) -> Drawn:
    """Return a column that follows from features; an infinite value is none."""
    found = BY_NAME[name].drawn
    drawn = found(block) if found else Drawn(np.empty(0), np.empty((0, 1)))
    return Drawn(*(np.where(np.isfinite(part), part, np.nan) for part in drawn))


def _joined(blocks: Sequence[Drawn]) -> Drawn:
    """Return blocks one below the other."""
    width = max(block.draws.shape[1] for block in blocks)
    draws = [np.broadcast_to(one.draws, (len(one.value), width)) for one in blocks]
    return Drawn(np.concatenate([one.value for one in blocks]), np.concatenate(draws))


def _marginal(name: str, sse: Sequence[str], value: Floats, *ends: Floats) -> Drawn:
    """Return a column with draws from its interval; each SSE has its own."""
    if not ends:
        return Drawn(value, value[:, None])
    low, high = ends
    z = pooled_draws([f"{name} {one}" for one in sse], _KINDS, N_DRAWS)
    width = np.where(z > 0, (high - value)[:, None], (value - low)[:, None])
    width = np.where(np.isnan(width), 0.0, np.maximum(width, 0.0))
    return Drawn(value, value[:, None] + z * width / _Z95)
