"""First cycles as curves: of one pair with the part of the SSE, of several with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt
import numpy as np

from jobs.errors import JobsError
from jobs.figures.picture import Picture, plotted
from jobs.figures.style import INK, LINES, SERIES, SHAPES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jobs.work.cycle_curve import CellCurve

Record = dict[str, Any]

MOST_CELLS = len(SERIES)
"""Cells that a picture shows; more would not be told apart."""
_POINTS = 80  # Of each curve: a step is then 5 px.
_BIN = 0.02  # [V] Of dQ/dV: a plateau is as wide as cells show it.
_LEAST_SHOWN = 1.0  # [mAh/g] Of the axis of the SSE's part: a millionth of that is nothing.
_APART = 0.03  # Of the range of voltages, between the intervals of two cells at one cutoff.
_LONG = 30  # Letters of a name: two longer ones would make the picture wider than its plane.
_BEFORE = "#9a9a9a"  # Lighter than all series in grey too.
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
    rows = _cycle_rows(record)
    most = 1.05 * max(row["capacity"] for row in rows) or 1.0
    across = alt.Scale(domain=[0, most], nice=False)
    title = alt.TitleParams(f"First cycle of {cathode} with {sse}", subtitle=_told(rows, sse))
    chart = alt.vconcat(
        _lines(rows, "voltage", "voltage against Li/Li⁺ [V]", across, 240),
        _lines(rows, "sse", [f"of it by {sse}", "[mAh/g]"], across, 90, least=_LEAST_SHOWN),
        spacing=12,
    ).properties(title=title)
    return Picture(chart, f"Predicted first cycle of {cathode} with {sse}", _told(rows, sse))


def changed_cycle_picture(before: Record, after: Record) -> Picture:
    """Return the first cycle of a cell that is changed, above that of the cell before, in grey.

    Parameters
    ----------
    before, after : dict
        From `jobs.work.cycle_curve.cycle_curve`.
    """
    sse, cathode = written(after["sse"]), written(after["cathode"])
    old, new = _cycle_rows(before), _cycle_rows(after)
    most = 1.05 * max(row["capacity"] for row in old + new) or 1.0
    across = alt.Scale(domain=[0, most], nice=False)
    told = [f"before, in grey: {_told(old, sse)}", f"after: {_told(new, sse)}"]

    def both(column: str, title: str | list[str], height: int, least: float) -> alt.LayerChart:
        grey, drawn = (
            _lines(rows, column, title, across, height, least=least, held=old + new)
            for rows in (old, new)
        )
        return alt.LayerChart(layer=[grey.encode(color=alt.value(_BEFORE)), drawn])

    chart = alt.vconcat(
        both("voltage", "voltage against Li/Li⁺ [V]", 240, 0.0),
        both("sse", [f"of it by {sse}", "[mAh/g]"], 90, _LEAST_SHOWN),
        spacing=12,
    ).properties(title=alt.TitleParams(f"First cycle of {cathode} with {sse}", subtitle=told))
    return Picture(chart, f"First cycle of {cathode} with {sse}, changed", "; ".join(told))


def _cycle_rows(record: Record) -> list[Record]:
    """Return the points of both half-cycles of a cell."""
    return [
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


def _lines(
    rows: Sequence[Record],
    column: str,
    title: str | list[str],
    across: alt.Scale,
    height: int,
    *,
    least: float = 0.0,
    held: Sequence[Record] | None = None,
) -> alt.Chart:
    """Return a column over capacity; with `least` from zero to that at the least, as the last.

    Its axis holds other rows too, if they are given.
    """
    last = least > 0.0
    most = max(abs(row[column]) for row in held or rows)
    up = alt.Scale(domain=[0.0, least]) if last and most < least else alt.Scale(zero=last)
    scale = alt.Scale(domain=list(_SAID.values()), range=[SERIES[1], SERIES[0]])
    dashes = alt.Scale(domain=list(_SAID.values()), range=[[1, 0], [6, 3]])
    axis = alt.Axis(title="capacity [mAh per g of cathode]" if last else None, labels=last)
    lines: alt.Chart = (
        plotted(rows)
        .mark_line(strokeWidth=2, color=INK)
        .encode(
            x=alt.X("capacity:Q", scale=across, axis=axis),
            y=alt.Y(f"{column}:Q", title=title, scale=up, axis=_few(last=last)),
            order="step:Q",
            color=alt.Color("half:N", title=None, scale=scale, legend=LINES),
            strokeDash=alt.StrokeDash("half:N", title=None, scale=dashes, legend=LINES),
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


def differential_picture(record: Record) -> Picture:
    """Return how much of each half-cycle passes at each voltage, and the SSE's part of it.

    Parameters
    ----------
    record : dict
        From `jobs.work.cycle_curve.cycle_curve`.

    Notes
    -----
    dQ/dV is the capacity between two voltages over their distance, `_BIN` at the least; that of
    a discharge is drawn downwards, as it is measured.
    """
    sse, cathode = written(record["sse"]), written(record["cathode"])
    parts = {"capacity_mah_per_g": "all of it", "sse_mah_per_g": f"of it by {sse}"}
    rows: list[Record] = [
        {"half": _SAID[name], "part": said, "voltage": voltage, "rate": rate}
        for name in _HALVES
        for column, said in parts.items()
        for voltage, rate in _differential(record[name]["voltage_v"], record[name][column])
    ]
    highest = {
        name: max((one for one in rows if one["half"] == said), key=lambda one: abs(one["rate"]))
        for name, said in _SAID.items()
    }
    told = "; ".join(
        f"most of the {name} at {one['voltage']:.2f} V" for name, one in highest.items()
    )
    colour = alt.Scale(domain=list(_SAID.values()), range=[SERIES[1], SERIES[0]])
    dashes = alt.Scale(domain=list(parts.values()), range=[[1, 0], [3, 2]])
    chart: alt.Chart = (
        plotted(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("voltage:Q", title="voltage against Li/Li⁺ [V]", scale=alt.Scale(zero=False)),
            y=alt.Y("rate:Q", title="dQ/dV [mAh per g of cathode and V]"),
            color=alt.Color("half:N", title=None, scale=colour),
            strokeDash=alt.StrokeDash("part:N", title=None, scale=dashes),
        )
        .properties(
            width=WIDTH,
            height=260,
            title=alt.TitleParams(f"dQ/dV of {cathode} with {sse}", subtitle=told),
        )
    )
    return Picture(chart, f"Predicted dQ/dV of {cathode} with {sse}", told)


def _differential(
    voltage: Sequence[float], capacity: Sequence[float]
) -> Iterator[tuple[float, float]]:
    """Yield middles of steps of voltage, and what passes in each over its width."""
    up = np.argsort(voltage, kind="stable")
    volts, passed = np.asarray(voltage)[up], np.asarray(capacity)[up]
    n_steps = max(1, round((volts[-1] - volts[0]) / _BIN))
    ends = np.linspace(volts[0], volts[-1], n_steps + 1)
    at_ends = np.interp(ends, volts, passed)
    yield from zip(
        ((ends[1:] + ends[:-1]) / 2).tolist(),
        (np.diff(at_ends) / np.diff(ends)).tolist(),
        strict=True,
    )


def planned_picture(rows: Sequence[Record], curves: Sequence[CellCurve]) -> Picture:
    """Return first cycles in one plane: curves at central values, bars where they should end.

    Parameters
    ----------
    rows : sequence of dict
        As ``catholyte predict --json`` prints them.
    curves : sequence of CellCurve
        From :func:`jobs.work.cycle_curve.cell_curves`; a cell without one has its bars alone.

    Raises
    ------
    JobsError
        If no cell has an answer.
    """
    sound = [row for row in rows if row["status"] == "ok"]
    if not sound:
        raise JobsError("plot: no cell has an answer; there is nothing to draw")
    shown = sound[:MOST_CELLS]
    names = {row["id"]: _name(row) for row in shown}
    lowest, highest = (
        pick(row[f"voltage_{end}_v"] for row in shown)
        for pick, end in ((min, "low"), (max, "high"))
    )
    apart = _APART * (highest - lowest)
    room = apart * (len(shown) + 1)
    plane = _plane(names, lowest - room, highest + room)
    layers = _bars(list(_ends(shown, names, apart)), names, plane)
    if lines := list(_curves(curves, names)):
        layers.append(_drawn_curves(lines, plane))
    title = "First cycle, predicted"
    more = (
        f"; {len(sound) - len(shown)} more cells are not shown" if len(sound) > len(shown) else ""
    )
    subtitle = f"bars: 90 % intervals of charge (top) and discharge (bottom){more}"
    chart = alt.layer(*layers).properties(
        width=WIDTH, height=300, title=alt.TitleParams(title, subtitle=subtitle)
    )
    said = "; ".join(
        f"{names[row['id']]}: charge {row['first_charge_mah_per_g']:.0f}, "
        f"discharge {row['first_discharge_mah_per_g']:.0f} mAh/g"
        for row in shown
    )
    return Picture(chart, title, said)


class _Plane(NamedTuple):
    """What all layers of a picture of several cells share."""

    across: alt.X
    """Capacity."""
    up: alt.Y
    """Voltage."""
    colour: alt.Color
    """One for each cell."""


def _plane(names: dict[str, str], lowest: float, highest: float) -> _Plane:
    return _Plane(
        alt.X("capacity:Q", title="capacity [mAh per g of cathode]", scale=alt.Scale(zero=True)),
        alt.Y("voltage:Q", title="voltage against Li/Li⁺ [V]",
              scale=alt.Scale(domain=[lowest, highest], nice=False)),
        alt.Color("cell:N", title=None,
                  scale=alt.Scale(domain=list(names.values()), range=list(SERIES)),
                  legend=alt.Legend(columns=_columns(names), symbolSize=80)),
    )  # fmt: skip


def _columns(names: dict[str, str]) -> int:
    """Return how many names of cells stand side by side in the legend."""
    return 2 if max(map(len, names.values())) <= _LONG else 1


def _bars(ends: Sequence[Record], names: dict[str, str], plane: _Plane) -> list[alt.Chart]:
    """Return the intervals of both capacities, and marks at their central values."""
    base = plotted(ends)
    shapes = alt.Scale(domain=list(names.values()), range=list(SHAPES))
    return [
        base.mark_rule(strokeWidth=5, opacity=0.4).encode(
            x=alt.X("low:Q"), x2="high:Q", y=plane.up, color=plane.colour
        ),
        base.mark_point(size=60, filled=True, opacity=1).encode(
            x=plane.across,
            y=plane.up,
            color=plane.colour,
            shape=alt.Shape("cell:N", legend=None, scale=shapes),
        ),
    ]


def _drawn_curves(points: Sequence[Record], plane: _Plane) -> alt.Chart:
    """Return curves at central values, the discharge dashed."""
    dash = alt.StrokeDash(
        "half:N",
        title=None,
        scale=alt.Scale(domain=list(_HALVES), range=[[1, 0], [5, 3]]),
        legend=LINES,
    )
    lines: alt.Chart = (
        plotted(points)
        .mark_line(strokeWidth=2)
        .encode(x=plane.across, y=plane.up, color=plane.colour, strokeDash=dash, order="place:Q")
    )
    return lines


def _name(row: Record) -> str:
    return f"{row['id']}: {written(row['sse'])} / {written(row['cathode'])}"


def _ends(rows: Sequence[Record], names: dict[str, str], apart: float) -> Iterator[Record]:
    """Yield both capacities of each cell, at its cutoffs, those of other cells a little apart."""
    for place, row in enumerate(rows):
        for half, end, sign in (("charge", "high", 1), ("discharge", "low", -1)):
            yield {
                "cell": names[row["id"]],
                "voltage": row[f"voltage_{end}_v"] + sign * apart * (place + 1),
                "capacity": row[f"first_{half}_mah_per_g"],
                "low": row[f"first_{half}_low_mah_per_g"],
                "high": row[f"first_{half}_high_mah_per_g"],
            }


def _curves(curves: Sequence[CellCurve], names: dict[str, str]) -> Iterator[Record]:
    for curve in curves:
        if curve.id not in names:
            continue
        for name, half in zip(_HALVES, (curve.charge, curve.discharge), strict=True):
            step = max(1, len(half.voltage) // _POINTS)
            points = list(zip(half.capacity, half.voltage, strict=True))
            for place, (capacity, voltage) in enumerate([*points[::step], points[-1]]):
                yield {
                    "cell": names[curve.id],
                    "half": name,
                    "place": place,
                    "capacity": float(capacity),
                    "voltage": float(voltage),
                }
