"""Which pairs no other pair beats in everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_BLOCK = 512  # Points that are compared with the front at a time.
_SCOUTS = 64  # Points of largest sum, which rule out most of the others.


def pareto_front(values: Floats) -> Flags:
    """Return which points are on the front: no other is as good everywhere and better somewhere.

    Parameters
    ----------
    values : ndarray, shape (n_points, n_objectives)
        What is to be large. Points with nan are not on the front; of equal points all are.

    Notes
    -----
    Points are taken in the order of their summed ranks. Whatever dominates a point has a larger
    sum, so a point need only be compared with the front so far: n log n for sorting, and n times
    the size of the front for comparing, which is a few hundred of 100,000 independent points in
    four objectives. Presorting is after [1]_; blocks keep the work in arrays.

    References
    ----------
    .. [1] J. Chomicki, P. Godfrey, J. Gryz, D. Liang, Skyline with presorting, Proc. 19th Int.
       Conf. on Data Engineering, 717 (2003), doi:10.1109/ICDE.2003.1260846.

    Examples
    --------
    (2, 2) beats (1, 2); (3, 1) and (1, 3) are each best in something.

    >>> pareto_front(np.array([[2.0, 2.0], [1.0, 2.0], [3.0, 1.0], [1.0, 3.0]])).tolist()
    [True, False, True, True]
    """
    on_front = np.zeros(len(values), bool)
    valid = np.flatnonzero(~np.isnan(values).any(axis=1))
    if not valid.size:
        return on_front
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in values[valid].T], 1)
    rows, first = np.unique(ranks, axis=0, return_inverse=True)
    rows_on_front = np.zeros(len(rows), bool)
    rows_on_front[_front_of_distinct(rows)] = True
    on_front[valid] = rows_on_front[first.reshape(-1)]
    return on_front


def front_probability(draws: Floats) -> Floats:
    """Return the probability of each point to be on the front.

    Parameters
    ----------
    draws : ndarray, shape (n_points, n_objectives, n_draws)
        Draws of what is to be large; those of all points and objectives go together.

    Examples
    --------
    The second point is beaten in one of two draws.

    >>> front_probability(np.array([[[1.0, 1.0]], [[0.0, 2.0]]])).tolist()
    [0.5, 0.5]
    """
    fronts = [pareto_front(draws[:, :, draw]) for draw in range(draws.shape[2])]
    return np.asarray(np.mean(fronts, axis=0))


def _front_of_distinct(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows on the front, of rows that all differ."""
    order = np.argsort(-ranks.sum(axis=1), kind="stable")
    points = ranks[order].astype(np.int32)
    scouts = points[:_SCOUTS]
    open_ = np.flatnonzero(~_beaten(points, scouts))
    points, order = points[open_], order[open_]
    front = points[:0]
    kept: list[NDArray[np.int64]] = []
    for start in range(0, len(points), _BLOCK):
        block, names = points[start : start + _BLOCK], order[start : start + _BLOCK]
        good = ~_beaten(block, front)
        block, names = block[good], names[good]
        good = ~_beaten(block, block)
        front = np.concatenate([front, block[good]])
        kept.append(names[good])
    return np.concatenate(kept)


def _beaten(points: NDArray[np.int32], by: NDArray[np.int32]) -> Flags:
    """Return which points another point, different from it, is nowhere below."""
    beaten = np.zeros(len(points), bool)
    for start in range(0, len(by), _BLOCK):
        some = by[start : start + _BLOCK]
        left = np.flatnonzero(~beaten)
        nowhere_below = np.ones((len(left), len(some)), bool)
        differ = np.zeros((len(left), len(some)), bool)
        for objective in range(points.shape[1]):
            mine, theirs = points[left, objective, None], some[None, :, objective]
            nowhere_below &= theirs >= mine
            differ |= theirs != mine
        beaten[left] = (nowhere_below & differ).any(axis=1)
    return beaten
