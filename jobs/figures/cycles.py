"""The first cycle of a composite: voltage against capacity, and how much of it is the SSE's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from jobs.figures.picture import Picture, plotted
from jobs.figures.style import INK, SERIES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

_HALVES = ("charge", "discharge")
_SAID = {"charge": "first charge", "discharge": "first discharge"}


def cycle_picture(record: Record) -> Picture:
    """Return the voltage curve of a first cycle, above the SSE's own part of the same capacity.

    Parameters
    ----------
    record : dict
        From `jobs.work.cycle_curve.cycle_curve`.
    """
    sse, cathode = written(record["sse"]), written(record["cathode"])
    rows = [
        {"half": _SAID[name], "step": step, "voltage": voltage, "capacity": capacity, "sse": part}
        for name in _HALVES
        for step, (voltage, capacity, part) in enumerate(
            zip(
                record[name]["voltage_v"],
                record[name]["capacity_mah_per_g"],
                record[name]["sse_mah_per_g"],
                strict=True,
            )
        )
    ]
    most = 1.05 * max(row["capacity"] for row in rows) or 1.0
    across = alt.Scale(domain=[0, most], nice=False)
    title = alt.TitleParams(f"First cycle of {cathode} with {sse}", subtitle=_told(rows, sse))
    chart = alt.vconcat(
        _lines(rows, "voltage", "voltage against Li/Li⁺ [V]", across, 240),
        _lines(rows, "sse", [f"of it by {sse}", "[mAh/g]"], across, 90),
        spacing=12,
    ).properties(title=title)
    return Picture(chart, f"Predicted first cycle of {cathode} with {sse}", _told(rows, sse))


def _lines(
    rows: Sequence[Record], column: str, title: str | list[str], across: alt.Scale, height: int
) -> alt.Chart:
    last = column == "sse"
    scale = alt.Scale(domain=list(_SAID.values()), range=[SERIES[1], SERIES[0]])
    dashes = alt.Scale(domain=list(_SAID.values()), range=[[1, 0], [6, 3]])
    axis = alt.Axis(title="capacity [mAh per g of cathode]" if last else None, labels=last)
    lines: alt.Chart = (
        plotted(rows)
        .mark_line(strokeWidth=2, color=INK)
        .encode(
            x=alt.X("capacity:Q", scale=across, axis=axis),
            y=alt.Y(f"{column}:Q", title=title, scale=alt.Scale(zero=last), axis=_few(last=last)),
            order="step:Q",
            color=alt.Color("half:N", title=None, scale=scale),
            strokeDash=alt.StrokeDash("half:N", title=None, scale=dashes),
        )
        .properties(width=WIDTH, height=height)
    )
    return lines


def _few(*, last: bool) -> alt.Axis:
    return alt.Axis(tickCount=3) if last else alt.Axis()


def _told(rows: Sequence[Record], sse: str) -> str:
    """Return both capacities, and the share of the SSE, in words."""
    ends = {row["half"]: row for row in rows}  # The last row of each half-cycle.
    return "; ".join(
        f"{half} {row['capacity']:.0f} mAh/g, {row['sse']:.0f} of it by {sse}"
        for half, row in ends.items()
    )
