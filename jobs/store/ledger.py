"""Batches in ``jobs.sqlite``: who runs which, how far it is, and which chunks were acknowledged.

The results say what is done; this says so to whoever asks while the driver holds them. What was
acknowledged here must be there: if it is not, the results have lost something.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import StoreError
from jobs.process import failure_points as fault
from jobs.process.processes import alive, started
from jobs.store.control import CONTROL, control, prepare, reading

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from jobs.store.spec import Spec


class State(StrEnum):
    """Where a batch is in its life."""

    QUEUED = "queued"
    """Submitted; nobody computes it yet."""
    RUNNING = "running"
    """A driver computes it."""
    DONE = "done"
    """Every pair has a row."""
    FAILED = "failed"
    """It cannot go on; its error says why."""
    CANCELLED = "cancelled"
    """Stopped on request."""
    INTERRUPTED = "interrupted"
    """Its driver was stopped, or died; it can go on."""


WAITING = (State.QUEUED, State.INTERRUPTED)
"""States from which `catholyte work` takes a batch up."""

_MIGRATIONS = (
    """CREATE TABLE batch (
        batch_id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL,
        pairs_total INTEGER NOT NULL, pairs_done INTEGER NOT NULL, pairs_failed INTEGER NOT NULL,
        priority INTEGER NOT NULL, submitted_at REAL NOT NULL, started_at REAL,
        heartbeat_at REAL, ended_at REAL, owner_pid INTEGER, owner_started TEXT, engine TEXT,
        pairs_per_s REAL, cancel_requested INTEGER NOT NULL DEFAULT 0, error TEXT)""",
    """CREATE TABLE acknowledged (
        batch_id TEXT NOT NULL, chunk INTEGER NOT NULL, digest TEXT NOT NULL,
        PRIMARY KEY (batch_id, chunk)) WITHOUT ROWID""",
)


class BatchState(NamedTuple):
    """One batch, as ``catholyte status`` prints it."""

    id: str
    """Its id."""
    name: str
    """What people call it."""
    state: State
    """Where it is; a running batch whose driver has died is interrupted."""
    pairs_total: int
    """Pairs asked for."""
    pairs_done: int
    """Pairs with a row in the results."""
    pairs_failed: int
    """Those of them without an answer."""
    pairs_per_s: float | None
    """Rate of late, while it runs."""
    seconds_left: float | None
    """What is left at that rate."""
    engine: str | None
    """What computes, or last computed it."""
    owner_pid: int | None
    """Process of its driver, while it runs."""
    submitted_at: float
    """When it was submitted. [s since 1970, UTC]"""
    heartbeat_at: float | None
    """When its driver was last heard of. [s since 1970, UTC]"""
    error: str | None
    """Why it stopped, if it did."""


@contextmanager
def _ledger(store: Path, *, make: bool = True) -> Iterator[sqlite3.Connection]:
    with control(store, make=make) as connection:
        prepare(connection, "batches", _MIGRATIONS)
        yield connection


def prepared(store: Path) -> None:
    """Make the tables of batches in a store that has none."""
    with _ledger(store):
        pass


def queue(store: Path, spec: Spec, *, priority: int | None = None) -> None:
    """Put a batch into the queue; one that is there already keeps its progress.

    Parameters
    ----------
    store : Path
        The store.
    spec : Spec
        The batch; its spec is in the store.
    priority : int, optional
        The higher, the earlier; 0 by default.
    """
    with _ledger(store) as connection:
        connection.execute(
            """INSERT INTO batch (batch_id, name, state, pairs_total, pairs_done, pairs_failed,
                                  priority, submitted_at)
               VALUES (?, ?, ?, ?, 0, 0, ?, ?)
               ON CONFLICT DO UPDATE SET priority = coalesce(?, priority), cancel_requested = 0,
                   state = CASE WHEN state IN ('failed', 'cancelled') THEN 'queued' ELSE state END,
                   error = CASE WHEN state = 'running' THEN error ELSE NULL END""",
            (
                spec.batch_id,
                str(spec.batch["name"]),
                State.QUEUED,
                spec.n_pairs,
                priority or 0,
                time.time(),
                priority,
            ),
        )
        fault.reached("queueing")
    fault.reached("queued")


def claim(store: Path, batch_id: str, engine: str) -> None:
    """Note that this process computes a batch from now on; it holds the lock of the store.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.
    engine : str
        What computes it.
    """
    with _ledger(store) as connection:
        connection.execute(
            """UPDATE batch SET state = 'running', owner_pid = ?, owner_started = ?, engine = ?,
                   started_at = ?, heartbeat_at = ?, ended_at = NULL, cancel_requested = 0,
                   pairs_per_s = NULL, error = NULL
               WHERE batch_id = ?""",
            (os.getpid(), started(os.getpid()), engine, time.time(), time.time(), batch_id),
        )
    fault.reached("claimed")


def beat(store: Path, batch_id: str, pairs_per_s: float | None) -> bool:
    """Note that the driver of a batch lives, and return whether it should stop.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.
    pairs_per_s : float or None
        Its rate of late.
    """
    with _ledger(store) as connection:
        connection.execute(
            "UPDATE batch SET heartbeat_at = ?, pairs_per_s = ? WHERE batch_id = ?",
            (time.time(), pairs_per_s, batch_id),
        )
        row = connection.execute(
            "SELECT cancel_requested FROM batch WHERE batch_id = ?", (batch_id,)
        ).fetchone()
    return bool(row and row["cancel_requested"])


def acknowledge(
    store: Path, batch_id: str, chunk: int, digest: str, *, done: int, failed: int
) -> None:
    """Note a chunk that the results hold, and how far the batch is with it.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.
    chunk : int
        Number of the chunk.
    digest : str
        Digest of its rows.
    done, failed : int
        Pairs of the batch with a row, and those of them without an answer.
    """
    with _ledger(store) as connection:
        connection.execute(
            "INSERT INTO acknowledged VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (batch_id, chunk, digest),
        )
        _progress(connection, batch_id, done, failed)
        fault.reached("chunk-acknowledging")
    fault.reached("chunk-acknowledged")


def finish(store: Path, batch_id: str, state: State, error: str | None = None) -> None:
    """Note that the driver of a batch has stopped, and why.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.
    state : State
        Where it is left.
    error : str, optional
        Why, if it did not come to its end.
    """
    with _ledger(store) as connection:
        connection.execute(
            """UPDATE batch SET state = ?, ended_at = ?, owner_pid = NULL, owner_started = NULL,
                   pairs_per_s = NULL, cancel_requested = 0, error = ? WHERE batch_id = ?""",
            (state, time.time(), error, batch_id),
        )
    fault.reached("finished")


def cancel(store: Path, batch_id: str) -> State:
    """Ask for a batch to be stopped, and return its state: a running one stops soon.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.

    Raises
    ------
    StoreError
        If the store has no such batch.
    """
    state = batch(store, batch_id).state
    with _ledger(store, make=False) as connection:
        if state is State.RUNNING:
            connection.execute(
                "UPDATE batch SET cancel_requested = 1 WHERE batch_id = ?", (batch_id,)
            )
        elif state in WAITING:
            connection.execute(
                """UPDATE batch SET state = 'cancelled', owner_pid = NULL, owner_started = NULL
                   WHERE batch_id = ?""",
                (batch_id,),
            )
            state = State.CANCELLED
    return state


def batches(store: Path) -> list[BatchState]:
    """Return all batches of a store in the order in which they are, or were, to be computed.

    Parameters
    ----------
    store : Path
        The store.
    """
    with reading(store) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'batch'").fetchone()
        if not there:
            return []
        found = connection.execute(
            "SELECT * FROM batch ORDER BY priority DESC, submitted_at, batch_id"
        ).fetchall()
    return [_state(row) for row in found]


def batch(store: Path, batch_id: str) -> BatchState:
    """Return one batch.

    Raises
    ------
    StoreError
        If the store has no such batch.
    """
    found = [one for one in batches(store) if one.id == batch_id]
    if not found:
        raise StoreError(f"no batch {batch_id} in {store}; see `catholyte status`")
    return found[0]


def pairs_done(store: Path, batch_id: str) -> int:
    """Return how many pairs of a batch a store has; neither of the two need be there."""
    found = batches(store) if (store / CONTROL).is_file() else []
    return next((one.pairs_done for one in found if one.id == batch_id), 0)


def _state(row: sqlite3.Row) -> BatchState:
    state = State(row["state"])
    if state is State.RUNNING and not alive(row["owner_pid"], row["owner_started"]):
        state = State.INTERRUPTED
    running = state is State.RUNNING
    rate = row["pairs_per_s"] if running else None
    left = row["pairs_total"] - row["pairs_done"]
    return BatchState(
        id=row["batch_id"],
        name=row["name"],
        state=state,
        pairs_total=row["pairs_total"],
        pairs_done=row["pairs_done"],
        pairs_failed=row["pairs_failed"],
        pairs_per_s=rate,
        seconds_left=left / rate if rate else None,
        engine=row["engine"],
        owner_pid=row["owner_pid"] if running else None,
        submitted_at=row["submitted_at"],
        heartbeat_at=row["heartbeat_at"],
        error=row["error"] or ("its driver died" if row["owner_pid"] and not running else None),
    )


def acknowledged(store: Path) -> dict[str, dict[int, str]]:
    """Return the digests of all acknowledged chunks, by batch and chunk.

    Parameters
    ----------
    store : Path
        The store.
    """
    with _ledger(store) as connection:
        found = connection.execute("SELECT * FROM acknowledged").fetchall()
    digests: dict[str, dict[int, str]] = {}
    for row in found:
        digests.setdefault(row["batch_id"], {})[row["chunk"]] = row["digest"]
    return digests


def forget(store: Path, batch_id: str, chunks: Iterable[int] | None = None) -> None:
    """Take back acknowledgements of a batch, so that these chunks can be computed again.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.
    chunks : iterable of int, optional
        Which chunks; all by default.
    """
    with _ledger(store) as connection:
        if chunks is None:
            connection.execute("DELETE FROM acknowledged WHERE batch_id = ?", (batch_id,))
        else:
            connection.executemany(
                "DELETE FROM acknowledged WHERE batch_id = ? AND chunk = ?",
                [(batch_id, chunk) for chunk in chunks],
            )


def reconcile(
    store: Path, batch_id: str, chunks: Mapping[int, str], *, done: int, failed: int
) -> None:
    """Bring the record of a batch in line with its results, which are right.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which batch.
    chunks : mapping of int to str
        Digests of the chunks in the results.
    done, failed : int
        Pairs of the batch with a row, and those of them without an answer.
    """
    with _ledger(store) as connection:
        connection.executemany(
            "INSERT INTO acknowledged VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(batch_id, chunk, digest) for chunk, digest in chunks.items()],
        )
        _progress(connection, batch_id, done, failed)


def _progress(connection: sqlite3.Connection, batch_id: str, done: int, failed: int) -> None:
    connection.execute(
        "UPDATE batch SET pairs_done = ?, pairs_failed = ?, heartbeat_at = ? WHERE batch_id = ?",
        (done, failed, time.time(), batch_id),
    )
