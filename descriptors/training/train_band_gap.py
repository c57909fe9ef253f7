"""Train the networks behind `descriptors.electrolyte.band_gap` on a table of computed band gaps.

``python -m descriptors.training.train_band_gap TABLE.parquet`` needs scikit-learn and some
minutes. The table has a row for each composition: ``formula``, ``gap_median_ev``, the median of
its polymorphs.

A tenth of the compositions is never trained on (`held_out`), so that the shipped file can be judged
by anyone who has the table.
"""

from __future__ import annotations

import argparse
import warnings
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from descriptors.electrolyte.band_gap import (
    METAL,
    USABLE,
    Model,
    described,
    frozen,
    probabilities,
    standardised,
    summary,
)
from descriptors.electrolyte.moduli import atomic_fractions
from descriptors.errors import DescriptorError
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EDGES = np.concatenate([[0, METAL], np.arange(0.25, 3, 0.25), np.arange(3, 6.5, 0.5), [7, 10]])
"""Ends of the intervals among which the networks share out the probability. [eV]"""
HELD_OUT = 10
"""One composition in so many is kept for judging."""
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
_COLUMNS = ["formula", "gap_median_ev"]


class Table(NamedTuple):
    """Computed band gaps, one row for each composition."""

    fractions: Floats
    """Atomic fractions, shape (n, n_elements)."""
    gap: Floats
    """Band gaps, shape (n,). [eV]"""
    draw: NDArray[np.int64]
    """A number that depends on the composition alone: the lot by which rows are held out."""

    def rows(self, chosen: NDArray[np.bool_]) -> Table:
        """Return some of the rows."""
        return Table(self.fractions[chosen], self.gap[chosen], self.draw[chosen])


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
    """Return the usable rows of a table of band gaps.

    Raises
    ------
    DescriptorError
        If the file is no such table, holds too few rows, or a gap below 0.
    FormulaError
        If a formula cannot be read.
    """
    try:
        found = pq.read_table(path, columns=_COLUMNS)
    except (OSError, pa.ArrowException) as error:
        raise DescriptorError(
            f"{path}: no parquet table with {', '.join(_COLUMNS)} ({error})"
        ) from error
    if missing := set(_COLUMNS) - set(found.column_names):
        raise DescriptorError(f"{path}: the columns {', '.join(sorted(missing))} are missing")
    gap = found["gap_median_ev"].to_numpy().astype(float)
    usable = np.isfinite(gap)
    formulas, gap = [str(name) for name in found["formula"].to_numpy()[usable]], gap[usable]
    if len(gap) < FEWEST:
        raise DescriptorError(f"{path}: {len(gap)} rows with a band gap; give {FEWEST} or more")
    if (gap < 0).any():
        raise DescriptorError(f"{path}: a band gap of {gap.min():g} eV; a metal has 0")
    fractions = atomic_fractions(formulas)
    table = Table(fractions, gap, np.array([_draw(name) for name in formulas]))
    return table.rows(np.asarray(~(fractions[:, ~USABLE] > 0).any(axis=1)))


def held_out(table: Table) -> NDArray[np.bool_]:
    """Return which rows are never trained on: the same compositions in every table."""
    return np.asarray(table.draw % HELD_OUT == 0)


def trained(
    table: Table, *, story: str, settings: dict[str, Any] = SETTINGS, networks: int = NETWORKS
) -> Model:
    """Return networks trained on a table, all its rows but those of `held_out`.

    Parameters
    ----------
    table : Table
        Band gaps.
    story : str
        What the model says of its origin.
    settings : dict
        Of scikit-learn's `MLPClassifier`.
    networks : int
        How many are trained, each from other random weights; their mean is the model.
    """
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - needed for training only
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415 - as above

    own = table.rows(~held_out(table))
    seen = described(own.fractions)
    mean, spread = seen.mean(axis=0), seen.std(axis=0)
    spread = np.where(spread > LEAST_SPREAD, spread, 1.0)
    inputs = standardised(seen, mean, spread).astype(np.float32)
    interval = np.digitize(own.gap, EDGES[1:-1])
    met = np.unique(interval)
    ensemble = []
    for seed in range(networks):
        network = MLPClassifier(**settings, random_state=seed)
        with warnings.catch_warnings():
            # The number of rounds is part of the settings; the optimiser need not come to rest.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(inputs, interval)
        ensemble.append(tuple(zip(network.coefs_, network.intercepts_, strict=True)))
    known = np.asarray((own.fractions > 0).any(axis=0))
    edges = np.array([*EDGES[met], EDGES[met[-1] + 1]])
    return Model(tuple(ensemble), mean, spread, edges, known, story)


def judgement(model: Model, table: Table) -> Judgement:
    """Return how a model does on the rows of a table that it was not trained on."""
    own = table.gap[~held_out(table)]
    test = table.rows(held_out(table) & ~(table.fractions[:, ~model.known] > 0).any(axis=1))
    found = summary(probabilities(model, test.fractions), model.edges)
    truth = np.where(test.gap < METAL, 0.0, test.gap)
    within = (found.low <= truth) & (truth <= found.high)
    return Judgement(
        error=float(np.abs(found.value - test.gap).mean()),
        baseline=float(np.abs(own.mean() - test.gap).mean()),
        median_baseline=float(np.abs(np.median(own) - test.gap).mean()),
        coverage=float(within.mean()),
        insulator_coverage=float(within[truth > 0].mean()),
        metals=float(((found.metal > 0.5) == (truth == 0)).mean()),  # noqa: PLR2004 - the likelier
        rows=len(test.gap),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, write, and say how well it went."""
    parser = argparse.ArgumentParser(
        prog="python -m descriptors.training.train_band_gap",
        description="Train the band gap prediction.",
    )
    parser.add_argument("table", type=Path, help="parquet: formula, gap_median_ev")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(str(files("descriptors") / "data" / "band_gap_model.npz")),
        help="by default the file that the package ships",
    )
    parser.add_argument("--origin", help="what the table is, for the source of predictions")
    chosen = parser.parse_args(arguments)
    try:
        table = band_gap_table(chosen.table)
    except (DescriptorError, FormulaError) as error:
        parser.error(str(error))
    rows = int((~held_out(table)).sum())
    story = f"trained on {rows} computed gaps ({chosen.origin or chosen.table.name})"
    model = trained(table, story=story)
    with chosen.out.open("wb") as file:
        np.savez_compressed(file, **frozen(model))  # type: ignore[arg-type]  # numpy stub: keywords
    result = judgement(model, table)
    parser.exit(
        0,
        f"{story}; {chosen.out.name}, {chosen.out.stat().st_size / 1000:.0f} kB\n"
        f"on {result.rows} held-out compositions:\n"
        f"mean absolute error        {result.error:.3f} eV\n"
        f"the same, predicting mean  {result.baseline:.3f} eV\n"
        f"metal or not, right        {result.metals:.1%}\n"
        f"inside the 90 % interval   {result.coverage:.1%}, "
        f"insulators {result.insulator_coverage:.1%}\n",
    )


def _draw(formula: str) -> int:
    shares = composition(formula).shares
    return crc32(";".join(f"{element}{share:.6f}" for element, share in sorted(shares)).encode())


if __name__ == "__main__":
    main()
