"""Pictures of kept figures that the site of the documentation shows."""

from __future__ import annotations

import re
from pathlib import Path

import altair as alt
import numpy as np

from benchmarks.measure import figure
from benchmarks.microstructure import CONTENTS, weight_percent
from benchmarks.microstructure import LINES as ELECTRODES
from descriptors.composite.microstructure import THESIS_SIZES
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


def electrode_picture() -> Picture:
    """Return the kept lines as a picture."""
    lines = ELECTRODES.read_text(encoding="utf-8").splitlines()
    kept = {one.name: one.value for one in map(figure, lines)}
    weights = [weight_percent(content) for content in CONTENTS]
    names = [*THESIS_SIZES, "Bruggeman"]
    panels = []
    for quantity, said in (
        ("active_percent", "cathode voxels on electrolyte [%]"),
        ("tortuosity", "tortuosity factor of the electrolyte [1]"),
    ):
        curves = []
        for name in THESIS_SIZES:
            stem = [f"{name.replace('-', '_')}_{content}_{quantity}" for content in CONTENTS]
            values = np.array([kept[one] for one in stem])
            spread = np.array([kept[f"{one}_spread"] for one in stem])
            curves.append(Curve(name, weights, values, values - spread, values + spread))
        if quantity == "tortuosity":
            bruggeman = [kept[f"bruggeman_{content}_tortuosity"] for content in CONTENTS]
            curves.append(Curve("Bruggeman", weights, bruggeman))
        log = quantity == "tortuosity"
        y = Axis(said, log=log, zero=not log)
        plane = curve_plane(curves, Axis("sulfur [wt%]"), y, names=names)
        panels.append(plane.properties(width=270, height=220))
    title = "Model electrodes of the thesis: lines are means, bands one standard deviation"
    chart = alt.hconcat(*panels, spacing=24).properties(title=alt.TitleParams(title))
    said = "smaller particles touch more electrolyte, and leave it more tortuous"
    return Picture(chart, title, said)
