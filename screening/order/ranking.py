"""The order of pairs and how sure it is, from draws that they share.

Two pairs are told apart where one is above the other in nearly all draws. Errors that they have in
common cancel in that comparison, as they do not in their intervals.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from screening.pairs.features import Drawn

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = NDArray[np.int64]

CAUTION = 0.05
"""Quantile of the draws that a cautious order goes by."""
SURE = 0.95
"""Probability from which on an order is taken to hold."""
TOP = 3
"""Places that count as the top, unless asked otherwise."""
_BLOCK = 256  # Pairs that are compared with one leader at a time.
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Order(StrEnum):
    """By which number of its draws a pair takes its place."""

    EXPECTED = "expected"
    """The mean of all draws: right on average, and fond of wide intervals."""
    CAUTIOUS = "cautious"
    """The lower end of the 90 % interval: what is known to be good goes first."""
    CENTRAL = "central"
    """The central value, as if there were no doubt."""


class Ranking(NamedTuple):
    """Places of pairs, each field of shape (n_pairs,), in the order of the pairs."""

    place: Places
    """Place among all, from 1; equal values share it: 1, 2, 2, 4."""
    place_in_cathode: Places
    """Place among the pairs of the same cathode."""
    best: Floats
    """Probability of the first place in its cathode."""
    top: Floats
    """Probability of being among the best few of its cathode."""
    gap: Floats
    """What the value is above that of the next in its cathode; nan for the last."""
    holds: Floats
    """Probability that it is above the next; nan for the last."""
    tied: Flags
    """Whether the best of its cathode is not above it with a probability of :data:`SURE`."""
    group: tuple[str, ...]
    """Letter of pairs of a cathode that the first of them is not surely above."""


def worth(values: Drawn, order: Order) -> Floats:
    """Return the number by which each pair takes its place, shape (n_pairs,).

    Parameters
    ----------
    values : Drawn
        What to rank by.
    order : Order
        Which number of the draws.

    Examples
    --------
    A sure 0.4 goes before a doubtful 0.5, unless the order does not ask how sure it is.

    >>> from screening.pairs.features import Drawn
    >>> both = Drawn(np.array([0.4, 0.5]), np.array([[0.4, 0.4], [0.1, 0.9]]))
    >>> [int(worth(both, one).argmax()) for one in (Order.CAUTIOUS, Order.CENTRAL)]
    [0, 1]
    """
    if order is Order.CENTRAL:
        return np.asarray(values.value, dtype=float)
    if order is Order.EXPECTED:
        return np.asarray(values.draws.mean(axis=1))
    return np.asarray(np.quantile(values.draws, CAUTION, axis=1))


def ranking(
    values: Drawn, cathode: Sequence[str], *, top: int = TOP, order: Order = Order.CENTRAL
) -> Ranking:
    """Return the places of pairs, and how sure they are.

    Parameters
    ----------
    values : Drawn
        What to rank by, the largest first; nan comes last. Draws of all pairs go together.
    cathode : sequence of str
        Cathode of each pair.
    top : int, optional
        How many places count as the top.
    order : Order, optional
        By which number of its draws a pair takes its place.

    Notes
    -----
    In each draw equal values share the places that they take. Groups are made from the top: a pair
    begins a new one where the first of the present group is above it with a probability of at
    least :data:`SURE`.

    Examples
    --------
    The first is above the second in three of four draws, and both always above the third.

    >>> from screening.pairs.features import Drawn
    >>> draws = np.array([[5, 5, 5, 3], [4, 4, 4, 4], [0, 0, 0, 0]], float)
    >>> found = ranking(Drawn(np.array([5.0, 4.0, 0.0]), draws), ["S", "S", "S"], top=2)
    >>> found.place_in_cathode.tolist(), found.best.tolist(), found.top.tolist(), found.group
    ([1, 2, 3], [0.75, 0.25, 0.0], [1.0, 1.0, 0.0], ('a', 'a', 'b'))
    """
    n = len(values.value)
    number = worth(values, order)
    central, draws = _without_nan(number), _without_nan(values.draws)
    found = Ranking(
        place=places(central),
        place_in_cathode=np.zeros(n, np.int64),
        best=np.zeros(n),
        top=np.zeros(n),
        gap=np.full(n, np.nan),
        holds=np.full(n, np.nan),
        tied=np.zeros(n, bool),
        group=("",) * n,
    )
    group = [""] * n
    for rivals in rivalries(cathode):
        rows = rivals[np.argsort(-central[rivals], kind="stable")]
        mine = draws[rows]
        found.place_in_cathode[rows] = places(central[rows])
        found.best[rows] = share_of_top(mine, 1)
        found.top[rows] = share_of_top(mine, top)
        found.tied[rows] = above(mine[:1], mine) < SURE
        found.tied[rows[0]] = True
        found.holds[rows[:-1]] = above(mine[:-1], mine[1:])
        found.gap[rows[:-1]] = -np.diff(number[rows])
        for row, letter in zip(rows, _groups(mine), strict=True):
            group[row] = _letters(letter)
    return found._replace(group=tuple(group))


def places(values: Floats) -> Places:
    """Return the places of values, the largest first; equal ones share a place.

    Parameters
    ----------
    values : ndarray, shape (n_pairs,)
        The values.

    Examples
    --------
    >>> places(np.array([0.5, 0.9, 0.5, 0.1])).tolist()
    [2, 1, 2, 4]
    """
    ordered = np.sort(-values)
    return np.searchsorted(ordered, -values, side="left") + 1


def above(one: Floats, other: Floats) -> Floats:
    """Return the probability that one is above another, where equal draws count half.

    Parameters
    ----------
    one, other : ndarray, shape (n_pairs, n_draws)
        Draws; one of both may have a single row.
    """
    return np.asarray(((one > other) + 0.5 * (one == other)).mean(axis=1))


def share_of_top(draws: Floats, top: int) -> Floats:
    """Return the probability of each pair to be among the best few.

    Parameters
    ----------
    draws : ndarray, shape (n_pairs, n_draws)
        What they are ranked by.
    top : int
        How many are the best few.

    Notes
    -----
    Those that are equal at the last place share what is left of it.
    """
    if top >= len(draws):
        return np.ones(len(draws))
    last = np.partition(draws, len(draws) - top, axis=0)[len(draws) - top]
    inside, equal = draws > last, draws == last
    left = (top - inside.sum(axis=0)) / equal.sum(axis=0)
    return np.asarray((inside + equal * left).mean(axis=1))


def rivalries(cathode: Sequence[str]) -> Iterator[Places]:
    """Yield the rows of each cathode, in order.

    Parameters
    ----------
    cathode : sequence of str
        Cathode of each pair.
    """
    if len(cathode):
        _, number = np.unique(np.asarray(cathode, dtype=str), return_inverse=True)
        order = np.argsort(number, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(number[order])) + 1)


def leaders(values: Floats, cathode: Sequence[str], most: int) -> Places:
    """Return the rows of the best few of each cathode, in order of the rows.

    Parameters
    ----------
    values : ndarray, shape (n_pairs,)
        What to rank by, the largest first; no nan.
    cathode : sequence of str
        Cathode of each pair.
    most : int
        How many of each cathode; of equal values those in front.

    Examples
    --------
    >>> leaders(np.array([0.1, 0.9, 0.5, 0.9]), ["S", "S", "S", "Li2S"], 2).tolist()
    [1, 2, 3]
    """
    found = [
        rivals[np.argsort(-values[rivals], kind="stable")[:most]] for rivals in rivalries(cathode)
    ]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _without_nan(values: Floats) -> Floats:
    return np.where(np.isnan(values), -np.inf, values) if np.isnan(values).any() else values


def _groups(draws: Floats) -> Iterator[int]:
    """Yield the number of the group of each of some pairs, which come in order."""
    number = first = 0
    while first < len(draws):
        end = first + 1
        while end < len(draws):
            apart = above(draws[first : first + 1], draws[end : end + _BLOCK]) >= SURE
            if apart.any():
                end += int(apart.argmax())
                break
            end += len(apart)
        yield from [number] * (min(end, len(draws)) - first)
        number, first = number + 1, end


def _letters(number: int) -> str:
    """Return a, b ... z, aa, ab ... for 0, 1 ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(_LETTERS))
        text = _LETTERS[rest] + text
    return text
