"""How a ranking by an objective looks on a terminal."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from rich.table import Table

from jobs.show.formats import console, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.ranking.ranked import Ranked, Record

_FACTORS = ("factor_capacity", "factor_interface", "factor_transport")
_LEAST = 1e-12  # A factor below this counts as this much in a logarithm.
_RARE = 0.01  # A probability below this is shown as less than 1 %.


def print_ranked(found: Ranked, *, style: str = "table", explain: bool = False) -> None:
    """Print a ranking: for people, as JSON or as CSV.

    Parameters
    ----------
    found : Ranked
        The ranking.
    style : str, optional
        table, json or csv.
    explain : bool, optional
        Whether to say what each factor of the score adds to the distance from the best.
    """
    if explain:
        _add_contributions(found.rows)
    if style != "table":
        print_rows(found.rows, style=style)
        return
    out = console()
    for name in dict.fromkeys(row["cathode"] for row in found.rows):
        mine = [row for row in found.rows if row["cathode"] == name]
        out.print(_table(name, mine, pareto=bool(found.axes)))
        for row in mine:
            line = row["reason"] if not explain else f"{row['reason']}. {_contributions(row)}"
            out.print(f"{row['rank_in_cathode']} {row['sse']}: {line}", highlight=False)
        out.print()
    out.print(_legend(found), highlight=False)


def _table(cathode: str, found: Sequence[Record], *, pareto: bool) -> Table:
    """Return the ranking of one cathode."""
    columns = ["", "SSE", "recipe", "objective", "90 %", "first", "top", "over next", "group"]
    table = Table(
        *columns, *(["front"] if pareto else []),
        title=cathode, title_justify="left", box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in found:
        cells = [
            f"{row['rank_in_cathode']} ({row['rank']})",
            row["sse"],
            row["recipe"],
            _number(row["objective_value"]),
            f"{_number(row['objective_low'])} to {_number(row['objective_high'])}",
            _percent(row["best_probability"]),
            _percent(row["top_probability"]),
            _percent(row["order_holds_probability"]),
            row["group"] + ("=" if row["tied_with_best"] else ""),
        ]
        if pareto:
            cells.append(
                ("* " if row["pareto_front"] else "") + _percent(row["pareto_probability"])
            )
        table.add_row(*cells)
    return table


def _legend(found: Ranked) -> str:
    front = (
        f" front: * on the Pareto front of {', '.join(found.axes)} of its cathode, with the "
        "probability to be."
        if found.axes
        else ""
    )
    return (
        f"Batch {found.batch['batch_id']}, ranked by {found.objective.text}"
        + (
            f" = {found.objective.expression}"
            if found.objective.expression != found.objective.text
            else ""
        )
        + ". first, top: probability of the first place, and of the first few, in the cathode; "
        "over next: probability that it is above the next; pairs of one group are not told apart "
        f"from its first; = is not surely below the best.{front} {found.statement[0].upper()}"
        f"{found.statement[1:]}."
    )


def _add_contributions(found: Sequence[Record]) -> None:
    """Add to each row the logarithm of each factor over that of the best score of its cathode."""
    best: dict[str, Record] = {}
    for row in found:
        known = best.setdefault(row["cathode"], row)
        if row["score_0_to_1"] > known["score_0_to_1"]:
            best[row["cathode"]] = row
    for row in found:
        reference = best[row["cathode"]]
        row["contributions_against"] = reference["sse"]
        for name in _FACTORS:
            one, other = max(row[name], _LEAST), max(reference[name], _LEAST)
            row[f"contribution_{name.removeprefix('factor_')}"] = log(one / other)


def _contributions(row: Record) -> str:
    """Return in words what each factor does to the score, against the best of the cathode."""
    if row["contributions_against"] == row["sse"]:
        return "Its score is the highest shown of its cathode"
    parts = [
        f"{name.removeprefix('factor_')} x {exp(row[contribution]):.2g}"
        for name in _FACTORS
        if (contribution := f"contribution_{name.removeprefix('factor_')}")
    ]
    return f"Score against {row['contributions_against']}: " + ", ".join(parts)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def _percent(probability: float | None) -> str:
    if probability is None:
        return ""
    return f"{100 * probability:.0f} %" if probability >= _RARE else "<1 %"
