"""Predicted conductivity and band gap: error and coverage on what was never seen, and speed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr
from sklearn.ensemble import RandomForestRegressor

from benchmarks.measure import Figure, median_seconds
from benchmarks.measured_conductivities import OBELIX, REFERENCE, TABLES
from descriptors.electrolyte.band_gap import networks, predicted_band_gaps
from descriptors.electrolyte.composition import ELEMENTS, element_shares
from descriptors.electrolyte.conductivity import predict
from descriptors.electrolyte.conductivity_model import shipped_model
from descriptors.training import train_band_gap
from descriptors.training.conductivity_figures import conductivity_table
from descriptors.training.train_conductivity import START, left_out, trained_model
from stability.tables.phase_table import load_phase_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from descriptors.electrolyte.conductivity_model import Model
    from descriptors.training.conductivity_figures import Table

    Numbers = NDArray[np.float64]

REVIEW = REFERENCE / "conductivity" / "halide_review_secondary.csv"
DOUBTED = ("Li3HoBr3I3", "Li2ZrCl5.6F0.4")
"""Rows of the review that look wrong, says its README."""
BAND_GAPS = REFERENCE / "mp_band_gaps.parquet"
LEAST_FIGURES = 4
"""Figures of a sub-class that is left out: of fewer nothing can be told."""
GOOD, POOR = -4.0, -6.0
"""What a ranking must tell apart. [log10 S/cm]"""
SAME = 0.004
"""Share of atoms to exchange below which two materials are one."""
_COVERED = 85  # [%] At least so many of the figures inside, for intervals of 90 %.
_MATERIALS = 5_000
_FOREST: dict[str, Any] = {
    "n_estimators": 500,
    "max_features": 1 / 3,
    "min_samples_leaf": 1,
    "random_state": 0,
}
"""Share of the features and size of a leaf with the least error under grouped cross-validation on
the train split, of three (1/3, 1/2, 1) times three (1, 2, 4)."""


class Judged(NamedTuple):
    """Predictions beside figures, arrays of one length in log10(S/cm)."""

    value: Numbers
    low: Numbers
    high: Numbers
    target: Numbers
    censored: NDArray[np.bool_]

    @property
    def error(self) -> float:
        """Mean absolute error; a limit of detection counts as a figure."""
        return float(np.abs(self.value - self.target).mean())

    @property
    def coverage(self) -> float:
        """Share of figures [%] inside their interval; a limit counts where it reaches below."""
        inside = (self.low <= self.target) & (self.censored | (self.target <= self.high))
        return 100 * float(inside.mean())


def figures(table: str) -> Iterator[Figure]:
    """Yield error and coverage on what was not seen where it is at hand, then the throughput.

    Parameters
    ----------
    table : str
        Name or path of the phase table, whose compositions are predicted for the throughput.
    """
    if OBELIX.is_dir():
        learned = conductivity_table(TABLES, without=[OBELIX / "test.csv"])
        yield from _obelix(learned)
        yield from _left_out(learned)
        yield from _halides(learned)
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


def _obelix(learned: Table) -> Iterator[Figure]:
    """Yield the errors on OBELiX's test split, of the shipped model and of less informed ones."""
    test = conductivity_table([OBELIX / "test.csv"])
    train = conductivity_table([OBELIX / "train.csv"])
    shipped = _judged(shipped_model(), test)
    width = float(np.median(shipped.high - shipped.low))
    near = np.array([np.abs(test.shares - row).sum(axis=1).min() / 2 for row in learned.shares])
    forest = RandomForestRegressor(**_FOREST).fit(train.shares, train.target)
    unit = "log10(S/cm)"
    yield Figure("obelix_test_mae_log10", shipped.error, unit)
    yield Figure("obelix_test_coverage_90", shipped.coverage, "%")
    yield Figure("obelix_test_interval_width_log10", width, unit)
    for percent in (3, 5):
        far = learned.take(~(learned.secondhand & (near < percent / 100)))
        error = _judged(trained_model(far, origin=""), test).error
        yield Figure(f"obelix_test_mae_without_{percent}_percent_log10", error, unit)
    alone = _judged(trained_model(train, origin=""), test).error
    yield Figure("obelix_test_mae_train_split_alone_log10", alone, unit)
    yield Figure(
        "obelix_test_forest_baseline_log10",
        float(np.abs(forest.predict(test.shares) - test.target).mean()),
        unit,
    )
    baseline = float(np.abs(test.target - np.median(train.target)).mean())
    yield Figure("obelix_test_median_baseline_log10", baseline, unit)


def _left_out(learned: Table) -> Iterator[Figure]:
    """Yield the errors on sub-classes and papers that were left out, one by one."""
    model = trained_model(learned, origin="")
    names, counts = np.unique(model.kinds.subclass, return_counts=True)
    parts = []
    for name in names[counts >= LEAST_FIGURES]:
        out = model.kinds.subclass == name
        parts.append(_judged(trained_model(learned.take(~out), origin=""), learned.take(out)))
    unit = "log10(S/cm)"
    pooled = Judged(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    each = np.concatenate([np.full(len(part.target), 1 / len(part.target)) for part in parts])
    covered = [part.coverage for part in parts]
    yield Figure("subclass_out_count", len(parts), "sub-classes")
    yield Figure("subclass_out_mae_log10", float(np.mean([part.error for part in parts])), unit)
    yield Figure("subclass_out_coverage_90", float(np.mean(covered)), "%")
    yield Figure("subclass_out_covered_85", sum(one >= _COVERED for one in covered), "sub-classes")
    yield Figure("subclass_out_auc", _auc(pooled, each), "1")
    yield Figure("subclass_out_auc_by_figure", _auc(pooled, np.ones(len(each))), "1")
    found = left_out(model, learned.target, learned.paper)
    papers = Judged(found.mean, found.mean, found.mean, learned.target, learned.censored)
    yield Figure("paper_out_mae_log10", papers.error, unit)
    yield Figure("paper_out_auc", _auc(papers, np.ones(len(learned.target))), "1")


def _halides(learned: Table) -> Iterator[Figure]:
    """Yield the errors on halides: each without its paper and material, and those of a review."""
    kinds = shipped_model().kinds
    halide = np.flatnonzero((kinds.family == "halide") | (kinds.subclass == "metal oxyhalide"))
    model = trained_model(learned, origin="")
    residual = model.precision @ (learned.target - START)
    found = []
    for row in halide:
        out = learned.paper == learned.paper[row]
        out |= np.abs(learned.shares - learned.shares[row]).sum(axis=1) / 2 < SAME
        # Without these rows, in closed form: eq. 5.12 of Rasmussen and Williams for blocks.
        missed = np.linalg.solve(model.precision[np.ix_(out, out)], residual[out])
        found.append(learned.target[row] - missed[np.flatnonzero(out) == row].item())
    figures_of = learned.target[halide]
    yield Figure(
        "halide_paper_out_mae_log10", float(np.abs(found - figures_of).mean()), "log10(S/cm)"
    )
    rank = float(spearmanr(found, figures_of)[0])
    yield Figure("halide_paper_out_rank_correlation", rank, "1")
    with REVIEW.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["ionic_conductivity_ms_per_cm"]]
    rows = [row for row in rows if row["composition"] not in DOUBTED]
    shares = element_shares([row["composition"] for row in rows])
    figure = np.log10([float(row["ionic_conductivity_ms_per_cm"]) / 1000 for row in rows])
    new = np.array([np.abs(learned.shares - row).sum(axis=1).min() / 2 >= SAME for row in shares])
    error = predict(shares[new], ELEMENTS).value - figure[new]
    yield Figure("halide_review_mae_log10", float(np.abs(error).mean()), "log10(S/cm)")
    yield Figure("halide_review_bias_log10", float(error.mean()), "log10(S/cm)")


def _judged(model: Model, table: Table) -> Judged:
    found = predict(table.shares, ELEMENTS, model=model)
    return Judged(found.value, found.low, found.high, table.target, table.censored)


def _auc(judged: Judged, weights: Numbers) -> float:
    """Return how often a good conductor is predicted above a poor one, as weights count them."""
    good, poor = judged.target >= GOOD, judged.target <= POOR
    pairs = np.outer(weights[good], weights[poor])
    apart = np.sign(judged.value[good][:, None] - judged.value[poor][None, :])
    return float((pairs * (apart + 1) / 2).sum() / pairs.sum())


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
