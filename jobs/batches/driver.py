"""The one process that computes a batch: gives out chunks, commits their rows, publishes.

A chunk is done when its rows and the note about it are committed together. Whatever happens to
this process, going on means computing the chunks that have no note.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.compute as pc

from jobs.engines import choice as engines
from jobs.errors import EngineError, EngineLostError, StoreError
from jobs.process import failure_points as fault
from jobs.process.interruption import interruptible
from jobs.process.version import code_version
from jobs.ranking.probabilities import standing
from jobs.schema import store_schema as schema
from jobs.store import ledger
from jobs.store.duckdb_words import plain_words
from jobs.store.ledger import State
from jobs.store.recovery import recovered, retry_failed
from jobs.store.spec import read_spec, store_spec
from jobs.store.writer import writing
from jobs.suggest.lab_rows import lab_rows
from jobs.work.engine import Engine, Limits
from jobs.work.packed_tables import digest, joined, packed
from jobs.work.pair_rows import UNANSWERED
from jobs.work.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

    from jobs.engines.choice import Choice
    from jobs.process.interruption import Interruption
    from jobs.store.spec import Spec
    from jobs.store.writer import Writer
    from jobs.work.schedule import Finished

    Progress = Callable[[int, int], None]

_TICK = 0.2  # [s] Between looks at signals.
_BEAT = 1.0  # [s] Between signs of life, and looks whether to stop.
_PUBLISH = 60.0  # [s] Between publications, at least; and 20 times what one takes.
_PUBLISH_SHARE = 20.0
_STARTS = 3  # Engines that may die one after the other without finishing a chunk.
_WINDOW = 30.0  # [s] Of late: what the rate is taken over.


class Outcome(NamedTuple):
    """What became of a batch."""

    batch_id: str
    """Its id."""
    pairs: int
    """Pairs asked for."""
    failed: int
    """Pairs without an answer."""
    done: int
    """Pairs with a row."""
    state: State
    """Where the batch is left."""
    exit_code: int = 0
    """Exit code of an interruption; 0 without one."""
    unanswered: int = 0
    """Pairs that the machine has kept from an answer; they are computed when the batch goes on."""
    why: str = ""
    """What it said of the last of them."""


def drive(
    store: Path,
    spec: Spec,
    choice: Choice,
    *,
    limits: Limits | None = None,
    recompute: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Compute what is left of a batch, here and now.

    Parameters
    ----------
    store : Path
        The store; made if it is missing.
    spec : Spec
        The batch; it is put into the store if it is not there.
    choice : Choice
        With which engine.
    limits : Limits, optional
        What workers may use.
    recompute : bool, optional
        Whether to compute again what the store has lost, and what has failed.
    progress : callable, optional
        Called with the pairs done and the pairs in all, now and then.

    Raises
    ------
    BusyError
        If another process writes the store.
    StoreError
        If the store cannot be used, has lost rows, or holds the batch of another program.
    EngineError
        If nothing can be computed.
    """
    batch_id = spec.batch_id
    # A batch that is complete is only published again.
    if spec.code_version != code_version() and (
        recompute or ledger.pairs_done(store, batch_id) < spec.n_pairs
    ):
        raise StoreError(
            f"batch {batch_id} was submitted to catholyte {spec.code_version}, this is "
            f"{code_version()}; go on with that one, or submit the batch again"
        )
    with interruptible() as interruption, writing(store, anew=recompute) as writer:
        store_spec(store, spec)
        ledger.queue(store, spec)
        recovered(store, writer, recompute=recompute)
        if recompute:
            retry_failed(store, writer, spec)
        writer.forget_unanswered(batch_id)
        ledger.claim(store, batch_id, choice.engine)
        try:
            driver = _Driver(store, spec, writer, progress)
            start = partial(engines.started, choice, store, spec, limits or Limits())
            driver.go(start, limits or Limits(), interruption)
            return driver.ended(interruption)
        except BaseException as error:
            _noted(store, batch_id, error)
            raise


def _noted(store: Path, batch_id: str, error: BaseException) -> None:
    """Note why a batch stopped, unless even that cannot be written."""
    # An engine that was lost may be had again: the batch waits for whoever takes it up.
    known = isinstance(error, EngineError) and not isinstance(error, EngineLostError)
    try:
        ledger.finish(
            store, batch_id, State.FAILED if known else State.INTERRUPTED, plain_words(error)[:500]
        )
    except StoreError:
        return  # The error itself is on its way; a dead driver is noticed anyway.


class _Driver:
    """One batch on its way."""

    def __init__(self, store: Path, spec: Spec, writer: Writer, progress: Progress | None) -> None:
        self._store = store
        self._spec = spec
        self._writer = writer
        self._progress = progress
        self._chunks = set(writer.chunks(spec.batch_id))
        self._done, self._failed = writer.counts(spec.batch_id)
        self._unanswered = 0
        self._why = ""
        self._cancelled = False
        self._recent = deque([(time.monotonic(), self._done)])
        self._beaten = 0.0
        self._published = time.monotonic()
        self._publishing = 0.0
        composites = [{"batch_id": spec.batch_id} | row for row in spec.composites]
        rows = {schema.BATCHES: [self._row()], schema.COMPOSITES: composites}
        if not self._chunks:
            rows[schema.CANDIDATES] = spec.candidates
        writer.insert(rows)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to compute."""
        return len(self._chunks) == self._spec.n_chunks

    def go(self, start: Callable[[], Engine], limits: Limits, interruption: Interruption) -> None:
        """Compute until all is done, or somebody asks for an end, with a new engine if one dies.

        Raises
        ------
        EngineLostError
            If they die one after the other and get no further.
        """
        starts = _STARTS
        while not (self.complete or self._unanswered or interruption or self._cancelled):
            engine = interruption.begun(start)
            if engine is None:
                return
            before = self._done
            with closing(engine):
                try:
                    self._run(engine, limits, interruption)
                except EngineLostError:
                    self._unanswered = 0  # They are among what the next one computes.
                    starts = _STARTS if self._done > before else starts - 1
                    if not starts:
                        raise

    def _run(self, engine: Engine, limits: Limits, interruption: Interruption) -> None:
        schedule = Schedule(self._spec, self._chunks, limits)
        self._report()
        while not (schedule.finished or interruption or self._cancelled):
            self._fill(engine, schedule)
            finished = [schedule.take(answer) for answer in engine.answers(_TICK)]
            self._fill(engine, schedule)  # Before the writing, so that no worker waits for it.
            for chunk in finished:
                if chunk:
                    self._commit(chunk)
            self._beat()
            self._publish_now_and_then()

    def ended(self, interruption: Interruption) -> Outcome:
        """Publish, note the end, and return what became of the batch.

        Raises
        ------
        StoreError
            If the rows do not add up.
        """
        spec = self._spec
        done, failed = self._writer.counts(spec.batch_id)
        if self.complete and done != spec.n_pairs:
            raise StoreError(
                f"store {self._store}: batch {spec.batch_id} has {done} rows for {spec.n_pairs} "
                "pairs; please report it"
            )
        stopped = bool(interruption) and not self.complete
        state = State.DONE if self.complete else State.INTERRUPTED
        if self._cancelled and not self.complete:
            state = State.CANCELLED
        if not stopped:  # Whoever asks for an end does not want to wait for it.
            self._writer.publish(self._standing, lab_rows(self._store))
        fault.reached("finishing")
        ledger.finish(self._store, spec.batch_id, state, self._reason(interruption))
        return Outcome(
            spec.batch_id,
            spec.n_pairs,
            failed,
            done,
            state,
            exit_code=interruption.exit_code if stopped else 0,
            unanswered=0 if stopped else self._unanswered,
            why=self._why,
        )

    def _reason(self, interruption: Interruption) -> str | None:
        """Return why the batch is left before its end."""
        if self.complete:
            return None
        if interruption.signal:
            return f"stopped by {interruption.signal.name}"
        return f"{self._unanswered} pairs are unanswered: {self._why}" if self._unanswered else None

    def _fill(self, engine: Engine, schedule: Schedule) -> None:
        while schedule.given < engine.slots and (piece := schedule.next()):
            schedule.give(engine.submit(piece.span, schedule.deadline(piece)), piece)

    def _commit(self, finished: Finished) -> None:
        tables = joined(finished.parcels)
        if not finished.answered:
            self._keep(tables)
            return
        mark = digest(packed(tables))
        batch_id = self._spec.batch_id
        self._writer.commit(batch_id, finished.chunk, mark, tables, self._spec.code_version)
        self._done, self._failed = self._writer.counts(batch_id)
        self._chunks.add(finished.chunk)
        ledger.acknowledge(
            self._store,
            batch_id,
            finished.chunk,
            mark,
            done=self._done,
            failed=self._failed,
        )
        self._report()

    def _keep(self, tables: dict[str, pa.Table]) -> None:
        """Keep the rows of a chunk in which pairs are unanswered, and why they are."""
        pairs = tables[schema.PAIRS.name]
        left = pairs.filter(pc.equal(pairs["status"], UNANSWERED))
        self._writer.keep(tables)
        self._done, self._failed = self._writer.counts(self._spec.batch_id)
        self._unanswered += len(left)
        self._why = left["reason"][-1].as_py()
        self._report()

    def _report(self) -> None:
        if self._progress:
            self._progress(self._done, self._spec.n_pairs)

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._beaten < _BEAT:
            return
        self._beaten = now
        self._recent.append((now, self._done))
        while now - self._recent[0][0] > _WINDOW:
            self._recent.popleft()
        since, before = self._recent[0]
        rate = (self._done - before) / (now - since) if now > since else 0.0
        self._cancelled = ledger.beat(self._store, self._spec.batch_id, rate or None)

    def _publish_now_and_then(self) -> None:
        began = time.monotonic()
        if began - self._published < max(_PUBLISH, _PUBLISH_SHARE * self._publishing):
            return
        self._writer.publish(self._standing, lab_rows(self._store))
        self._published = time.monotonic()
        self._publishing = self._published - began

    def _standing(
        self, batch_id: str, pairs: pa.Table, redraws: pa.Table, composites: pa.Table
    ) -> pa.Table:
        """Return what pairs are worth; none of a batch whose spec is gone."""
        try:
            known = batch_id == self._spec.batch_id
            spec = self._spec if known else read_spec(self._store, batch_id)
        except StoreError:
            pairs = pairs.slice(0, 0)
            spec = self._spec
        return standing(pairs, redraws, composites, spec.used_calibration)

    def _row(self) -> dict[str, object]:
        spec = self._spec
        return {
            "batch_id": spec.batch_id,
            "name": spec.batch["name"],
            "spec": schema.plain_json(spec.batch),
            "phase_table": spec.phase_table,
            "policy": spec.batch["policy"],
            "calibration": spec.calibration,
            "version": spec.code_version,
            "pairs_total": spec.n_pairs,
            "pairs_done": 0,
            "pairs_failed": 0,
            "run_at": datetime.now(UTC).replace(tzinfo=None),
        }
