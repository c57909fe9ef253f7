"""How results look on a terminal; numbers are rounded here and nowhere else."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table

from jobs.errors import QueryError
from jobs.show import query_rows as shown
from jobs.store.published import rows
from screening.catalogue.materials import cathodes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from screening.results.records import Record

_RARE = 0.01  # A probability below this is shown as less than 1 %.
_ENOUGH = 140  # Characters of a line that hold the whole ranking.
_MOST_SHOWN, _BEST = 5000, 20  # Pairs of a batch up to which all are shown; else this many.
_WIDE = 200  # Characters of a line where the output is no terminal.
_EVERY = 5.0  # Seconds between plain lines of progress.


class Progress:
    """A bar on a terminal, a plain line now and then elsewhere; always on standard error."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._said = time.monotonic()
        self._bar: RichProgress | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = RichProgress(
                TextColumn(self._what),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._bar.add_task(self._what, total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def report(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        elif time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            print(f"{done} of {total} {self._what}", file=sys.stderr)


def print_ranking(
    store: Path,
    *,
    batch_id: str | None = None,
    cathode: str | None = None,
    top: int | None = None,
    style: str = "table",
) -> None:
    """Print the ranking of a batch: the last one run, if none is named.

    Raises
    ------
    QueryError
        If the store has no such batch, or the batch no such cathode.
    """
    batch = _batch(store, batch_id)
    if top is None and batch["pairs_total"] > _MOST_SHOWN:
        top = _BEST
        print(
            f"the best {top} of each cathode; --top N shows more, `catholyte export` writes all",
            file=sys.stderr,
        )
    found = rows(
        store,
        """SELECT * FROM ranked_pairs WHERE batch_id = ? AND coalesce(cathode = ?, true)
           AND coalesce(rank_in_cathode <= ?, true) ORDER BY rank, cathode, sse""",
        [batch["batch_id"], cathode, top],
    )
    if not found:
        there = rows(
            store,
            "SELECT DISTINCT cathode FROM pairs WHERE batch_id = ? ORDER BY 1",
            [batch["batch_id"]],
        )
        names = ", ".join(str(row["cathode"]) for row in there)
        raise QueryError(f"batch {batch['batch_id']} ranks no pair of {cathode}; it holds {names}")
    if style != "table":
        print_rows(found, style=style)
        return
    out = console()
    wide = out.width >= _ENOUGH
    for name in sorted({row["cathode"] for row in found}, key=_catalogue_order):
        of_cathode = [row for row in found if row["cathode"] == name]
        out.print(_ranking_table(name, of_cathode, wide=wide))
        if not wide:
            out.print()
            for row in of_cathode:
                out.print(
                    f"{row['rank_in_cathode']} {row['sse']}: {row['reason']}", highlight=False
                )
        out.print()
    out.print(
        f"{batch['pairs_total']} pairs, batch {batch['batch_id']}; "
        f"{found[0]['policy_statement']}. Score = capacity x interface x transport, with its 90 % "
        "interval; best: probability of the first place in its cathode; * not measured. "
        "Overall place in brackets.",
        highlight=False,
    )


def print_rows(found: Sequence[Record], *, style: str = "table") -> None:
    """Print rows as a table, as CSV, or as one JSON list; the first names the columns."""
    if found or style == "json":
        shown.print_rows(list(found[0]) if found else [], found, style=style)
    else:
        print("no rows", file=sys.stderr)


def _batch(store: Path, batch_id: str | None) -> Record:
    """Return the row of a batch, the last one run by default.

    Raises
    ------
    QueryError
        If there is none.
    """
    found = rows(
        store,
        "SELECT * FROM batches WHERE coalesce(batch_id = ?, true) ORDER BY run_at DESC LIMIT 1",
        [batch_id],
    )
    if not found:
        raise QueryError(f"no batch {batch_id} in {store}; see `catholyte query 'FROM batches'`")
    return found[0]


def _ranking_table(cathode: str, found: Sequence[Record], *, wide: bool) -> Table:
    """Return the ranking of a cathode; on a narrow terminal the essentials."""
    first = found[0]
    one_recipe = len({row["recipe"] for row in found}) == 1
    recipe = first["recipe"] if one_recipe else "as named"
    columns = ["", "SSE", "score", "90 %", "best", "efficiency %", "90 %"]
    if wide:
        columns += ["charge", "discharge", "S/cm", "density %", "why"]
    table = Table(
        *columns,
        title=f"{cathode}, {first['voltage_low_v']:g} to {first['voltage_high_v']:g} V, "
        f"recipe {recipe}" + (f"; first cycle in mAh/g of {cathode}" if wide else ""),
        title_justify="left", box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in found:
        cells = [
            f"{row['rank_in_cathode']} ({row['rank']})",
            row["sse"] if one_recipe else f"{row['sse']}, {row['recipe']}",
            f"{row['score_0_to_1']:.2f}",
            f"{row['score_low_0_to_1']:.2f}-{row['score_high_0_to_1']:.2f}",
            _percent(row["best_in_cathode_probability"]),
            f"{row['efficiency_percent']:.0f}",
            f"{row['efficiency_low_percent']:.0f}-{row['efficiency_high_percent']:.0f}",
        ]
        if wide:
            cells += [
                f"{row['first_charge_mah_per_g']:.0f}",
                f"{row['first_discharge_mah_per_g']:.0f}",
                f"{row['ionic_conductivity_s_per_cm']:.0e}{_star(row['ionic_conductivity_kind'])}",
                f"{row['relative_density_percent']:.0f}{_star(row['relative_density_kind'])}",
                row["reason"],
            ]
        table.add_row(*cells)
    return table


def _catalogue_order(cathode: str) -> tuple[int, str]:
    """Put cathodes in the order of the catalogue, and any others last."""
    names = list(cathodes())
    return (names.index(cathode) if cathode in names else len(names), cathode)


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for every column."""
    return Console() if sys.stdout.isatty() else Console(width=_WIDE)


def _percent(probability: float) -> str:
    if probability == 0.0:
        return ""
    return f"{100 * probability:.0f} %" if probability >= _RARE else "<1 %"


def _star(kind: object) -> str:
    return "" if kind == "measured" else "*"
