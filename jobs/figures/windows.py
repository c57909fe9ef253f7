"""Stability windows: what a material turns into at each voltage, and how much charge that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from jobs.figures.picture import Picture, plotted
from jobs.figures.style import INK, SERIES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

TOP = 5.0
"""Voltage to which a picture goes at least, and where an open step is cut. [V]"""
_VOLTAGE = "voltage against Li/Li⁺ [V]"
_UPTAKE, _STABLE, _RELEASE = "takes up Li", "stable", "gives off Li"
_KINDS = (_UPTAKE, _STABLE, _RELEASE)
_COLOURS = ("#a8d0ea", SERIES[0], SERIES[1])  # The first is lighter than the last in grey too.
_ROW = 22  # [px] Height of one step.


def window_picture(records: Sequence[Record]) -> Picture:
    """Return the staircases of materials: a row for each step, named by its products.

    Parameters
    ----------
    records : sequence of dict
        As ``catholyte window --json`` prints them; intervals are drawn where they have been drawn.
    """
    top = max(
        [TOP, *[1.05 * (step["voltage_low_v"] + 0.2) for r in records for step in r["steps"]]]
    )
    panels = [_steps(record, top, last=record is records[-1]) for record in records]
    names = [written(record["formula"]) for record in records]
    chart = alt.vconcat(*panels, spacing=16).properties(
        title=alt.TitleParams(
            f"What becomes of {', '.join(names)}",
            subtitle="numbers: charge from the window to this step [mAh/g]; "
            "black: 90 % interval of the limits",
        )
    )
    windows = "; ".join(_said(record) for record in records)
    return Picture(chart, f"Stability window of {', '.join(names)}", windows)


def _steps(record: Record, top: float, *, last: bool) -> alt.LayerChart | alt.FacetChart:
    rows = _step_rows(record, top)
    axis = alt.Axis(title=_VOLTAGE if last else None, labels=last, grid=True, tickCount=5)
    base = plotted(rows).encode(
        y=alt.Y(
            "name:N",
            scale=alt.Scale(domain=[row["name"] for row in rows]),
            title=None,
            axis=alt.Axis(labelLimit=260, domain=False, ticks=False),
        )
    )
    bars = base.mark_bar(height=12).encode(
        x=alt.X("low:Q", title=_VOLTAGE, scale=alt.Scale(domain=[0, top], nice=False), axis=axis),
        x2="high:Q",
        color=alt.Color(
            "kind:N", title=None, scale=alt.Scale(domain=list(_KINDS), range=list(_COLOURS))
        ),
        tooltip=[
            alt.Tooltip("products:N"),
            alt.Tooltip("low:Q", title="from [V]", format=".3f"),
            alt.Tooltip("high:Q", title="to [V]", format=".3f"),
            alt.Tooltip("capacity:Q", title="capacity [mAh/g]", format=".0f"),
        ],
    )
    figures = base.mark_text(align="left", dx=4, fontSize=10).encode(x="high:Q", text="said:N")
    layers = [bars, figures, *_whiskers(record, rows)]
    return alt.layer(*layers).properties(width=WIDTH - 60, height=max(2, len(rows)) * _ROW)


def _step_rows(record: Record, top: float) -> list[Record]:
    """Return the steps below the top, each named by its products, the window by the material."""
    rows = [
        {
            "place": place,
            "low": step["voltage_low_v"],
            "high": top if step["voltage_high_v"] is None else min(step["voltage_high_v"], top),
            "products": " + ".join(written(one["formula"]) for one in step["products"]),
            "capacity": abs(step["capacity_mah_per_g"]),
            "said": f"{abs(step['capacity_mah_per_g']):.0f}" if _kind(step) != _STABLE else "",
            "kind": _kind(step),
        }
        for place, step in enumerate(record["steps"])
        if step["voltage_low_v"] < top
    ]
    for row in rows:
        row["name"] = f"{written(record['formula'])}" if row["kind"] == _STABLE else row["products"]
    return [row for row in rows if row["high"] > row["low"]]


def _whiskers(record: Record, rows: Sequence[Record]) -> list[alt.Chart]:
    """Return the intervals of both limits, on the row of the window."""
    ends = [
        {
            "name": row["name"],
            "low": record[f"{limit}_limit_low_v"],
            "high": record[f"{limit}_limit_high_v"],
        }
        for row in rows
        if row["kind"] == _STABLE
        for limit in ("reduction", "oxidation")
        if record.get(f"{limit}_limit_low_v") is not None
        and record.get(f"{limit}_limit_high_v") is not None
    ]
    if not ends:
        return []
    return [
        plotted(ends)
        .mark_rule(strokeWidth=2, color=INK, yOffset=9)
        .encode(x="low:Q", x2="high:Q", y=alt.Y("name:N"))
    ]


def _kind(step: Record) -> str:
    if abs(step["li_change"]) < 1e-9:  # noqa: PLR2004  # Rounding of a step without lithium.
        return _STABLE
    return _UPTAKE if step["li_change"] > 0 else _RELEASE


def _said(record: Record) -> str:
    high = record["oxidation_limit_v"]
    upper = "without an upper limit" if high is None else f"to {high:.2f} V"
    return (
        f"{written(record['formula'])} is stable from {record['reduction_limit_v']:.2f} V {upper}"
    )
