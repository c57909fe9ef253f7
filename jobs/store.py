"""The folder that keeps results: a private working database, and a published copy for people.

Only the process that holds ``work.lock`` opens ``work.duckdb``. Readers open ``results.duckdb``,
which is replaced as a whole, by rename, so that they see all of a batch or nothing of it.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from jobs import schema
from jobs.errors import BusyError, QueryError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Record = dict[str, Any]

DEFAULT_STORE = "catholyte-store"
"""Folder that is used when no other is named."""
PUBLISHED = "results.duckdb"
"""The copy that people read."""

_FORMAT = "v1.5.0"  # Storage format that DuckDB 1.5 tools still read.
_Config = dict[str, str | bool | int | float | list[str]]
_OFFLINE: _Config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_SANDBOX: _Config = {
    **_OFFLINE,
    "enable_external_access": "false",
    "lock_configuration": "true",
    "memory_limit": "1GB",
    "threads": "2",
}
_READS = {"SELECT", "EXPLAIN"}
_ARROW = {"VARCHAR": pa.string(), "DOUBLE": pa.float64(), "BIGINT": pa.int64()}


class Writer:
    """The one process that writes a store; from :func:`writing`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    def insert(self, rows: dict[schema.Table, Sequence[Record]]) -> None:
        """Insert rows of several tables in one transaction; rows that are there already stay.

        A batch that is run again only renews its time.
        """
        with self._transaction():
            for table, records in rows.items():
                self._insert(table, records)

    def publish(self) -> None:
        """Replace the published copy by the present state, at once and durably."""
        target = self._folder / PUBLISHED
        draft = self._folder / f"{PUBLISHED}.tmp"
        draft.unlink(missing_ok=True)
        self._connection.execute(
            f"ATTACH '{_quoted(draft)}' AS draft (STORAGE_VERSION '{_FORMAT}')"
        )
        self._connection.execute("COPY FROM DATABASE work TO draft")
        self._connection.execute("DETACH draft")
        _synced(draft)
        draft.replace(target)
        _synced(self._folder)

    def _insert(self, table: schema.Table, records: Sequence[Record]) -> None:
        if not records:
            return
        columns = {
            field.name: pa.array([record[field.name] for record in records], _ARROW.get(field.type))
            for field in table.fields
        }
        renew = "DO UPDATE SET run_at = excluded.run_at"
        conflict = renew if table is schema.BATCHES else "DO NOTHING"
        self._connection.register("arriving", pa.table(columns))
        self._connection.execute(
            f"INSERT INTO {table.name} BY NAME SELECT * FROM arriving ON CONFLICT {conflict}"  # noqa: S608  # Names from our own schema.
        )
        self._connection.unregister("arriving")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit if the body succeeds; COMMIT after a failed statement would discard silently."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


@contextmanager
def writing(folder: Path) -> Iterator[Writer]:
    """Open a store for writing, alone; it is made if it is missing.

    Parameters
    ----------
    folder : Path
        The store.

    Raises
    ------
    BusyError
        If another process is writing it.
    StoreError
        If the folder cannot be used, or holds another version of the schema.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "work.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"store {folder}: {error.strerror}; choose another with --store"
        ) from error
    try:
        _claim(lock, folder)
        path = folder / "work.duckdb"
        config: _Config = {
            **_OFFLINE,
            "storage_compatibility_version": _FORMAT,
            "memory_limit": "2GB",
        }
        try:
            with duckdb.connect(path, config=config) as connection:
                _prepare(connection, folder)
                yield Writer(connection, folder)
        except duckdb.IOException as error:
            raise StoreError(f"store {folder}: {_first_line(error)}") from error
    finally:
        os.close(lock)


def rows(folder: Path, sql: str, parameters: Sequence[object] = ()) -> list[Record]:
    """Return the rows of one reading statement on the published results, as plain values.

    Parameters
    ----------
    folder : Path
        The store.
    sql : str
        One SELECT or EXPLAIN; it can read nothing but the published results.
    parameters : sequence, optional
        Values for the question marks.

    Raises
    ------
    StoreError
        If the store holds no results, or a file that is no database.
    QueryError
        If the statement is refused, or fails.
    """
    path = folder / PUBLISHED
    if not path.is_file():
        raise StoreError(f"no results in {folder}; run `catholyte screen` first, or name --store")
    try:
        connection = duckdb.connect(path, read_only=True, config=_SANDBOX)
    except duckdb.Error as error:
        raise StoreError(f"store {folder}: {_first_line(error)}") from error
    with connection:
        try:
            found = connection.extract_statements(sql)
        except (duckdb.Error, ValueError) as error:
            raise QueryError(f"query refused: {_first_line(error)}") from error
        if len(found) != 1 or found[0].type.name not in _READS:
            kinds = ", ".join(statement.type.name for statement in found) or "nothing"
            raise QueryError(f"query refused: one SELECT is read, this is {kinds}")
        try:
            result = connection.execute(found[0], list(parameters))
            names = _distinct([column[0] for column in result.description or ()])
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        except duckdb.Error as error:
            raise QueryError(f"query failed: {_first_line(error)}") from error


def _distinct(names: Sequence[str]) -> list[str]:
    """Return column names, with a number behind those that come again, as after a join."""
    distinct: list[str] = []
    for name in names:
        number, free = 1, name
        while free in distinct:
            free = f"{name}_{number}"
            number += 1
        distinct.append(free)
    return distinct


def _claim(lock: int, folder: Path) -> None:
    """Take the lock, or say who holds it.

    Raises
    ------
    BusyError
        If another process holds it.
    """
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 20, 0).decode().strip() or "unknown"
        raise BusyError(
            f"store {folder} is being written by process {holder}; wait, or name another --store"
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def _prepare(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make the tables of a new store; refuse those of another version.

    Raises
    ------
    StoreError
        If the store has another version of the schema.
    """
    names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    if not names:
        connection.execute("BEGIN")
        for statement in schema.statements():
            connection.execute(statement)
        connection.execute("COMMIT")
        return
    found = connection.execute("SELECT max(version) FROM schema_version").fetchall()[0][0]
    if found != schema.VERSION:
        raise StoreError(
            f"store {folder} has schema {found}, this program {schema.VERSION}; "
            "name another --store"
        )


def _synced(path: Path) -> None:
    """Flush a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
