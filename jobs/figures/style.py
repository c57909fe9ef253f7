"""One style for all pictures: font, colours that read in grey and by the colour-blind, formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobs.errors import JobsError

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = (".svg", ".png", ".pdf", ".html")
"""Endings of files that a picture can be written to."""

FONT = "DejaVu Sans"
"""Shipped beside this file, in the letters that pictures need, so that files look alike anywhere.
In an SVG or a page, a reader without it sees the next sans-serif."""

INK = "#222222"
"""Text and axes."""
QUIET = "#6f6f6f"
"""What is said by the way."""
FAINT = "#dddddd"
"""Grids."""
SERIES = ("#0b3c6f", "#d9782d", "#1f9e89", "#b3446c", "#8a8d00", "#6aaed6")
"""Colours of series, in this order. Neighbours differ in lightness; marks and dashes differ too."""
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
"""Dashes that go with `SERIES`."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
"""Marks that go with `SERIES`."""
LINES = {"symbolType": "stroke", "symbolSize": 400}
"""What a legend of lines takes, so that their dashes are seen."""
HOLLOW = "M0,-1L1,0L0,1L-1,0ZM0,-0.5L-0.5,0L0,0.5L0.5,0Z"
"""A diamond with a hole, for what was measured: what lies below it is seen, in legends too."""
WIDTH = 470
"""Width of the plane of a picture with axes; with names beside it, the picture has about 600. [px]
"""

_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LARGE, _SMALL = 12, 11  # [px] At 600 px on a page these are 9 and 8 points.


def checked_ending(path: Path) -> str:
    """Return the ending of a file that a picture can be written to.

    Raises
    ------
    JobsError
        If pictures are not written to such files.
    """
    if path.suffix not in FORMATS:
        raise JobsError(f"plot {path}: pictures are {', '.join(FORMATS)}; name such a file")
    return path.suffix


def written(formula: str) -> str:
    """Return a formula with its numbers set low.

    Examples
    --------
    >>> written("Li6PS5Cl"), written("Fe(PO3)3 + S"), written("Li2Sc2/3Cl4")
    ('Li₆PS₅Cl', 'Fe(PO₃)₃ + S', 'Li₂Sc₂/₃Cl₄')
    """
    return re.sub(r"(?<=[A-Za-z)\]])\d[\d./]*", lambda number: number[0].translate(_LOW), formula)


def configuration() -> dict[str, Any]:
    """Return what all charts have in common, as Vega-Lite takes it."""
    axis = {
        "labelFontSize": _SMALL, "titleFontSize": _LARGE, "titleFontWeight": "normal",
        "labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK,
        "gridColor": FAINT, "titlePadding": 8, "labelLimit": 300,
        "labelSeparation": 8,
    }  # fmt: skip
    legend = {
        "labelFontSize": _SMALL, "titleFontSize": _SMALL, "titleFontWeight": "normal",
        "labelColor": INK, "titleColor": QUIET, "orient": "bottom", "symbolSize": 80,
        "labelLimit": 0, "columns": 3, "symbolStrokeWidth": 2, "symbolOpacity": 1,
    }  # fmt: skip
    title = {
        "fontSize": 14, "subtitleFontSize": _SMALL, "fontWeight": "normal", "anchor": "start",
        "frame": "group", "color": INK, "subtitleColor": QUIET, "offset": 12, "subtitlePadding": 6,
    }  # fmt: skip
    return {
        "font": f"{FONT}, Verdana, sans-serif",
        "background": "white",
        "padding": 12,
        "view": {"stroke": None},
        "axis": axis,
        "legend": legend,
        "title": title,
        "header": {"labelFontSize": _LARGE, "titleFontWeight": "normal", "labelColor": INK},
        "range": {"category": list(SERIES), "symbol": list(SHAPES)},
        "text": {"color": INK, "fontSize": _SMALL},
    }
