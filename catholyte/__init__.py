"""Catholyte in a notebook: ask about a material, a pair, a cell, or rank a whole batch.

>>> import catholyte as ca
>>> ca.window("Li2S").limits[0]
0.0

What stands here is public and stays; everything else may move. Results show themselves in a
notebook, and have `plot`, `to_arrow`, `to_pandas` and `record`, which is what the command of the
same name prints with ``--json``. `agreement_picture` and `curve_picture` draw one's own numbers in
the style of all others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from catholyte.agreement import Agreement, Calibration, Comparison
from catholyte.cells import cell, coat, microstructure, predict
from catholyte.own_tables import energy, import_phases
from catholyte.questions import calibration, describe, pair, why_not, window
from catholyte.results import (
    Candidates,
    Cell,
    Coatings,
    Description,
    Energies,
    Microstructure,
    Pair,
    Prediction,
    Ranking,
    Refusal,
    Result,
    Window,
)
from catholyte.stores import Store, candidates, open_store, screen

if TYPE_CHECKING:
    from jobs.figures.curves import Axis, Curve, curve_picture
    from jobs.figures.intervals import Estimate, agreement_picture
    from jobs.figures.picture import Picture

__all__ = [
    "Agreement",
    "Axis",
    "Calibration",
    "Candidates",
    "Cell",
    "Coatings",
    "Comparison",
    "Curve",
    "Description",
    "Energies",
    "Estimate",
    "Microstructure",
    "Pair",
    "Picture",
    "Prediction",
    "Ranking",
    "Refusal",
    "Result",
    "Store",
    "Window",
    "agreement_picture",
    "calibration",
    "candidates",
    "cell",
    "coat",
    "curve_picture",
    "describe",
    "energy",
    "import_phases",
    "microstructure",
    "open_store",
    "pair",
    "predict",
    "screen",
    "why_not",
    "window",
]

_DRAWING = {
    "Axis": "curves",
    "Curve": "curves",
    "Estimate": "intervals",
    "Picture": "picture",
    "agreement_picture": "intervals",
    "curve_picture": "curves",
}
"""Names whose modules load the drawing library, and so only when they are asked for."""


def __getattr__(name: str) -> Any:
    if name in _DRAWING:
        return getattr(import_module(f"jobs.figures.{_DRAWING[name]}"), name)
    raise AttributeError(f"catholyte has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
