"""The drawings of docs/figures: one exact tiling, and how times grow."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import altair as alt

from benchmarks.measure import figure
from jobs.figures.curves import Axis, Curve, curve_plane
from jobs.figures.picture import Picture
from jobs.figures.tiles import tile_picture
from jobs.work.material_records import reactions
from stability.phases import competing_phases
from stability.tables.phase_table import load_phase_table

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parents[1] / "docs" / "figures"
LINES = FOLDER / "growth.jsonl"
"""The kept output of `python -m benchmarks growth`."""
PAIR = ("Li6PS5Cl", "LiFePO4")
RANGE = (2.5, 4.0)
"""The voltage window of the cathode. [V]"""
_SIDE = (210, 190)  # [px] Of one panel.


def draw(table: str) -> None:
    """Draw both figures anew.

    Parameters
    ----------
    table : str
        Name or path of the phase table of the tiling.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    phases = competing_phases(load_phase_table(table))
    (record,) = reactions([PAIR], phases, (), RANGE)
    tile_picture(record).save(FOLDER / "tiling.svg")
    kept = LINES.read_text(encoding="utf-8").splitlines()
    growth_picture([figure(line) for line in kept]).save(FOLDER / "growth.svg")


def growth_picture(lines: Iterable[tuple[str, float, str]]) -> Picture:
    """Return time against elements, against phases, and against pairs.

    Parameters
    ----------
    lines : iterable of (str, float, str)
        Figures of `python -m benchmarks growth`: name, value, unit.
    """
    series: dict[str, dict[str, list[float]]] = {}
    for name, value, _ in lines:
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
