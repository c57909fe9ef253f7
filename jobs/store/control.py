"""What anyone may write at any time: ``jobs.sqlite``, beside results that only the driver writes.

Batches with their states, experiments and suggestions live here, so that a lab can add a cell and
``status`` can answer while a batch is being computed. If it disagrees with the results, they win.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTROL = "jobs.sqlite"
"""Name of the file in a store."""
_NO_ROOM = 200_000  # [bytes] Less than a transaction with its index may take.
_PATIENCE = 10.0  # [s] How long to wait for another writer, whose transactions are short.


@contextmanager
def control(store: Path, *, make: bool = True) -> Iterator[sqlite3.Connection]:
    """Open the control file of a store; what the body writes is one durable transaction.

    Parameters
    ----------
    store : Path
        The store.
    make : bool
        Whether to make a store that is missing.

    Raises
    ------
    StoreError
        If there is no store and none is to be made, or its control file cannot be used.

    Notes
    -----
    Readers never wait for writers (write-ahead log), and a commit is on the disk
    (``synchronous=FULL``). Rows read like mappings.
    """
    path = store / CONTROL
    if not make and not path.is_file():
        raise StoreError(f"no store in {store}; run `catholyte screen` first, or name --store")
    try:
        store.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"store {store}: {error}; choose another with --store") from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE" if make else "BEGIN")
        yield connection
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if shutil.disk_usage(store).free < _NO_ROOM:  # SQLite calls it an error of the disk.
            raise StoreError(
                f"store {store}: no space left on the disk; what was acknowledged is kept: make "
                "room, then go on with `catholyte resume`"
            ) from error
        raise StoreError(f"store {store}, {CONTROL}: {error}") from error
    finally:
        connection.close()  # Rolls back what was not committed.


@contextmanager
def reading(store: Path) -> Iterator[sqlite3.Connection]:
    """Open the control file of a store for reading; nothing is written, and nothing need be.

    Parameters
    ----------
    store : Path
        The store; it may be another user's, on a full disk, or on one mounted for reading only.

    Raises
    ------
    StoreError
        If there is no store, or its control file cannot be read.

    Notes
    -----
    A reader of a write-ahead log needs an index of it, ``jobs.sqlite-shm``, and makes it if it can.
    Where it cannot and there is no log, the file does not change and is read as it is; where there
    is one, as after a crash, a copy of both is read.
    """
    path = store / CONTROL
    if not path.is_file():
        raise StoreError(f"no store in {store}; run `catholyte screen` first, or name --store")
    place = path.absolute().as_uri()
    log = path.with_name(f"{CONTROL}-wal")
    try:
        with ExitStack() as opened:
            try:
                connection = _read(f"{place}?mode=ro", opened)
            except sqlite3.OperationalError:
                if log.is_file() and log.stat().st_size:
                    copy = Path(opened.enter_context(tempfile.TemporaryDirectory())) / CONTROL
                    for name in (CONTROL, log.name):
                        shutil.copyfile(store / name, copy.with_name(name))
                    connection = _read(f"{copy.as_uri()}?mode=ro", opened)
                else:
                    connection = _read(f"{place}?mode=ro&immutable=1", opened)
            yield connection
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"store {store}, {CONTROL}: {error}; see `catholyte doctor`") from error


def _read(place: str, opened: ExitStack) -> sqlite3.Connection:
    """Return a connection that has begun to read."""
    connection = sqlite3.connect(place, timeout=_PATIENCE, isolation_level=None, uri=True)
    opened.callback(connection.close)
    connection.row_factory = sqlite3.Row
    connection.execute("BEGIN")
    connection.execute("SELECT name FROM sqlite_master").fetchall()
    return connection


def prepare(connection: sqlite3.Connection, part: str, migrations: Sequence[str]) -> None:
    """Bring one part of the control file to its newest form.

    Parameters
    ----------
    connection : sqlite3.Connection
        From :func:`control`.
    part : str
        Name of the part, such as ``experiments``.
    migrations : sequence of str
        One SQL statement for each version, oldest first; those not yet applied are.

    Raises
    ------
    StoreError
        If the part was written by a newer program.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, version INTEGER NOT NULL)"
    )
    row = connection.execute("SELECT version FROM part WHERE name = ?", (part,)).fetchone()
    version = row["version"] if row else 0
    if version > len(migrations):
        raise StoreError(
            f"{CONTROL}: {part} has version {version}, this program knows {len(migrations)}; "
            "update catholyte, or name another --store"
        )
    if version == len(migrations):
        return  # A reader writes nothing.
    for statement in migrations[version:]:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO part VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version",
        (part, len(migrations)),
    )
