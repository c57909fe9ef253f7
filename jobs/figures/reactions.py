"""Reaction energy of a pair over its mixing fraction, on contact and at voltages: E(x)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from jobs.figures.picture import Picture, plotted
from jobs.figures.style import DASHES, INK, SERIES, SHAPES, WIDTH, written

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

_CONTACT = "on contact, without voltage [meV per atom]"


def reaction_picture(record: Record) -> Picture:
    """Return the energies of a pair over the share of the SSE; dots are exact corners.

    Parameters
    ----------
    record : dict
        As ``catholyte pair --json`` prints it.
    """
    sse, cathode = written(record["sse"]), written(record["cathode"])
    chemical = record["chemical"]
    series = [(_CONTACT, "energy_ev_per_atom", chemical["kinks"])] + [
        (f"{name} {at['voltage_v']:g} V [meV per non-Li atom]", column, at["kinks"])
        for at in record["electrochemical"]
        for name, column in (
            ("total at", "total_ev_per_non_li_atom"),
            ("added by the contact at", "mutual_ev_per_non_li_atom"),
        )
    ]
    rows = [
        {
            "series": name,
            "x": kink["sse_fraction"],
            "energy": 1000 * kink[column],
            "products": _listed(kink["products"]),
        }
        for name, column, kinks in series
        for kink in kinks
    ]
    names = [name for name, _, _ in series]
    chart = alt.layer(_lines(rows, names, sse), *_worst(chemical)).properties(
        width=WIDTH,
        height=280,
        title=alt.TitleParams(f"{cathode} (left) with {sse} (right)", subtitle=_said(chemical)),
    )
    return Picture(chart, f"Reaction of {sse} with {cathode}", _said(chemical))


def _lines(rows: Sequence[Record], names: Sequence[str], sse: str) -> alt.Chart:
    def scale(values: Sequence[Any]) -> alt.Scale:
        return alt.Scale(domain=list(names), range=[values[k % 6] for k in range(len(names))])

    legend = alt.Legend(columns=1, symbolSize=120)
    lines: alt.Chart = (
        plotted(rows)
        .mark_line(point=alt.OverlayMarkDef(size=45), strokeWidth=2)
        .encode(
            x=alt.X("x:Q", title=f"share of the atoms from {sse}", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("energy:Q", title="reaction energy [meV]"),
            color=alt.Color("series:N", title=None, scale=scale(SERIES), legend=legend),
            strokeDash=alt.StrokeDash("series:N", title=None, scale=scale(DASHES), legend=None),
            shape=alt.Shape("series:N", title=None, scale=scale(SHAPES), legend=legend),
            tooltip=[
                alt.Tooltip("x:Q", title="share", format=".3f"),
                alt.Tooltip("energy:Q", title="energy [meV]", format=".1f"),
                alt.Tooltip("products:N"),
            ],
        )
    )
    return lines


def _worst(chemical: Record) -> list[alt.Chart]:
    """Return a ring around the most negative energy on contact; nothing where nothing reacts."""
    if not chemical["energy_ev_per_atom"]:
        return []
    worst = {"x": chemical["sse_fraction"], "energy": 1000 * chemical["energy_ev_per_atom"]}
    ring = plotted([worst]).mark_point(size=160, color=INK, strokeWidth=1.5)
    return [ring.encode(x="x:Q", y="energy:Q")]


def _said(chemical: Record) -> str:
    energy = 1000 * chemical["energy_ev_per_atom"]
    if not energy:
        return "on contact nothing reacts"
    return f"on contact {energy:.0f} meV/atom (ring), to {_listed(chemical['products'])}"


def _listed(products: Sequence[Record]) -> str:
    return " + ".join(written(one["formula"]) for one in products)
