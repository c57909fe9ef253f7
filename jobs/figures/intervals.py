"""Rankings: one row for each pair, with its interval; and predictions with what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt

from jobs.errors import JobsError
from jobs.figures.picture import Picture, plotted
from jobs.figures.style import HOLLOW, INK, SERIES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

FACTORS_DRAWN = (
    "sse", "cathode", "recipe", "score_0_to_1", "score_low_0_to_1", "score_high_0_to_1",
    "factor_capacity", "factor_interface", "factor_transport",
)  # fmt: skip
"""Columns that :func:`factors_picture` takes."""
MOST_ROWS = 40
"""Pairs that a picture shows; more would not be read."""
_ROW = 20  # [px]
_WHOLE = 1000.0  # From here on a line shows no digits behind the point.


class Estimate(NamedTuple):
    """A predicted figure, and what was measured of it."""

    name: str
    """What it is of: the text of its row."""
    value: float | None
    """Predicted; None where nothing is."""
    low: float | None = None
    """Lower end of the 90 % interval."""
    high: float | None = None
    """Upper end of the same."""
    measured: float | None = None
    """What was measured; nothing is drawn without."""
    unit: str = ""
    """Unit of all of them."""
    reason: str = ""
    """Why nothing is predicted, or what else is to be known."""
    told: str = "measured"
    """What the other figure is: measured, or expected by somebody else."""

    @property
    def inside(self) -> bool:
        """Whether the measured figure is inside the interval."""
        if self.measured is None or self.low is None or self.high is None:
            return False
        return self.low <= self.measured <= self.high

    @property
    def verdict(self) -> str:
        """One line: measured, predicted, and whether both agree.

        Examples
        --------
        >>> Estimate("growth", 22.4, 21.4, 23.4, 25.8, "%").verdict
        'growth: measured 25.8 %, predicted 22.4 (21.4 to 23.4): miss'
        >>> Estimate("retention", None, measured=80, unit="%", reason="no later cycles").verdict
        'retention: measured 80 %: not modelled: no later cycles'
        """
        unit = f" {self.unit}" if self.unit else ""
        seen = f" not {self.told}"
        if self.measured is not None:
            seen = f" {self.told} {self.measured:.4g}{unit}"
        because = f": {self.reason}" if self.reason else ""
        if self.value is None:
            return f"{self.name}:{seen}: not modelled{because}"
        if self.low is None or self.high is None or self.measured is None:
            return f"{self.name}:{seen}, predicted {_short(self.value)}{unit}"
        said = "agree" if self.inside else "miss"
        ends = f"{_short(self.low)} to {_short(self.high)}"
        return f"{self.name}:{seen}, predicted {_short(self.value)} ({ends}): {said}{because}"


def _short(number: float) -> str:
    """Return a number with three digits, or all of those before the point."""
    return f"{number:.0f}" if abs(number) >= _WHOLE else f"{number:.3g}"


def ranking_picture(rows: Sequence[Record], objective: str) -> Picture:
    """Return a ranking, the best on top; one colour and letter for pairs that are not told apart.

    Parameters
    ----------
    rows : sequence of dict
        As ``catholyte rank --objective TEXT --json`` prints them.
    objective : str
        What they are ranked by.

    Raises
    ------
    JobsError
        If no pair has a value.
    """
    shown = [row for row in rows if row["objective_value"] is not None][:MOST_ROWS]
    if not shown:
        raise JobsError(f"plot: no pair has a value of {objective}; there is nothing to draw")
    groups = list(dict.fromkeys((row["cathode"], row["group"]) for row in shown))
    one_cathode = len({row["cathode"] for row in shown}) == 1
    data = [
        {
            "name": f"{place + 1}  {written(row['sse'])}"
            + ("" if one_cathode else f" / {written(row['cathode'])}"),
            "value": row["objective_value"],
            "low": row["objective_low"],
            "high": row["objective_high"],
            "colour": SERIES[groups.index((row["cathode"], row["group"])) % len(SERIES)],
            "group": row["group"],
            "reason": row["reason"],
        }
        for place, row in enumerate(shown)
    ]
    title = f"Ranking by {objective}"
    if one_cathode:
        title += f", in {written(shown[0]['cathode'])}"
    said = f"The best is {data[0]['name'].split('  ')[1]}; {len(data)} pairs"
    subtitle = "bars: 90 % intervals; one letter: not told apart, within a cathode"
    return Picture(_bars(data, objective, title, subtitle), title, said)


def factors_picture(rows: Sequence[Record]) -> Picture:
    """Return the scores of a few pairs, and the factors that they are made of, as bars.

    Parameters
    ----------
    rows : sequence of dict
        Rows of a ranking, with the columns :data:`FACTORS_DRAWN`.
    """
    names = _distinct([f"{written(row['sse'])} / {written(row['cathode'])}" for row in rows], rows)
    parts = ("score", "capacity", "interface", "transport")
    data = [
        {
            "pair": name,
            "part": part,
            "value": row["score_0_to_1" if part == "score" else f"factor_{part}"],
            "low": row["score_low_0_to_1"] if part == "score" else None,
            "high": row["score_high_0_to_1"] if part == "score" else None,
        }
        for part in parts
        for name, row in zip(names, rows, strict=True)
    ]
    base = plotted(data).encode(
        y=alt.Y("pair:N", scale=alt.Scale(domain=names), title=None, axis=None)
    )
    bars = base.mark_bar(height=13).encode(
        x=alt.X("value:Q", title="score and its factors, 0 to 1", scale=alt.Scale(domain=[0, 1])),
        color=alt.Color(
            "pair:N", title=None, scale=alt.Scale(domain=names, range=list(SERIES)),
            legend=alt.Legend(columns=1),
        ),
    )  # fmt: skip
    lines = base.transform_filter("isValid(datum.low)").mark_rule(color=INK, strokeWidth=1.5)
    chart = (
        alt.layer(bars, lines.encode(x="low:Q", x2="high:Q"))
        .properties(width=WIDTH, height=18 * len(rows))
        .facet(row=alt.Row("part:N", sort=list(parts), title=None,
                           header=alt.Header(labelAngle=0, labelAlign="left")), spacing=12)
        .properties(title=alt.TitleParams("Scores, and what they are made of",
                                          subtitle="line: 90 % interval of the score"))
    )  # fmt: skip
    best = max(rows, key=lambda row: row["score_0_to_1"] or 0.0)
    said = f"The largest score is that of {written(best['sse'])} with {written(best['cathode'])}"
    return Picture(chart, "Scores, and what they are made of", said)


def _distinct(names: Sequence[str], rows: Sequence[Record]) -> list[str]:
    """Return names of pairs, with the recipe behind those that come again."""
    return [
        f"{name}, {row['recipe']}" if names.count(name) > 1 else name
        for name, row in zip(names, rows, strict=True)
    ]


def coating_picture(record: Record) -> Picture:
    """Return coatings that no gate has refused, the best on top.

    Parameters
    ----------
    record : dict
        As ``catholyte coat --json`` prints it.

    Raises
    ------
    JobsError
        If every coating was refused.
    """
    shown = [one for one in record["coatings"] if one["rank"] is not None][:MOST_ROWS]
    title = f"Coatings between {written(record['sse'])} and {written(record['cathode'])}"
    if not shown:
        raise JobsError(f"plot: {title}: every one is refused; there is nothing to draw")
    data = [
        {
            "name": f"{one['rank']}  {written(one['coating'])}",
            "value": one["score"],
            "low": one["score_low"],
            "high": one["score_high"],
            "colour": SERIES[0],
            "group": "",
            "reason": one["reason"],
        }
        for one in shown
    ]
    steps = ", ".join(f"{one['left']} {one['step']}" for one in record["funnel"])
    said = f"The best is {written(shown[0]['coating'])}; left at each step: {steps}"
    return Picture(_bars(data, "score", title, "bars: 90 % intervals"), title, said)


def _bars(data: Sequence[Record], axis: str, title: str, subtitle: str) -> Any:
    """Return one row of each: interval, value, and the letter of its group."""
    base = plotted(data).encode(
        y=alt.Y("name:N", scale=alt.Scale(domain=[row["name"] for row in data]), title=None,
                axis=alt.Axis(domain=False, ticks=False, labelPadding=8)),
        color=alt.Color("colour:N", scale=None),
        tooltip=["name:N", "value:Q", "low:Q", "high:Q", "reason:N"],
    )  # fmt: skip
    bars = base.mark_bar(height=7, opacity=0.45).encode(
        x=alt.X("low:Q", title=axis, scale=alt.Scale(zero=False)), x2="high:Q"
    )
    dots = base.mark_circle(size=60, opacity=1).encode(x="value:Q")
    letters = base.mark_text(align="left", dx=6, color=INK, fontSize=10).encode(
        x="high:Q", text="group:N", color=alt.value(INK)
    )
    return alt.layer(bars, dots, letters).properties(
        width=WIDTH - 60,
        height=_ROW * len(data),
        title=alt.TitleParams(title, subtitle=subtitle),
    )


def agreement_picture(
    estimates: Sequence[Estimate], *, title: str, axis: str, bars: str = "90 % interval"
) -> Picture:
    """Return predictions with their intervals, and measured figures on top.

    Parameters
    ----------
    estimates : sequence of Estimate
        One for each row, in this order.
    title : str
        What they are.
    axis : str
        Quantity and unit.
    bars : str, optional
        What reaches from `low` to `high`.
    """
    predicted = f"predicted, {bars}"
    measured = " or ".join(dict.fromkeys(one.told for one in estimates if one.measured is not None))
    rows = [one for one in estimates if one.value is not None]
    data = [one._asdict() | {"kind": predicted} for one in rows]
    points = [one._asdict() | {"kind": measured} for one in estimates if one.measured is not None]
    y = alt.Y("name:N", scale=alt.Scale(domain=[one.name for one in estimates]), title=None,
              axis=alt.Axis(domain=False, ticks=False, labelPadding=8))  # fmt: skip
    kinds = [predicted, measured] if points else [predicted]
    colour = alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=[SERIES[0], INK]))
    shape = alt.Shape("kind:N", title=None,
                      scale=alt.Scale(domain=kinds, range=["circle", HOLLOW]))  # fmt: skip
    base = plotted(data).encode(y=y)
    layers = [
        base.mark_bar(height=9, opacity=0.35, color=SERIES[0]).encode(
            x=alt.X("low:Q", title=axis, scale=alt.Scale(zero=False, padding=10)), x2="high:Q"
        ),
        base.mark_point(size=60, filled=True, opacity=1).encode(
            x="value:Q", color=colour, shape=shape
        ),
        plotted(points)
        .mark_point(size=110, filled=True, opacity=1)
        .encode(x="measured:Q", y=y, color=colour, shape=shape),
    ]
    chart = alt.layer(*layers).properties(
        width=WIDTH - 60, height=26 * len(estimates), title=alt.TitleParams(title)
    )
    return Picture(chart, title, _agreement_told(estimates))


def _agreement_told(estimates: Sequence[Estimate]) -> str:
    """Return in words how many figures are inside; without any, the predictions themselves."""
    known = [one for one in estimates if one.measured is not None]
    if not known:
        return "; ".join(f"{one.name} {_short(one.value)}" for one in estimates if one.value)
    judged = [one for one in known if one.value is not None]
    left = f"; {len(known) - len(judged)} not modelled" if len(known) > len(judged) else ""
    inside = sum(one.inside for one in judged)
    return f"{inside} of {len(judged)} {known[0].told} figures are inside{left}"
