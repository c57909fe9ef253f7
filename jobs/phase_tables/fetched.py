"""What a sync has fetched so far: one SQLite file for each plan, one transaction for each chunk.

It is removed when its snapshot is made.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from jobs.errors import BusyError
from jobs.phase_tables.errors import DataError, ServiceError
from jobs.phase_tables.snapshot import writing
from jobs.process import failure_points as fault
from stability.tables.snapshots import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

FOLDER = "syncs"
"""Folder of the data folder that holds these files."""
_TABLES = (
    "CREATE TABLE IF NOT EXISTS chunk (number INTEGER PRIMARY KEY, documents INTEGER NOT NULL)",
    """CREATE TABLE IF NOT EXISTS document (
        material_id TEXT PRIMARY KEY, chunk INTEGER NOT NULL, content TEXT NOT NULL)""",
)


class Fetched:
    """The file of one plan; open while :func:`fetched` holds it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def chunks(self) -> frozenset[int]:
        """Numbers of the chunks that are there."""
        with _plain_errors():
            return frozenset(row[0] for row in self._connection.execute("SELECT number FROM chunk"))

    def documents(self) -> list[dict[str, Any]]:
        """Return all documents, by material."""
        query = "SELECT content FROM document ORDER BY length(material_id), material_id"
        with _plain_errors():
            return [json.loads(row[0]) for row in self._connection.execute(query)]

    def keep(self, number: int, documents: Sequence[Mapping[str, Any]]) -> None:
        """Keep a chunk: all of it, or nothing.

        Parameters
        ----------
        number : int
            Of the chunk.
        documents : sequence of mappings
            What was fetched, each with its ``material_id``.

        Raises
        ------
        ServiceError
            If a material has come with another chunk already.
        """
        rows = [(one["material_id"], number, json.dumps(one, sort_keys=True)) for one in documents]
        with _plain_errors(), writing():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany("INSERT INTO document VALUES (?, ?, ?)", rows)
                fault.reached("sync-written")
                self._connection.execute("INSERT INTO chunk VALUES (?, ?)", (number, len(rows)))
                self._connection.execute("COMMIT")
            except sqlite3.IntegrityError as error:
                raise ServiceError(
                    f"a material of chunk {number} came with another chunk too; the database has "
                    "changed, or the service answers badly: sync again later"
                ) from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


@contextmanager
def fetched(plan_id: str) -> Iterator[Fetched]:
    """Give the file of a plan; no other process has it at the same time.

    Parameters
    ----------
    plan_id : str
        From :meth:`jobs.phase_tables.plan.Plan.id`.

    Raises
    ------
    BusyError
        If another process syncs the same.
    """
    folder = data_folder() / FOLDER
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / f"{plan_id}.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError("another process syncs the same; wait for it") from error
        with _plain_errors():
            connection = sqlite3.connect(folder / f"{plan_id}.sqlite", isolation_level=None)
            try:
                connection.execute("PRAGMA synchronous = FULL")
                for statement in _TABLES:
                    connection.execute(statement)
                yield Fetched(connection)
            finally:
                connection.close()


def forget(plan_id: str) -> None:
    """Remove the file of a plan.

    Parameters
    ----------
    plan_id : str
        From :meth:`jobs.phase_tables.plan.Plan.id`.
    """
    for path in files(plan_id):
        path.unlink(missing_ok=True)


def idle_files() -> list[Path]:
    """Return the files of unfinished syncs that no process holds."""
    found: list[Path] = []
    for path in files():
        if path.suffix == ".lock":
            with path.open("w") as lock, suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found += files(path.stem)
    return found


def files(plan_id: str = "*") -> list[Path]:
    """Return the files of a plan, or of all that are unfinished."""
    return sorted((data_folder() / FOLDER).glob(f"{plan_id}.*"))


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what SQLite says into one line.

    Raises
    ------
    DataError
        If the file cannot be read or written.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise DataError(
            f"data folder {data_folder()}, {FOLDER}: {error}; make room, or name another folder "
            "with CATHOLYTE_DATA"
        ) from error
