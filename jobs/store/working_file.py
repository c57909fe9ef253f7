"""The working file of a store, ``work.duckdb``: opening it, and what is said if it cannot be."""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from jobs.errors import StoreError
from jobs.process import failure_points as fault
from jobs.schema import store_schema as schema
from jobs.store.publication import FORMAT, OFFLINE, Config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKING = "work.duckdb"
"""The file of the driver."""
_WORKING: Config = {
    **OFFLINE,
    "storage_compatibility_version": FORMAT,
    # The key of all pairs stays in memory: 600 MB were too few to publish 933,264 of them.
    "memory_limit": "900MB",
    "threads": "1",
    "checkpoint_threshold": "64MB",
}
_NO_ROOM = 8 << 20  # [bytes] With less, an error of the disk is that it is full.
_OURS = (duckdb.ProgrammingError, duckdb.DataError, duckdb.IntegrityError)


@contextmanager
def working_file(folder: Path, *, anew: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the working file of a store; only who holds its lock may.

    Parameters
    ----------
    folder : Path
        The store.
    anew : bool
        Whether to set a file aside that cannot be opened, and to begin another.
    """
    with _understood(folder), _opened(folder, anew=anew) as connection:
        _prepare(connection, folder)
        yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit if the body succeeds; COMMIT after a failed statement would discard silently.

    Parameters
    ----------
    connection : DuckDBPyConnection
        In no transaction.
    """
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # A database that is broken has rolled back already.
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _opened(folder: Path, *, anew: bool) -> duckdb.DuckDBPyConnection:
    """Open the working file.

    Raises
    ------
    StoreError
        If it is damaged, and is not to be set aside.
    Error
        Of DuckDB, if something else is wrong.
    """
    try:
        return duckdb.connect(folder / WORKING, config=_WORKING)
    except duckdb.Error as error:
        if not (folder / WORKING).is_file() or _is_full(folder, error):
            raise
        if not anew:
            raise StoreError(
                f"store {folder}: {_first_line(error)}; restore {WORKING} and {WORKING}.wal "
                "together from a copy, or set them aside and compute again with `catholyte resume "
                "--recompute`"
            ) from error
    mark = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for name in (WORKING, f"{WORKING}.wal"):
        if (folder / name).exists():
            (folder / name).replace(folder / f"{name}.damaged-{mark}")
    return duckdb.connect(folder / WORKING, config=_WORKING)


def _is_full(folder: Path, error: Exception) -> bool:
    full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
    return full or shutil.disk_usage(folder).free < _NO_ROOM


@contextmanager
def _understood(folder: Path) -> Iterator[None]:
    """Say in one line what a disk, or a file on it, has done.

    Raises
    ------
    StoreError
        If it has.
    """
    try:
        yield
    except _OURS:
        raise  # A mistake of the program, not of the disk.
    except (OSError, duckdb.Error) as error:
        said = _first_line(error)
        if _is_full(folder, error):
            raise StoreError(
                f"store {folder}: no space left on the disk; what was acknowledged is kept: make "
                "room, then go on with `catholyte resume`"
            ) from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise StoreError(
                f"store {folder}: {WORKING} has used up its {_WORKING['memory_limit']}; what was "
                "acknowledged is kept: go on with `catholyte resume`"
            ) from error
        raise StoreError(f"store {folder}: {said}") from error


def _prepare(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make the tables of a new store, and those that an older one lacks.

    Raises
    ------
    StoreError
        If the store has another version of the schema.
    """
    if not connection.execute("FROM duckdb_tables() WHERE NOT internal").fetchall():
        with transaction(connection):
            for statement in schema.statements():
                connection.execute(statement)
            fault.reached("preparing")
        return
    found = connection.execute("SELECT max(version) FROM schema_version").fetchall()[0][0]
    if found != schema.VERSION:
        raise StoreError(
            f"store {folder} has schema {found}, this program {schema.VERSION}; go on with the "
            "program that made it, or name another --store"
        )
    kinds = "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views()"
    there = {name for (name,) in connection.execute(kinds).fetchall()}
    if added := schema.missing(there):
        with transaction(connection):
            for statement in added:
                connection.execute(statement)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
