"""Random draws of quantities, so that an interval of the inputs becomes one of the result.

Draws are reproducible and shared: the same key gives the same draws in every process and for every
pair, so that what two pairs have in common does not blur their comparison.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, overload
from zlib import crc32

import numpy as np

from screening.pairs.seeds import pcg64_states
from stability.kernels.chemical_system import frozen
from stability.kernels.order_statistics import fill_ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from descriptors.quantity import Quantity

N_DRAWS = 200
"""Enough for 5 % and 95 % quantiles to about a seventh of the interval."""
_SEED = 2024
_POOL = 4096  # Rows of `pooled_draws`: 6 MB of 200 draws.
_ENDS = 0.05, 0.95  # Quantiles of an interval.
_MANY = 40  # Draws from which both quantiles are among the ends of a row.
_Z95 = 1.6448536269514722  # Standard normal quantile of 95 %.


def draws(key: str, quantity: Quantity, *, most: float = np.inf) -> NDArray[np.float64]:
    """Return draws of a quantity whose 90 % interval is its low to its high.

    Parameters
    ----------
    key : str
        What the quantity is, such as ``Li6PS5Cl ionic_conductivity``: seeds the draws.
    quantity : Quantity
        Positive; normal in the logarithm, with its own width on each side. Without width, or from
        zero, it is drawn as its value.
    most : float, optional
        Upper bound, for fractions.
    """
    drawn: NDArray[np.float64] = many_draws([(key, quantity)], most=most)[0]
    return drawn


def many_draws(
    quantities: Sequence[tuple[str, Quantity]], *, most: float = np.inf
) -> NDArray[np.float64]:
    """Return draws of many quantities, each as :func:`draws`, shape (n_quantities, N_DRAWS).

    Parameters
    ----------
    quantities : sequence of (str, Quantity)
        Each with its key.
    most : float, optional
        Upper bound, for fractions.
    """
    value, low, high = np.array([one[:3] for _, one in quantities], float).reshape(-1, 3).T
    drawn = np.repeat(value[:, None], N_DRAWS, axis=1)
    rows = np.flatnonzero((low > 0.0) & (low != high))
    if rows.size:
        z = many_standard_draws([quantities[row][0] for row in rows.tolist()])
        up = np.log(high[rows] / value[rows]) / _Z95
        down = np.log(value[rows] / low[rows]) / _Z95
        spread = np.exp(np.where(z > 0, z * up[:, None], z * down[:, None]))
        drawn[rows] = np.minimum(value[rows, None] * spread, most)
    return drawn


def standard_draws(key: str) -> NDArray[np.float64]:
    """Return standard normal draws seeded by a key, shape (N_DRAWS,)."""
    drawn: NDArray[np.float64] = many_standard_draws([key])[0]
    return drawn


def many_standard_draws(keys: Sequence[str]) -> NDArray[np.float64]:
    """Return the standard normal draws of many keys, each its own, shape (n_keys, N_DRAWS).

    Parameters
    ----------
    keys : sequence of str
        What is drawn.

    Notes
    -----
    Those of ``np.random.default_rng([2024, crc32(key)])``.
    """
    z = np.empty((len(keys), N_DRAWS))
    generator = np.random.Generator(np.random.PCG64(_SEED))
    hashes = np.array([crc32(key.encode()) for key in keys], np.uint32)
    for row, state in zip(z, pcg64_states(_SEED, hashes), strict=True):
        generator.bit_generator.state = state
        generator.standard_normal(out=row)
    return z


def pooled_draws(keys: Sequence[str], kind: int, n_draws: int) -> NDArray[np.float64]:
    """Return standard normal draws for many keys, quickly, shape (n_keys, n_draws).

    Parameters
    ----------
    keys : sequence of str
        What is drawn; the same key gives the same draws.
    kind : int
        Which of several independent draws for the same key.
    n_draws : int
        How many.

    Notes
    -----
    Keys pick from a pool of rows, so that one pair of keys in thousands shares its draws.
    """
    rows = [crc32(key.encode()) % _POOL for key in keys]
    return _pool(kind, n_draws)[rows]


@overload
def interval(values: NDArray[np.float64]) -> tuple[float, float]: ...
@overload
def interval(
    values: NDArray[np.float64], *, axis: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def interval(
    values: NDArray[np.float64], *, axis: int | None = None
) -> tuple[float, float] | tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 5 % and 95 % quantiles of draws, of all or along an axis."""
    if axis is None:
        low, high = np.quantile(values, _ENDS)
        return float(low), float(high)
    if values.shape[axis] < _MANY:
        low, high = np.quantile(values, _ENDS, axis=axis)
        return low, high
    return _ends_of_rows(np.ascontiguousarray(np.moveaxis(values, axis, -1)))


def _ends_of_rows(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the quantiles of an interval along the last axis, to the bit those of numpy."""
    n_draws = values.shape[-1]
    at_low, at_high = ((n_draws - 1) * np.array(_ENDS)).tolist()
    first, second = int(at_low), int(at_high)
    rows = values.reshape(-1, n_draws)
    lowest, highest = (np.empty((len(rows), count)) for count in (first + 2, n_draws - second))
    fill_ends(frozen(rows), lowest, highest)
    low = _between(lowest[:, first], lowest[:, first + 1], at_low - first)
    high = _between(highest[:, -1], highest[:, -2], at_high - second)
    return low.reshape(values.shape[:-1]), high.reshape(values.shape[:-1])


def _between(
    one: NDArray[np.float64], other: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return numbers between others, from the nearer end, as numpy does."""
    gap = other - one
    return one + gap * share if share < 0.5 else other - gap * (1.0 - share)  # noqa: PLR2004  # Half-way.


@lru_cache(maxsize=16)
def _pool(kind: int, n_draws: int) -> NDArray[np.float64]:
    pool = np.random.default_rng([_SEED, kind]).standard_normal((_POOL, n_draws))
    pool.flags.writeable = False
    return pool
