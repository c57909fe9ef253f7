"""Predicted conductivity and band gap: error and coverage on what was never seen, and speed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from benchmarks.measure import Figure, median_seconds
from descriptors.electrolyte.band_gap import networks, predicted_band_gaps
from descriptors.electrolyte.composition import ELEMENTS
from descriptors.electrolyte.conductivity import predict
from descriptors.training import train_band_gap
from descriptors.training.train_conductivity import conductivity_table
from stability.tables.phase_table import load_phase_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from descriptors.training.train_conductivity import Table

REFERENCE = Path(__file__).parents[2] / "shared/reference"
OBELIX = REFERENCE / "obelix"
BAND_GAPS = REFERENCE / "mp_band_gaps.parquet"
_MATERIALS = 5_000
_FOREST: dict[str, Any] = {
    "n_estimators": 500,
    "max_features": 1 / 3,
    "min_samples_leaf": 1,
    "random_state": 0,
}
"""Share of the features and size of a leaf with the least error under grouped cross-validation on
the train split, of three (1/3, 1/2, 1) times three (1, 2, 4)."""


def figures(table: str) -> Iterator[Figure]:
    """Yield error and coverage on OBELiX's test split where it is at hand, then the throughput.

    Parameters
    ----------
    table : str
        Name or path of the phase table, whose compositions are predicted for the throughput.
    """
    if OBELIX.is_dir():
        yield from _held_out()
    if BAND_GAPS.is_file():
        yield from _held_out_gaps()
    loaded = load_phase_table(table)
    some = np.resize(np.arange(len(loaded.fractions)), _MATERIALS)
    fractions = np.asarray(loaded.fractions)[some]

    def work() -> None:
        predict(fractions, loaded.elements)

    work()
    yield Figure("predictions_per_s", _MATERIALS / median_seconds(work), "materials/s")

    formulas = [
        "".join(
            f"{element}{amount:.6f}"
            for element, amount in zip(loaded.elements, row, strict=True)
            if amount > 0 and element in ELEMENTS
        )
        for row in fractions
    ]
    formulas = [formula for formula in formulas if formula]

    def gaps() -> None:
        predicted_band_gaps(formulas)

    gaps()
    yield Figure("band_gaps_per_s", len(formulas) / median_seconds(gaps), "materials/s")


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
        ("obelix_test_forest_baseline_log10", _forest(train, test), "log10(S/cm)"),
        ("obelix_test_coverage_90", 100 * within.mean(), "%"),
        ("obelix_test_in_domain", 100 * found.in_domain.mean(), "%"),
        ("obelix_test_interval_width_log10", np.median(found.high - found.low), "log10(S/cm)"),
    ):
        yield Figure(name, float(value), unit)


def _held_out_gaps() -> Iterator[Figure]:
    """Errors on compositions that the shipped networks were not trained on."""
    judged = train_band_gap.judgement(networks(), train_band_gap.band_gap_table(BAND_GAPS))
    for name, value, unit in (
        ("band_gap_mae_ev", judged.error, "eV"),
        ("band_gap_mean_baseline_ev", judged.baseline, "eV"),
        ("band_gap_median_baseline_ev", judged.median_baseline, "eV"),
        ("band_gap_coverage_90", 100 * judged.coverage, "%"),
        ("band_gap_insulator_coverage_90", 100 * judged.insulator_coverage, "%"),
        ("band_gap_metal_or_not_right", 100 * judged.metals, "%"),
    ):
        yield Figure(name, value, unit)


def _forest(train: Table, test: Table) -> float:
    """Return the error of a random forest on element fractions."""
    forest = RandomForestRegressor(**_FOREST).fit(train.shares, train.target)
    return float(np.abs(forest.predict(test.shares) - test.target).mean())


def _baseline(train: np.ndarray, test: np.ndarray) -> float:
    return float(np.abs(test - np.median(train)).mean())
