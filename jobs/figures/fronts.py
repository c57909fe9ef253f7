"""Two goals that pull apart: pairs, and those that no other pair beats in both."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, Any

import altair as alt

from jobs.errors import JobsError
from jobs.figures.picture import Picture, plotted
from jobs.figures.style import QUIET, SERIES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

_ON, _BELOW = "on the front", "beaten by another"


def front_picture(rows: Sequence[Record], x: str, y: str) -> Picture:
    """Return pairs over two columns, the Pareto front marked and named.

    Parameters
    ----------
    rows : sequence of dict
        As ``catholyte rank --pareto --json`` prints them.
    x, y : str
        Names of two numeric columns.

    Raises
    ------
    JobsError
        If no pair has both, or none says whether it is on the front.
    """
    shown = [row for row in rows if row.get(x) is not None and row.get(y) is not None]
    if not shown or "pareto_front" not in shown[0]:
        raise JobsError(f"plot: no pairs with {x}, {y} and a Pareto front; rank with --pareto")
    data = _points(shown, x, y)
    kinds = [_ON, _BELOW]
    base = plotted(data).encode(
        x=alt.X("x:Q", title=_titled(x), scale=_scale(x), axis=_marks(x)),
        y=alt.Y("y:Q", title=_titled(y), scale=_scale(y), axis=_marks(y)),
        tooltip=["name:N", "x:Q", "y:Q", "kind:N"],
    )
    dots = base.mark_point(size=70, filled=True, opacity=1).encode(
        color=alt.Color("kind:N", title=None,
                        scale=alt.Scale(domain=kinds, range=[SERIES[0], QUIET])),
        shape=alt.Shape("kind:N", title=None,
                        scale=alt.Scale(domain=kinds, range=["circle", "cross"])),
    )  # fmt: skip
    named = {row["name"] for row in _apart([row for row in data if row["kind"] == _ON], x, y)}
    names = (
        base.transform_filter(alt.FieldOneOfPredicate(field="name", oneOf=sorted(named)))
        .mark_text(align="left", dx=8)
        .encode(text="name:N")
    )
    front = [row["name"] for row in data if row["kind"] == _ON]
    title = f"{_titled(y)} against {_titled(x)}"
    chart = alt.layer(dots, names).properties(
        width=WIDTH,
        height=300,
        title=alt.TitleParams(
            "Pairs that no other pair beats",
            subtitle="in efficiency, energy, conductivity and cost together; two of them shown",
        ),
    )
    return Picture(chart, title, f"on the front: {', '.join(front)}")


def _points(rows: Sequence[Record], x: str, y: str) -> list[Record]:
    """Return pairs as points; their cathode is named where there are several."""
    one_cathode = len({row["cathode"] for row in rows}) == 1
    return [
        {
            "x": row[x],
            "y": row[y],
            "name": written(row["sse"]) + ("" if one_cathode else f" / {written(row['cathode'])}"),
            "kind": _ON if row["pareto_front"] else _BELOW,
        }
        for row in rows
    ]


def _scale(column: str) -> alt.Scale:
    return alt.Scale(type="log") if _spans_decades(column) else alt.Scale(zero=False, padding=20)


def _marks(column: str) -> alt.Axis:
    return alt.Axis(format="~e") if _spans_decades(column) else alt.Axis()


def _spans_decades(column: str) -> bool:
    """Say whether a column is drawn on a logarithmic scale: conductivities are."""
    return column.endswith("_s_per_cm")


def _apart(rows: Sequence[Record], x: str, y: str) -> list[Record]:
    """Return rows whose names do not run into each other; the pointer shows the others."""
    places = [
        [log10(row[axis]) if _spans_decades(column) else row[axis] for row in rows]
        for axis, column in (("x", x), ("y", y))
    ]
    spans = [max(axis) - min(axis) or 1.0 for axis in places]
    kept: list[int] = []
    for here in range(len(rows)):
        near = (
            abs(places[0][here] - places[0][there]) < spans[0] / 4
            and abs(places[1][here] - places[1][there]) < spans[1] / 15
            for there in kept
        )
        if not any(near):
            kept.append(here)
    return [rows[here] for here in kept]


def _titled(column: str) -> str:
    """Return a column with its unit in brackets, as far as its name has one we know."""
    for end, unit in _UNITS.items():
        if column.endswith(end):
            return f"{column.removesuffix(end).replace('_', ' ')} [{unit}]"
    return column.replace("_", " ")


_UNITS = {
    "_percent": "%", "_wh_per_kg": "Wh/kg", "_wh_per_l": "Wh/L", "_s_per_cm": "S/cm",
    "_mah_per_g": "mAh/g", "_usd_per_kg": "USD/kg", "_0_to_1": "0 to 1", "_v": "V",
}  # fmt: skip
