"""How a ranking by an objective looks on a terminal, and its plot."""

from __future__ import annotations

from html import escape
from math import exp, log
from typing import TYPE_CHECKING

from rich.table import Table

from jobs.errors import JobsError
from jobs.show.formats import console, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jobs.ranking.ranked import Ranked, Record

_FACTORS = ("factor_capacity", "factor_interface", "factor_transport")
_LEAST = 1e-12  # A factor below this counts as this much in a logarithm.
_RARE = 0.01  # A probability below this is shown as less than 1 %.
_MOST_BARS = 60  # Rows of a plot.
_STEP, _LEFT, _WIDTH = 22, 210, 480  # Pixels of a plot.
_COLOURS = ("#08519c", "#3182bd", "#6baed6", "#9ecae1", "#c6dbef")


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


def write_ranking_plot(found: Ranked, path: Path) -> None:
    """Write a ranking with its intervals as an SVG picture, the best on top.

    Parameters
    ----------
    found : Ranked
        The ranking.
    path : Path
        A file that ends in .svg.

    Raises
    ------
    JobsError
        If the file is no .svg, or cannot be written.
    """
    if path.suffix.lower() != ".svg":
        raise JobsError(f"plot {path}: only .svg pictures are written; name one")
    try:
        path.write_text(_picture(found), encoding="utf-8")
    except OSError as error:
        raise JobsError(f"plot {path}: {error.strerror}; choose another place") from error


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


def _picture(found: Ranked) -> str:
    """Return the intervals as bars, one row for each pair."""
    shown = [row for row in found.rows if row["objective_value"] is not None][:_MOST_BARS]
    ends = [
        row[name]
        for row in shown
        for name in ("objective_low", "objective_value", "objective_high")
        if row[name] is not None
    ]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return _LEFT + _WIDTH * (value - low) / span

    groups = list(dict.fromkeys((row["cathode"], row["group"]) for row in shown))
    parts = []
    for place, row in enumerate(shown):
        y = 60 + _STEP * place
        first = row["objective_low"] if row["objective_low"] is not None else row["objective_value"]
        last = (
            row["objective_high"] if row["objective_high"] is not None else row["objective_value"]
        )
        colour = _COLOURS[groups.index((row["cathode"], row["group"])) % len(_COLOURS)]
        name = escape(f"{row['rank']} {row['sse']} / {row['cathode']}")
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{name}</text>'
            f'<line x1="{x(first):.1f}" x2="{x(last):.1f}" y1="{y}" y2="{y}" stroke="{colour}" '
            'stroke-width="6" stroke-opacity="0.5"/>'
            f'<circle cx="{x(row["objective_value"]):.1f}" cy="{y}" r="4" fill="{colour}"/>'
        )
    bottom = 60 + _STEP * len(shown)
    ticks = "".join(
        f'<text x="{x(low + share * span):.0f}" y="{bottom + 12}" text-anchor="middle">'
        f"{low + share * span:.3g}</text>"
        f'<line x1="{x(low + share * span):.0f}" x2="{x(low + share * span):.0f}" y1="46" '
        f'y2="{bottom - 8}" stroke="#ddd"/>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 730 {bottom + 40}" '
        'font-family="sans-serif" font-size="13">'
        f'<rect width="730" height="{bottom + 40}" fill="white"/>'
        f'<text x="20" y="28" font-size="16">{escape(found.objective.text)}, with 90 % intervals; '
        "one colour for pairs that are not told apart</text>"
        f"{ticks}{''.join(parts)}</svg>\n"
    )


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def _percent(probability: float | None) -> str:
    if probability is None:
        return ""
    return f"{100 * probability:.0f} %" if probability >= _RARE else "<1 %"
