"""The copy of the results that people read: written beside, then put in its place at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from jobs.process import failure_points as fault
from jobs.process.durable import move_whole
from jobs.schema import store_schema as schema
from jobs.schema.lab_tables import LAB_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from jobs.schema.table import Table

PUBLISHED = "results.duckdb"
"""The copy that people read."""
FORMAT = "v1.5.0"
"""Storage format: DuckDB 1.5 tools still read it."""

Config = dict[str, str | bool | int | float | list[str]]
OFFLINE: Config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""Settings that keep DuckDB from the network."""
_READ_ONLY = 0o444  # Nobody writes results by hand.


def publish(
    connection: duckdb.DuckDBPyConnection, folder: Path, lab: Mapping[Table, pa.Table] | None
) -> None:
    """Replace the published copy of a store by its present state.

    Parameters
    ----------
    connection : DuckDBPyConnection
        To the working file, in no transaction.
    folder : Path
        The store.
    lab : mapping of Table to Arrow table or None
        What the laboratory has entered; :func:`jobs.suggest.lab_rows.lab_rows`. None keeps what
        was published before: it cannot be made again from the results.
    """
    draft = folder / f"{PUBLISHED}.tmp"
    draft.unlink(missing_ok=True)
    draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)
    try:
        draft.write_bytes(_empty())
        connection.execute(f"ATTACH '{_quoted(draft)}' AS draft")
        try:
            _fill(connection, lab if lab is not None else _shown(folder))
        finally:
            connection.execute("USE work")
            connection.execute("DETACH draft")
        fault.reached("publication-drafted")
        draft.chmod(_READ_ONLY)
        move_whole(draft, folder / PUBLISHED)
    finally:  # On a disk that is full, half a copy would take the room of what is to come.
        draft.unlink(missing_ok=True)
        draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)
    fault.reached("published")


@cache
def _empty() -> bytes:
    """Return a published copy without rows; hundreds of comments take longer than most results."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / PUBLISHED
        config = OFFLINE | {"storage_compatibility_version": FORMAT}
        with duckdb.connect(path, config=config) as new:
            new.execute("BEGIN")
            for statement in schema.statements(schema.TABLES) + schema.comments(schema.TABLES):
                new.execute(statement)
            new.execute("COMMIT")
        return path.read_bytes()


def _shown(folder: Path) -> dict[Table, pa.Table]:
    """Return what the present copy shows of the laboratory; nothing where there is none."""
    path = folder / PUBLISHED
    if not path.is_file():
        return {}
    try:
        with duckdb.connect(path, read_only=True, config=OFFLINE) as before:
            there = {row[0] for row in before.execute("SHOW TABLES").fetchall()}
            return {
                table: before.table(table.name).to_arrow_table()
                for table in LAB_TABLES
                if table.name in there
            }
    except duckdb.Error:  # Damaged: it shows nothing any more.
        return {}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _fill(connection: duckdb.DuckDBPyConnection, lab: Mapping[Table, pa.Table]) -> None:
    """Copy everything that people read into the attached draft, in one transaction."""
    connection.execute("USE draft")
    connection.execute("BEGIN")
    try:
        fault.reached("publication-begun")
        for table, rows in lab.items():
            connection.register("arriving", rows)
            connection.execute(f"INSERT INTO draft.{table.name} BY NAME SELECT * FROM arriving")  # noqa: S608  # As below.
            connection.unregister("arriving")
        for table in schema.RESULTS:
            if not table.query:
                names = ", ".join(field.name for field in table.fields)
                connection.execute(
                    f"INSERT INTO draft.{table.name} SELECT {names} FROM work.{table.name} "  # noqa: S608  # Names from our own schema.
                    f"ORDER BY {', '.join(table.key)}"
                )
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
