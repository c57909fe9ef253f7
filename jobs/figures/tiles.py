"""Products of a pair over mixing fraction and voltage: rectangles in which they stay the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from jobs.errors import JobsError
from jobs.figures.picture import Picture, plotted
from jobs.figures.style import INK, LINES, SERIES, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Record = dict[str, Any]

_PLANE, _BESIDE, _HEIGHT = 420, 130, 400  # [px]
_LETTER, _LINE = 4.9, 11.0  # [px] Mean width of a letter, and height of a line, at 8 px.
_VOLTAGE = "voltage against Li/Li⁺ [V]"


def tile_picture(record: Record) -> Picture:
    """Return the tiles of a pair, with the most negative energies beside them.

    Parameters
    ----------
    record : dict
        As ``catholyte pair --voltage-range LOW HIGH --json`` prints it.

    Raises
    ------
    JobsError
        If the record has no range of voltage.
    """
    found = record.get("worst_over_range")
    if not found:
        raise JobsError("tiles need a range of voltage; give --voltage-range LOW HIGH")
    sse, cathode = written(record["sse"]), written(record["cathode"])
    low, high = found["voltage_low_v"], found["voltage_high_v"]
    voltage = alt.Scale(domain=[low, high], nice=False, zero=False)
    said = _said(found)
    chart = alt.hconcat(
        _plane(found["tiles"], voltage, sse, (low, high)),
        _envelopes(found["envelope"], voltage),
        spacing=12,
    ).properties(
        title=alt.TitleParams(f"Products of {cathode} (left) with {sse} (right)", subtitle=said)
    )
    return Picture(chart, f"What {sse} and {cathode} become from {low:g} to {high:g} V", said)


def _plane(
    tiles: Sequence[Record], voltage: alt.Scale, sse: str, ends: tuple[float, float]
) -> alt.LayerChart | alt.FacetChart:
    rows = [
        {
            "x": tile["sse_fraction_low"],
            "x2": tile["sse_fraction_high"],
            "y": tile["voltage_low_v"],
            "y2": tile["voltage_high_v"],
            "products": " + ".join(map(written, tile["products"])),
            "shade": place % 2,
        }
        for place, tile in enumerate(tiles)
    ]
    share = alt.X("x:Q", title=f"share of the atoms from {sse}", scale=alt.Scale(domain=[0, 1]))
    rectangles = (
        plotted(rows)
        .mark_rect(stroke="white", strokeWidth=1, color="#e9edf2")
        .encode(
            x=share,
            x2="x2:Q",
            y=alt.Y("y:Q", title=_VOLTAGE, scale=voltage),
            y2="y2:Q",
            tooltip=[
                alt.Tooltip("products:N"),
                alt.Tooltip("y:Q", title="from [V]", format=".3f"),
                alt.Tooltip("y2:Q", title="to [V]", format=".3f"),
            ],
        )
    )
    lines = [line for row in rows for line in _lines(row, ends)]
    names = (
        plotted(lines)
        .mark_text(fontSize=8, color=INK)
        .encode(x="x:Q", y=alt.Y("y:Q", scale=voltage), text="text:N")
    )
    return alt.layer(rectangles, names).properties(width=_PLANE, height=_HEIGHT)


def _lines(row: Record, ends: tuple[float, float]) -> Iterator[Record]:
    """Yield the products of a tile in as few lines as fit into it; nothing if none do.

    What does not fit is not cut: the table of the command has it, and the pointer shows it.
    """
    per_volt = _HEIGHT / (ends[1] - ends[0])
    width, height = _PLANE * (row["x2"] - row["x"]), per_volt * (row["y2"] - row["y"])
    names = sorted(row["products"].split(" + "), key=len)
    for n_lines in range(1, len(names) + 1):
        per_line = -(-len(names) // n_lines)
        texts = ["  ".join(names[k : k + per_line]) for k in range(0, len(names), per_line)]
        if max(map(len, texts)) * _LETTER < width - 4 and len(texts) * _LINE < height - 2:
            middle = (row["y"] + row["y2"]) / 2
            for place, text in enumerate(texts):
                shift = ((len(texts) - 1) / 2 - place) * _LINE / per_volt
                yield {"x": (row["x"] + row["x2"]) / 2, "y": middle + shift, "text": text}
            return


def _envelopes(points: Sequence[Record], voltage: alt.Scale) -> alt.Chart:
    names = {"total": "all that can happen", "mutual": "what the contact adds"}
    rows = [
        {
            "series": said,
            "voltage": point["voltage_v"],
            "energy": 1000 * point[f"{name}_ev_per_non_li_atom"],
        }
        for name, said in names.items()
        for point in points
    ]
    domain = list(names.values())
    deepest = 1.05 * min(row["energy"] for row in rows)
    lines: alt.Chart = (
        plotted(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("energy:Q", title=["most negative energy", "[meV per non-Li atom]"],
                    axis=alt.Axis(tickCount=3),
                    scale=alt.Scale(domain=[deepest or -1.0, 0], nice=False)),
            y=alt.Y("voltage:Q", title=None, scale=voltage, axis=alt.Axis(labels=False)),
            order="voltage:Q",
            color=alt.Color("series:N", title=None, legend=LINES,
                            scale=alt.Scale(domain=domain, range=[SERIES[1], SERIES[0]])),
            strokeDash=alt.StrokeDash("series:N", title=None, legend=LINES,
                                      scale=alt.Scale(domain=domain, range=[[6, 3], [1, 0]])),
        )
        .properties(width=_BESIDE, height=_HEIGHT)
    )  # fmt: skip
    return lines


def _said(found: Record) -> str:
    energy = 1000 * found["mutual_ev_per_non_li_atom"]
    if not energy:
        return "the contact adds nothing, at any of these voltages"
    products = " + ".join(written(one["formula"]) for one in found["mutual_products"])
    voltage = found["mutual_voltage_v"]
    return f"the contact adds at worst {energy:.0f} meV at {voltage:.2f} V: {products}"
