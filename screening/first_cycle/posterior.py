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
_ITERATIONS = 60
_SMALL = 1e-3  # A gain in the sum of squares below this ends a fit: 1 makes a standard deviation.
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
    group : ndarray, shape (n_data,)
        Group of each datum: only the own unknowns of its group move it.
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
    ...     lambda z, _: z - 2.0, np.zeros(1, int), one, np.zeros((0, 1, 1)), np.zeros((1, 1))
    ... )
    >>> round(found.common.item(), 3)
    1.0
    """
    z = _Unknowns(np.zeros_like(common), np.zeros_like(own))
    damping = np.full(common.shape[1], 1e-2)
    r = residuals(*z) - shaken
    cost = _cost(r, z, common, own)
    done = np.zeros(cost.shape, bool)
    for _ in range(_ITERATIONS):
        jacobian = _jacobian(residuals, z, r + shaken, group)
        away = _flat(z.common - common, z.own - own)
        step = _step(jacobian, r, away, damping)
        tried = _moved(z, step)
        r_tried = residuals(*tried) - shaken
        cost_tried = _cost(r_tried, tried, common, own)
        better = cost_tried <= cost
        gain = np.where(better, cost - cost_tried, np.inf)
        z = _Unknowns(*(np.where(better, new, old) for new, old in zip(tried, z, strict=True)))
        r, cost = np.where(better, r_tried, r), np.where(better, cost_tried, cost)
        done |= (gain < _SMALL) & (damping < 1.0) | (damping > _MOST_DAMPING)
        damping = np.where(better, damping / 8.0, damping * 8.0)
        if done.all():
            break
    jacobian = _jacobian(residuals, z, r + shaken, group)
    of_data = np.eye(len(r)) + jacobian @ jacobian.transpose(0, 2, 1)
    evidence = -0.5 * (cost + np.linalg.slogdet(of_data)[1])
    return Fits(z.common, z.own, evidence)


class _Unknowns(NamedTuple):
    common: Floats
    own: Floats


def _flat(common: Floats, own: Floats) -> Floats:
    """Return all unknowns of each fit in a row, shape (n_fits, n_unknowns)."""
    return np.concatenate([common, own.reshape(-1, own.shape[-1])]).T


def _moved(z: _Unknowns, step: Floats) -> _Unknowns:
    split = len(z.common)
    return _Unknowns(
        z.common + step.T[:split],
        z.own + step.T[split:].reshape(z.own.shape),
    )


def _cost(r: Floats, z: _Unknowns, common: Floats, own: Floats) -> Floats:
    away = _flat(z.common - common, z.own - own)
    total: Floats = (r**2).sum(axis=0) + (away**2).sum(axis=1)
    return np.where(np.isfinite(total), total, np.inf)


def _jacobian(residuals: Residuals, z: _Unknowns, at: Floats, group: NDArray[np.int64]) -> Floats:
    """Return derivatives of the residuals, shape (n_fits, n_data, n_unknowns)."""
    n_common, n_own, n_groups = len(z.common), *z.own.shape[:2]
    slopes = np.zeros((at.shape[1], len(at), n_common + n_own * n_groups))
    for k in range(n_common):
        moved = z.common.copy()
        moved[k] += _STEP
        slopes[:, :, k] = ((residuals(moved, z.own) - at) / _STEP).T
    rows = np.arange(len(at))
    for k in range(n_own):  # All groups at once: each moves its own data only.
        moved = z.own.copy()
        moved[k] += _STEP
        column = n_common + k * n_groups + group
        slopes[:, rows, column] = ((residuals(z.common, moved) - at) / _STEP).T
    return slopes


def _step(jacobian: Floats, r: Floats, away: Floats, damping: Floats) -> Floats:
    """Return the damped Gauss-Newton step, by the identity of Woodbury."""
    stiff = (1.0 + damping)[:, None]
    slope = np.einsum("fdu,df->fu", jacobian, r) + away
    of_data = jacobian @ jacobian.transpose(0, 2, 1)
    of_data += stiff[:, :, None] * np.eye(len(r))
    inner = np.linalg.solve(of_data, jacobian @ slope[:, :, None])
    step: Floats = (jacobian.transpose(0, 2, 1) @ inner)[:, :, 0] - slope
    return step / stiff
