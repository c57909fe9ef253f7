"""How suggestions and experiments look on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.table import Table

from jobs.show.formats import console, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.ranking.ranked import Record

_EXPERIMENT = (
    ("id", "id"), ("date", "date"), ("sse", "SSE"), ("cathode", "cathode"), ("recipe", "recipe"),
    ("first_charge_mah_per_g", "charge"), ("first_discharge_mah_per_g", "discharge"),
    ("efficiency_percent", "efficiency %"), ("retention_percent", "retention %"),
    ("retention_cycles", "cycles"), ("version", "version"), ("source", "source"),
)  # fmt: skip


def print_suggestions(found: Sequence[Record], *, style: str = "table") -> None:
    """Print suggestions: for people, as JSON or as CSV.

    Parameters
    ----------
    found : sequence of Record
        Suggestions, with or without masses.
    style : str, optional
        table, json or csv.
    """
    if style != "table" or not found:
        print_rows(found, style=style)
        return
    masses = any(row.get("sse_mg") is not None for row in found)
    table = Table(
        "id", "state", "SSE", "cathode", "recipe", "best",
        *(["cathode mg", "SSE mg", "carbon mg"] if masses else []),
        box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in found:
        state = row["state"] if row["kind"] == "candidate" else f"{row['state']}, control"
        best = row["best_probability"]
        cells = [
            row["id"],
            state,
            row["sse"],
            row["cathode"],
            row["recipe"],
            "" if best is None else f"{100 * best:.0f} %",
        ]
        if masses:
            cells += [_cell(row.get(f"{part}_mg")) for part in ("cathode", "sse", "carbon")]
        table.add_row(*cells)
    out = console()
    out.print(table)
    out.print()
    for row in found:
        out.print(f"{row['id']} {row['sse']}: {row['reason']}", highlight=False)
        out.print(f"  would change the ranking: {row['outcome']}", highlight=False)


def print_experiments(found: Sequence[Record], *, style: str = "table") -> None:
    """Print experiments: for people the main fields, as JSON or CSV all of them.

    Parameters
    ----------
    found : sequence of Record
        Rows of experiments.
    style : str, optional
        table, json or csv.
    """
    if style != "table":
        print_rows(found, style=style)
        return
    if not found:
        print("no experiments", file=sys.stderr)
        return
    table = Table(
        *(title for _, title in _EXPERIMENT), box=None, header_style="bold", pad_edge=False
    )
    for row in found:
        table.add_row(*(_cell(row[name]) for name, _ in _EXPERIMENT))
    console().print(table)


def print_history(versions: Sequence[Record], *, style: str = "table") -> None:
    """Print all versions of one experiment: for people what each one changed.

    Parameters
    ----------
    versions : sequence of Record
        The first one first.
    style : str, optional
        table, json or csv.
    """
    if style != "table":
        print_rows(versions, style=style)
        return
    out = console()
    before: Record = {}
    for row in versions:
        said = f": {row['reason']}" if row["reason"] else ""
        gone = ", withdrawn" if row["withdrawn"] else ""
        out.print(f"version {row['version']}, {row['entered_at']}{gone}{said}", highlight=False)
        for name, value in row.items():
            if name in {"version", "entered_at", "reason", "withdrawn", "content"}:
                continue
            if value is not None and value != before.get(name):
                out.print(f"  {name} {_cell(value)}", highlight=False)
            elif value is None and before.get(name) is not None:
                out.print(f"  {name} cleared", highlight=False)
        before = row


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)
