"""Rows as an Excel workbook: one sheet of rows, one that explains the columns."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import IllegalCharacterError

from jobs.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pyarrow as pa
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from jobs.schema.table import Field

MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""
MOST_CHARACTERS = 32_767
"""Characters that a cell holds."""
_HEAD = ("column", "unit", "what it holds")


def write_workbook(
    path: Path, name: str, fields: Sequence[Field], batches: Iterable[pa.RecordBatch]
) -> int:
    """Write rows to a workbook, and return their number.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the sheet of rows is called.
    fields : sequence of Field
        The columns, in order.
    batches : iterable of RecordBatch
        The rows.

    Raises
    ------
    QueryError
        If a sheet cannot hold them.

    Notes
    -----
    Numbers stay numbers, and texts stay texts: one that begins with ``=`` is no formula.
    """
    book = Workbook(write_only=True)
    rows = book.create_sheet(name[:31])
    rows.freeze_panes = "A2"
    try:
        rows.append(_titles(rows, [field.name for field in fields]))
        count = _written(rows, name, batches)
    finally:
        rows.close()  # A sheet that is left open complains when it is forgotten.
    notes = book.create_sheet("columns")
    notes.append(_titles(notes, _HEAD))
    for field in fields:
        notes.append([_cell(notes, text, name) for text in (field.name, field.unit, field.comment)])
    book.save(path)
    return count


def _written(rows: WriteOnlyWorksheet, name: str, batches: Iterable[pa.RecordBatch]) -> int:
    """Write rows below the header, and return their number.

    Raises
    ------
    QueryError
        If there are more than a sheet holds.
    """
    count = 0
    for batch in batches:
        count += batch.num_rows
        if count > MOST_ROWS:
            raise QueryError(
                f"{name} has more than the {MOST_ROWS} rows that a sheet holds; write .parquet or "
                ".csv, or name one --batch"
            )
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            rows.append([_cell(rows, value, name) for value in row])
    return count


def _titles(sheet: WriteOnlyWorksheet, names: Sequence[str]) -> list[Cell]:
    cells = [WriteOnlyCell(sheet, name) for name in names]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _cell(sheet: WriteOnlyWorksheet, value: Any, table: str) -> Any:
    """Return a cell that shows a value as it is.

    Raises
    ------
    QueryError
        If a text is longer than a cell.
    """
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, list | dict):
        value = json.dumps(value)
    if not isinstance(value, str):
        return value
    if len(value) > MOST_CHARACTERS:
        raise QueryError(
            f"{table} has a text of {len(value)} characters, a cell holds {MOST_CHARACTERS}; write "
            ".parquet or .csv"
        )
    try:
        cell = WriteOnlyCell(sheet, value)
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value))
    cell.data_type = "s"  # Otherwise a text that begins with = would be a formula.
    return cell
