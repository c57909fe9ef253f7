"""What the doctor looks at in a store: locks, records, databases, and whether they agree."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.errors import JobsError, StoreError
from jobs.health.finding import Finding, Health
from jobs.health.laboratory_check import laboratory_finding
from jobs.process.processes import alive
from jobs.query.sandbox import inspection
from jobs.schema import store_schema as schema
from jobs.store.control import CONTROL, reading
from jobs.store.lock import LOCK
from jobs.store.spec import FOLDER, read_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

_PUBLISHED, _WORKING = "results.duckdb", "work.duckdb"
_PATIENCE = 60.0  # [s] For a database of a million pairs, with a log to replay.
_LOCKS = Path("/proc/locks")
_KEEP = "keep all files as they are"

_READ = [table.name for table in schema.TABLES if not table.query]
# A block that is read is compared with its checksum.
_EVERYTHING = "SELECT " + ", ".join(  # noqa: S608  # Names of our own schema.
    f"(SELECT {what} FROM {name} AS one) AS {alias}_{name}"  # noqa: S608  # Names of our own schema.
    for name in _READ
    for alias, what in (("n", "count(*)"), ("all", "bit_xor(hash(one))"))
)
_EVERY_PAIR = "SELECT bit_xor(hash(one)) FROM pairs AS one"

_Chunks = dict[str, dict[int, str]]


def store_findings(store: Path) -> Iterator[Finding]:
    """Yield what there is to say about a store.

    Parameters
    ----------
    store : Path
        The store; it need not be there.
    """
    if not store.is_dir():
        yield Finding("store", Health.OK, f"no store in {store} yet")
        return
    with _held(store) as holder:
        yield _lock(store, holder)
        records = _records(store)
        yield from records
        yield from _batches(store)
        yield laboratory_finding(store)
        yield _published(store)
        if (store / _WORKING).exists() and holder is None:
            yield _working(store)
        yield from _remains(store, running=holder is not None)


@contextmanager
def _held(store: Path) -> Iterator[int | None]:
    """Hold the lock of a store while it is looked at, or yield the process that does (0: unknown).

    The file is not changed.
    """
    try:
        lock = os.open(store / LOCK, os.O_RDONLY)
    except OSError:
        yield None  # No driver has ever been here, or we may not read.
        return
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield _holder(lock)
        else:
            yield None
    finally:
        os.close(lock)


def _holder(lock: int) -> int:
    """Return the process that holds a lock: as the system says, or else as the file does."""
    inode = str(os.fstat(lock).st_ino)
    try:
        for line in _LOCKS.read_text(encoding="ascii").splitlines():
            fields = line.split()
            if fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == inode:
                return int(fields[4])
    except (OSError, ValueError, IndexError):
        pass  # Not on this system.
    said = os.pread(lock, 20, 0).decode(errors="replace").strip()
    return int(said) if said.isdigit() else 0


def _lock(store: Path, holder: int | None) -> Finding:
    if holder is None:
        return Finding("lock", Health.OK, f"nobody writes {store}")
    said = f"process {holder or 'unknown'} writes {store}; {_WORKING} is not opened meanwhile"
    return Finding("lock", Health.OK, said)


def _records(store: Path) -> list[Finding]:
    """Look at the control file as SQLite itself does."""
    path = store / CONTROL
    if not path.exists():
        if (store / _WORKING).exists():
            said = f"{CONTROL} is missing"
            step = (
                "the next `catholyte work` makes it again from specs and results; nothing is lost"
            )
            return [Finding("records", Health.WARNING, said, step)]
        return [Finding("records", Health.OK, "none yet")]
    try:
        faults = [row[0] for row in _select(store, "PRAGMA integrity_check")]
    except StoreError as error:
        faults = [str(error)]
    if faults != ["ok"]:
        said = f"{CONTROL} is damaged: {faults[0]}"
        step = (
            f"stop all drivers and move {CONTROL}, {CONTROL}-wal and {CONTROL}-shm away; the next "
            "`catholyte work` makes it again from specs and results; nothing is lost"
        )
        return [Finding("records", Health.PROBLEM, said, step)]
    return [Finding("records", Health.OK, f"{CONTROL} is sound")]


def _batches(store: Path) -> Iterator[Finding]:
    """Look for batches whose driver has died."""
    try:
        found = _select(store, "SELECT batch_id, state, owner_pid, owner_started FROM batch")
    except StoreError:
        return  # No records, older ones, or damaged ones, of which there is a line already.
    dead = [
        str(batch)
        for batch, state, pid, since in found
        if state == "running" and not (pid and alive(int(pid), str(since)))
    ]
    yield from _strays(store, {str(batch) for batch, *_ in found})
    unread = [str(batch) for batch, *_ in found if not _spec_is_read(store, str(batch))]
    if unread:
        said = f"spec of batch {', '.join(unread)} cannot be read"
        step = "restore it from a backup, or submit the batch again"
        yield Finding("specs", Health.PROBLEM, said, step)
    if dead:
        said = f"driver of batch {', '.join(dead)} has died"
        yield Finding("batches", Health.WARNING, said, f"go on with `catholyte resume {dead[0]}`")
    else:
        yield Finding("batches", Health.OK, f"{len(found)} on record")


def _strays(store: Path, known: set[str]) -> Iterator[Finding]:
    """Look for folders among the batches that are none."""
    strays = sorted(
        path.name
        for path in (store / FOLDER).glob("*")
        if path.name not in known and not _spec_is_read(store, path.name)
    )
    if strays:
        said = f"no batch, and left alone: {', '.join(f'{FOLDER}/{name}' for name in strays[:3])}"
        yield Finding("strays", Health.WARNING, said, "move it out of the store")


def _spec_is_read(store: Path, batch_id: str) -> bool:
    try:
        read_spec(store, batch_id)
    except JobsError:
        return False
    return True


def _published(store: Path) -> Finding:
    if not (store / _PUBLISHED).exists():
        if (store / _WORKING).exists():
            said = f"{_PUBLISHED} is missing"
            step = _publish_again(store)
            return Finding("results", Health.WARNING, said, step)
        return Finding("results", Health.OK, "none yet")
    try:
        rows = inspection(store, _PUBLISHED, _EVERYTHING, timeout=_PATIENCE).rows
    except JobsError as error:
        return Finding("results", Health.PROBLEM, str(error), _publish_again(store))
    said = f"{_PUBLISHED} is sound: {rows[0]['n_pairs']} pairs of {rows[0]['n_batches']} batches"
    return Finding("results", Health.OK, said)


def _publish_again(store: Path) -> str:
    """Return the step that makes the published copy anew: any batch that is complete will do."""
    batches = sorted(path.parent.name for path in (store / FOLDER).glob("*/spec.json"))
    ids = [name for name in batches if _spec_is_read(store, name)] or ["ID"]
    return f"`catholyte resume {ids[0]}` makes it again from {_WORKING}"


def _working(store: Path) -> Finding:
    """Look whether the working file can be read, and holds every chunk that was acknowledged."""
    try:
        inspection(store, _WORKING, _EVERY_PAIR, timeout=_PATIENCE)
        found = inspection(
            store, _WORKING, "SELECT batch_id, chunk, digest FROM chunks", timeout=_PATIENCE
        ).rows
    except JobsError as error:
        log = f" and {_WORKING}.wal" if (store / f"{_WORKING}.wal").exists() else ""
        if "does not exist" in str(error):  # No such table: it opens, but is not of this version.
            step = "the next batch brings it to the present version"
            return Finding("working file", Health.OK, f"{_WORKING} is older", step)
        step = (
            f"{_KEEP}, and restore {_WORKING}{log} together from a backup; or `catholyte resume "
            "--recompute` sets them aside, and computes all again"
        )
        return Finding("working file", Health.PROBLEM, str(error), step)
    there: _Chunks = {}
    for row in found:
        there.setdefault(row["batch_id"], {})[row["chunk"]] = row["digest"]
    lost = {
        batch: missing
        for batch, chunks in _acknowledged(store).items()
        if (missing := sum(there.get(batch, {}).get(one) != how for one, how in chunks.items()))
    }
    if lost:
        told = ", ".join(f"{count} of batch {batch}" for batch, count in lost.items())
        return Finding(
            "working file",
            Health.PROBLEM,
            f"{_WORKING} lacks chunks that were acknowledged ({told}): its .wal was deleted, or "
            "the file replaced",
            f"{_KEEP}, put back {_WORKING} and its .wal; or compute them again with "
            "`catholyte resume --recompute`",
        )
    said = f"{_WORKING} opens and holds every acknowledged chunk ({len(found)} chunks)"
    return Finding("working file", Health.OK, said)


def _acknowledged(store: Path) -> _Chunks:
    """Return the digests of the chunks that were acknowledged; none where there are no records."""
    chunks: _Chunks = {}
    try:
        found = _select(store, "SELECT batch_id, chunk, digest FROM acknowledged")
    except StoreError:
        return chunks
    for batch, chunk, digest in found:
        chunks.setdefault(batch, {})[chunk] = digest
    return chunks


def _remains(store: Path, *, running: bool) -> Iterator[Finding]:
    """Look for a log to replay and for drafts."""
    log = store / f"{_WORKING}.wal"
    if log.exists() and not running:
        said = (
            f"{log.name}, {log.stat().st_size / 1e6:.1f} MB: the last driver did not end in order"
        )
        step = "never delete it: it holds committed rows, and the next driver takes them in"
        yield Finding("log", Health.WARNING, said, step)
    drafts = sorted(path.name for path in store.rglob("*.tmp"))
    if drafts and not running:
        said = f"drafts that nobody finished: {', '.join(drafts[:3])}"
        yield Finding(
            "drafts", Health.WARNING, said, "they may be deleted; the next driver does it"
        )


def _select(store: Path, sql: str) -> list[Any]:
    """Return rows of the control file, which is opened for reading."""
    path = store / CONTROL
    if not path.is_file():
        return []
    with reading(store) as connection:
        return [tuple(row) for row in connection.execute(sql).fetchall()]
