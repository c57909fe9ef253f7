"""Reading what a store has published: our own fixed questions, in this process.

Questions of others are asked in a process of their own, with limits: :mod:`jobs.query.sandbox`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from jobs.errors import QueryError, StoreError
from jobs.store.publication import OFFLINE, PUBLISHED, Config

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

Record = dict[str, Any]

_SANDBOX: Config = {
    **OFFLINE,
    "enable_external_access": "false",
    "lock_configuration": "true",
    "memory_limit": "1GB",
    "threads": "2",
    "temp_directory": "",
    "max_temp_directory_size": "0B",
}
_READS = {"SELECT", "EXPLAIN"}


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
    with _asked(folder, sql) as connection:
        result = connection.execute(sql, list(parameters))
        names = _distinct([column[0] for column in result.description or ()])
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def columns(folder: Path, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
    """Return the answer to one reading statement on the published results, as columns.

    Parameters
    ----------
    folder, sql, parameters
        As for :func:`rows`.

    Raises
    ------
    StoreError, QueryError
        As for :func:`rows`.
    """
    with _asked(folder, sql) as connection:
        return connection.sql(sql, params=list(parameters)).to_arrow_table()


@contextmanager
def _asked(folder: Path, sql: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the results for one reading statement; whatever is wrong with it is said in one line.

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
            yield connection
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


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
