"""Where the calibration ends: what no calibrated cell is like, and how much wider that makes it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.composite.polarisation import cathode_conductivity
from descriptors.quantity import Kind
from screening.catalogue.conditions import USUAL
from screening.catalogue.gates import BALANCE, unbalanced
from screening.catalogue.materials import State, cathode
from screening.errors import UnknownNameError
from screening.first_cycle.transport_limits import threshold_known
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from screening.catalogue.conditions import Conditions
    from screening.pairs.features import Features, Pair

CHEMISTRY = 4.0
"""Widening where no cell has an SSE of the class: two decades of thickness, a third of capacity."""
REDOX = 2.0
"""Widening where no cell has shown an SSE of the class oxidise, or be reduced."""
CATHODE = 1.5
"""Widening where no cell has the cathode, or none has it mixed in this way."""
COMPOSITE = 1.5
"""Widening where the surface or the amount of SSE is far from that of all cells."""
RUN = 1.5
"""Widening where rate or loading are far from that of all cells."""
PATHS = 1.5
"""Widening where nobody knows how the carbon, or the cathode, conducts."""
FAR_RUN = 5.0
"""More than this factor beyond the rates and loadings of the cells is far: at 5 times C/10 slow
contacts cost a tenth or more, and nothing that was measured says how much."""
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
    rate: tuple[float, float]
    """Lowest and highest rate; C/10 counts where nobody says. [1/h]"""
    areal_capacity: tuple[float, float]
    """Least and largest theoretical areal capacity; 2 counts where nobody says. [mAh/cm2]"""


class Domain(NamedTuple):
    """Which pairs a calibration covers."""

    outside: NDArray[np.bool_]
    """Whether no calibrated cell is like the pair, shape (n_pairs,)."""
    widening: NDArray[np.float64]
    """How much wider the differences between cells are drawn, shape (n_pairs,). [1]"""
    reasons: tuple[str, ...]
    """Why, in one line; empty inside."""


def covered(
    cells: Features, with_cathode: NDArray[np.bool_], run: Sequence[Conditions] = (USUAL,)
) -> Covered:
    """Return what calibrated cells are like.

    Parameters
    ----------
    cells : Features
        The cells, from :func:`screening.first_cycle.cell_inputs.cell_features`.
    with_cathode : ndarray, shape (n_cells,)
        Which of them have a cathode.
    run : sequence of Conditions, optional
        Rates and loadings among them.
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
        rate=_ends([one.rate for one in run]),
        areal_capacity=_ends([one.areal_capacity for one in run]),
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


def outside_domain(
    features: Features,
    inside: Covered,
    pairs: Sequence[Pair] = (),
    run: Sequence[Conditions] = (),
) -> Domain:
    """Return which pairs a calibration does not cover, why, and how much wider they are.

    Parameters
    ----------
    features : Features
        The pairs.
    inside : Covered
        As :attr:`screening.first_cycle.calibration.Calibration.covered`.
    pairs : sequence of Pair, optional
        The same pairs; without, nothing is said of rate, loading and the paths of electrons.
    run : sequence of Conditions, optional
        Their rates and loadings.

    Notes
    -----
    The factors multiply, up to `MOST`. They are judged: nothing that was measured says how wrong
    the model is where nothing was measured.
    """
    oxidises = features.oxidation.value > 0
    is_reduced = features.reduction.value > 0
    far_area = _far(features.area.value, inside.area)
    far_ratio = _far(features.ratio, inside.ratio)
    of_run = [_of_run(*both, inside) for both in zip(pairs, run, strict=True)]
    found = [
        _judged(*row, inside)
        for row in zip(
            map(_strange, features.sse, unbalanced(features.sse)),
            features.chemistry,
            features.cathode,
            features.milled.tolist(),
            oxidises.tolist(),
            is_reduced.tolist(),
            far_area.tolist(),
            far_ratio.tolist(),
            map(_other_window, features.cathode, features.low.tolist(), features.high.tolist()),
            of_run or [("", "")] * len(features),
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
    of_run: tuple[str, str],
    inside: Covered,
) -> tuple[float, str]:
    """Return the widening of one pair and its reason."""
    factor, reasons = 1.0, []
    for doubt, reason in (
        *_of_chemistry(strange, chemistry, oxidises, is_reduced, inside),
        *_of_composite(cathode, milled, far_area, far_ratio, inside),
        (CATHODE, other_window),
        *zip((RUN, PATHS), of_run, strict=True),
    ):
        if reason:
            factor *= doubt
            reasons.append(reason)
    return min(factor, MOST), "; ".join(reasons)


def _of_chemistry(
    strange: str, chemistry: str, oxidises: object, is_reduced: object, inside: Covered
) -> Iterator[tuple[float, str]]:
    """Yield what no cell shows of an SSE, with the widening."""
    if strange:
        yield CHEMISTRY, strange
    elif chemistry not in inside.chemistries:
        yield CHEMISTRY, f"no cell with {_a(chemistry)} SSE was calibrated"
    else:
        if oxidises and chemistry not in inside.oxidised:
            yield REDOX, f"no cell shows {_a(chemistry)} oxidise"
        if is_reduced and chemistry not in inside.reduced:
            yield REDOX, f"no cell shows {_a(chemistry)} being reduced"


def _of_composite(
    cathode: str, milled: object, far_area: object, far_ratio: object, inside: Covered
) -> Iterator[tuple[float, str]]:
    """Yield what no cell shows of a composite, with the widening."""
    way = "milled" if milled else "mixed by hand"
    if (cathode, milled) not in inside.mixed:
        other = (cathode, not milled) in inside.mixed
        yield CATHODE, f"no cell with {cathode}" + (f" {way}" if other else "")
    if far_area or far_ratio:
        far = (("surface", far_area), ("SSE", far_ratio))
        what = " and ".join(name for name, is_far in far if is_far)
        yield COMPOSITE, f"{what} per gram far from that of all cells"


def _of_run(pair: Pair, run: Conditions, inside: Covered) -> tuple[str, str]:
    """Return what of rate and loading, and of the paths of electrons, no cell says, or nothing."""
    if not run.limited:
        return "", ""
    cathode = pair.cathode
    charged = cathode.assembled is State.CHARGED
    made = cathode.charged if charged else cathode.discharged
    return _far_run(run, inside), _unknown_paths(pair.recipe.carbon, cathode.name, made)


@lru_cache(maxsize=10_000)
def _far_run(run: Conditions, inside: Covered) -> str:
    """Return that rate or loading are far from those of the cells, or nothing."""
    far = [
        f"{what} {value:g}{unit} far from that of all cells ({_span(ends)}{unit})"
        for what, unit, value, ends in (
            ("rate", "C", run.rate, inside.rate),
            ("loading", " mAh/cm2", run.areal_capacity, inside.areal_capacity),
        )
        if not ends[0] / FAR_RUN <= value <= ends[1] * FAR_RUN
    ]
    return " and ".join(far)


def _span(ends: tuple[float, float]) -> str:
    return " to ".join(f"{end:g}" for end in dict.fromkeys(ends))


@lru_cache(maxsize=10_000)
def _unknown_paths(carbon: str | None, name: str, made: str) -> str:
    """Return what is not known of the paths of electrons, or nothing."""
    unknown = []
    if carbon and not threshold_known(carbon):
        unknown.append(f"the share at which {carbon} percolates is not known")
    if cathode_conductivity(made).kind is Kind.ASSUMED:
        unknown.append(f"the electronic conductivity of {name} is not known")
    return " and ".join(unknown)


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
def _strange(sse: str, charge: float) -> str:
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
    if charge > BALANCE:
        return "the charges of the SSE do not balance"
    return ""


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
