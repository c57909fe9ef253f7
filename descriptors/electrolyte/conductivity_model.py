"""The Gaussian process behind predicted conductivities: its arrays, and what it says of materials.

Materials conduct alike as far as their compositions are alike, and share what is common to their
anion family and to the sub-class of their framework. A family that nobody has measured is known no
better than its neighbours allow: its own effect stays open, and the interval shows it.
"""

from __future__ import annotations

from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.electrolyte.composition import ELEMENTS, profiles
from descriptors.electrolyte.frameworks import Frameworks, frameworks
from stability.kernels.compiled import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.int64]

MODEL = "conductivity_model.npz"
"""The shipped model, in the data of this package."""
TRAIT_REACH = 4.0
"""Standard deviations beyond which a trait counts no further."""
N_RELATIVES = 3
"""Measured materials that are named beside a prediction."""
_ROUNDED = 6  # Decimals of a deviation that products of matrices leave alone.
_DIGITS = 3  # Of the atomic fractions by which materials are told apart.
_TRAITS = 4  # Place of the traits in `Profiles`; they alone are standardised.


class Variances(NamedTuple):
    """What materials share beside their likeness, and what figures do not. [log10 squared]."""

    common: float
    """Of the level of all materials."""
    family: float
    """Of an anion family."""
    subclass: float
    """Of a sub-class within it."""
    paper: float
    """Of the figures of one paper."""
    figure: float
    """Of one figure."""
    secondhand: float
    """More, for a figure by way of a collection."""


class Reach(NamedTuple):
    """Standard deviations from the value to the ends of the 90 % interval."""

    below: float
    """To the lower end."""
    above: float
    """To the upper end."""


class Arrays(NamedTuple):
    """What the model is made of, as plain numbers."""

    materials: NDArray[np.float32]
    """Atomic fractions of the training materials, shape (n_materials, n_elements)."""
    formulas: NDArray[np.str_]
    """Their formulas, shape (n_materials,)."""
    paper: Places
    """Number of the paper of each, shape (n_materials,)."""
    papers: NDArray[np.str_]
    """DOI of each paper, or what else says where the figure stands; shape (n_papers,)."""
    secondhand: NDArray[np.bool_]
    """Whether the figure came by way of a collection, shape (n_materials,)."""
    pull: Numbers
    """What each adds to a material that is like it, per variance, shape (n_materials,).
    [1/log10 S/cm]"""
    start: float
    """Conductivity of what is like none of them. [log10 S/cm]"""
    centre: Numbers
    """Mean of each trait over the training materials, shape (n_traits,)."""
    spread: Numbers
    """Standard deviation of the same."""
    kernel: Numbers
    """Rows of profile (place in `Profiles`), variance [log10 squared] and length of each term of
    the likeness."""
    variances: Variances
    """What is shared, and noise."""
    known: Reach
    """Interval where two papers or more have measured the sub-class."""
    unknown: Reach
    """Interval elsewhere."""
    origin: str
    """What the model was trained on, for the source of its predictions."""


class Posterior(NamedTuple):
    """What the model says of n compositions."""

    mean: Numbers
    """Expected conductivities, shape (n,). [log10 S/cm]"""
    deviation: Numbers
    """Standard deviations of a new figure in a new paper, shape (n,). [log10]"""
    relatives: Places
    """Training figures of the different materials that are most like each, best first, shape
    (n, N_RELATIVES)."""


class Model:
    """A trained process; immutable, with what follows from its arrays computed once."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays

    @cached_property
    def kinds(self) -> Frameworks:
        """Frameworks of the training materials."""
        return frameworks(self.arrays.materials.astype(float))

    @cached_property
    def covariance(self) -> Numbers:
        """Covariance of the training figures, shape (n_materials, n_materials)."""
        arrays, noise = self.arrays, self.arrays.variances
        shares = arrays.materials.astype(float)
        own = noise.figure + noise.secondhand * arrays.secondhand
        paper = noise.paper * np.equal.outer(arrays.paper, arrays.paper)
        return np.asarray(self.likeness(shares, self.kinds) + paper + np.diag(own))

    @cached_property
    def precision(self) -> Numbers:
        """Inverse of the covariance."""
        return np.asarray(np.linalg.inv(self.covariance))

    @cached_property
    def figures(self) -> Numbers:
        """Training figures, which pull and covariance give back, shape (n,). [log10 S/cm]."""
        return np.asarray(self.covariance @ self.arrays.pull + self.arrays.start)

    @cached_property
    def typical(self) -> Numbers:
        """For each figure, the median of its material's, shape (n,). [log10 S/cm]."""
        medians = [np.median(self.figures[self._material == n]) for n in np.unique(self._material)]
        return np.asarray(np.array(medians)[self._material])

    @cached_property
    def papers_of(self) -> dict[str, int]:
        """How many papers have measured each sub-class."""
        names = self.kinds.subclass
        return {
            str(name): len(np.unique(self.arrays.paper[names == name])) for name in np.unique(names)
        }

    def likeness(self, shares: Numbers, kinds: Frameworks) -> Numbers:
        """Return the covariance of compositions with the training materials, without noise.

        Parameters
        ----------
        shares : ndarray, shape (n, n_elements)
            Atomic fractions in the order of `ELEMENTS`.
        kinds : Frameworks
            Of the same compositions.

        Notes
        -----
        With variances v and lengths l, classes c and the distances d of five profiles [1]_ ::

            k = v_common + v_family [c = c'] + v_subclass [c = c'] + sum_t v_t exp(-d_t / l_t)

        The distance is the sum of absolute differences of two rows of a profile; traits count in
        standard deviations, at most `TRAIT_REACH`, and their distance is the mean.

        References
        ----------
        .. [1] C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006),
           eq. 2.25 and 4.14.
        """
        variances = self.arrays.variances
        total = np.full((len(shares), len(self.arrays.materials)), variances.common)
        total += variances.family * (kinds.family[:, None] == self.kinds.family)
        total += variances.subclass * (kinds.subclass[:, None] == self.kinds.subclass)
        ours, theirs = self._terms(shares), self._own_terms
        for (_, variance, length), row, column in zip(
            self.arrays.kernel, ours, theirs, strict=True
        ):
            _add_likeness(total, row, column, variance, length)
        return total

    def posterior(self, shares: Numbers, kinds: Frameworks) -> Posterior:
        """Return what the model says of some compositions.

        Parameters
        ----------
        shares, kinds
            As for :meth:`likeness`.
        """
        alike = self.likeness(shares, kinds)
        variances = self.arrays.variances
        prior = variances.common + variances.family + variances.subclass
        prior += float(self.arrays.kernel[:, 1].sum())
        left = prior - np.einsum("ij,ij->i", alike @ self.precision, alike)
        new = variances.paper + variances.figure
        first = self._first_of_each
        n_relatives = min(N_RELATIVES, len(first))
        near = np.argpartition(-alike[:, first], n_relatives - 1, axis=1)[:, :n_relatives]
        order = np.argsort(-np.take_along_axis(alike[:, first], near, axis=1), axis=1)
        deviation = np.sqrt(np.maximum(left, 0.0) + new)
        return Posterior(
            # Summed row by row, and rounded, so that rows do not depend on which stand beside.
            mean=self.arrays.start + (alike * self.arrays.pull).sum(axis=1),
            deviation=deviation.round(_ROUNDED),
            relatives=first[np.take_along_axis(near, order, axis=1)],
        )

    @cached_property
    def _material(self) -> Places:
        """Return the number of the material of each figure: equal compositions are one."""
        rounded = self.arrays.materials.round(_DIGITS)
        return np.asarray(np.unique(rounded, axis=0, return_inverse=True)[1].reshape(-1))

    @cached_property
    def _first_of_each(self) -> Places:
        """Return the first figure of each material."""
        return np.asarray(np.unique(self._material, return_index=True)[1])

    def _terms(self, shares: Numbers) -> list[Numbers]:
        """Return the rows between which each term of the likeness takes the distance."""
        described = list(profiles(shares, ELEMENTS))
        traits = (described[_TRAITS] - self.arrays.centre) / self.arrays.spread
        described[_TRAITS] = np.clip(traits, -TRAIT_REACH, TRAIT_REACH) / traits.shape[1]
        places = self.arrays.kernel[:, 0].astype(int).tolist()
        return [np.ascontiguousarray(described[place]) for place in places]

    @cached_property
    def _own_terms(self) -> list[Numbers]:
        own = self._terms(self.arrays.materials.astype(float))
        return [np.ascontiguousarray(term.T) for term in own]


@cache
def shipped_model() -> Model:
    """Return the model that the package predicts with; read once."""
    with (files("descriptors") / "data" / MODEL).open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        return Model(
            Arrays(
                materials=stored["materials"],
                formulas=stored["formulas"],
                paper=stored["paper"].astype(np.int64),
                papers=stored["papers"],
                secondhand=stored["secondhand"],
                pull=stored["pull"],
                start=float(stored["start"]),
                centre=stored["centre"],
                spread=stored["spread"],
                kernel=stored["kernel"],
                variances=Variances(*stored["variances"].tolist()),
                known=Reach(*stored["known"].tolist()),
                unknown=Reach(*stored["unknown"].tolist()),
                origin=str(stored["origin"]),
            )
        )


@jit
def _add_likeness(
    total: Numbers, rows: Numbers, columns: Numbers, variance: float, length: float
) -> None:
    """Add one term to the likeness of all rows with all columns."""
    distance = np.empty(columns.shape[1])
    for row in range(rows.shape[0]):
        distance[:] = 0.0
        for place in range(rows.shape[1]):
            own = rows[row, place]
            for column in range(columns.shape[1]):
                distance[column] += abs(own - columns[place, column])
        for column in range(columns.shape[1]):
            total[row, column] += variance * np.exp(-distance[column] / length)
