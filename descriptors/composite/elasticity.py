"""Stress in a composite whose grains swell: linear elasticity on voxels by Fourier transforms.

Sulfur that takes up lithium grows by 79 %, and the SSE around it holds against that. A periodic box
of voxels, each an isotropic solid with a swelling strain of its own, is brought to equilibrium by
conjugate gradients on displacements, preconditioned by the exact solution of a uniform solid.
Differences are those of trilinear elements with one point of integration, so that no ringing
spoils the stress beside an interface [1]_.

References
----------
.. [1] F. Willot, C. R. Mecanique 343, 232 (2015), doi:10.1016/j.crme.2014.12.005: the rotated
   scheme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import fft

from descriptors.errors import DescriptorError, ImpossibleValueError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Complexes = NDArray[np.complex128]

TOLERANCE = 1e-4
"""Residual force over that of the swelling at which the search ends: stresses to some 1e-4."""
_ITERATIONS = 400
_AXES = 3
_INCOMPRESSIBLE = 0.5  # Poisson's ratio of what keeps its volume. [1]
_PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))  # Of a symmetric tensor, after Voigt.


class NoEquilibriumError(DescriptorError):
    """Conjugate gradients did not find the equilibrium: stiffnesses differ too much."""


class Stress(NamedTuple):
    """Stress of a box at equilibrium."""

    tensor: Floats
    """Components xx, yy, zz, yz, xz, xy of each voxel, shape (6, n, n, n). [GPa]"""
    strain: Floats
    """The same of the total strain. [1]"""
    iterations: int
    """Steps of the search."""

    @property
    def pressure(self) -> Floats:
        """Minus the mean normal stress, shape (n, n, n). [GPa]."""
        return np.asarray(-self.tensor[:3].mean(axis=0))


def swelling_stress(
    youngs_modulus: ArrayLike,
    poissons_ratio: ArrayLike,
    swelling: ArrayLike,
    *,
    held: bool = False,
) -> Stress:
    """Return the stress of a periodic box whose voxels swell.

    Parameters
    ----------
    youngs_modulus : array_like, shape (n, m, k)
        Of each voxel; above 0, a pore is soft and not nothing. [GPa]
    poissons_ratio : array_like, shape (n, m, k)
        Of each voxel, above -1 and below 1/2. [1]
    swelling : array_like, shape (n, m, k)
        Linear strain that each voxel would take alone: a third of a small volume change. [1]
    held : bool, optional
        Whether the box keeps its size; without, it grows until its mean stress is zero.

    Raises
    ------
    ImpossibleValueError
        If shapes differ, or a stiffness is that of no solid.
    NoEquilibriumError
        If the search does not end.

    Notes
    -----
    Small strains, linear: a stress far above the strength of a solid says that it yields, not what
    it then bears. With C the stiffness, e the swelling strain and u the displacement ::

        div C (grad u + E - e) = 0,     E: mean strain; mean stress 0, or E = 0 where held

    Examples
    --------
    Everything swells alike: nothing is stressed.

    >>> one = np.ones((2, 2, 2))
    >>> float(abs(swelling_stress(20 * one, 0.3 * one, 0.1 * one).tensor).max()) < 1e-9
    True
    """
    e, nu, own = (np.asarray(one, float) for one in (youngs_modulus, poissons_ratio, swelling))
    _check(e, nu, own)
    lame, shear = e * nu / ((1 + nu) * (1 - 2 * nu)), e / (2 * (1 + nu))
    box = _Box(lame, shear)
    mean = np.zeros(6)
    eigen = np.stack([own, own, own, *np.zeros((3, *own.shape))])
    loads = [box.stress(eigen)]
    if not held:
        loads += [-box.stress(_uniform(k, own.shape)) for k in range(6)]
    answers, steps = [], 0
    for load in loads:
        displacement, n = _equilibrium(box, load)
        answers.append(displacement)
        steps += n
    strain = box.gradient(answers[0])
    if not held:
        mean, strain = _released(box, answers, eigen)
    total = strain + mean[:, None, None, None]
    return Stress(box.stress(total - eigen), total, steps)


def _released(box: _Box, answers: list[Complexes], eigen: Floats) -> tuple[Floats, Floats]:
    """Return the mean strain that leaves no mean stress, and the strain about it."""
    strains = [box.gradient(one) for one in answers]
    axes = (1, 2, 3)
    left = box.stress(strains[0] - eigen).mean(axis=axes)
    answer = np.stack(
        [
            box.stress(strains[k + 1] + _uniform(k, eigen.shape[1:])).mean(axis=axes)
            for k in range(6)
        ],
        axis=1,
    )
    mean = np.linalg.solve(answer, -left)
    about = strains[0] + sum(mean[k] * strains[k + 1] for k in range(6))
    return mean, np.asarray(about)


class _Box:
    """A periodic box: what strains and stresses follow from displacements, in Fourier space."""

    def __init__(self, lame: Floats, shear: Floats) -> None:
        self.lame, self.shear = lame, shear
        self.shape = lame.shape
        self.k = _wave_vectors(lame.shape)
        middle = np.sqrt(shear.min() * shear.max()), np.sqrt((lame + shear).mean() * shear.mean())
        square = (abs(self.k) ** 2).sum(axis=0)
        square[square <= 1e-12 * square.max()] = np.inf  # Rigid: no force.
        self.square, self.soft = square, middle[0]
        self.ratio = 1 - middle[0] / (middle[0] + middle[1])

    def gradient(self, u: Complexes) -> Floats:
        """Return the symmetric gradient of displacements, Voigt's order, shears not doubled."""
        parts = [0.5 * (self.k[i] * u[j] + self.k[j] * u[i]) for i, j in _PAIRS]
        return np.asarray(np.stack([self.back(1j * part) for part in parts]))

    def stress(self, strain: Floats) -> Floats:
        """Return the stress of a strain."""
        dilated = self.lame * strain[:3].sum(axis=0)
        stress = 2 * self.shear * strain
        stress[:3] += dilated
        return np.asarray(stress)

    def force(self, stress: Floats) -> Complexes:
        """Return minus the divergence of a stress: what it pulls with at each point."""
        found = np.zeros((3, *self.k.shape[1:]), complex)
        for component, (i, j) in zip(stress, _PAIRS, strict=True):
            wave = fft.rfftn(component)
            found[i] -= 1j * self.k[j].conj() * wave
            if i != j:
                found[j] -= 1j * self.k[i].conj() * wave
        return found

    def back(self, wave: Complexes) -> Floats:
        return np.asarray(fft.irfftn(wave, s=self.shape))

    def uniform_solid(self, force: Complexes) -> Complexes:
        """Return the displacements with which a uniform solid answers a force."""
        along = (self.k.conj() * force).sum(axis=0) / self.square
        return np.asarray((force - self.ratio * self.k * along) / (self.soft * self.square))


def _equilibrium(box: _Box, load: Floats) -> tuple[Complexes, int]:
    """Return the displacements that balance a stress, and the steps it took.

    Raises
    ------
    NoEquilibriumError
        If they are not found.
    """
    residual = box.force(load)
    u = np.zeros_like(residual)
    start = _dot(residual, box.uniform_solid(residual))
    if start <= 0.0:
        return u, 0
    direction = step = box.uniform_solid(residual)
    size = start
    for n in range(1, _ITERATIONS + 1):
        pulled = -box.force(box.stress(box.gradient(direction)))
        length = size / _dot(direction, -pulled)
        u = u + length * direction
        residual = residual + length * pulled
        step = box.uniform_solid(residual)
        size, before = _dot(residual, step), size
        if size <= TOLERANCE**2 * start:
            return u, n
        direction = step + (size / before) * direction
    raise NoEquilibriumError(
        f"no equilibrium in {_ITERATIONS} steps; moduli from {box.shear.min():.3g} to "
        f"{box.shear.max():.3g} GPa differ too much: make pores stiffer"
    )


def _dot(one: Complexes, other: Complexes) -> float:
    """Return the product of two real fields, of which half of the waves are kept."""
    product = (one.conj() * other).real
    return float(2 * product.sum() - product[..., 0].sum() - product[..., -1].sum())


def _wave_vectors(shape: tuple[int, ...]) -> Complexes:
    """Return what a difference does to each wave: mean over the corners of a voxel, centred."""
    full = [2 * np.pi * np.fft.fftfreq(n) for n in shape[:2]] + [
        2 * np.pi * np.fft.rfftfreq(shape[2])
    ]
    grid = np.meshgrid(*full, indexing="ij")
    tangents = [2 * np.tan(np.where(abs(w) < np.pi, w, 0.0) / 2) for w in grid]
    level = np.prod([np.cos(w / 2) for w in grid], axis=0)
    return np.stack([one * level for one in tangents]).astype(complex)


def _uniform(component: int, shape: tuple[int, ...]) -> Floats:
    strain = np.zeros((6, *shape))
    strain[component] = 1.0
    return strain


def _check(e: Floats, nu: Floats, own: Floats) -> None:
    """Refuse what is no box of solids.

    Raises
    ------
    ImpossibleValueError
        With the value and the limit.
    """
    if not (e.shape == nu.shape == own.shape and e.ndim == _AXES):
        shapes = f"{e.shape}, {nu.shape} and {own.shape}"
        raise ImpossibleValueError(f"shapes {shapes} are not those of one box of voxels")
    if not (np.isfinite(e).all() and (e > 0).all()):
        raise ImpossibleValueError(
            f"Young's modulus {e.min():g} GPa is not above 0; make a pore soft"
        )
    if not ((nu > -1) & (nu < _INCOMPRESSIBLE)).all():
        raise ImpossibleValueError(
            f"Poisson's ratio from {nu.min():g} to {nu.max():g} is outside -1 to "
            f"{_INCOMPRESSIBLE:g}, where nothing can be compressed; give that of the solid"
        )
    if not np.isfinite(own).all():
        raise ImpossibleValueError("a swelling strain is no number; 0 for what does not swell")
