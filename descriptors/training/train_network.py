"""The trainer of both networks: the table they learn from, who is held out, and the command.

A tenth of the compositions is never trained on (`held_out`), so that the shipped files can be
judged by anyone who has the table. What is learned, and how well, is said by `train_moduli` and
`train_band_gap`, the two configurations.
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

from descriptors.electrolyte.atomic_fractions import atomic_fractions
from descriptors.electrolyte.network import frozen
from descriptors.errors import DescriptorError
from stability.errors import FormulaError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from descriptors.electrolyte.network import Ensemble

    Floats = NDArray[np.float64]

HELD_OUT = 10
"""One composition in so many is kept for judging."""


class Table(NamedTuple):
    """What is learned from, one row for each calculation."""

    fractions: Floats
    """Atomic fractions, shape (n, n_elements)."""
    values: Floats
    """What is to be predicted, shape (n, n_values)."""
    draw: NDArray[np.int64]
    """A number that depends on the composition alone: the lot by which rows are dealt."""

    def rows(self, chosen: NDArray[np.bool_]) -> Table:
        """Return some of the rows."""
        return Table(self.fractions[chosen], self.values[chosen], self.draw[chosen])


class Twin(NamedTuple):
    """What one of the two commands trains."""

    module: str
    """Name of the module that runs."""
    file: str
    """Name of the file that the package ships."""
    columns: str
    """What the table holds, for the help page."""
    table: Callable[[Path], Table]
    """Reads the usable rows."""
    trained: Callable[[Table, str], Ensemble]
    """Trains on them, and keeps a story."""
    story: str
    """What is learned from: with the number of rows and their origin."""
    report: Callable[[Ensemble, Table], str]
    """How it does on held-out rows, for the reader."""


def columns_of(path: Path, names: Sequence[str]) -> tuple[list[str], Floats]:
    """Return the formulas of a table, and its columns of numbers, shape (n, n_columns).

    Parameters
    ----------
    path : Path
        A parquet file with a column ``formula``.
    names : sequence of str
        Its columns of numbers.

    Raises
    ------
    DescriptorError
        If the file is no such table.
    """
    wanted = ["formula", *names]
    try:
        read = pq.read_table(path, columns=wanted)
    except (OSError, pa.ArrowException) as error:
        raise DescriptorError(
            f"{path}: no parquet table with {', '.join(wanted)} ({error})"
        ) from error
    if missing := set(wanted) - set(read.column_names):
        raise DescriptorError(f"{path}: the columns {', '.join(sorted(missing))} are missing")
    formulas = [str(name) for name in read["formula"].to_pylist()]
    return formulas, np.column_stack([read[name].to_numpy().astype(float) for name in names])


def dealt(formulas: Sequence[str], values: Floats, usable: NDArray[np.bool_]) -> Table:
    """Return the usable rows as a table; each has drawn its lot.

    Parameters
    ----------
    formulas : sequence of str, length n
        Compounds.
    values : array, shape (n, n_values)
        What is to be predicted.
    usable : array, shape (n,)
        Which rows count.

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    """
    names = [name for name, use in zip(formulas, usable, strict=True) if use]
    return Table(atomic_fractions(names), values[usable], np.array([_draw(name) for name in names]))


def held_out(table: Table) -> NDArray[np.bool_]:
    """Return which rows are never trained on: the same compositions in every table."""
    return np.asarray(table.draw % HELD_OUT == 0)


def judged_rows(ensemble: Ensemble, table: Table) -> Table:
    """Return the held-out rows of which the networks know all elements."""
    foreign = (table.fractions[:, ~ensemble.known] > 0).any(axis=1)
    return table.rows(held_out(table) & ~foreign)


def layers(network: Any, seen: ArrayLike, target: ArrayLike) -> tuple[tuple[Floats, Floats], ...]:
    """Return weights and biases of a network of scikit-learn, trained.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Untrained.
    seen : array, shape (n, n_features)
        Features.
    target : array, shape (n,) or (n, n_outputs)
        What it is to find.
    """
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415  # Training alone needs it, and it is slow to load.

    with warnings.catch_warnings():
        # The number of rounds is part of the settings; the optimiser need not come to rest.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(seen, target)
    return tuple(zip(network.coefs_, network.intercepts_, strict=True))


def run(twin: Twin, arguments: Sequence[str] | None = None) -> None:
    """Train, write, and say how well it went."""
    name = f"python -m descriptors.training.{twin.module}"
    parser = argparse.ArgumentParser(prog=name, description=f"Make {twin.file}.")
    parser.add_argument("table", type=Path, help=f"parquet: formula, {twin.columns}")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(str(files("descriptors") / "data" / twin.file)),
        help="by default the file that the package ships",
    )
    parser.add_argument("--origin", help="what the table is, for the source of predictions")
    chosen = parser.parse_args(arguments)
    try:
        table = twin.table(chosen.table)
    except (DescriptorError, FormulaError) as error:
        parser.error(str(error))
    rows = int((~held_out(table)).sum())
    story = twin.story.format(rows=rows, origin=chosen.origin or _origin(chosen.table))
    ensemble = twin.trained(table, story)
    with chosen.out.open("wb") as file:
        np.savez_compressed(file, **frozen(ensemble))  # type: ignore[arg-type]  # numpy stub
    size = f"{chosen.out.name}, {chosen.out.stat().st_size / 1000:.0f} kB"
    parser.exit(0, f"{story}; {size}\n{twin.report(ensemble, table)}")


def _origin(path: Path) -> str:
    """Return the names in the column ``source``; without such a column, the name of the file."""
    if "source" not in pq.read_schema(path).names:
        return path.name
    return ", ".join(sorted(set(pq.read_table(path, columns=["source"])["source"].to_pylist())))


def _draw(formula: str) -> int:
    shares = composition(formula).shares
    return crc32(";".join(f"{element}{share:.6f}" for element, share in sorted(shares)).encode())
