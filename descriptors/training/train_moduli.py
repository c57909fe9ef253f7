"""Train the networks behind `descriptors.electrolyte.moduli` on a table of computed moduli.

``python -m descriptors.training.train_moduli TABLE.parquet`` needs scikit-learn and a minute. The
table has a row for each calculation: ``formula``, ``bulk_modulus_gpa``, ``shear_modulus_gpa``.

A tenth of the compositions is never trained on (`held_out`), so that the shipped file can be judged
by anyone who has the table. The others are dealt to folds; each network sees all folds but one, and
its errors on that one calibrate the intervals.
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

from descriptors.electrolyte.moduli import (
    Chemistry,
    Model,
    atomic_fractions,
    chemistries,
    features,
    frozen,
    log_moduli,
    outputs,
    young,
)
from descriptors.errors import DescriptorError
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST = 1.0
"""Softer entries are failed calculations and molecular crystals without dispersion. [GPa]"""
FOLDS = 5
HELD_OUT = 10
"""One composition in so many is kept for judging."""
COVERAGE = 0.9
FEWEST = 50
"""Errors that a chemistry needs for an interval of its own; fewer share that of all."""
SETTINGS: dict[str, Any] = {
    "hidden_layer_sizes": (80, 40),
    "alpha": 0.1,
    "learning_rate_init": 2e-3,
    "batch_size": 200,
    "max_iter": 40,
    "n_iter_no_change": 40,
}
"""Of scikit-learn's `MLPRegressor`. A plain choice: a dozen others, tried while the held-out rows
were in view, came within 0.01 of it, and random trees within 0.01 below, at 100 times the size."""


class Table(NamedTuple):
    """Computed moduli, one row for each calculation."""

    fractions: Floats
    """Atomic fractions, shape (n, n_elements)."""
    logs: Floats
    """log10 of bulk, shear and Young's modulus, shape (n, 3). [log10(GPa)]"""
    draw: NDArray[np.int64]
    """A number that depends on the composition alone: the lot by which rows are dealt."""

    def rows(self, chosen: NDArray[np.bool_]) -> Table:
        """Return some of the rows."""
        return Table(self.fractions[chosen], self.logs[chosen], self.draw[chosen])


class Judgement(NamedTuple):
    """How far predictions lie from calculations that were not trained on; bulk, shear, Young's."""

    error: Floats
    """Mean absolute error. [log10(GPa)]"""
    baseline: Floats
    """The same if all were predicted the mean of the training rows. [log10(GPa)]"""
    coverage: Floats
    """Share of the calculations inside the 90 % interval."""
    rows: int
    """Number of calculations."""


def moduli_table(path: Path) -> Table:
    """Return the usable rows of a table of moduli.

    Raises
    ------
    DescriptorError
        If the file is no such table, or holds too few usable rows.
    FormulaError
        If a formula cannot be read.
    """
    columns = ["formula", "bulk_modulus_gpa", "shear_modulus_gpa"]
    try:
        found = pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise DescriptorError(
            f"{path}: no parquet table with {', '.join(columns)} ({error})"
        ) from error
    if missing := set(columns) - set(found.column_names):
        raise DescriptorError(f"{path}: the columns {', '.join(sorted(missing))} are missing")
    bulk, shear = (found[name].to_numpy().astype(float) for name in columns[1:])
    usable = (bulk >= LEAST) & (shear >= LEAST)  # nan is not usable either
    formulas = [str(name) for name in found["formula"].to_numpy()[usable]]
    bulk, shear = bulk[usable], shear[usable]
    if len(formulas) < FEWEST * FOLDS:
        raise DescriptorError(
            f"{path}: {len(formulas)} rows with both moduli of at least {LEAST:g} GPa; "
            f"give {FEWEST * FOLDS} or more"
        )
    logs = np.log10(np.column_stack([bulk, shear, young(bulk, shear)]))
    return Table(atomic_fractions(formulas), logs, np.array([_draw(name) for name in formulas]))


def held_out(table: Table) -> NDArray[np.bool_]:
    """Return which rows are never trained on: the same compositions in every table."""
    return np.asarray(table.draw % HELD_OUT == 0)


def trained(table: Table, *, story: str, settings: dict[str, Any] = SETTINGS) -> Model:
    """Return networks trained on a table, all its rows but those of `held_out`.

    Parameters
    ----------
    table : Table
        Moduli.
    story : str
        What the model says of its origin.
    settings : dict
        Of scikit-learn's `MLPRegressor`.
    """
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - needed for training only
    from sklearn.neural_network import MLPRegressor  # noqa: PLC0415 - as above

    own = table.rows(~held_out(table))
    seen, targets = features(own.fractions), own.logs[:, :2]
    mean, spread = targets.mean(axis=0), targets.std(axis=0)
    errors = np.empty_like(own.logs)
    networks = []
    for fold in range(FOLDS):
        aside = own.draw // HELD_OUT % FOLDS == fold
        network = MLPRegressor(**settings, random_state=fold)
        with warnings.catch_warnings():
            # The number of rounds is part of the settings; the optimiser need not come to rest.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(seen[~aside], (targets[~aside] - mean) / spread)
        layers = tuple(zip(network.coefs_, network.intercepts_, strict=True))
        networks.append(layers)
        logs = outputs(layers, seen[aside]) * spread + mean
        full = np.column_stack([logs, np.log10(young(10 ** logs[:, 0], 10 ** logs[:, 1]))])
        errors[aside] = np.abs(full - own.logs[aside])
    half_width = _half_widths(errors, chemistries(own.fractions))
    known = (own.fractions > 0).sum(axis=0) > 0
    return Model(tuple(networks), mean, spread, half_width, known, story)


def judgement(model: Model, table: Table) -> Judgement:
    """Return how a model does on the rows of a table that it was not trained on."""
    test = table.rows(held_out(table) & ~(table.fractions[:, ~model.known] > 0).any(axis=1))
    errors = np.abs(log_moduli(model, test.fractions) - test.logs)
    half = np.array([model.half_width[name] for name in chemistries(test.fractions)])
    mean = table.logs[~held_out(table)].mean(axis=0)
    baseline = np.abs(test.logs - mean).mean(axis=0)
    return Judgement(errors.mean(axis=0), baseline, (errors <= half).mean(axis=0), len(errors))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, write, and say how well it went."""
    parser = argparse.ArgumentParser(
        prog="python -m descriptors.training.train_moduli",
        description="Train the prediction of moduli.",
    )
    parser.add_argument("table", type=Path, help="parquet: formula, bulk and shear modulus [GPa]")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(str(files("descriptors") / "data" / "moduli_model.npz")),
        help="by default the file that the package ships",
    )
    chosen = parser.parse_args(arguments)
    try:
        table = moduli_table(chosen.table)
    except (DescriptorError, FormulaError) as error:
        parser.error(str(error))
    rows = int((~held_out(table)).sum())
    story = f"trained on {rows} moduli computed by DFT ({_origin(chosen.table)})"
    model = trained(table, story=story)
    with chosen.out.open("wb") as file:
        np.savez_compressed(file, **frozen(model))  # type: ignore[arg-type]  # numpy stub: keywords
    result = judgement(model, table)
    parser.exit(
        0,
        f"{story}; {chosen.out.name}, {chosen.out.stat().st_size / 1000:.0f} kB\n"
        f"on {result.rows} held-out rows, bulk, shear, Young's modulus:\n"
        f"mean absolute error of log10   {_listed(result.error)}\n"
        f"the same, predicting the mean  {_listed(result.baseline)}\n"
        f"inside the 90 % interval       {_listed(result.coverage)}\n",
    )


def _origin(path: Path) -> str:
    """Return the names in the column ``source``; without such a column, the name of the file."""
    if "source" not in pq.read_schema(path).names:
        return path.name
    return ", ".join(sorted(set(pq.read_table(path, columns=["source"])["source"].to_pylist())))


def _draw(formula: str) -> int:
    shares = composition(formula).shares
    return crc32(";".join(f"{element}{share:.6f}" for element, share in sorted(shares)).encode())


def _half_widths(errors: Floats, classes: NDArray[np.str_]) -> dict[str, Floats]:
    """Return the errors that `COVERAGE` of held-out rows do not exceed, by chemistry."""
    return {
        str(name): np.quantile(
            errors[classes == name] if (classes == name).sum() >= FEWEST else errors,
            COVERAGE,
            axis=0,
        )
        for name in Chemistry
    }


def _listed(numbers: Floats) -> str:
    return "  ".join(f"{number:.3f}" for number in numbers)


if __name__ == "__main__":
    main()
