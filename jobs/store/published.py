"""Reading what a store has published: our own fixed questions, in this process.

Questions of others are asked in a process of their own, with limits: :mod:`jobs.query.sandbox`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from jobs.errors import QueryError, StoreError
from jobs.schema import store_schema as schema
from jobs.schema.current_batch import CHOICE
from jobs.store.batch_choice import StoredBatch, chosen_id
from jobs.store.duckdb_words import plain_words, refuse_path
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


class Snapshot:
    """One state of everything that a store has published; from :func:`snapshot`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder
        """The store."""

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Record]:
        """Return the rows of one reading statement, as plain values.

        Parameters
        ----------
        sql : str
            One SELECT or EXPLAIN; it can read nothing but the published results.
        parameters : sequence, optional
            Values for the question marks.

        Raises
        ------
        QueryError
            If the statement is refused, or fails.
        """
        with self._checked(sql):
            result = self._connection.execute(sql, list(parameters))
            names = _distinct([column[0] for column in result.description or ()])
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def columns(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Return the answer to one reading statement, as columns.

        Parameters
        ----------
        sql, parameters
            As for :meth:`rows`.

        Raises
        ------
        QueryError
            As for :meth:`rows`.
        """
        with self._checked(sql):
            return self._connection.sql(sql, params=list(parameters)).to_arrow_table()

    def batch(self, wanted: str | None = None) -> StoredBatch:
        """Return a batch.

        Parameters
        ----------
        wanted : str, optional
            Its id, name, or a unique beginning of its id; the current one, run last, without.

        Raises
        ------
        QueryError
            If there is none, or several that it may mean.
        """
        found = self._connection.execute(CHOICE, [wanted]).fetchall()
        names = ", ".join("batch_id" if one == "id" else one for one in StoredBatch._fields)
        row = self._connection.execute(
            f"SELECT {names} FROM batches WHERE batch_id = ?",  # noqa: S608  # Our own names.
            [chosen_id(found, wanted, self.folder)],
        ).fetchall()[0]
        return StoredBatch(*row)

    @contextmanager
    def _checked(self, sql: str) -> Iterator[None]:
        """Refuse all but one reading statement; whatever is wrong with it is said in one line.

        Raises
        ------
        QueryError
            If the statement is refused, or fails.
        """
        try:
            found = self._connection.extract_statements(sql)
        except (duckdb.Error, ValueError) as error:
            raise QueryError(f"query refused: {plain_words(error)}") from error
        if len(found) != 1 or found[0].type.name not in _READS:
            kinds = ", ".join(statement.type.name for statement in found) or "nothing"
            raise QueryError(f"query refused: one SELECT is read, this is {kinds}")
        try:
            yield
        except duckdb.Error as error:
            raise QueryError(f"query failed: {plain_words(error)}") from error


@contextmanager
def snapshot(folder: Path) -> Iterator[Snapshot]:
    """Open the published results for one question, however many statements answer it.

    Parameters
    ----------
    folder : Path
        The store.

    Raises
    ------
    StoreError
        If the store holds no results, a file that is no database, or another schema.
    """
    path = folder / PUBLISHED
    refuse_path(folder)
    if not path.is_file():
        raise StoreError(f"no results in {folder}; run `catholyte screen` first, or name --store")
    try:
        connection = duckdb.connect(path, read_only=True, config=_SANDBOX)
    except duckdb.Error as error:
        raise StoreError(f"store {folder}: {plain_words(error)}") from error
    with connection:
        try:
            version = connection.execute("SELECT max(version) FROM schema_version").fetchall()[0][0]
        except duckdb.Error as error:
            raise StoreError(f"store {folder}: {plain_words(error)}") from error
        if version != schema.VERSION:
            raise StoreError(
                f"store {folder} has schema {version}, this program {schema.VERSION}; go on with "
                "the program that made it, or name another --store"
            )
        yield Snapshot(connection, folder)


def rows(folder: Path, sql: str, parameters: Sequence[object] = ()) -> list[Record]:
    """Return the rows of one reading statement on the published results, as plain values.

    Parameters
    ----------
    folder : Path
        The store.
    sql, parameters
        As for :meth:`Snapshot.rows`.
    """
    with snapshot(folder) as there:
        return there.rows(sql, parameters)


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
