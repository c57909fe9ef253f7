"""How alike two terms are, before any measurement: the prior of the correction.

The covariance of the terms of pairs is a sum of two products. One part is a pair's own: cation and
anion must be the same, or the anion a close kin (Cl, Br, I; S, Se, Te). The other is shared by
similar cations in similar oxidation states. Products make it cheap: it is applied to tensors of
shape (element, state, anion) one axis at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.energies.pairs import (
    ANIONS,
    ELEMENTS,
    FIRST_ALLOY,
    FIRST_ANION,
    FIRST_EXCESS,
    N_PAIRS,
    N_TERMS,
    element_properties,
)
from stability.kernels.pair_kernels import N_STATES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stability.energies.pairs import Terms

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_KIN = (frozenset(("Cl", "Br", "I")), frozenset(("S", "Se", "Te")))
_SHAPE = len(ELEMENTS), N_STATES, len(ANIONS)
_PERIODS = (1, 3, 11, 19, 37, 55, 87, len(ELEMENTS) + 1)  # Atomic number that begins each.
_UNITS = (0.5, 2.0, 3.0, 2.0 / 3.0, 8.0)  # Of electronegativity, period, state, d block, group.


class Prior(NamedTuple):
    """Standard deviations of the terms, per atom that belongs to one."""

    own: float
    """Of a cation-anion pair by itself. [eV]"""
    shared: float
    """Of what similar cations have in common. [eV]"""
    anion: float
    """Of an anion in all its phases. [eV]"""
    bonded: float
    """Of anions with bonds among themselves. [eV]"""
    alloy: float
    """Of an element in alloys. [eV]"""
    states: float
    """Difference of oxidation states over which cations stay similar."""
    kinship: float
    """Correlation between Cl, Br and I, and between S, Se and Te."""


class _Axes(NamedTuple):
    """Correlations along the axes of the tensor of pairs."""

    elements: Floats
    states: Floats
    anions: Floats


def prior_product(prior: Prior, vectors: Floats) -> Floats:
    """Return the prior covariance of all terms times vectors, shape (N_TERMS, n).

    Parameters
    ----------
    prior : Prior
        Standard deviations.
    vectors : ndarray, shape (N_TERMS, n)
        One number per term in each column.
    """
    axes = _axes(prior)
    n = vectors.shape[1]
    pairs = vectors[:N_PAIRS].reshape(*_SHAPE, n)
    kin = axes.anions @ pairs
    own = kin.sum(axis=1, keepdims=True)  # The same for all states of a pair.
    shared = (axes.states @ kin.reshape(_SHAPE[0], N_STATES, -1)).reshape(kin.shape)
    shared = np.tensordot(axes.elements, shared, axes=1)
    out = np.empty_like(vectors)
    out[:N_PAIRS] = (prior.own**2 * own + prior.shared**2 * shared).reshape(N_PAIRS, n)
    out[N_PAIRS:] = _rest(prior)[:, None] ** 2 * vectors[N_PAIRS:]
    return out


def prior_covariance(prior: Prior, first: Ints, second: Ints) -> Floats:
    """Return the prior covariance between two lists of terms, shape (n_first, n_second)."""
    axes = _axes(prior)
    out = np.where(first[:, None] == second[None, :], 1.0, 0.0)
    spread = np.ones(N_TERMS)
    spread[N_PAIRS:] = _rest(prior) ** 2
    out *= spread[second]
    a, b = np.flatnonzero(first < N_PAIRS), np.flatnonzero(second < N_PAIRS)
    (e, q, x), (f, p, y) = _places(first[a]), _places(second[b])
    kin = axes.anions[np.ix_(x, y)]
    same = e[:, None] == f[None, :]
    alike = axes.elements[np.ix_(e, f)] * axes.states[np.ix_(q, p)]
    out[np.ix_(a, b)] = kin * (prior.own**2 * same + prior.shared**2 * alike)
    return out


def prior_draws(prior: Prior, normals: Floats) -> Floats:
    """Return draws of all terms from the prior.

    Parameters
    ----------
    prior : Prior
        Standard deviations.
    normals : ndarray, shape (2 * N_TERMS, n)
        Independent standard normal numbers.
    """
    axes = _axes(prior)
    n = normals.shape[1]
    roots = [np.linalg.cholesky(axis + 1e-9 * np.eye(len(axis))) for axis in axes]
    own, shared = normals[:N_PAIRS].reshape(*_SHAPE, n), normals[-N_PAIRS:].reshape(*_SHAPE, n)
    own = roots[2] @ own[:, :1]  # One number for all states of a pair.
    shared = roots[2] @ shared
    shared = (roots[1] @ shared.reshape(_SHAPE[0], N_STATES, -1)).reshape(shared.shape)
    shared = np.tensordot(roots[0], shared, axes=1)
    out = np.empty((N_TERMS, n))
    out[:N_PAIRS] = (prior.own * own + prior.shared * shared).reshape(N_PAIRS, n)
    out[N_PAIRS:] = _rest(prior)[:, None] * normals[N_PAIRS:N_TERMS]
    return out


def sums(terms: Terms, values: Floats) -> Floats:
    """Return, for each composition, the sum of its terms' values times their shares.

    Parameters
    ----------
    terms : Terms
        Of compositions.
    values : ndarray, shape (N_TERMS, ...)
        One number, or several, per term.
    """
    weighted = values[terms.numbers] * terms.shares.reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray(np.add.reduceat(weighted, terms.starts[:-1], axis=0))


def scattered(terms: Terms, values: Floats) -> Floats:
    """Return, for each term, the sum over compositions of their values times its share.

    Parameters
    ----------
    terms : Terms
        Of compositions.
    values : ndarray, shape (n, m)
        Numbers per composition.
    """
    rows = np.repeat(np.arange(len(terms.starts) - 1), np.diff(terms.starts))
    out = np.zeros((N_TERMS, values.shape[1]))
    np.add.at(out, terms.numbers, terms.shares[:, None] * values[rows])
    return out


def _rest(prior: Prior) -> Floats:
    """Return the standard deviations of the terms that are no pairs."""
    out = np.empty(N_TERMS - N_PAIRS)
    out[FIRST_ANION - N_PAIRS : FIRST_EXCESS - N_PAIRS] = prior.anion
    out[FIRST_EXCESS - N_PAIRS : FIRST_ALLOY - N_PAIRS] = prior.bonded
    out[FIRST_ALLOY - N_PAIRS :] = prior.alloy
    return out


def _places(numbers: Ints) -> tuple[Ints, Ints, Ints]:
    """Return element, state and anion of terms of pairs."""
    rest, anion = np.divmod(numbers, len(ANIONS))
    element, state = np.divmod(rest, N_STATES)
    return element, state, anion


@cache
def _axes(prior: Prior) -> _Axes:
    distance = _descriptors()[:, None] - _descriptors()[None, :]
    steps = np.arange(N_STATES)[:, None] - np.arange(N_STATES)[None, :]
    kin = np.array(
        [
            [
                float(a == b) or prior.kinship * any({a, b} <= family for family in _KIN)
                for b in ANIONS
            ]
            for a in ANIONS
        ]
    )
    return _Axes(
        np.exp(-0.5 * (distance**2).sum(axis=-1)), np.exp(-0.5 * (steps / prior.states) ** 2), kin
    )


@cache
def _descriptors() -> Floats:
    """Return what makes elements similar as cations, in units over which they stay so."""
    known = element_properties()
    rows = []
    for number, element in enumerate(ELEMENTS, start=1):
        period, group = _place(number)
        if element in known:
            strength, state = known[element].electronegativity, known[element].states[1]
        else:
            strength, state = 2.6, 0
        d_block = 3 <= group <= 12 and not _f_block(number)  # noqa: PLR2004  # By definition.
        rows.append((strength, period, state, d_block, group))
    return np.asarray(np.array(rows, float) / np.array(_UNITS))


def _f_block(number: int) -> bool:
    return 57 <= number <= 71 or 89 <= number <= 103  # noqa: PLR2004  # La to Lu, Ac to Lr.


def _place(number: int) -> tuple[int, int]:
    """Return period and group of an element; lanthanides and actinides stand in group 3."""
    period = bisect_right(_PERIODS, number)
    after = number - _PERIODS[period - 1]
    if number in {1, 2}:
        return 1, 1 if number == 1 else 18
    if _f_block(number):
        return period, 3
    long = (18, 18, 8, 8, 18, 18, 32, 32)[period]
    before_end = _PERIODS[period] - number  # 1 for a noble gas.
    return period, after + 1 if after < 2 or long == 18 else 19 - before_end  # noqa: PLR2004  # The s block has two.
