"""Predicted conductivity: error and coverage on materials never seen, and materials per second."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Figure, median_seconds
from descriptors.conductivity import predict
from descriptors.features import ELEMENTS
from descriptors.train_conductivity import conductivity_table
from stability.phase_table import load_phase_table

if TYPE_CHECKING:
    from collections.abc import Iterator

OBELIX = Path(__file__).parents[2] / "shared/reference/obelix"
_MATERIALS = 5_000


def figures(table: str) -> Iterator[Figure]:
    """Yield error and coverage on OBELiX's test split where it is at hand, then the throughput.

    Parameters
    ----------
    table : str
        Name or path of the phase table, whose compositions are predicted for the throughput.
    """
    if OBELIX.is_dir():
        yield from _held_out()
    loaded = load_phase_table(table)
    some = np.resize(np.arange(len(loaded.fractions)), _MATERIALS)
    fractions = np.asarray(loaded.fractions)[some]

    def work() -> None:
        predict(fractions, loaded.elements)

    work()
    yield Figure("predictions_per_s", _MATERIALS / median_seconds(work), "materials/s")


def _held_out() -> Iterator[Figure]:
    """Errors count a limit of detection as a figure; coverage, as met by an interval that reaches.

    The baseline is the median of the train split.
    """
    train = conductivity_table(OBELIX / "train.csv")
    test = conductivity_table(OBELIX / "test.csv")
    found = predict(test.shares, ELEMENTS)
    error = np.abs(found.value - test.target)
    within = (found.low <= test.target) & (test.censored | (test.target <= found.high))
    for name, value, unit in (
        ("obelix_test_mae_log10", error.mean(), "log10(S/cm)"),
        ("obelix_test_mae_in_domain_log10", error[found.in_domain].mean(), "log10(S/cm)"),
        ("obelix_test_mae_figures_log10", error[~test.censored].mean(), "log10(S/cm)"),
        ("obelix_test_median_baseline_log10", _baseline(train.target, test.target), "log10(S/cm)"),
        ("obelix_test_coverage_90", 100 * within.mean(), "%"),
        ("obelix_test_in_domain", 100 * found.in_domain.mean(), "%"),
        ("obelix_test_interval_width_log10", np.median(found.high - found.low), "log10(S/cm)"),
    ):
        yield Figure(name, float(value), unit)


def _baseline(train: np.ndarray, test: np.ndarray) -> float:
    return float(np.abs(test - np.median(train)).mean())
