"""What a cell weighs, layer by layer."""

from __future__ import annotations

from typing import Any

import altair as alt

from jobs.figures.picture import Picture, plotted
from jobs.figures.style import SERIES, WIDTH, written

Record = dict[str, Any]


def cell_picture(record: Record) -> Picture:
    """Return the masses of a cell's layers, with the energies that follow from them.

    Parameters
    ----------
    record : dict
        As ``catholyte cell --json`` prints it.
    """
    masses = record["masses_mg_per_cm2"]
    total = sum(masses.values())
    data = [
        {"name": name, "mass": mass, "said": f"{mass:.1f} ({100 * mass / total:.0f} %)"}
        for name, mass in masses.items()
    ]
    pair = f"{written(record['sse'])} with {written(record['cathode'])}"
    said = (
        f"cell {record['cell_energy_wh_per_kg']:.0f} Wh/kg and "
        f"{record['cell_energy_wh_per_l']:.0f} Wh/L; composite "
        f"{record['composite_energy_wh_per_kg']:.0f} Wh/kg"
    )
    base = plotted(data).encode(
        y=alt.Y("name:N", scale=alt.Scale(domain=list(masses)), title=None,
                axis=alt.Axis(domain=False, ticks=False)),
        x=alt.X("mass:Q", title="mass per area [mg/cm²]",
                scale=alt.Scale(domain=[0, 1.25 * max(masses.values())], nice=False)),
    )  # fmt: skip
    chart = alt.layer(
        base.mark_bar(color=SERIES[0], height=16),
        base.mark_text(align="left", dx=6).encode(text="said:N"),
    ).properties(
        width=WIDTH - 60,
        height=28 * len(data),
        title=alt.TitleParams(f"A cell of {pair}, anode: {record['anode']}", subtitle=said),
    )
    return Picture(chart, f"Masses of a cell of {pair}", said)
