"""Rankings for pages and programs: the one ranking of the store, filtered, and kept while it holds.

What was ranked stays as long as neither results nor laboratory have changed; it is only memory.
Many pairs are ranked by a process of their own: nobody waits for it but those who ask for them.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import REFUSALS, NotYetError
from jobs.ranking.ranked import ranked
from jobs.service.kept_ranking import KeptRanking, coded, unpacked
from jobs.store.published import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from jobs.ranking.ranked import Ranked
    from jobs.service.evaluations import Evaluations
    from jobs.service.kept_ranking import Wishes
    from jobs.store.batch_choice import StoredBatch

    Key = tuple[str, str | None, str | None]

_MOST_KEPT = 4
_MOST_ANSWERS = 64
_FEW = 500  # Rows of an answer that is kept: 2 MB at the most.
_FILES = ("results.duckdb", "laboratory.sqlite", "laboratory.sqlite-wal")
_QUICK = 5000  # Pairs: so many are ranked while one waits.
_RENEWED = 30.0  # [s] While results change, a ranking of many pairs is made anew after so long.
_STALE = 60.0  # [s] No ranking older than this is shown, however long a new one takes.
_PATIENCE = 0.2  # [s] After that, who asks is told that the ranking is being made.
_MOST_MAKING = 4  # Rankings that are being made, or wait for it; more are refused.
_LOOK = 1.0  # [s] Between looks whether there is something to be ranked before somebody asks.
_IDLE = (
    120.0  # [s] After so long without a new ranking, the process that ranks gives its memory back.
)


class Shown(NamedTuple):
    """Pairs as wished for."""

    ranking: Ranked
    """The ranking that they are from."""
    table: pa.Table
    """Their rows."""
    n_found: int
    """How many there are in all."""
    state: tuple[object, ...]
    """State of the store that they are from; that of today may be a later one."""
    mark: tuple[object, ...]
    """What tells these pairs from others: what is written of them may be kept under it."""


class Rankings:
    """The rankings of one store.

    Parameters
    ----------
    store : Path
        The store.
    ranking : Evaluations, optional
        The process that ranks many pairs; this one does without.
    """

    def __init__(self, store: Path, ranking: Evaluations | None = None) -> None:
        self._store = store
        self._far = ranking
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._making: set[Key] = set()
        self._faults: dict[Key, Exception] = {}
        self._kept: OrderedDict[Key, KeptRanking] = OrderedDict()
        self._asked, self._last_made = -_STALE, time.monotonic()
        self._batches: dict[tuple[object, str | None], StoredBatch] = {}
        self._answers: OrderedDict[tuple[object, ...], Shown] = OrderedDict()

    def shown(self, wishes: Wishes) -> Shown:
        """Return the pairs that are wished for.

        Parameters
        ----------
        wishes : Wishes
            Filter, order, and which rows of what is left.

        Raises
        ------
        StoreError, QueryError, ObjectiveError
            If there are no results, no such batch, or no such objective.
        ServiceError
            If an element or a column to sort by is unknown.
        NotYetError
            If many pairs are being ranked, and it takes longer than one waits.
        """
        kept = self._ranked_now(wishes.batch, wishes.cathode, wishes.by)
        return self._answer(
            kept,
            wishes,
            lambda: kept.found(wishes),
            slice(wishes.offset, wishes.offset + wishes.limit),
        )

    def first(self, places: int) -> Shown:
        """Return the first few of each cathode in the current batch.

        Parameters
        ----------
        places : int
            How many.
        """
        kept = self._ranked_now()
        return self._answer(kept, places, lambda: kept.first(places))

    def of(self, sse: str, cathode: str | None = None, batch: str | None = None) -> Shown:
        """Return the pairs of an SSE in a batch, best first.

        Parameters
        ----------
        sse : str
            Its formula.
        cathode : str, optional
            Only with this one.
        batch : str, optional
            Id, name, or unique beginning of the id; the current one without.
        """
        kept = self._ranked_now(batch, cathode)
        return self._answer(kept, (sse, cathode), lambda: kept.of(sse, cathode))

    def state(self) -> tuple[object, ...]:
        """Return what changes whenever the results or the laboratory do."""
        return tuple(_stamp(self._store / name) for name in _FILES)

    def watch(self, ended: threading.Event) -> None:
        """Rank the current batch before somebody asks: at the start, and when many pairs change.

        Parameters
        ----------
        ended : Event
            Set when it is to stop.

        Notes
        -----
        While results change and nobody looks, ranking waits: it would slow the batch down.
        """
        started, seen, since = False, self.state(), time.monotonic()
        refused: tuple[object, ...] = ()
        while not ended.wait(_LOOK if started else 0.0):
            state, now = self.state(), time.monotonic()
            if state != seen:
                seen, since = state, now
            wanted = now - self._asked < _STALE or now - since > _RENEWED or not started
            if state[0] is not None and state != refused and wanted:
                try:
                    if not started or self._many(self._batch(None)):
                        self._ranked()
                except NotYetError:
                    pass
                except OSError:
                    refused = state
                except REFUSALS:  # Who asks is told what is wrong.
                    refused = state
            started = True
            if self._far is not None and now - self._last_made > _IDLE and not self._making:
                self._far.rest()

    def _answer(
        self,
        kept: KeptRanking,
        about: object,
        found: Callable[[], NDArray[np.int64]],
        shown: slice = slice(None),
    ) -> Shown:
        """Return rows of a ranking; those that were asked for before are there."""
        mark = (kept.ranking.batch.id, kept.state, kept.made, about)
        with self._lock:
            if mark in self._answers:
                self._answers.move_to_end(mark)
                return self._answers[mark]
        rows = found()
        answer = Shown(kept.ranking, kept.table(rows[shown]), len(rows), kept.state, mark)
        if answer.table.num_rows <= _FEW:
            with self._lock:
                self._answers[mark] = answer
                while len(self._answers) > _MOST_ANSWERS:
                    self._answers.popitem(last=False)
        return answer

    def _batch(self, wanted: str | None) -> StoredBatch:
        """Return the batch that is meant; the results are asked once in each of their states."""
        key = (self.state()[0], wanted)
        with self._lock:
            known = self._batches.get(key)
        if known is None:
            with snapshot(self._store) as there:
                known = there.batch(wanted)
            with self._lock:
                self._batches = {k: one for k, one in self._batches.items() if k[0] == key[0]}
                if len(self._batches) < _MOST_ANSWERS:
                    self._batches[key] = known
        return known

    def _many(self, batch: StoredBatch) -> bool:
        return batch.pairs_done > _QUICK

    def _ranked_now(
        self, batch: str | None = None, cathode: str | None = None, by: str | None = None
    ) -> KeptRanking:
        """Return the ranking of a batch, for somebody who waits."""
        self._asked = time.monotonic()
        return self._ranked(batch, cathode, by)

    def _ranked(
        self, batch: str | None = None, cathode: str | None = None, by: str | None = None
    ) -> KeptRanking:
        """Return the ranking of a batch; a filter by cathode is that of a table already there."""
        chosen = self._batch(batch)
        kept = self._held((chosen.id, None, by), many=self._many(chosen))
        if cathode is None or kept.has_cathode(cathode):
            return kept
        return self._held((chosen.id, cathode, by), many=self._many(chosen))

    def _held(self, key: Key, *, many: bool) -> KeptRanking:
        """Return a ranking that holds.

        While a batch is computed, its results change every few seconds: then the ranking that is
        there is shown, and a new one made beside it, for at most `_STALE`. What a laboratory
        enters counts at once.
        """
        state = self.state()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                if kept.state == state:
                    return kept
        if not many:
            with self._one_at_a_time:
                with self._lock:
                    kept = self._kept.get(key)
                return kept if kept is not None and kept.state == state else self._made(key)
        age = time.monotonic() - kept.made if kept is not None else _STALE
        may_wait = kept is not None and kept.state[1:] == state[1:] and age < _STALE
        if not may_wait or age > _RENEWED:
            self._begin(key)
        if kept is not None and may_wait:
            return kept
        return self._awaited(key, state)

    def _begin(self, key: Key) -> None:
        """Have a ranking made beside what is done, unless it is.

        Raises
        ------
        NotYetError
            If too many are waited for.
        """
        with self._lock:
            if key in self._making:
                return
            if len(self._making) >= _MOST_MAKING:
                raise NotYetError("other rankings are being made; ask again in a moment")
            self._making.add(key)
            self._faults.pop(key, None)
        threading.Thread(target=self._make, args=(key,), daemon=True).start()

    def _make(self, key: Key) -> None:
        try:
            self._made(key)
        except REFUSALS as error:
            with self._lock:
                self._faults = {key: error}
                self._kept.pop(key, None)  # Results that are going: the next who asks is told.
        finally:
            with self._lock:
                self._making.discard(key)
                self._ended.notify_all()

    def _awaited(self, key: Key, state: tuple[object, ...]) -> KeptRanking:
        """Return a ranking that is being made.

        Raises
        ------
        NotYetError
            If it takes longer than one waits.
        """
        with self._lock:
            self._ended.wait_for(lambda: key not in self._making, _PATIENCE)
            kept = self._kept.get(key)
            fault = self._faults.get(key)
        if (
            kept is not None
            and kept.state[1:] == state[1:]
            and kept.made > time.monotonic() - _STALE
        ):
            return kept
        if fault is not None and key not in self._making:
            raise fault
        raise NotYetError("the ranking is being made; it takes some seconds")

    def _made(self, key: Key) -> KeptRanking:
        batch, cathode, by = key
        state = self.state()
        with snapshot(self._store) as there:
            many = self._many(there.batch(batch))
            if self._far is None or not many:
                found = ranked(there, batch=batch, cathode=cathode, by=by)
                found = found._replace(table=coded(found.table))
        if self._far is not None and many:
            found, packed = self._far.answer("ranking", *key)
            found = found._replace(table=unpacked(packed))
        made = KeptRanking(found, state, time.monotonic())
        made.prepare()
        with self._lock:
            self._last_made = made.made
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


def _stamp(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
