"""The middle section of a generated composite."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import altair as alt

from descriptors.composite.microstructure import Constituent
from jobs.figures.picture import Picture, plotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.results.model_electrode import ModelElectrode

_EDGE = 480  # [px]
_LAP = 0.3  # Of a voxel: each covers the end of the one before, so that no seam shows.
_COLOURS = {
    Constituent.PORES: "#ffffff",
    Constituent.CATHODE: "#c47f0a",
    Constituent.SSE: "#b9d6eb",
    Constituent.CARBON: "#333333",
}


def section_picture(electrode: ModelElectrode) -> Picture:
    """Return the middle layer of a composite, each constituent in its colour.

    Parameters
    ----------
    electrode : ModelElectrode
        From `screening.results.model_electrode.model_electrode`.
    """
    middle = electrode.made.voxels[electrode.made.voxels.shape[0] // 2]
    edge = electrode.sizes.box / middle.shape[0]
    names = {kind: kind.name.lower().replace("sse", "SSE") for kind in _COLOURS}
    rows = [
        {
            "x": start * edge,
            "x2": (start + length + _LAP) * edge,
            "y": row * edge,
            "y2": (row + 1 + _LAP) * edge,
            "constituent": names[Constituent(kind)],
        }
        for row, voxels in enumerate(middle.tolist())
        for start, length, kind in _runs(voxels)
    ]
    scale = alt.Scale(domain=[0, electrode.sizes.box], nice=False)
    shown = [kind for kind in _COLOURS if (middle == kind).any()]
    colours = alt.Scale(
        domain=[names[kind] for kind in shown], range=[_COLOURS[kind] for kind in shown]
    )
    title = f"Section of a generated composite, seed {electrode.seed}"
    chart = (
        plotted(rows)
        .mark_rect(clip=True)
        .encode(
            x=alt.X("x:Q", title="x [μm]", scale=scale, axis=alt.Axis(grid=False)),
            x2="x2:Q",
            y=alt.Y("y:Q", title="y [μm]", scale=scale, axis=alt.Axis(grid=False)),
            y2="y2:Q",
            color=alt.Color("constituent:N", title=None, scale=colours,
                            legend=alt.Legend(columns=4, symbolStrokeColor="#888888",
                                              symbolStrokeWidth=1, symbolType="square")),
        )
        .properties(width=_EDGE, height=_EDGE, title=alt.TitleParams(title))
    )  # fmt: skip
    said = ", ".join(f"{100 * (middle == kind).mean():.0f} % {names[kind]}" for kind in shown)
    return Picture(chart, title, said)


def _runs(voxels: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield start, length and constituent of each run in a row of voxels."""
    start = 0
    for kind, same in groupby(voxels):
        length = len(list(same))
        yield start, length, kind
        start += length
