"""What cells to make are expected to teach: the gain of each, and the chance that it is best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from jobs.errors import JobsError
from jobs.figures.picture import Picture, plotted
from jobs.figures.style import INK, SERIES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

MOST_ROWS = 20
"""Suggestions that a picture shows."""
_ROW = 24  # [px]


def teaching_picture(rows: Sequence[Record]) -> Picture:
    """Return suggestions with what each is expected to gain, the most telling on top.

    Parameters
    ----------
    rows : sequence of dict
        As ``catholyte suggest --list --json`` prints them.

    Raises
    ------
    JobsError
        If none has a gain.
    """
    found = [row for row in rows if row["gain"] is not None]
    found = sorted(found, key=lambda row: -row["gain"])[:MOST_ROWS]
    if not found:
        raise JobsError("plot: no suggestion with a gain; suggest some first")
    data = [
        {
            "name": f"{written(row['sse'])} / {written(row['cathode'])}",
            "gain": 100.0 * row["gain"],
            "said": f"best with {100 * row['best_probability']:.0f} %",
        }
        for row in found
    ]
    base = plotted(data).encode(
        y=alt.Y("name:N", scale=alt.Scale(domain=list(dict.fromkeys(r["name"] for r in data))),
                title=None, axis=alt.Axis(domain=False, ticks=False)),
        x=alt.X("gain:Q", title="expected gain over the best of the cathode [%]",
                scale=alt.Scale(domain=[0, 1.3 * max(row["gain"] for row in data) or 1.0])),
    )  # fmt: skip
    title = "What each cell would teach"
    chart = alt.layer(
        base.mark_bar(color=SERIES[0], height=12),
        base.mark_text(align="left", dx=5, color=INK, fontSize=10).encode(text="said:N"),
    ).properties(
        width=WIDTH - 60,
        height=_ROW * len({row["name"] for row in data}),
        title=alt.TitleParams(
            title,
            subtitle="how much better than the best of its cathode; and its chance to be that",
        ),
    )
    return Picture(chart, title, f"the most telling is {data[0]['name']}")
