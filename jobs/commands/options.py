"""Options that several commands share, with their help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

OK, FAILURE, BAD_INPUT, SOME_FAILED, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""Exit codes: all well; our fault; the input's; pairs without an answer; store in use; Ctrl-C."""

DEFAULT_STORE = Path("catholyte-store")
"""Folder that keeps results when no other is named."""


class PolicyName(StrEnum):
    """Which phases may compete."""

    KNOWN = "known"
    ALL = "all"


Table = Annotated[
    str,
    typer.Option(
        help="Phase table: reference, a snapshot, or a .csv or .parquet file.", metavar="NAME"
    ),
]
PolicyOption = Annotated[
    PolicyName, typer.Option(help="Competing phases: those experiment knows, or all.")
]
Store = Annotated[Path, typer.Option(help="Folder that keeps results.", envvar="CATHOLYTE_STORE")]
Exclude = Annotated[
    list[str] | None,
    typer.Option(help="Leave a phase out; may be repeated.", metavar="FORMULA[=REASON]"),
]
Temperature = Annotated[
    float, typer.Option(help="0, or 273.15 to 400 K for free energies.", metavar="KELVIN")
]
Draws = Annotated[
    int, typer.Option(help="Redraw all phase energies N times: intervals.", min=0, max=100_000)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


def style(*, as_json: bool, as_csv: bool) -> str:
    """Return how rows are to be printed: json, csv or table."""
    return "json" if as_json else "csv" if as_csv else "table"
