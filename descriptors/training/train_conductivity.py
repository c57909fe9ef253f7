"""The training of the conductivity model.

Run by ``python -m descriptors.training.train_conductivity TRAIN.csv``.

TRAIN.csv is a table as OBELiX publishes it; of its columns `FORMULA`, `CONDUCTIVITY` and `PAPER`
are read. Needs scikit-learn, which predicting does not.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.model_selection import GroupKFold

from descriptors.electrolyte.composition import ELEMENTS, Profiles, composition_features, profiles
from descriptors.electrolyte.conductivity import distances, expectation, likeness, shares_by_element
from descriptors.electrolyte.conductivity_model import MODEL, Model
from descriptors.errors import ImpossibleValueError
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FORMULA, CONDUCTIVITY, PAPER = "True Composition", "Ionic conductivity (S cm-1)", "DOI"

DEPTH = 5
N_TREES = 300
SEEDS = (0, 1, 2)
"""Models whose mean is the model: each draws other materials and features for its trees."""
KERNEL = (
    ("framework", 1.5, 27.0),
    ("anions", 10.0, 32.0),
    ("anions", 1.0, 0.05),
    ("amounts", 0.5, 0.7),
    ("atoms", 0.3, 21.0),
    ("traits", 0.3, 0.85),
)
"""Profile, variance [log10 squared] and length of each term of the likeness of two materials."""
NOISE = 0.03
"""Variance of a measurement of average weight. [log10 squared]"""
N_FOLDS, REPEATS = 8, 2
FLOOR = -13.0
"""Least conductivity that is learned as such. [log10 S/cm]"""
GROUP_WEIGHT = -0.5
"""Power of the size of a group that weighs its materials: 107 of one group are no 107 witnesses."""
LEVEL = 0.90
N_CLASSES = 3
LEAST_REACH = 0.1
"""Reach of an interval at least: what the best laboratories differ by. [log10]"""
DOMAIN = 0.95
"""Share of the training materials that are in the domain of a model that has not seen their
papers: what is farther than that is out of domain."""


class Table(NamedTuple):
    """Materials to learn from."""

    shares: Numbers
    """Atomic fractions in the order of `ELEMENTS`, shape (n_materials, n_elements)."""
    target: Numbers
    """Conductivities, or the limit of detection. [log10 S/cm]"""
    censored: NDArray[np.bool_]
    """Whether the figure is a limit of detection."""
    group: NDArray[np.int64]
    """Materials of one paper, of one composition, or linked by these, share a number."""


def conductivity_table(path: Path) -> Table:
    """Return the materials of a table as OBELiX publishes it.

    Raises
    ------
    ImpossibleValueError
        If a column is missing, the table holds no row, or a conductivity is no number above 0.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows or not {FORMULA, CONDUCTIVITY, PAPER} <= rows[0].keys():
        raise ImpossibleValueError(
            f"{path.name} is empty or lacks a column; needed: {FORMULA}, {CONDUCTIVITY}, {PAPER}"
        )
    amounts = [composition(row[FORMULA]).amounts for row in rows]
    elements = sorted({element for each in amounts for element in each})
    raw = np.array([[each.get(element, 0.0) for element in elements] for each in amounts])
    figures = [_conductivity(row[CONDUCTIVITY], path) for row in rows]
    shares = shares_by_element(raw, elements)
    return Table(
        shares=shares,
        target=np.log10([figure for figure, _ in figures]),
        censored=np.array([censored for _, censored in figures]),
        group=_linked(
            (row[PAPER] or f"row {place}", share.round(3).tobytes())
            for place, (row, share) in enumerate(zip(rows, shares, strict=True))
        ),
    )


def trained_model(table: Table, *, origin: str) -> Model:
    """Return the model that a table teaches, with intervals from materials it had not seen."""
    residual, distance = unseen(table)
    edges = np.quantile(distance, [*(DOMAIN * np.arange(1, N_CLASSES) / N_CLASSES), DOMAIN])
    rank = np.minimum(np.searchsorted(edges, distance), N_CLASSES - 1)
    weight = np.tile(_weights(table.group), REPEATS)
    tail = (1 - LEVEL) / 2
    quantiles = np.array(
        [
            np.quantile(
                residual[rank == each],
                [tail, 1 - tail],
                weights=weight[rank == each],
                method="inverted_cdf",
            )
            for each in range(N_CLASSES)
        ]
    )
    bare = learned(table, np.arange(len(table.target)))
    return bare._replace(
        edges=edges,
        below=np.maximum.accumulate(np.maximum(-quantiles[:, 0], LEAST_REACH)),
        above=np.maximum.accumulate(np.maximum(quantiles[:, 1], LEAST_REACH)),
        origin=origin,
    )


def unseen(table: Table) -> tuple[Numbers, Numbers]:
    """Return residual and distance of each material, predicted without its group, `REPEATS` times.

    Residuals are measured minus predicted [log10]; distances, to the nearest material learned from.
    """
    residual = np.zeros((REPEATS, len(table.target)))
    distance = np.zeros_like(residual)
    for repeat in range(REPEATS):
        folds = GroupKFold(N_FOLDS, shuffle=True, random_state=repeat)
        for seen, held in folds.split(table.shares, table.target, table.group):
            model = learned(table, seen, seeds=SEEDS[:1])
            residual[repeat, held] = table.target[held] - expectation(model, table.shares[held])
            distance[repeat, held] = distances(model.materials, table.shares[held])
    return residual.ravel(), distance.ravel()


def learned(table: Table, seen: NDArray[np.int64], *, seeds: Sequence[int] = SEEDS) -> Model:
    """Return the model that some materials of the table teach, without intervals.

    Parameters
    ----------
    table : Table
        Materials.
    seen : array of int
        Rows to learn from.
    seeds : sequence of int
        One ensemble of trees for each.

    Notes
    -----
    pull = (likeness + diagonal of noise / weight)^-1 (target - start), eq. 2.25 in [1]_.

    References
    ----------
    .. [1] C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006).
    """
    target = np.maximum(table.target[seen], FLOOR)
    weight = _weights(table.group[seen])
    bare = untrained(table.shares[seen])
    shares = bare.materials.astype(float)
    covariance = likeness(bare, shares, shares) + np.diag(NOISE * weight.mean() / weight)
    start = float(np.average(target, weights=weight))
    pull = np.asarray(np.linalg.solve(covariance, target - start), dtype=np.float64)
    features = composition_features(shares, ELEMENTS).astype(np.float32)
    ensembles = [regressor(seed).fit(features, target, sample_weight=weight) for seed in seeds]
    return exported(ensembles, bare._replace(start=start, pull=pull))


def untrained(shares: Numbers) -> Model:
    """Return a model that knows materials, but nothing of them: no trees, no pull, no intervals."""
    narrow = shares.astype(np.float32)
    traits = profiles(narrow, ELEMENTS).traits
    spread = traits.std(axis=0)
    return Model(
        split=np.zeros((0, 1), dtype=np.int64),
        threshold=np.zeros((0, 1), dtype=np.float32),
        leaf=np.zeros((0, 2), dtype=np.float32),
        trunk=0.0,
        materials=narrow,
        pull=np.zeros(len(narrow)),
        start=0.0,
        centre=traits.mean(axis=0),
        spread=np.where(spread > 0, spread, 1.0),
        kernel=np.array([(Profiles._fields.index(name), *rest) for name, *rest in KERNEL]),
        edges=np.ones(1),
        below=np.zeros(1),
        above=np.zeros(1),
        origin="",
    )


def regressor(seed: int) -> GradientBoostingRegressor:
    """Return one untrained ensemble of trees."""
    return GradientBoostingRegressor(
        loss="huber",
        learning_rate=0.03,
        n_estimators=N_TREES,
        max_depth=DEPTH,
        subsample=0.5,
        max_features=0.1,
        min_samples_leaf=3,
        random_state=seed,
    )


def exported(ensembles: Sequence[GradientBoostingRegressor], bare: Model) -> Model:
    """Return a model with the mean of trained ensembles as its trees."""
    trees = [tree.tree_ for each in ensembles for tree in each.estimators_[:, 0]]
    n_inner = 2**DEPTH - 1
    split = np.zeros((len(trees), n_inner), dtype=np.int64)
    threshold = np.full((len(trees), n_inner), np.inf, dtype=np.float32)
    leaf = np.zeros((len(trees), n_inner + 1), dtype=np.float32)
    for place, tree in enumerate(trees):
        _fill(tree, 0, 0, split[place], threshold[place], leaf[place])
    rate = ensembles[0].learning_rate / len(ensembles)
    start = np.mean([each.init_.constant_.item() for each in ensembles])
    return bare._replace(
        split=split, threshold=threshold, leaf=(rate * leaf).astype(np.float32), trunk=float(start)
    )


def write_model(model: Model, path: Path) -> None:
    """Write a model as plain arrays, the same bytes for the same model."""
    arrays = model._asdict() | {"split": model.split.astype(np.uint8)}
    np.savez_compressed(path, allow_pickle=False, **arrays)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the table that the command line names, and write the model."""
    parser = argparse.ArgumentParser(
        prog="python -m descriptors.training.train_conductivity", description=__doc__
    )
    parser.add_argument("table", type=Path, help="table of conductivities, as OBELiX has them")
    parser.add_argument("--output", type=Path, default=Path(MODEL), help="file to write")
    parser.add_argument("--origin", help="what the table is, for the source of predictions")
    chosen = parser.parse_args(arguments)
    table = conductivity_table(chosen.table)
    origin = chosen.origin or f"trained on {len(table.target)} materials of {chosen.table.name}"
    write_model(trained_model(table, origin=origin), chosen.output)


def _weights(group: NDArray[np.int64]) -> Numbers:
    _, member, size = np.unique(group, return_inverse=True, return_counts=True)
    return np.asarray(size[member] ** GROUP_WEIGHT)


def _fill(
    tree: Any, node: int, place: int, split: Numbers, threshold: Numbers, leaf: Numbers
) -> None:
    """Copy a node and all below it; a leaf above the last level goes on to the left as itself."""
    if place >= len(split):
        leaf[place - len(split)] = tree.value[node].item()
        return
    left, right = node, node
    if tree.children_left[node] >= 0:
        split[place] = tree.feature[node]
        threshold[place] = _narrowed(float(tree.threshold[node]))
        left, right = tree.children_left[node], tree.children_right[node]
        _fill(tree, right, 2 * place + 2, split, threshold, leaf)
    _fill(tree, left, 2 * place + 1, split, threshold, leaf)


def _narrowed(threshold: float) -> float:
    """Return the largest single-precision number up to a threshold: it parts the same features."""
    narrow = np.float32(threshold)
    return float(
        narrow if float(narrow) <= threshold else np.nextafter(narrow, np.float32(-np.inf))
    )


def _conductivity(text: str, path: Path) -> tuple[float, bool]:
    censored = text.startswith("<")
    try:
        figure = float(text.removeprefix("<"))
    except ValueError:
        figure = 0.0
    if not 0 < figure < np.inf:
        raise ImpossibleValueError(
            f"{path.name}: {text!r} is no conductivity; write S/cm above 0, or < and a limit"
        )
    return figure, censored


def _linked(keys: Iterable[tuple[object, ...]]) -> NDArray[np.int64]:
    """Return a number for each row; rows that share a key, directly or by others, share it."""
    group: list[int] = []
    holder: dict[tuple[int, object], int] = {}
    for row, of_row in enumerate(keys):
        group.append(row)
        for key in enumerate(of_row):
            old, new = group[holder.setdefault(key, row)], group[row]
            group = [new if each == old else each for each in group]
    return np.array(group)


if __name__ == "__main__":
    main()
