"""The training of the conductivity model: ``python -m descriptors.training.train_conductivity``.

Its arguments are tables of the kinds that `descriptors.training.conductivity_figures` reads, the
most reliable first; ``--without`` names those that will judge the model, whose papers and
compositions stay out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.electrolyte.composition import ELEMENTS, Profiles, profiles
from descriptors.electrolyte.conductivity import FLOOR
from descriptors.electrolyte.conductivity_model import MODEL, Arrays, Model, Reach, Variances
from descriptors.training.conductivity_figures import conductivity_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from descriptors.training.conductivity_figures import Table

    Numbers = NDArray[np.float64]

KERNEL = (
    ("framework", 2.26, 26.4),
    ("anions", 2.02, 32.4),
    ("amounts", 1.48, 0.49),
    ("atoms", 0.42, 18.3),
    ("traits", 0.59, 0.90),
)
"""Profile, variance [log10 squared] and length of each term of the likeness of two materials."""
VARIANCES = Variances(
    common=4.0, family=0.36, subclass=2.5, paper=0.19, figure=0.18, secondhand=0.15
)
"""With those of `KERNEL` from the figures themselves: they make the figures of papers, and with
a weight of 0.3 those of whole sub-classes, most likely given all others. That of the sub-class
came out as 0.67; wider by our choice, for the best sub-classes of all lie far from their
neighbours, and only so do intervals for a new one hold 90 %."""
START = -5.0
"""Conductivity of what is like nothing known. [log10 S/cm]"""
PAPER_WEIGHT, SUBCLASS_WEIGHT = -0.5, -0.75
"""Powers of the size of a group that weigh its figures: 200 of one kind are no 200 witnesses."""
TAIL = 0.05
NORMAL_REACH = 1.645
"""Reach of a sub-class without figures at least: that of a normal distribution."""


class LeftOut(NamedTuple):
    """Figures as predicted without their group."""

    mean: Numbers
    """Expected conductivities, shape (n,). [log10 S/cm]"""
    deviation: Numbers
    """Standard deviations of the figures about them, shape (n,). [log10]"""


def trained_model(table: Table, *, origin: str) -> Model:
    """Return the model that a table teaches, with intervals from figures it had not seen.

    Parameters
    ----------
    table : Table
        Figures.
    origin : str
        What they are, for the source of predictions.

    Notes
    -----
    pull = covariance^-1 (target - start), eq. 2.25 in [1]_; a limit of detection is learned as a
    figure. The reach of an interval is the 5 % and the 95 % quantile of (figure - mean) /
    deviation, weighted, without the paper of each figure, or without its sub-class.

    References
    ----------
    .. [1] C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006).
    """
    model = untrained(table, origin=origin)
    target = np.maximum(table.target, FLOOR)
    pull = model.precision @ (target - START)
    by_paper = _reach(left_out(model, target, table.paper), target, table.paper, PAPER_WEIGHT)
    subclass = model.kinds.subclass
    by_class = _reach(left_out(model, target, subclass), target, subclass, SUBCLASS_WEIGHT)
    unknown = Reach(*(max(side, NORMAL_REACH) for side in by_class))
    return Model(model.arrays._replace(pull=pull, known=by_paper, unknown=unknown))


def untrained(table: Table, *, origin: str) -> Model:
    """Return a model that knows the materials of a table, but nothing of them."""
    narrow = table.shares.astype(np.float32)
    traits = profiles(narrow.astype(float), ELEMENTS).traits
    spread = traits.std(axis=0)
    papers, paper = np.unique(table.paper, return_inverse=True)
    return Model(
        Arrays(
            materials=narrow,
            formulas=table.formula,
            paper=paper.astype(np.int64),
            papers=papers,
            secondhand=table.secondhand,
            pull=np.zeros(len(narrow)),
            start=START,
            centre=traits.mean(axis=0),
            spread=np.where(spread > 0, spread, 1.0),
            kernel=np.array([(Profiles._fields.index(name), *rest) for name, *rest in KERNEL]),
            variances=VARIANCES,
            known=Reach(NORMAL_REACH, NORMAL_REACH),
            unknown=Reach(NORMAL_REACH, NORMAL_REACH),
            origin=origin,
        )
    )


def left_out(model: Model, target: Numbers, group: NDArray[np.generic]) -> LeftOut:
    """Return each figure as predicted without all figures of its group, in closed form.

    Notes
    -----
    With P the precision, g a group and r = P (target - start), eq. 5.12 in [1]_ for blocks ::

        mean_g = target_g - P_gg^-1 r_g,    variance_g = diag(P_gg^-1)

    References
    ----------
    .. [1] C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006).
    """
    residual = model.precision @ (target - START)
    mean, variance = np.empty(len(target)), np.empty(len(target))
    names, number = np.unique(group, return_inverse=True)
    for place in range(len(names)):
        rows = np.flatnonzero(number == place)
        block = np.linalg.inv(model.precision[np.ix_(rows, rows)])
        mean[rows] = target[rows] - block @ residual[rows]
        variance[rows] = block.diagonal()
    return LeftOut(mean, np.sqrt(variance))


def write_model(model: Model, path: Path) -> None:
    """Write a model as plain arrays, the same bytes for the same model."""
    np.savez_compressed(path, allow_pickle=False, **model.arrays._asdict())


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on the tables that the command line names, and write the model."""
    parser = argparse.ArgumentParser(
        prog="python -m descriptors.training.train_conductivity", description=__doc__
    )
    parser.add_argument("table", type=Path, nargs="+", help="tables of conductivities")
    parser.add_argument("--without", type=Path, nargs="*", default=[], help="tables that judge")
    parser.add_argument("--output", type=Path, default=Path(MODEL), help="file to write")
    parser.add_argument("--origin", help="what the tables are, for the source of predictions")
    chosen = parser.parse_args(arguments)
    table = conductivity_table(chosen.table, without=chosen.without)
    origin = chosen.origin or f"trained on {len(table.target)} figures"
    write_model(trained_model(table, origin=origin), chosen.output)


def _reach(found: LeftOut, target: Numbers, group: NDArray[np.generic], power: float) -> Reach:
    _, member, size = np.unique(group, return_inverse=True, return_counts=True)
    low, high = np.quantile(
        (target - found.mean) / found.deviation,
        [TAIL, 1 - TAIL],
        weights=size[member] ** power,
        method="inverted_cdf",
    )
    return Reach(float(-low), float(high))


if __name__ == "__main__":
    main()
