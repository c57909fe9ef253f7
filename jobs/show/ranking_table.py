"""How a ranking looks on a terminal: one table, to which options add columns."""

from __future__ import annotations

from functools import partial
from math import exp
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from jobs.show.formats import console, print_rows
from screening.catalogue.materials import cathodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jobs.ranking.ranked import Ranked, Record

    _Column = tuple[str, Callable[[Record], str]]

_FACTORS = ("capacity", "interface", "transport")
_RARE = 0.01  # A probability below this is shown as less than 1 %.
_ENOUGH = 140  # Characters of a line that hold the whole ranking.
_SHORT = 20  # Characters of an objective that are a title.
_TENTH, _TEN = 0.1, 10.0
_SURENESS = (
    "first: probability of the first place in the cathode; pairs of one group are not told apart "
    "from its first; = is not surely below the best; * not measured"
)


def print_ranked(found: Ranked, *, style: str = "table") -> None:
    """Print a ranking: for people, as JSON or as CSV.

    Parameters
    ----------
    found : Ranked
        The ranking.
    style : str, optional
        table, json or csv.
    """
    rows = found.rows
    if style != "table":
        print_rows(rows, style=style)
        return
    out = console()
    wide = out.width >= _ENOUGH
    for name in sorted({row["cathode"] for row in rows}, key=_catalogue_order):
        mine = [row for row in rows if row["cathode"] == name]
        out.print(_table(name, mine, found, wide=wide))
        if not wide:
            out.print()
            for row in mine:
                line = f"{row['rank_in_cathode']} {row['sse']}: {row['reason']}"
                out.print(line, highlight=False, markup=False)
        out.print()
    out.print(_legend(found, rows), highlight=False, markup=False)


def _table(cathode: str, rows: Sequence[Record], found: Ranked, *, wide: bool) -> Table:
    """Return the ranking of a cathode; on a narrow terminal the essentials."""
    recipes = {row["recipe"] for row in rows}
    columns = _columns(rows, found, wide=wide)
    if len(recipes) > 1:
        columns.insert(2, ("recipe", lambda row: row["recipe"]))
    recipe = rows[0]["recipe"] if len(recipes) == 1 else "as named"
    first = rows[0]
    table = Table(
        *(title for title, _ in columns),
        title=f"{cathode}, {first['voltage_low_v']:g} to {first['voltage_high_v']:g} V, "
        f"recipe {recipe}" + (f"; first cycle in mAh/g of {cathode}" if wide else ""),
        title_justify="left", box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for row in rows:
        table.add_row(*(escape(cell(row)) for _, cell in columns))
    return table


def _columns(rows: Sequence[Record], found: Ranked, *, wide: bool) -> list[_Column]:
    """Return the columns that are shown: title, and cell of a row."""
    form = _form([row["objective_value"] for row in rows])
    columns: list[_Column] = [
        ("", lambda row: f"{row['rank_in_cathode']} ({row['rank']})"),
        ("SSE", lambda row: row["sse"]),
        (_title(found), lambda row: _number(row["objective_value"], form)),
        ("90 %", lambda row: _ends(row["objective_low"], row["objective_high"], form)),
        ("first", lambda row: _percent(row["best_probability"])),
        ("group", lambda row: (row["group"] or "") + ("=" if row["tied_with_best"] else "")),
        ("efficiency %", lambda row: f"{row['efficiency_percent']:.0f}"),
        ("90 %", lambda row: _whole_ends(row, "efficiency", "percent")),
    ]
    if any(row["measured_cells"] for row in rows):
        columns.append(("measured", lambda row: _rounded(row["measured_efficiency_percent"])))
    if found.axes:
        columns.append(("front", _on_front))
    if "contributions_against" in found.table.column_names:
        columns += [(name, partial(_contribution, name=name)) for name in _FACTORS]
    if wide:
        columns += [
            ("charge", lambda row: f"{row['first_charge_mah_per_g']:.0f}"),
            ("discharge", lambda row: f"{row['first_discharge_mah_per_g']:.0f}"),
            ("S/cm", lambda row: _with_star(row, "ionic_conductivity", "s_per_cm", ".0e")),
            ("density %", lambda row: _with_star(row, "relative_density", "percent", ".0f")),
            ("why", lambda row: row["reason"]),
        ]
    return columns


def _title(found: Ranked) -> str:
    return found.objective.text if len(found.objective.text) <= _SHORT else "objective"


def _legend(found: Ranked, rows: Sequence[Record]) -> str:
    """Return what the columns mean, for those that are shown."""
    by = found.objective
    parts = [
        f"{found.batch.title}, {found.batch.pairs_total} pairs; {rows[0]['policy_statement']}",
        f"ranked by {by.text}" + (f" = {by.expression}" if by.expression != by.text else "")
        + " = capacity x interface x transport" * (by.text == "score")
        + ", with its 90 % interval; overall place in brackets",
        _SURENESS,
    ]  # fmt: skip
    if found.axes:
        axes = ", ".join(found.axes)
        parts.append(f"front: * on the Pareto front of {axes}, with the probability to be")
    if "contributions_against" in found.table.column_names:
        parts.append(
            "capacity, interface, transport: the factor over that of the best score shown of the "
            "cathode"
        )
    batch = "" if not found.renewed else f" in place of {found.batch.calibration} of the batch"
    parts.append(f"calibration {found.calibration}{batch}")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def _catalogue_order(cathode: str) -> tuple[int, str]:
    """Put cathodes in the order of the catalogue, and any others last."""
    names = list(cathodes())
    return (names.index(cathode) if cathode in names else len(names), cathode)


def _ends(low: float | None, high: float | None, form: str) -> str:
    if low is None or high is None:
        return ""
    between = "-" if low >= 0 else " to "
    return f"{low:{form}}{between}{high:{form}}"


def _whole_ends(row: Record, name: str, unit: str) -> str:
    return f"{row[f'{name}_low_{unit}']:.0f}-{row[f'{name}_high_{unit}']:.0f}"


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _with_star(row: Record, name: str, unit: str, form: str) -> str:
    star = "" if row[f"{name}_kind"] == "measured" else "*"
    return f"{row[f'{name}_{unit}']:{form}}{star}"


def _on_front(row: Record) -> str:
    return ("* " if row["pareto_front"] else "") + _percent(row["pareto_probability"])


def _contribution(row: Record, name: str) -> str:
    return f"x {exp(row[f'contribution_{name}']):.2g}"


def _form(values: Sequence[float | None]) -> str:
    """Return how numbers of a column are written, so that the largest has three digits or so."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if _TENTH <= largest < _TEN:
        return ".2f"
    return ".0f" if _TEN**2 <= largest < _TEN**5 else ".3g"


def _number(value: float | None, form: str) -> str:
    return "" if value is None else f"{value:{form}}"


def _percent(probability: float | None) -> str:
    if not probability:
        return ""
    return f"{100 * probability:.0f} %" if probability >= _RARE else "<1 %"
