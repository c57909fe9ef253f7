"""Ionic transport through a composite: tortuosity of a phase on voxels, effective conductivity.

Ions move in the electrolyte only. How much cathode, carbon and pores are in their way is found by
solving for the steady diffusion between two opposite faces of a microstructure, or estimated from
the volume fraction alone after Bruggeman.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.errors import DescriptorError, ImpossibleValueError
from stability.kernels.compiled import jit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

BRUGGEMAN = 1.5
"""Exponent of Bruggeman's relation for spheres in a conducting medium."""
_AXES = 3
_RELAXATION = 0.97  # Share of the dropped fill-in that goes to the diagonal; 1 may break down.
_TOLERANCES = (1e-6, 1e-8, 1e-10, 1e-12)  # Of the residual, in turn until the flux is steady.
_MOST_ITERATIONS = 20_000  # 200 to 400 are usual at 100 voxels along an edge.
_LEAK = 1e-4  # Relative difference of the fluxes through both faces that is still called steady.


class InvalidVoxelsError(DescriptorError):
    """Voxels that are no box with a phase in it."""


class NotPercolatingError(DescriptorError):
    """No path of the phase joins the two faces: nothing flows, and tortuosity is not defined."""


class NotConvergedError(DescriptorError):
    """The diffusion solve did not reach a steady state."""


class Tortuosity(NamedTuple):
    """Transport through one phase of a box, along one axis."""

    fraction: float
    """Volume of the phase per volume of the box, dead ends and islands included."""
    percolating: float
    """The share of the phase that is connected to both faces."""
    conductivity: float
    """Effective conductivity or diffusivity of the box, per that of the phase."""
    tortuosity: float
    """Tortuosity factor, fraction / conductivity; at least 1."""


def tortuosity(conducting: ArrayLike, *, axis: int = 0) -> Tortuosity:
    """Return the tortuosity factor of a phase along one axis of a box of cubic voxels.

    Parameters
    ----------
    conducting : array_like of bool, shape (nx, ny, nz)
        True where a voxel belongs to the phase.
    axis : int
        The axis along which ions move: 0, 1 or 2.

    Raises
    ------
    InvalidVoxelsError
        If the voxels are not three-dimensional and boolean, or there is no such axis.
    NotPercolatingError
        If no path of the phase joins the two faces; its tortuosity would be infinite.
    NotConvergedError
        If the flux in and the flux out do not agree in the end.

    Notes
    -----
    Steady diffusion by finite volumes on the voxels that are joined to both faces through faces of
    voxels ::

        sum over neighbours j of i of g_ij (phi_j - phi_i) = 0,
        D_eff / D_0 = flux n / A,   tau = eps D_0 / D_eff

    with g = 1 between voxels and g = 2 to the end faces, half a voxel away, at phi = 1 and 0; n
    voxels along the axis and A across it. No flux through the other four faces, so a periodic box
    is cut there. eps is the whole phase, as in TauFactor [1]_. tau is the tortuosity *factor*: the
    squared path length of some authors. Conjugate gradients, preconditioned by an incomplete
    factorisation that keeps row sums [2]_, in O(n^3.5) steps.

    Voxels joined by an edge or a corner only do not conduct. A channel should be a few voxels
    wide: at one or two, tau depends on the voxels. 100^3 voxels take seconds and at most 200 MB.

    References
    ----------
    .. [1] S. J. Cooper et al., SoftwareX 5, 203 (2016), doi:10.1016/j.softx.2016.09.002.
    .. [2] I. Gustafsson, BIT 18, 142 (1978), doi:10.1007/BF01931691.

    Examples
    --------
    A straight channel of one voxel in four: eps = 1/4, D_eff/D_0 = 1/4.

    >>> channel = np.zeros((5, 2, 2), dtype=bool)
    >>> channel[:, 0, 0] = True
    >>> found = tortuosity(channel, axis=0)
    >>> found.fraction, round(found.conductivity, 9), round(found.tortuosity, 9)
    (0.25, 0.25, 1.0)
    """
    box = np.asarray(conducting)
    if box.ndim != _AXES or box.dtype != np.bool_ or box.size == 0:
        raise InvalidVoxelsError(
            f"voxels of shape {box.shape} and type {box.dtype}; give bool of shape (nx, ny, nz)"
        )
    if axis not in range(_AXES):
        raise InvalidVoxelsError(f"axis {axis} is none of 0, 1, 2")

    along = np.moveaxis(box, axis, 0)
    path = _percolating(along)
    n_path, n_phase = int(path.sum()), int(box.sum())
    if not n_path:
        raise NotPercolatingError(
            f"the phase, {100 * n_phase / box.size:.3g} % of the box, does not join the two faces "
            f"of axis {axis}; a larger fraction or a finer grid may"
        )
    conductivity = _flux(path) * along.shape[0] / (along.shape[1] * along.shape[2])
    fraction = n_phase / box.size
    return Tortuosity(fraction, n_path / n_phase, conductivity, fraction / conductivity)


def bruggeman_tortuosity(fraction: float, *, exponent: float = BRUGGEMAN) -> float:
    """Return the tortuosity factor that Bruggeman's relation gives a volume fraction.

    Parameters
    ----------
    fraction : float
        Volume of the conducting phase per volume of composite, above 0 and at most 1.
    exponent : float
        At least 1; 1.5 for insulating spheres.

    Raises
    ------
    ImpossibleValueError
        If the fraction or the exponent is outside its range.

    Notes
    -----
    sigma_eff = sigma eps^alpha, that is tau = eps^(1 - alpha) [1]_ [2]_. Exact for insulating
    spheres of very different sizes that hardly touch. It knows no percolation threshold: below
    eps of about 0.3, and where clusters of carbon and pores block channels, it is too hopeful
    (compare :func:`tortuosity`).

    References
    ----------
    .. [1] D. A. G. Bruggeman, Ann. Phys. 416, 636 (1935), doi:10.1002/andp.19354160705.
    .. [2] B. Tjaden et al., Curr. Opin. Chem. Eng. 12, 44 (2016), doi:10.1016/j.coche.2016.02.006.

    Examples
    --------
    >>> bruggeman_tortuosity(0.25)
    2.0
    """
    _check_fraction(fraction)
    if not (isfinite(exponent) and exponent >= 1):
        raise ImpossibleValueError(f"exponent {exponent:g} is below 1; Bruggeman's is 1.5")
    return float(fraction ** (1 - exponent))


def bruggeman_conductivity(conductivity: ArrayLike, fraction: ArrayLike) -> Floats:
    """Return the conductivities of many composites after Bruggeman [S/cm]; arguments broadcast.

    Parameters
    ----------
    conductivity : array_like
        Conductivity of the phase itself. [S/cm]
    fraction : array_like
        Volume of the phase per volume of composite, from 0 to 1.

    Raises
    ------
    ImpossibleValueError
        If a fraction is outside 0 to 1, or a conductivity below 0.

    Notes
    -----
    sigma eps^1.5, see `bruggeman_tortuosity`; of 2 mS/cm in a quarter 2 * 0.25 * 0.5 are left.

    Examples
    --------
    >>> float(bruggeman_conductivity(2e-3, 0.25))
    0.00025
    """
    sigma, share = np.asarray(conductivity, dtype=float), np.asarray(fraction, dtype=float)
    if not ((share >= 0) & (share <= 1)).all() or not (sigma >= 0).all():
        raise ImpossibleValueError("a volume fraction is outside 0 to 1, or a conductivity below 0")
    return np.asarray(sigma * share * np.sqrt(share))


def _check_fraction(fraction: float) -> None:
    """Refuse a volume fraction that no conducting phase has.

    Raises
    ------
    ImpossibleValueError
        If it is not above 0 and at most 1.
    """
    if not 0 < fraction <= 1:
        raise ImpossibleValueError(f"volume fraction {fraction:g} is outside 0 to 1; 30 % is 0.3")


def _percolating(along: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the voxels that are joined to both ends of the first axis."""
    from scipy.ndimage import label  # noqa: PLC0415  # SciPy takes long to load, and voxels alone need it.

    labels, n_labels = label(along)
    at_start = np.zeros(n_labels + 1, dtype=bool)
    at_end = np.zeros(n_labels + 1, dtype=bool)
    at_start[labels[0]] = True
    at_end[labels[-1]] = True
    both = at_start & at_end
    both[0] = False  # Label 0 is what does not conduct.
    return np.ascontiguousarray(both[labels])


def _flux(path: NDArray[np.bool_]) -> float:
    """Return the flux through a percolating cluster, from 1 at its first plane to 0 at its last.

    Raises
    ------
    NotConvergedError
        If the fluxes through both faces differ.
    """
    below, above = _neighbours(path)
    planes = np.nonzero(path)[0]
    n_path, n_planes = planes.size, path.shape[0]
    at_start, at_end = np.flatnonzero(planes == 0), np.flatnonzero(planes == n_planes - 1)
    diagonal = np.sum(below < n_path, axis=1) + np.sum(above < n_path, axis=1, dtype=np.float64)
    diagonal[at_start] += 2
    diagonal[at_end] += 2
    right = np.zeros(n_path)
    right[at_start] = 2
    potential = np.zeros(n_path + 1)
    potential[:-1] = 1 - (planes + 0.5) / n_planes  # The answer if all channels were straight.

    for tolerance in _TOLERANCES:
        _conjugate_gradients(below, above, diagonal, right, potential, tolerance)
        flux_in = 2 * float((1 - potential[at_start]).sum())
        flux_out = 2 * float(potential[at_end].sum())
        if abs(flux_in - flux_out) <= _LEAK * abs(flux_out):
            return (flux_in + flux_out) / 2
    raise NotConvergedError(
        f"{flux_in:.6g} flows in and {flux_out:.6g} out after {_MOST_ITERATIONS} iterations; "
        "channels are too narrow for these voxels"
    )


def _neighbours(path: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the numbers of the neighbours before and after each voxel.

    Where there is none stands the number after the last, which points at a zero behind each vector:
    without branches, the loops below are about three times as fast.
    """
    n_path = int(path.sum())
    number = np.full(tuple(n + 2 for n in path.shape), n_path, dtype=np.int32)
    number[1:-1, 1:-1, 1:-1][path] = np.arange(n_path, dtype=np.int32)
    below = [np.roll(number, 1, axis)[1:-1, 1:-1, 1:-1][path] for axis in range(_AXES)]
    above = [np.roll(number, -1, axis)[1:-1, 1:-1, 1:-1][path] for axis in range(_AXES)]
    return np.stack(below, axis=1), np.stack(above, axis=1)


@jit
def _conjugate_gradients(
    below: Ints, above: Ints, diagonal: Floats, right: Floats, solution: Floats, tolerance: float
) -> int:
    """Improve the solution until its residual is small, and return the number of iterations."""
    n = diagonal.size
    inverse = _inverse_pivots(below, above, diagonal)
    search = np.zeros(n + 1)
    improved = np.zeros(n + 1)
    applied = np.empty(n)
    residual = np.empty(n)
    _apply(below, above, diagonal, solution, applied)
    limit, left = 0.0, 0.0
    for i in range(n):
        residual[i] = right[i] - applied[i]
        left += residual[i] ** 2
        limit += right[i] ** 2
    limit *= tolerance**2
    rho_before = 1.0
    for iteration in range(_MOST_ITERATIONS):
        if left <= limit:
            return iteration
        rho = _precondition(below, above, inverse, residual, improved)
        turn = rho / rho_before if iteration else 0.0
        for i in range(n):
            search[i] = improved[i] + turn * search[i]
        curvature = _apply(below, above, diagonal, search, applied)
        step = rho / curvature
        left = 0.0
        for i in range(n):
            solution[i] += step * search[i]
            residual[i] -= step * applied[i]
            left += residual[i] ** 2
        rho_before = rho
    return _MOST_ITERATIONS


@jit
def _apply(below: Ints, above: Ints, diagonal: Floats, vector: Floats, applied: Floats) -> float:
    """Multiply by the matrix, the diagonal and -1 for each neighbour; return vector . applied."""
    product = 0.0
    for i in range(applied.size):
        before = vector[below[i, 0]] + vector[below[i, 1]] + vector[below[i, 2]]
        after = vector[above[i, 0]] + vector[above[i, 1]] + vector[above[i, 2]]
        applied[i] = diagonal[i] * vector[i] - before - after
        product += vector[i] * applied[i]
    return product


@jit
def _inverse_pivots(below: Ints, above: Ints, diagonal: Floats) -> Floats:
    """Return 1 / the pivots of the relaxed modified incomplete factorisation [2]_.

    Neighbours of one voxel are never neighbours of each other, so fill-in is dropped everywhere and
    only the diagonal changes.
    """
    n = diagonal.size
    inverse = np.empty(n)
    for i in range(n):
        pivot = diagonal[i]
        for side in range(3):
            j = below[i, side]
            if j < n:
                dropped = -1
                for other in range(3):
                    dropped += above[j, other] < n
                pivot -= (1 + _RELAXATION * dropped) * inverse[j]
        inverse[i] = 1 / pivot
    return inverse


@jit
def _precondition(
    below: Ints, above: Ints, inverse: Floats, residual: Floats, improved: Floats
) -> float:
    """Solve with both triangles of the incomplete factorisation; return residual . improved."""
    product = 0.0
    for i in range(residual.size):
        before = improved[below[i, 0]] + improved[below[i, 1]]
        improved[i] = (residual[i] + before + improved[below[i, 2]]) * inverse[i]
    for i in range(residual.size - 1, -1, -1):
        after = improved[above[i, 0]] + improved[above[i, 1]]
        improved[i] += (after + improved[above[i, 2]]) * inverse[i]
        product += residual[i] * improved[i]
    return product
