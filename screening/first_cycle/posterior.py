"""What data say of parameters: many fits at once, each with its data and its prior shaken.

A fit to data and prior is one point. Shaking the data by their errors and the prior by its width,
and fitting again, gives draws of the posterior: exactly where the model is linear, closely where it
bends little within the posterior [1]_ [2]_. The fits share every evaluation of the model.

References
----------
.. [1] D. S. Oliver, N. He, A. C. Reynolds, Conditioning permeability fields to pressure data,
   5th European Conference on the Mathematics of Oil Recovery, Leoben (1996).
.. [2] J. M. Bardsley, A. Solonen, H. Haario, M. Laine, SIAM J. Sci. Comput. 36, A1895 (2014),
   doi:10.1137/140964023.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Residuals = Callable[[Floats, Floats], Floats]

_STEP = 1e-4  # Of a finite difference, in standard deviations of the prior.
_ITERATIONS = 20
_SMALL = 1e-2  # A gain in the sum of squares below this ends a fit: 1 makes a standard deviation.
_MOST_DAMPING = 1e6  # Beyond it no step helps: the fit is at a kink.


class Fits(NamedTuple):
    """Fits to shaken data, one for each column."""

    common: Floats
    """What is common to all groups, shape (n_common, n_fits). [prior standard deviations]"""
    own: Floats
    """What each group has to itself, shape (n_own, n_groups, n_fits). [the same]"""
    log_evidence: Floats
    """Logarithm of the probability of the data, by Laplace's approximation, shape (n_fits,)."""


def fits(
    residuals: Residuals,
    group: NDArray[np.int64],
    common: Floats,
    own: Floats,
    shaken: Floats,
) -> Fits:
    """Return fits of a model to data under a normal prior, many at once.

    Parameters
    ----------
    residuals : callable
        From the common and the own unknowns, shaped like `common` and `own`, to what the model
        gives less the data, in standard deviations of the data, shape (n_data, n_fits). Every
        column is a problem of its own.
    group : ndarray, shape (n_own, n_data)
        Group of each datum, for each kind of own unknown: only that of its group moves it.
    common : ndarray, shape (n_common, n_fits)
        Centres of the prior, in its standard deviations; zero for a fit that is not shaken.
    own : ndarray, shape (n_own, n_groups, n_fits)
        The same for what each group has to itself.
    shaken : ndarray, shape (n_data, n_fits)
        What is added to the data, in their standard deviations; zero for a fit that is not shaken.

    Notes
    -----
    Minimises ``|residuals - shaken|^2 + |z - centre|^2``, from zero, by Gauss-Newton steps with
    damping (Levenberg and Marquardt), solved in the space of the data, which are fewer than the
    unknowns. The evidence is ``exp(-minimum / 2) / root(det(1 + J J^T))``.

    Examples
    --------
    One datum, 2 +- 1, of an unknown with the prior 0 +- 1: half-way, at 1.

    >>> one = np.zeros((1, 1))
    >>> found = fits(
    ...     lambda z, _: z - 2.0, np.zeros((0, 1), int), one, np.zeros((0, 1, 1)), np.zeros((1, 1))
    ... )
    >>> round(found.common.item(), 3)
    1.0
    """
    centre = _Unknowns(common, own)
    z = _Unknowns(np.zeros_like(common), np.zeros_like(own))
    damping = np.full(common.shape[1], 1e-2)
    r = residuals(*z) - shaken
    cost = _cost(r, _less(z, centre))
    done = np.zeros(cost.shape, bool)
    for _ in range(_ITERATIONS):
        slopes = _slopes(residuals, z, r + shaken, group)
        step = _step(slopes, r, _less(z, centre), damping)
        tried = _Unknowns(z.common + step.common, z.own + step.own)
        r_tried = residuals(*tried) - shaken
        cost_tried = _cost(r_tried, _less(tried, centre))
        better = cost_tried <= cost
        gain = np.where(better, cost - cost_tried, np.inf)
        z = _Unknowns(*(np.where(better, new, old) for new, old in zip(tried, z, strict=True)))
        r, cost = np.where(better, r_tried, r), np.where(better, cost_tried, cost)
        done |= (gain < _SMALL) & (damping < 1.0) | (damping > _MOST_DAMPING)
        damping = np.where(better, damping / 8.0, damping * 8.0)
        if done.all():
            break
    of_data = np.eye(len(r)) + _of_data(_slopes(residuals, z, r + shaken, group))
    return Fits(z.common, z.own, -0.5 * (cost + np.linalg.slogdet(of_data)[1]))


class _Unknowns(NamedTuple):
    common: Floats
    own: Floats


class _Slopes(NamedTuple):
    """Derivatives of the residuals: a datum moves with one of the own unknowns of each kind."""

    common: Floats
    """Shape (n_fits, n_data, n_common)."""
    own: Floats
    """Shape (n_own, n_data, n_fits)."""
    member: Floats
    """1 where a datum is of a group, shape (n_own, n_groups, n_data)."""


def _less(one: _Unknowns, other: _Unknowns) -> _Unknowns:
    return _Unknowns(one.common - other.common, one.own - other.own)


def _cost(r: Floats, away: _Unknowns) -> Floats:
    total = sum((part**2).sum(axis=tuple(range(part.ndim - 1))) for part in (r, *away))
    return np.where(np.isfinite(total), total, np.inf)


def _slopes(residuals: Residuals, z: _Unknowns, at: Floats, group: NDArray[np.int64]) -> _Slopes:
    """Return derivatives of the residuals by finite differences."""
    n_own, n_groups, _ = z.own.shape

    def moved(values: Floats, k: int) -> Floats:
        new = values.copy()
        new[k] += _STEP
        return new

    common = [(residuals(moved(z.common, k), z.own) - at) / _STEP for k in range(len(z.common))]
    # All groups at once: each moves its own data only.
    own = [(residuals(z.common, moved(z.own, k)) - at) / _STEP for k in range(n_own)]
    member = (group[:, None, :] == np.arange(n_groups)[:, None]).astype(float)
    nothing = np.zeros((0, *at.shape))
    return _Slopes(
        np.stack([*common, *nothing]).transpose(2, 1, 0), np.stack(own) if own else nothing, member
    )


def _of_data(slopes: _Slopes) -> Floats:
    """Return what the prior lets the residuals do together, ``J J^T``, for each fit."""
    together = slopes.common @ slopes.common.transpose(0, 2, 1)
    for own, member in zip(slopes.own, slopes.member, strict=True):
        together += np.einsum("df,ef,de->fde", own, own, member.T @ member)
    return np.asarray(together)


def _step(slopes: _Slopes, r: Floats, away: _Unknowns, damping: Floats) -> _Unknowns:
    """Return the damped Gauss-Newton step, by the identity of Woodbury."""

    def to_unknowns(values: Floats) -> _Unknowns:
        return _Unknowns(
            np.einsum("fdc,df->cf", slopes.common, values), slopes.member @ (slopes.own * values)
        )

    def to_data(z: _Unknowns) -> Floats:
        own = (slopes.own * (slopes.member.transpose(0, 2, 1) @ z.own)).sum(axis=0)
        return np.asarray(np.einsum("fdc,cf->df", slopes.common, z.common) + own)

    stiff = 1.0 + damping
    slope = _Unknowns(*(one + other for one, other in zip(to_unknowns(r), away, strict=True)))
    of_data = _of_data(slopes) + stiff[:, None, None] * np.eye(len(r))
    inner = np.asarray(np.linalg.solve(of_data, to_data(slope).T[:, :, None])[:, :, 0].T, float)
    back = to_unknowns(inner)
    return _Unknowns(*((one - other) / stiff for one, other in zip(back, slope, strict=True)))
