"""Figures of the model of the cell on measured cells, each laboratory left out in turn."""

from __future__ import annotations

from itertools import combinations
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.measure import Figure
from descriptors.composite.elasticity import swelling_stress
from screening.catalogue.properties import chemistry
from screening.first_cycle.calibration import calibrate, default_calibration, reference_phases
from screening.first_cycle.literature import reference_cells
from screening.first_cycle.measured_cells import THESIS
from screening.first_cycle.validation import comparisons, leave_one_out
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.first_cycle.validation import Comparison

CLOSE = {"%": 2.0, "mAh/g": 5.0}
"""Two cells nearer than this have no order: readings differ as much."""
CONVERTED = ("S", "Li2S")
"""Cathodes that are no hosts: judged apart."""
TIED = 1e-6
_LITHIUM_RICH = 1.1  # Li per formula unit, above which a layered oxide is a rich one.


class Judged(NamedTuple):
    """How predictions of cells do."""

    error: float
    """Mean absolute error."""
    covered: float
    """Share inside the 90 % interval. [%]"""
    half_width: float
    """Median half width of the interval."""
    order: float
    """Share of pairs of one laboratory in order. [%]"""


def figures(_table: str) -> Iterator[Figure]:
    """Yield the figures of issue 15, as far as measured cells decide them."""
    yield from _mechanics()
    phases = reference_phases()
    start = process_time()
    calibrate(reference_cells(phases).measurements)
    yield Figure("cells_calibrate_seconds", process_time() - start, "s")

    found = default_calibration()
    own = [one for one in found.measurements if one.laboratory == THESIS]
    inside = [one.inside for one in comparisons(found, own) if one.measurement.used_for != "check"]
    yield Figure("cells_thesis_inside", 100 * float(np.mean(inside)), "%")
    without = leave_one_out(found)
    ordered = [one.right for each in without for one in each.orders]
    yield Figure("cells_thesis_orders_left_out", 100 * float(np.mean(ordered)), "%")
    lfp = next(each for each in without if each.cell == "lfp-lpscl")
    (efficiency,) = (
        one.value for one in lfp.comparisons if one.measurement.quantity == "efficiency"
    )
    yield Figure("cells_lfp_lpscl_efficiency_left_out", efficiency, "%")
    yield Figure("cells_laboratory_reach_spread", found.fitted.central.laboratory_reach, "1")
    yield from _of_laboratories(
        [one for each in leave_one_out(found, laboratories=True) for one in each.comparisons]
    )


def _mechanics() -> Iterator[Figure]:
    """Yield how far a stiff ball that swells in a box of 64^3 voxels is from Lame's sphere."""
    x = (np.arange(64) - 31.5) ** 2
    ball = x[:, None, None] + x[None, :, None] + x[None, None, :] < 16**2
    start = process_time()
    stress = swelling_stress(
        np.where(ball, 80.0, 20.0), np.where(ball, 0.3, 0.25), np.where(ball, 0.01, 0.0)
    )
    yield Figure("cells_elasticity_seconds", process_time() - start, "s")
    f, inner, outer, shear = ball.mean(), 80 / 1.2, 20 / 1.5, 20 / 2.5
    exact = 0.01 / (1 / (3 * inner) + f / ((1 - f) * 3 * outer) + 1 / ((1 - f) * 4 * shear))
    error = 100 * abs(float(stress.pressure[ball].mean()) / exact - 1)
    yield Figure("cells_elasticity_sphere_error", error, "%")


def _of_laboratories(compared: Sequence[Comparison]) -> Iterator[Figure]:
    hosts, converted = (
        [
            one
            for one in compared
            if one.measurement.cathode and (one.measurement.cathode in CONVERTED) is kind
        ]
        for kind in (False, True)
    )
    efficiencies = [one for one in hosts if one.measurement.quantity == "efficiency"]
    judged = _judged(efficiencies)
    yield Figure("cells_efficiencies", len(efficiencies), "cells")
    yield Figure("cells_efficiency_error", judged.error, "points")
    yield Figure("cells_efficiency_regression_error", _regression_error(efficiencies), "points")
    yield Figure("cells_efficiency_covered", judged.covered, "%")
    yield Figure("cells_efficiency_half_width", judged.half_width, "points")
    yield Figure("cells_efficiency_order", judged.order, "%")
    yield Figure("cells_halide_above_sulfide", _class_order(efficiencies), "%")
    discharges = _judged([one for one in hosts if one.measurement.quantity == "discharge"])
    yield Figure("cells_discharge_error", discharges.error, "mAh/g")
    yield Figure("cells_discharge_covered", discharges.covered, "%")
    sulfur = [one for one in converted if one.measurement.quantity == "discharge"]
    yield Figure("cells_sulfur_capacities", len(sulfur), "cells")
    yield Figure("cells_sulfur_covered", _judged(sulfur).covered, "%")


def _judged(compared: Sequence[Comparison]) -> Judged:
    measured = np.array([one.measurement.value for one in compared])
    value, low, high = (
        np.array([getattr(one, name) for one in compared]) for name in ("value", "low", "high")
    )
    right = [_in_order(*pair) for pair in combinations(compared, 2) if _comparable(*pair)]
    return Judged(
        float(np.abs(value - measured).mean()),
        100 * float(np.mean([one.inside for one in compared])),
        float(np.median((high - low) / 2)),
        100 * float(np.mean(right)),
    )


def _comparable(one: Comparison, other: Comparison) -> bool:
    """Say whether two cells are of one laboratory, and differ as measured and as predicted."""
    measured = one.measurement, other.measurement
    apart = abs(measured[0].value - measured[1].value)
    return (
        measured[0].laboratory == measured[1].laboratory
        and apart >= CLOSE[measured[0].unit]
        and abs(one.value - other.value) > TIED
    )


def _in_order(one: Comparison, other: Comparison) -> bool:
    return (one.measurement.value - other.measurement.value) * (one.value - other.value) > 0


def _class_order(compared: Sequence[Comparison]) -> float:
    """Return how often a halide and a sulfide of one laboratory on one cathode are in order [%]."""
    right = [
        _in_order(*pair)
        for pair in combinations(compared, 2)
        if _comparable(*pair)
        and pair[0].measurement.cathode == pair[1].measurement.cathode
        and _is_halide(pair[0]) != _is_halide(pair[1])
    ]
    return 100 * float(np.mean(right))


def _is_halide(one: Comparison) -> bool:
    return chemistry(one.measurement.sse).value != "sulfide"


def _regression_error(compared: Sequence[Comparison]) -> float:
    """Return the error of a plain regression on the logit, each laboratory left out [points]."""

    def columns(one: Comparison) -> list[float]:
        cell = one.measurement
        amounts = composition(cell.cathode or "").amounts
        metals = sum(amounts.get(metal, 0.0) for metal in ("Ni", "Co", "Mn", "Al")) or 1.0
        nickel, rich = amounts.get("Ni", 0.0) / metals, amounts["Li"] > _LITHIUM_RICH
        layered = "Ni" in amounts and not rich
        return [
            1.0,
            _is_halide(one),
            cell.coverage * (not _is_halide(one)),
            (nickel - 0.6) * layered,
            cell.cutoff_high - 4.3,
            10 * cell.recipe.carbon_fraction,
            "Ni" not in amounts and "Co" in amounts,
            rich,
            "P" in amounts,
        ]

    x = np.array([columns(one) for one in compared], float)
    share = np.array([one.measurement.value for one in compared]) / 100
    y = np.log(share / (1 - share))
    names = np.array([one.measurement.laboratory for one in compared])
    doubt = np.diag([0.01, *([0.25] * (x.shape[1] - 1))])  # Ridge: noise 0.5 over a prior of 1.
    predicted = np.empty_like(y)
    for name in set(names.tolist()):
        out = names == name
        rest, level = x[~out], y[~out]
        predicted[out] = x[out] @ np.linalg.solve(rest.T @ rest + doubt, rest.T @ level)
    return float(np.abs(100 / (1 + np.exp(-predicted)) - 100 * share).mean())
