"""Predicted against measured, with intervals and the diagonal; one panel for each unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from jobs.errors import JobsError
from jobs.figures.picture import Picture, plotted
from jobs.figures.style import QUIET, SERIES
from screening.first_cycle.measured_cells import CHECK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.first_cycle.validation import Comparison

_SIDE = 250  # [px]
_FITTED, _CHECK = "fitted", "not fitted"


_NAMES = {"mAh/g": "capacity", "%": "efficiency or share", "V": "onset"}


def parity_picture(compared: Sequence[Comparison]) -> Picture:
    """Return predictions of the first cycle against the measured figures.

    Parameters
    ----------
    compared : sequence of Comparison
        From `screening.first_cycle.validation.comparisons`.

    Raises
    ------
    JobsError
        If there is none.
    """
    units = dict.fromkeys(one.measurement.unit for one in compared)
    panels = [_panel([one for one in compared if one.measurement.unit == u], u) for u in units]
    if not panels:
        raise JobsError("plot: nothing is compared, so there is nothing to draw")
    inside = sum(one.inside for one in compared)
    said = f"{inside} of {len(compared)} measured figures are inside the 90 % intervals"
    chart = alt.concat(*panels, columns=2, spacing=24).properties(
        title=alt.TitleParams("Predicted against measured", subtitle=said)
    )
    return Picture(chart, "First cycle, predicted against measured", said)


def _panel(compared: Sequence[Comparison], unit: str) -> alt.LayerChart | alt.FacetChart:
    rows: list[dict[str, Any]] = [
        {
            "measured": one.measurement.value,
            "predicted": one.value,
            "low": one.low,
            "high": one.high,
            "cell": one.measurement.cell,
            "figure": one.measurement.quantity.replace("_", " "),
            "use": _CHECK if one.measurement.used_for == CHECK else _FITTED,
        }
        for one in compared
    ]
    end = 1.05 * max(max(row["high"], row["measured"]) for row in rows)
    said = f"{_NAMES.get(unit, 'figure')} [{unit}]"
    scale = alt.Scale(domain=[0, end], nice=False)
    diagonal = (
        plotted([{"x": 0, "y": 0}, {"x": end, "y": end}])
        .mark_line(color=QUIET, strokeDash=[4, 4], strokeWidth=1)
        .encode(x="x:Q", y="y:Q")
    )
    base = plotted(rows).encode(
        x=alt.X("measured:Q", title=f"measured {said}", scale=scale,
                axis=alt.Axis(tickCount=5)),
        tooltip=["cell:N", "figure:N", "measured:Q", "predicted:Q", "low:Q", "high:Q", "use:N"],
    )  # fmt: skip
    bars = base.mark_rule(color=SERIES[5], strokeWidth=2).encode(
        y=alt.Y("low:Q", title=f"predicted {said}", scale=scale,
                axis=alt.Axis(tickCount=5)),
        y2="high:Q",
    )  # fmt: skip
    uses = [_FITTED, _CHECK]
    dots = base.mark_point(
        size=50, filled=True, stroke=SERIES[0], strokeWidth=1.5, opacity=1
    ).encode(
        y="predicted:Q",
        fill=alt.Fill(
            "use:N", title=None, scale=alt.Scale(domain=uses, range=[SERIES[0], "white"])
        ),
    )
    return alt.layer(diagonal, bars, dots).properties(width=_SIDE, height=_SIDE)
