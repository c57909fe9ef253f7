"""The picture of how times grow, from kept figures; the site of the documentation shows it."""

from __future__ import annotations

import re
from pathlib import Path

import altair as alt

from benchmarks.measure import figure
from jobs.figures.curves import Axis, Curve, curve_plane
from jobs.figures.picture import Picture

LINES = Path(__file__).parents[1] / "docs" / "figures" / "growth.jsonl"
"""The kept output of `python -m benchmarks growth`."""
_SIDE = (210, 190)  # [px] Of one panel.


def growth_picture() -> Picture:
    """Return time against elements, against phases, and against pairs."""
    series: dict[str, dict[str, list[float]]] = {}
    for name, value, _ in map(figure, LINES.read_text(encoding="utf-8").splitlines()):
        (found,) = re.findall(r"growth_(\w+?)_([\d.]+)_(\w+?)(?:_|$)", name)
        what, at, quantity = found
        kept = series.setdefault(what, {"at": []})
        kept.setdefault(quantity, []).append(value)
        if quantity == "closed":
            kept["at"].append(float(at))
    panels = [
        curve_plane(
            [
                Curve("exact range 2 to 4.25 V", series[of][against], series[of]["range"]),
                Curve("closed", series[of][against], series[of]["closed"]),
            ],
            Axis(said, log=log),
            Axis(time, log=True),
        ).properties(width=_SIDE[0], height=_SIDE[1])
        for of, against, said, log, time in (
            (
                "elements",
                "at",
                "elements, with Li [number]",
                False,
                "time [μs per pair]",
            ),
            (
                "margin",
                "phases",
                "phases of 8 elements [number]",
                True,
                "time [μs per pair]",
            ),
            ("pairs", "at", "pairs, realistic mix [number]", True, "time [ms]"),
        )
    ]
    title = "How the time of a pair grows"
    chart = alt.hconcat(*panels, spacing=20).properties(title=alt.TitleParams(title))
    return Picture(chart, title, "steeply with elements, slowly with phases, in line with pairs")
