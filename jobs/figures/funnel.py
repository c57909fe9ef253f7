"""How many candidates each stage of a search leaves."""

from __future__ import annotations

from math import ceil, log10
from typing import TYPE_CHECKING, NamedTuple

import altair as alt

from jobs.figures.picture import Picture, plotted
from jobs.figures.style import SERIES, WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence


class Stage(NamedTuple):
    """One stage of a search."""

    name: str
    """What is asked."""
    left: int
    """Candidates that remain after it."""


def funnel_picture(stages: Sequence[Stage], *, title: str) -> Picture:
    """Return what each stage leaves, on a logarithmic scale.

    Parameters
    ----------
    stages : sequence of Stage
        In the order of the search.
    title : str
        What is sought.
    """
    data = [
        {"name": one.name, "left": one.left, "length": max(one.left, 0.5), "said": f"{one.left:,}"}
        for one in stages
    ]
    top = max(10.0, *(4.0 * one.left for one in stages))
    tens = [10**power for power in range(ceil(log10(top)))]
    base = plotted(data).encode(
        y=alt.Y("name:N", scale=alt.Scale(domain=[one.name for one in stages]), title=None,
                axis=alt.Axis(domain=False, ticks=False)),
        x=alt.X("length:Q", title="candidates left [number]",
                scale=alt.Scale(type="log", domain=[0.5, top], nice=False),
                axis=alt.Axis(values=tens, format=",")),
    )  # fmt: skip
    chart = alt.layer(
        base.mark_bar(color=SERIES[0], height=16).encode(x2=alt.datum(0.5)),
        base.mark_text(align="left", dx=6).encode(text="said:N"),
    ).properties(width=WIDTH - 60, height=28 * len(data), title=alt.TitleParams(title))
    said = "; ".join(f"{one.name}: {one.left:,}" for one in stages)
    return Picture(chart, title, said)
