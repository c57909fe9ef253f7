"""How the rows of a query look: a table, CSV, or JSON. It loads little, for a quick answer."""

from __future__ import annotations

import csv
import json
import sys
from math import isfinite
from typing import TYPE_CHECKING

from jobs.query.spreadsheet import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDE = 200  # Characters of a line where the output is no terminal.


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
        writer.writerow([spreadsheet_safe(name) for name in columns])
        writer.writerows([spreadsheet_safe(row[name]) for name in columns] for row in rows)
    elif not rows:
        print("no rows", file=sys.stderr)
    else:
        _print_table(columns, rows)


def _print_table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    from rich.console import Console  # noqa: PLC0415  # Other styles need not pay for it.
    from rich.markup import escape  # noqa: PLC0415  # As above.
    from rich.table import Table  # noqa: PLC0415  # As above.

    table = Table(*map(escape, columns), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(escape(_cell(row[name])) for name in columns))
    (Console() if sys.stdout.isatty() else Console(width=_WIDE)).print(table)


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
