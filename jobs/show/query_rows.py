"""How the rows of a query look: a table, or records where it is too wide; CSV; JSON.

It loads little, for a quick answer.
"""

from __future__ import annotations

import csv
import json
import sys
from math import isfinite
from typing import TYPE_CHECKING

from jobs.process.printable import printable
from jobs.query.spreadsheet import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

_WIDE = 200  # Characters of a line where the output is no terminal.
_GAP = 2  # Characters between two columns.


def print_rows(
    columns: Sequence[str], rows: Sequence[Mapping[str, object]], *, style: str = "table"
) -> None:
    """Print rows as a table, as CSV, or as one JSON list.

    Parameters
    ----------
    columns : sequence of str
        Names of the columns.
    rows : sequence of mapping
        Their values; JSON has null for nan and infinity, which it cannot say.
    style : str, optional
        ``table``, ``csv`` or ``json``.
    """
    if style == "json":
        print(json.dumps([{name: _finite(value) for name, value in row.items()} for row in rows]))
    elif style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([_plain(name) for name in columns])
        writer.writerows([_plain(row[name]) for name in columns] for row in rows)
    elif not rows:
        print("no rows", file=sys.stderr)
    else:
        _print_rows(columns, rows)


def _print_rows(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Print a table if all of it fits into the width; else each row as a record."""
    cells = [[_cell(row[name]) for name in columns] for row in rows]
    out = _console()
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    if sum(widths) + _GAP * (len(columns) - 1) <= out.width:
        _print_table(out, columns, cells)
        return
    longest = max(map(len, columns))
    for number, row in enumerate(cells, 1):
        print(f"row {number}")
        for name, cell in zip(columns, row, strict=True):
            print(f"  {printable(name):<{longest}}  {printable(cell)}".rstrip())


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415  # Other styles need not pay for it.

    return Console() if sys.stdout.isatty() else Console(width=_WIDE)


def _print_table(out: Console, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.markup import escape  # noqa: PLC0415  # Other styles need not pay for it.
    from rich.table import Table  # noqa: PLC0415  # Other styles need not pay for it.

    titles = (escape(printable(name)) for name in columns)
    table = Table(*titles, box=None, header_style="bold", pad_edge=False)
    for row in cells:
        table.add_row(*(escape(printable(cell)) for cell in row))
    out.print(table)


def _plain(value: object) -> object:
    """Return a cell of a CSV file that neither a spreadsheet runs nor a terminal obeys."""
    return spreadsheet_safe(printable(value) if isinstance(value, str) else value)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list):
        return [_finite(one) for one in value]
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    return value


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)
