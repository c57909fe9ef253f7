"""Figures of the calibration: the thesis cells inside their intervals, and the time it takes."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

from benchmarks.measure import Figure
from screening.first_cycle.calibration import calibrate, reference_phases
from screening.first_cycle.literature import reference_cells
from screening.first_cycle.measured_cells import CHECK, THESIS
from screening.first_cycle.validation import comparisons, leave_one_out, orders

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTED = (
    {"T14", "T18", "T49", "T50"}
    | {f"T{number}" for number in range(19, 26)}
    | {f"T{number}" for number in range(38, 46)}
)
"""Figures of the thesis that the issue names."""


def figures() -> Iterator[Figure]:
    """Yield the share of figures inside, the time, and how leaving each cell out went."""
    cells = reference_cells(reference_phases()).measurements
    start = process_time()
    found = calibrate(cells)
    fitted = process_time() - start
    compared = comparisons(found, [one for one in cells if one.laboratory == THESIS])
    left_out = leave_one_out(found)
    in_all = process_time() - start

    listed = [one.inside for one in compared if one.measurement.id in LISTED]
    alone = [
        one.inside
        for without in left_out
        for one in without.comparisons
        if one.measurement.used_for != CHECK
    ]
    ordered = [one.right for without in left_out for one in without.orders]
    ordered += [one.right for one in orders(found)]
    yield Figure("thesis_inside_90_percent", 100 * sum(listed) / len(LISTED), "%")
    yield Figure("thesis_left_out_inside_90_percent", 100 * sum(alone) / len(alone), "%")
    yield Figure("thesis_orders_right", 100 * sum(ordered) / len(ordered), "%")
    yield Figure("calibrate_fit_seconds", fitted, "s")
    yield Figure("calibrate_seconds", in_all, "s")
