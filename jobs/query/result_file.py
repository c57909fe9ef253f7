"""Stored results as one file for other programs: Parquet, CSV, Arrow or Excel, with units."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from jobs.errors import QueryError, StoreError
from jobs.process.output_file import whole_output
from jobs.query.spreadsheet import STARTS
from jobs.query.workbook import write_workbook
from jobs.schema import store_schema as schema
from jobs.schema.current_batch import CURRENT
from jobs.store.duckdb_words import plain_words
from jobs.store.publication import OFFLINE, PUBLISHED
from jobs.store.published import snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.store.batch_choice import StoredBatch

ROWS_AT_ONCE = 20_000
"""Rows in memory: an export of any size takes as much."""
_CONFIG = {**OFFLINE, "memory_limit": "1GB", "threads": "2"}
_FORMULA = f"^[{re.escape(''.join(STARTS))}]"


class Format(StrEnum):
    """What a file is written as."""

    PARQUET = "parquet"
    CSV = "csv"
    ARROW = "arrow"
    XLSX = "xlsx"


class Exported(NamedTuple):
    """What has been written."""

    batch: StoredBatch | None
    """The batch that the rows belong to; None for those of all."""

    rows: int
    """Rows in the file."""
    columns: int
    """Columns in the file."""


def export(
    store: Path,
    output: Path,
    *,
    table: str = "ranked_pairs",
    batch: str | None = None,
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
    batch : str, optional
        Only the rows of this batch: its id, name, or a unique beginning of its id. Without, the
        current one for ``ranked_pairs``, and all rows of any other table.
    form : Format, optional
        What to write; by default what the ending of the file says.

    Raises
    ------
    StoreError
        If the store holds no results.
    QueryError
        If there is no such table or batch.
    OutputError
        If the file cannot be written.
    """
    chosen = form or _form_of(output)
    if table not in {one.name for one in schema.TABLES}:
        known = ", ".join(one.name for one in schema.TABLES)
        raise QueryError(f"no table is named {table!r}; there are {known}")
    chosen_batch = _batch(store, table, batch)
    try:
        with (
            whole_output(output, store=store) as draft,
            # Where DuckDB would put what does not fit into memory, a publication has its draft.
            duckdb.connect(
                store / PUBLISHED,
                read_only=True,
                config={**_CONFIG, "temp_directory": f"{draft}.spill"},
            ) as connection,
        ):
            found = _selected(connection, table, chosen_batch)
            rows = _written(found, draft, chosen, table)
            return Exported(chosen_batch, rows, len(found.schema))
    except duckdb.Error as error:
        raise StoreError(f"store {store}: {plain_words(error)}") from error
    except pa.ArrowException as error:
        raise QueryError(f"{table} cannot be written as {chosen}: {error}") from error


def _batch(store: Path, table: str, wanted: str | None) -> StoredBatch | None:
    """Return the batch whose rows are wanted; None for those of all.

    Raises
    ------
    QueryError
        If there is no such batch, or the table does not tell batches apart.
    """
    with snapshot(store) as there:
        if table == schema.RANKED_PAIRS.name:
            return there.batch(wanted)
        if wanted is None:
            return None
        if "batch_id" not in {field.name for field in schema.table(table).fields}:
            raise QueryError(f"{table} belongs to no batch; leave --batch out")
        return there.batch(wanted)


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


def _selected(
    connection: duckdb.DuckDBPyConnection, table: str, batch: StoredBatch | None
) -> pa.RecordBatchReader:
    """Return the rows of a table as a stream of Arrow batches, in the order of its key."""
    found = connection.table(table)
    if batch is not None:
        connection.execute(f"SET VARIABLE {CURRENT} = ?", [batch.id])
        found = found.filter(
            duckdb.ColumnExpression("batch_id") == duckdb.ConstantExpression(batch.id)
        )
    if key := schema.table(table).key:
        found = found.order(", ".join(key))
    return found.to_arrow_reader(ROWS_AT_ONCE)


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
    elif form is Format.XLSX:
        known = {field.name: field for field in schema.table(table).fields}
        rows = write_workbook(draft, table, [known[name] for name in found.schema.names], found)
    else:
        with csv.CSVWriter(draft, found.schema) as writer:
            for batch in found:
                writer.write_batch(_safe(batch))
                rows += batch.num_rows
    return rows


def _described(found: pa.Schema, table: str) -> pa.Schema:
    """Return a schema in which every column carries its comment and unit."""
    known = {field.name: field for field in schema.table(table).fields}
    notes = {
        name: {"comment": known[name].comment}
        | ({"unit": known[name].unit} if known[name].unit else {})
        for name in found.names
    }
    fields = [found.field(name).with_metadata(notes[name]) for name in found.names]
    return pa.schema(fields, metadata={"catholyte.columns": json.dumps(notes)})


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
