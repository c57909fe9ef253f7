"""Lines with bands and measured points: density against pressure, and whatever else is a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt

from jobs.figures.picture import Picture, plotted
from jobs.figures.style import DASHES, INK, SERIES, SHAPES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Record = dict[str, Any]


class Curve(NamedTuple):
    """One line, or measured points."""

    name: str
    """Its name in the legend."""
    x: Sequence[float]
    """Places. [unit of the axis]"""
    y: Sequence[float]
    """Values. [unit of the axis]"""
    low: Sequence[float] | None = None
    """Lower ends of a band. [unit of the axis]"""
    high: Sequence[float] | None = None
    """Upper ends of it. [unit of the axis]"""
    measured: bool = False
    """Whether these are points that somebody has measured: drawn as marks without a line."""


class Axis(NamedTuple):
    """One axis of a plane."""

    title: str
    """Quantity, with its unit in brackets."""
    log: bool = False
    """Whether it is logarithmic."""
    zero: bool = False
    """Whether it begins at 0."""
    ticks: Sequence[float] | None = None
    """Where numbers stand, if not where Vega puts them."""


def curve_picture(
    curves: Sequence[Curve],
    x: Axis,
    y: Axis,
    *,
    title: str,
    alt_text: str,
    size: tuple[int, int] = (WIDTH, 280),
) -> Picture:
    """Return curves in one plane.

    Parameters
    ----------
    curves : sequence of Curve
        Lines and points, in the order of the legend.
    x, y : Axis
        The axes.
    title : str
        What is drawn.
    alt_text : str
        What is to be seen.
    size : (int, int), optional
        Width and height of the plane. [px]
    """
    plane = curve_plane(curves, x, y).properties(
        width=size[0], height=size[1], title=alt.TitleParams(title)
    )
    return Picture(plane, title, alt_text)


def curve_plane(
    curves: Sequence[Curve], x: Axis, y: Axis, *, names: Sequence[str] = ()
) -> alt.LayerChart | alt.FacetChart:
    """Return curves as a chart, for who puts several planes into one picture.

    Parameters
    ----------
    curves : sequence of Curve
        Lines and points.
    x, y : Axis
        The axes.
    names : sequence of str, optional
        The whole legend, the same for all planes of a picture; that of these curves without.
    """
    names = list(names) or [curve.name for curve in curves]
    measured = {curve.name for curve in curves if curve.measured}
    drawn = [name for name in names if name not in measured]
    colours = [SERIES[names.index(name) % 6] for name in drawn]
    colour = alt.Color(
        "curve:N", title=None, scale=alt.Scale(domain=drawn, range=colours),
        legend=alt.Legend(columns=2, symbolType="stroke", symbolSize=200),
    )  # fmt: skip
    across = alt.X("x:Q", title=x.title, scale=_scale(x), axis=_marks(x))
    layers: list[alt.Chart] = []
    banded = [curve for curve in curves if curve.low is not None and not curve.measured]
    if banded:
        layers.append(
            _chart(banded)
            .mark_area(opacity=0.2)
            .encode(x=across, y=alt.Y("low:Q", title=y.title, scale=_scale(y), axis=_marks(y)),
                    y2="high:Q", color=colour)
        )  # fmt: skip
    up = alt.Y("y:Q", title=y.title, scale=_scale(y), axis=_marks(y))
    lines = [curve for curve in curves if not curve.measured]
    if lines:
        dashes = [DASHES[names.index(name) % 6] for name in drawn]
        layers.append(
            _chart(lines)
            .mark_line(strokeWidth=2)
            .encode(x=across, y=up, color=colour,
                    strokeDash=alt.StrokeDash("curve:N", legend=None,
                                              scale=alt.Scale(domain=drawn, range=dashes)))
        )  # fmt: skip
    layers += _measured(curves, across, up, y)
    return alt.layer(*layers)


def _measured(curves: Sequence[Curve], across: alt.X, up: alt.Y, y: Axis) -> Iterator[alt.Chart]:
    """Yield what was measured: marks of one shape for each, named beside the lines."""
    points = {curve.name: curve for curve in curves if curve.measured}
    shapes = [SHAPES[place % 6] for place, curve in enumerate(curves) if curve.measured]
    legend = alt.Legend(columns=2, symbolFillColor=INK, symbolStrokeColor=INK)
    scale = alt.Scale(domain=list(points), range=shapes)
    shape = alt.Shape("curve:N", title=None, scale=scale, legend=legend)
    for curve in points.values():
        chart = _chart([curve]).encode(x=across)
        if curve.low is not None:
            yield _error_bars(chart, y)
        yield chart.mark_point(size=60, filled=True, opacity=1, color=INK).encode(y=up, shape=shape)


def _error_bars(points: alt.Chart, y: Axis) -> alt.Chart:
    bars: alt.Chart = points.mark_rule(color=INK).encode(
        y=alt.Y("low:Q", scale=_scale(y)), y2="high:Q"
    )
    return bars


def density_picture(record: Record) -> Picture:
    """Return the density of a cold-pressed powder against pressure, with its 90 % interval.

    Parameters
    ----------
    record : dict
        As ``catholyte describe --json`` prints it.
    """
    found, name = record["density_curve"], written(record["formula"])
    curve = Curve(
        "relative density, 90 % interval",
        found["pressure_mpa"],
        found["relative_density_percent"],
        found["relative_density_low_percent"],
        found["relative_density_high_percent"],
    )
    last = f"{curve.y[-1]:.0f} % at {curve.x[-1]:g} MPa"
    return curve_picture(
        [curve],
        Axis("uniaxial pressure [MPa]"),
        Axis("relative density [%]"),
        title=f"How dense a powder of {name} becomes under a press",
        alt_text=f"{name} reaches {last}",
    )


def _chart(curves: Sequence[Curve]) -> alt.Chart:
    values: list[Record] = []
    for curve in curves:
        columns = {"x": curve.x, "y": curve.y, "low": curve.low, "high": curve.high}
        given = {name: list(map(float, ends)) for name, ends in columns.items() if ends is not None}
        values += [
            {"curve": curve.name, **dict(zip(given, row, strict=True))}
            for row in zip(*given.values(), strict=True)
        ]
    return plotted(values)


def _scale(axis: Axis) -> alt.Scale:
    return alt.Scale(type="log" if axis.log else "linear", zero=axis.zero, nice=not axis.log)


def _marks(axis: Axis) -> alt.Axis:
    return alt.Axis(values=list(axis.ticks)) if axis.ticks else alt.Axis()
