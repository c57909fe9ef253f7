"""Stored results as one file for other programs: Parquet, CSV or Arrow, with units and comments."""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from jobs.errors import QueryError, StoreError
from jobs.process.durable import move_whole
from jobs.query.spreadsheet import STARTS
from jobs.schema import store_schema as schema
from jobs.store.publication import OFFLINE, PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROWS_AT_ONCE = 20_000
"""Rows in memory: an export of any size takes as much."""
UNITS: Mapping[str, str] = {
    "ev_per_non_li_atom": "eV per non-Li atom",
    "ev_per_atom": "eV/atom",
    "mah_per_g": "mAh/g",
    "wh_per_kg": "Wh/kg",
    "wh_per_l": "Wh/L",
    "usd_per_kg": "USD/kg",
    "s_per_cm": "S/cm",
    "m2_per_g": "m2/g",
    "g_per_cm3": "g/cm3",
    "ev": "eV",
    "percent": "%",
    "probability": "1",
    "fraction": "1",
    "0_to_1": "1",
    "mpa": "MPa",
    "gpa": "GPa",
    "nm": "nm",
    "v": "V vs. Li/Li+",
    "k": "K",
}
"""Unit of a column, by the end of its name: docs/conventions.md."""
_CONFIG = {**OFFLINE, "memory_limit": "1GB", "threads": "2"}
_FORMULA = f"^[{re.escape(''.join(STARTS))}]"


class Format(StrEnum):
    """What a file is written as."""

    PARQUET = "parquet"
    CSV = "csv"
    ARROW = "arrow"


class Exported(NamedTuple):
    """What has been written."""

    rows: int
    """Rows in the file."""
    columns: int
    """Columns in the file."""


def export(
    store: Path,
    output: Path,
    *,
    table: str = "ranked_pairs",
    batch_id: str | None = None,
    form: Format | None = None,
) -> Exported:
    """Write a table of the published results to a file, whole or not at all.

    Parameters
    ----------
    store : Path
        The store.
    output : Path
        The file; what stood there before is replaced.
    table : str, optional
        A table or view of docs/schema.md.
    batch_id : str, optional
        Only the rows of this batch.
    form : Format, optional
        What to write; by default what the ending of the file says.

    Raises
    ------
    StoreError
        If the store holds no results.
    QueryError
        If there is no such table or batch, or the file cannot be written.
    """
    chosen = form or _form_of(output)
    place = _place(output, store)
    path = store / PUBLISHED
    if not path.is_file():
        raise StoreError(f"no results in {store}; run `catholyte screen` first, or name --store")
    if table not in {one.name for one in schema.TABLES}:
        known = ", ".join(one.name for one in schema.TABLES)
        raise QueryError(f"no table is named {table!r}; there are {known}")
    try:
        with (
            # Where DuckDB would put what does not fit into memory, a publication has its draft.
            tempfile.TemporaryDirectory(prefix=".catholyte-", dir=place.parent) as spill,
            duckdb.connect(
                path, read_only=True, config={**_CONFIG, "temp_directory": spill}
            ) as connection,
            _draft(place) as draft,
        ):
            found = _selected(connection, table, batch_id)
            return Exported(_written(found, draft, chosen, table), len(found.schema))
    except duckdb.Error as error:
        raise StoreError(f"store {store}: {str(error).strip().splitlines()[0]}") from error
    except pa.ArrowException as error:
        raise QueryError(f"{table} cannot be written as {chosen}: {error}") from error
    except OSError as error:
        raise QueryError(
            f"output {output}: {error.strerror or error}; choose another place"
        ) from error


def _form_of(output: Path) -> Format:
    """Return the format that the ending of a file says.

    Raises
    ------
    QueryError
        If it says none.
    """
    try:
        return Format(output.suffix.removeprefix(".").lower())
    except ValueError as error:
        known = ", ".join(f".{one}" for one in Format)
        raise QueryError(
            f"output {output}: the ending is none of {known}; give --format"
        ) from error


def _place(output: Path, store: Path) -> Path:
    """Return where the file will stand.

    Raises
    ------
    QueryError
        If something stands there that is no file, or the store itself does.
    """
    try:
        place = output.resolve()
        inside = place.is_relative_to(store.resolve())
        odd = place.exists() and not place.is_file()
        missing = not place.parent.is_dir()
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle of links.
        raise QueryError(f"output {output}: {error}; choose another place") from error
    if inside:
        raise QueryError(f"output {output} is inside the store; choose another place")
    if odd:
        raise QueryError(f"output {output} is no ordinary file; choose another name")
    if missing:
        raise QueryError(f"output {output}: there is no folder {place.parent}; make it first")
    return place


def _selected(
    connection: duckdb.DuckDBPyConnection, table: str, batch_id: str | None
) -> pa.RecordBatchReader:
    """Return the rows of a table as a stream of Arrow batches.

    Raises
    ------
    QueryError
        If the table does not tell batches apart, or has no row of this one.
    """
    names = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    if batch_id is None:
        return connection.sql(f"FROM {table}").to_arrow_reader(ROWS_AT_ONCE)
    if "batch_id" not in names:
        raise QueryError(f"{table} belongs to no batch; leave --batch out")
    known = connection.execute("SELECT batch_id FROM batches ORDER BY run_at").fetchall()
    if (batch_id,) not in known:
        told = ", ".join(row[0] for row in known) or "none"
        raise QueryError(f"no batch {batch_id!r} in the results; there are {told}")
    asked = connection.sql(f"FROM {table} WHERE batch_id = ?", params=[batch_id])
    return asked.to_arrow_reader(ROWS_AT_ONCE)


@contextmanager
def _draft(place: Path) -> Iterator[Path]:
    """Give a name beside the place, and put what is written there into its place at the end."""
    draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        yield draft
        move_whole(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def _written(found: pa.RecordBatchReader, draft: Path, form: Format, table: str) -> int:
    """Write a stream to a file, and return the number of rows."""
    described = _described(found.schema, table)
    rows = 0
    if form is Format.PARQUET:
        with parquet.ParquetWriter(draft, described, compression="zstd") as writer:
            for batch in found:
                writer.write_batch(batch.cast(described))
                rows += batch.num_rows
    elif form is Format.ARROW:
        with pa.ipc.new_file(draft, described) as writer:
            for batch in found:
                writer.write_batch(batch.cast(described))
                rows += batch.num_rows
    else:
        with csv.CSVWriter(draft, found.schema) as writer:
            for batch in found:
                writer.write_batch(_safe(batch))
                rows += batch.num_rows
    return rows


def _described(found: pa.Schema, table: str) -> pa.Schema:
    """Return a schema in which every column carries its comment and unit."""
    comments = {
        field.name: field.comment
        for one in schema.TABLES
        for field in one.fields
        if one.name == table
    }
    notes = {
        name: {"comment": comments.get(name, "")}
        | ({"unit": unit} if (unit := _unit(name)) else {})
        for name in found.names
    }
    fields = [found.field(name).with_metadata(notes[name]) for name in found.names]
    return pa.schema(fields, metadata={"catholyte.columns": json.dumps(notes)})


def _unit(column: str) -> str | None:
    return next((unit for end, unit in UNITS.items() if column.endswith(f"_{end}")), None)


def _safe(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows in which no text is taken for a formula by a spreadsheet."""
    columns = [
        pc.if_else(
            pc.match_substring_regex(column, _FORMULA),
            pc.binary_join_element_wise("'", column, ""),
            column,
        )
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)
