"""How a layer of SSE grows on what conducts electrons: what it touches, what drives it.

A film that carries the current of its own growth thickens with the root of the voltage across it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import physical_constants

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = float | Floats

_APART = 5e-3  # [V] Between the onsets of a table: linear between to 1e-3.
_DEEP = 5.0  # [V] No SSE oxidises so far below what a cathode visits.
_FAR = 1.0  # [V] An onset so far above all voltages drives nothing: 40 RT/F.
_THERMAL = 298.15 * physical_constants["Boltzmann constant in eV/K"][0]  # [V] RT/F at 25 C.


def touched(there: Floats, most: Numbers) -> Floats:
    """Return the surface that an SSE touches, of what there is and at most [m2/g].

    Parameters
    ----------
    there : ndarray
        Conducting surface per gram of SSE. [m2/g]
    most : float or ndarray
        What a gram of SSE can touch. [m2/g]

    Notes
    -----
    The smaller of the two, softly: ``1 / (1 / there + 1 / most)``.
    """
    return np.asarray(there * most / (there + most))


def mean_root(rows: NDArray[np.bool_], visited: Floats, begins: Floats) -> Floats:
    """Return the mean root of what drives a layer over the voltages that a charge visits [V^(1/2)].

    Parameters
    ----------
    rows : ndarray of bool, shape (n_pairs,)
        Which pairs have a layer at all.
    visited : ndarray, shape (n_pairs, n_voltages)
        Voltages, each for the same charge, rising. [V]
    begins : ndarray, shape (n_pairs, n_draws)
        Voltages at which the layer begins to grow. [V]

    Notes
    -----
    One curve has one mean for each onset, so it is tabulated once for each curve.
    """
    found = np.zeros(begins.shape)
    if not rows.any():
        return found
    distinct, which = np.unique(visited[rows], axis=0, return_inverse=True)
    row_numbers = np.flatnonzero(rows)
    for k, volts in enumerate(distinct):
        mine = row_numbers[which.ravel() == k]
        found[mine] = np.interp(begins[mine], *_table(tuple(volts.tolist())), right=0.0)
    return found


@lru_cache(maxsize=4096)
def _table(volts: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Return onsets and the mean root of what drives a layer that begins there."""
    begins = np.arange(volts[0] - _DEEP, volts[-1] + _FAR, _APART)
    return begins, root(np.array(volts) - begins[:, None]).mean(axis=1)


def reacted(rows: NDArray[np.bool_], thickness: Floats, driven: Floats) -> Floats:
    """Return the share of the SSE that reacts: none outside of the rows that matter [1].

    Parameters
    ----------
    rows : ndarray of bool, shape (n_pairs,)
        Which pairs have a layer at all.
    thickness : ndarray
        Share that reacts at 1 V, as an exponent. [1]
    driven : ndarray
        Root of what drives it. [V^(1/2)]
    """

    def share(thickness: Floats, driven: Floats) -> Floats:
        return np.asarray(-np.expm1(-thickness * driven))

    return on_rows(rows, share, thickness, driven, otherwise=0.0)


def any_of(amount: Floats) -> NDArray[np.bool_]:
    """Return which rows hold anything but zeros.

    Parameters
    ----------
    amount : ndarray, shape (n_pairs, n_draws)
        The rows.
    """
    return np.asarray((amount != 0.0).any(axis=1))


def left_open(rows: NDArray[np.bool_], rate: Floats, amount: Floats) -> Floats:
    """Return what an interphase leaves open of a cathode: all outside of the rows that matter [1].

    Parameters
    ----------
    rows : ndarray of bool, shape (n_pairs,)
        Which pairs have one at all.
    rate, amount : ndarray
        Their product is the resistance of the interphase over what halves the capacity. [1]

    Notes
    -----
    ``1 / (1 + rate amount)``: resistances in series share the voltage that a cell may lose, as in
    :func:`descriptors.composite.polarisation.reached_share`.
    """

    def share(rate: Floats, amount: Floats) -> Floats:
        return np.asarray(1.0 / (1.0 + rate * amount))

    return on_rows(rows, share, rate, amount, otherwise=1.0)


def on_rows(
    rows: NDArray[np.bool_],
    function: Callable[[Floats, Floats], Floats],
    first: Floats,
    second: Floats,
    *,
    otherwise: float,
) -> Floats:
    """Return a function of two columns in some rows, and a number in the others: most are idle.

    Parameters
    ----------
    rows : ndarray of bool, shape (n_pairs,)
        The rows.
    function : callable
        Of the two columns there.
    first, second : ndarray
        The columns.
    otherwise : float
        The number in the other rows.
    """
    if rows.all():
        return function(first, second)
    shape = np.broadcast_shapes(first.shape, second.shape)
    found = np.full(shape, otherwise)
    if rows.any():
        found[rows] = function(*(np.broadcast_to(one, shape)[rows] for one in (first, second)))
    return found


def root(volts: Floats) -> Floats:
    """Return the root of a driving voltage, softened where it goes through zero [V^(1/2)].

    Parameters
    ----------
    volts : ndarray
        Driving voltage. [V]
    """
    return np.asarray(np.sqrt(_THERMAL * np.logaddexp(0.0, volts / _THERMAL)))
