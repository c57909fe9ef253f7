"""Where the calibration ends: what no calibrated cell is like, and how much wider that makes it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.materials import cathode
from screening.errors import UnknownNameError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from screening.pairs.features import Features

CHEMISTRY = 4.0
"""Widening where no cell has an SSE of the class: two decades of thickness, a third of capacity."""
REDOX = 2.0
"""Widening where no cell has shown an SSE of the class oxidise, or be reduced."""
CATHODE = 1.5
"""Widening where no cell has the cathode, or none has it mixed in this way."""
COMPOSITE = 1.5
"""Widening where the surface or the amount of SSE is far from that of all cells."""
MOST = 6.0
"""Most that several doubts together widen: beyond it nothing is left to lose."""
_HALOGENS = {"F", "Cl", "Br", "I"}
_ANIONS = {"O", "S", *_HALOGENS}
_SAME_WINDOW = 0.05  # [V] Capacities hardly change where the ends move by less.
_FAR = 2.0  # More than this factor beyond what the cells have is far.


class Covered(NamedTuple):
    """What the calibrated cells are like."""

    oxidised: frozenset[str]
    """Chemistry classes with a cell in whose window an SSE can be oxidised."""
    reduced: frozenset[str]
    """Classes with a cell in whose window one can be reduced."""
    chemistries: frozenset[str]
    """All classes."""
    mixed: frozenset[tuple[str, bool]]
    """Cathodes, with whether the composite was milled."""
    area: tuple[float, float]
    """Least and largest conducting surface. [m2 per g of SSE]"""
    ratio: tuple[float, float]
    """Least and largest mass of SSE over that of the cathode. [1]"""


class Domain(NamedTuple):
    """Which pairs a calibration covers."""

    outside: NDArray[np.bool_]
    """Whether no calibrated cell is like the pair, shape (n_pairs,)."""
    widening: NDArray[np.float64]
    """How much wider the differences between cells are drawn, shape (n_pairs,). [1]"""
    reasons: tuple[str, ...]
    """Why, in one line; empty inside."""


def covered(cells: Features, with_cathode: NDArray[np.bool_]) -> Covered:
    """Return what calibrated cells are like.

    Parameters
    ----------
    cells : Features
        The cells, from :func:`screening.first_cycle.cell_inputs.cell_features`.
    with_cathode : ndarray, shape (n_cells,)
        Which of them have a cathode.
    """
    chemistry = np.asarray(cells.chemistry)
    cathode = np.asarray(cells.cathode)
    rows = np.flatnonzero(with_cathode)
    area, ratio = cells.area.value, cells.ratio[rows]
    return Covered(
        oxidised=frozenset(chemistry[cells.oxidation.value > 0].tolist()),
        reduced=frozenset(chemistry[cells.reduction.value > 0].tolist()),
        chemistries=frozenset(chemistry.tolist()),
        mixed=frozenset((str(cathode[row]), bool(cells.milled[row])) for row in rows),
        area=(float(area.min()), float(area.max())),
        ratio=(float(ratio.min(initial=np.inf)), float(ratio.max(initial=0.0))),
    )


def outside_domain(features: Features, inside: Covered) -> Domain:
    """Return which pairs a calibration does not cover, why, and how much wider they are.

    Parameters
    ----------
    features : Features
        The pairs.
    inside : Covered
        As :attr:`screening.first_cycle.calibration.Calibration.covered`.

    Notes
    -----
    The factors multiply, up to `MOST`. They are judged: nothing that was measured says how wrong
    the model is where nothing was measured.
    """
    oxidises = features.oxidation.value > 0
    is_reduced = features.reduction.value > 0
    far_area = _far(features.area.value, inside.area)
    far_ratio = _far(features.ratio, inside.ratio)
    found = [
        _judged(*row, inside)
        for row in zip(
            map(_strange, features.sse),
            features.chemistry,
            features.cathode,
            features.milled.tolist(),
            oxidises.tolist(),
            is_reduced.tolist(),
            far_area.tolist(),
            far_ratio.tolist(),
            map(_other_window, features.cathode, features.low.tolist(), features.high.tolist()),
            strict=True,
        )
    ]
    widening = np.array([factor for factor, _ in found])
    return Domain(widening > 1.0, widening, tuple(reason for _, reason in found))


def _far(values: NDArray[np.float64], ends: tuple[float, float]) -> NDArray[np.bool_]:
    return (values < ends[0] / _FAR) | (values > ends[1] * _FAR)


@lru_cache(maxsize=10_000)
def _judged(
    strange: str,
    chemistry: str,
    cathode: str,
    milled: bool,  # noqa: FBT001  # A column of the features.
    oxidises: bool,  # noqa: FBT001  # A column of the features.
    is_reduced: bool,  # noqa: FBT001  # A column of the features.
    far_area: bool,  # noqa: FBT001  # A column of the features.
    far_ratio: bool,  # noqa: FBT001  # A column of the features.
    other_window: str,
    inside: Covered,
) -> tuple[float, str]:
    """Return the widening of one pair and its reason."""

    def doubts() -> Iterator[tuple[float, str]]:
        if strange:
            yield CHEMISTRY, strange
        elif chemistry not in inside.chemistries:
            yield CHEMISTRY, f"no cell with {_a(chemistry)} SSE was calibrated"
        else:
            if oxidises and chemistry not in inside.oxidised:
                yield REDOX, f"no cell shows {_a(chemistry)} oxidise"
            if is_reduced and chemistry not in inside.reduced:
                yield REDOX, f"no cell shows {_a(chemistry)} being reduced"
        way = "milled" if milled else "mixed by hand"
        if (cathode, milled) not in inside.mixed:
            other = (cathode, not milled) in inside.mixed
            yield CATHODE, f"no cell with {cathode}" + (f" {way}" if other else "")
        if far_area or far_ratio:
            what = " and ".join(
                name for name, far in (("surface", far_area), ("SSE", far_ratio)) if far
            )
            yield COMPOSITE, f"{what} per gram far from that of all cells"
        if other_window:
            yield CATHODE, other_window

    factor, reasons = 1.0, []
    for doubt, reason in doubts():
        factor *= doubt
        reasons.append(reason)
    return min(factor, MOST), "; ".join(reasons)


@lru_cache(maxsize=10_000)
def _other_window(name: str, low: float, high: float) -> str:
    """Return that a cathode is cycled in another window than its capacity is known for, or nothing.

    The capacity of a cathode is that of a liquid cell in the window of the catalogue; nothing here
    says what it becomes in another one.
    """
    try:
        known = cathode(name)
    except UnknownNameError:
        return ""
    if max(abs(low - known.voltage_low), abs(high - known.voltage_high)) <= _SAME_WINDOW:
        return ""
    return (
        f"cycled from {low:g} to {high:g} V, while the capacity of {name} is that from "
        f"{known.voltage_low:g} to {known.voltage_high:g} V"
    )


@lru_cache(maxsize=100_000)
def _strange(sse: str) -> str:
    """Return why a formula is no inorganic conductor of lithium, or nothing."""
    elements = composition(sse).amounts.keys()
    if "Li" not in elements:
        return "the SSE holds no lithium"
    if {"C", "H"} & elements:
        return "no cell with an organic, polymer or hydride SSE was calibrated"
    if not _ANIONS & elements:
        return "no cell with an SSE of such anions was calibrated"
    if elements <= {"Li", *_HALOGENS}:
        return "no cell with a plain lithium halide was calibrated"
    return ""


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
