"""How predicted cells look: for people in a table, for programs one JSON object a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table

from jobs.show.formats import console, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.lab.laboratory import Record

_SHOWN = (
    ("charge", "first_charge", "mah_per_g", 0),
    ("discharge", "first_discharge", "mah_per_g", 0),
    ("efficiency %", "efficiency", "percent", 0),
    ("SSE %", "sse_share", "percent", 0),
)


_REMARKS = (("assumed", "taken as usual"), ("not_used", "not in the model"), ("gaps", "mind"))


def print_predicted(found: Sequence[Record], *, style: str = "table") -> None:
    """Print predicted cells.

    Parameters
    ----------
    found : sequence of Record
        From :func:`jobs.work.cell_predictions.predicted_cells`.
    style : str, optional
        table, json or csv.
    """
    if style == "json":
        for row in found:
            print(json.dumps(row))
        return
    if style == "csv":
        print_rows(found, style=style)
        return
    table = Table(
        "id", "SSE", "cathode", "recipe", *(name for name, *_ in _SHOWN), "ohm cm2", "why",
        box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in found:
        why = row["reason"] + (
            f" (unlike: {row['outside_domain']})" if row["outside_domain"] else ""
        )
        figures = [_figure(row, name, unit, digits) for _, name, unit, digits in _SHOWN]
        resistance = row["area_resistance_ohm_cm2"]
        table.add_row(
            row["id"], row["sse"], row["cathode"], row["recipe"], *figures,
            "" if resistance is None else f"{resistance:.0f}", why,
        )  # fmt: skip
    console().print(table)
    for row in found:
        for name, what in _REMARKS:
            if row[name]:
                console().print(f"{row['id']}: {what}: {row[name]}", highlight=False)


def print_compared(found: Sequence[Record], calibration: str, *, style: str = "table") -> None:
    """Print measured beside predicted figures, and how many intervals held.

    Parameters
    ----------
    found : sequence of Record
        From :func:`jobs.work.cell_predictions.compared_cells`.
    calibration : str
        Id of the calibration behind the predictions.
    style : str, optional
        table, json or csv.
    """
    if style != "table":
        print_rows(found, style=style)
        return
    table = Table(
        "id", "SSE", "cathode", "figure", "measured", "predicted", "90 %", "inside", "unlike",
        box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in found:
        figures = [f"{row[name]:.4g}" if row[name] is not None else "" for name in _ENDS]
        inside = {True: "yes", False: "no", None: row["reason"]}[row["inside"]]
        table.add_row(
            row["id"], row["sse"], row["cathode"], row["quantity"], *figures[:2],
            f"{figures[2]}-{figures[3]}" if figures[2] else "", inside, row["outside_domain"],
        )  # fmt: skip
    out = console()
    out.print(table)
    told = [row for row in found if row["inside"] is not None]
    for name, seen in (("not fitted to", False), ("fitted to", True)):
        some = [row["inside"] for row in told if row["fitted"] is seen]
        if some:
            out.print(
                f"{sum(some)} of {len(some)} figures of cells that calibration {calibration} was "
                f"{name} are inside their 90 % intervals",
                highlight=False,
            )


_ENDS = ("measured", "predicted", "predicted_low", "predicted_high")


def _figure(row: Record, name: str, unit: str, digits: int) -> str:
    value = row[f"{name}_{unit}"]
    if value is None:
        return ""
    low, high = row[f"{name}_low_{unit}"], row[f"{name}_high_{unit}"]
    return f"{value:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"
