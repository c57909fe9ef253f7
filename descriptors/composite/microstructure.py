"""Sphere composites on voxels, and the surface on which cathode and electrolyte touch.

The cathode is spheres, carbon and pores are clusters of voxels, and electrolyte fills the rest: the
model electrodes of the thesis [1]_. Boxes are cubic and periodic: what leaves on one side enters on
the other, so no wall orders the spheres.

References
----------
.. [1] A. Cronk, PhD thesis (UC San Diego, 2024), chapter 2, "Modeling of sulfur electrode
   geometries"; after M. Duquesnoy et al., J. Power Sources 480, 229103 (2020),
   doi:10.1016/j.jpowsour.2020.229103.
"""

from __future__ import annotations

from enum import IntEnum
from math import cbrt, isfinite, pi
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.composite.volume import VolumeFractions
from descriptors.errors import DescriptorError
from stability.kernels.compiled import jit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Voxels = NDArray[np.uint8]

CLUSTER = 1.0
"""Width of a cluster of carbon or of pores. [um] An assumption: the thesis gives none."""
LEAST_VOXELS, MOST_VOXELS = 2, 400
"""Voxels along an edge: fewer have no inside, more (64 million) do not fit a small machine."""
_SOLID = 0.9  # Of the thesis' electrodes, by volume: 10 % are pores. [1]
_TRIES = 200  # Places tried for a sphere; beyond this the overlap hardly falls.
_MOST_ROUNDS = 60  # Each round refills what overlaps cost; 60 vol% takes about ten.
_SUM_TOLERANCE = 1e-9  # Rounding of four decimal fractions.
_ISOTROPIC = 2 / 3  # Smooth area per area of voxel faces, averaged over all orientations.
_COUNT, _FILL = 0, 1  # What is done with the voxels of a sphere.


class InvalidMicrostructureError(DescriptorError):
    """A microstructure that cannot be generated, or voxels that hold no such surface."""


class Constituent(IntEnum):
    """What a voxel is filled with."""

    PORES = 0
    CATHODE = 1
    SSE = 2
    CARBON = 3


class ParticleSizes(NamedTuple):
    """Cathode particles, and a box that holds enough of them."""

    low: float
    """Smallest radius. [um]"""
    high: float
    """Largest radius; radii are uniform between the two, by number. [um]"""
    box: float
    """Edge of the cubic box. [um]"""


class Microstructure(NamedTuple):
    """A cube of voxels, periodic in all three directions."""

    voxels: Voxels
    """The `Constituent` of each voxel, shape (n, n, n)."""
    edge: float
    """Edge of a voxel. [um]"""


class ActiveSurface(NamedTuple):
    """Where cathode and electrolyte touch."""

    fraction: float
    """Cathode voxels with a face on electrolyte, per cathode voxel; depends on the voxels' edge."""
    area: float
    """Area of contact per volume of composite. [m2/cm3]"""


THESIS_SIZES: Mapping[str, ParticleSizes] = {
    "bulk": ParticleSizes(25.0, 50.0, 200.0),
    "micron": ParticleSizes(0.5, 5.0, 50.0),
    "sub-micron": ParticleSizes(0.25, 0.5, 15.0),
}
"""The three sulfur powders of the thesis. [um]"""


def thesis_fractions(cathode: float) -> VolumeFractions:
    """Return the volume fractions of the thesis' model electrodes.

    Parameters
    ----------
    cathode : float
        Volume of cathode per volume of composite; 0.3 to 0.6 in the thesis, 0 to 0.9 here.

    Raises
    ------
    InvalidMicrostructureError
        If the cathode and 10 % of pores do not fit.

    Notes
    -----
    10 % are pores; electrolyte and carbon share the rest 5 to 2.

    Examples
    --------
    Beside 20 % cathode and 10 % pores, 70 % are left: 50 and 20.

    >>> thesis_fractions(0.2)
    VolumeFractions(cathode=0.2, sse=0.5, carbon=0.2, pores=0.1)
    """
    if not 0 <= cathode <= _SOLID:
        raise InvalidMicrostructureError(
            f"cathode fraction {cathode:g} is outside 0 to {_SOLID:g}; 30 vol% is 0.3"
        )
    rest = _SOLID - cathode
    return VolumeFractions(cathode, round(rest * 5 / 7, 12), round(rest * 2 / 7, 12), 0.1)


def sphere_composite(
    fractions: VolumeFractions,
    sizes: ParticleSizes,
    *,
    seed: int,
    resolution: int = 100,
    cluster: float = CLUSTER,
) -> Microstructure:
    """Return a random composite of cathode spheres in electrolyte with carbon and pores.

    Parameters
    ----------
    fractions : VolumeFractions
        What the composite is made of.
    sizes : ParticleSizes
        Radii of the cathode spheres, and the box.
    seed : int
        The same seed gives the same voxels.
    resolution : int
        Voxels along an edge of the box.
    cluster : float
        Width of one cluster of carbon, and of pores: the diameter of a ball of its volume. [um]

    Raises
    ------
    InvalidMicrostructureError
        With one line for each fault of the input, or if the spheres do not fit.

    Notes
    -----
    Radii are drawn until their spheres have the volume of the cathode; the last is cut to fit, so
    its fraction is off by at most half the smallest sphere (0.4 % of the bulk box). From the
    largest to the smallest each takes the place with the least overlap among 200 random ones, and
    more spheres replace the volume that overlaps cost: above 40 to 50 vol% spheres placed at random
    must overlap. A voxel is cathode if its centre is inside a sphere.

    Carbon, then pores, grow from random electrolyte voxels, one random neighbour at a time, to
    clusters of pi/6 (cluster/edge)^3 voxels, but at least one; their numbers, and that of the
    electrolyte, are exact to a voxel.

    Valid for the smallest radius of a voxel or more. A cluster is never less than a voxel, so that
    in a box with voxels wider than `cluster` its size is theirs. Nothing is pressed or deformed.

    Examples
    --------
    >>> sizes = ParticleSizes(low=2.0, high=4.0, box=20.0)
    >>> made = sphere_composite(thesis_fractions(0.3), sizes, seed=1, resolution=20)
    >>> made.voxels.shape, made.edge
    ((20, 20, 20), 1.0)
    >>> int((made.voxels == Constituent.PORES).sum())  # 10 % of 8000
    800
    """
    if found := "\n".join(_faults(fractions, sizes, resolution, cluster)):
        raise InvalidMicrostructureError(found)

    rng = np.random.default_rng(seed)
    edge = sizes.box / resolution
    solid = np.zeros((resolution,) * 3, dtype=np.uint8)
    _fill_with_spheres(solid, fractions.cathode, sizes, rng)

    voxels = np.where(solid, np.uint8(Constituent.CATHODE), np.uint8(Constituent.SSE))
    n_free = int((solid == 0).sum())
    n_pores = min(round(fractions.pores * solid.size), n_free)
    matrix = fractions.carbon + fractions.sse
    n_carbon = round((n_free - n_pores) * fractions.carbon / matrix) if matrix else 0
    n_cluster = max(1, round(pi / 6 * (cluster / edge) ** 3))
    for constituent, count in ((Constituent.CARBON, n_carbon), (Constituent.PORES, n_pores)):
        seeds = rng.permutation(np.flatnonzero(voxels == Constituent.SSE))
        _grow(voxels, seeds, int(constituent), int(Constituent.SSE), count, n_cluster, rng)
    return Microstructure(voxels, edge)


def counted_fractions(microstructure: Microstructure) -> VolumeFractions:
    """Return the volume fractions that the voxels of a microstructure have.

    Parameters
    ----------
    microstructure : Microstructure
        Generated, or from an image.

    Examples
    --------
    >>> made = Microstructure(np.array([[[0, 1], [1, 2]], [[1, 3], [2, 2]]], dtype=np.uint8), 1.0)
    >>> counted_fractions(made)
    VolumeFractions(cathode=0.375, sse=0.375, carbon=0.125, pores=0.125)
    """
    counts = np.bincount(microstructure.voxels.ravel(), minlength=len(Constituent))
    shares = (counts / microstructure.voxels.size).tolist()
    return VolumeFractions(*(shares[Constituent[name.upper()]] for name in VolumeFractions._fields))


def active_surface(microstructure: Microstructure) -> ActiveSurface:
    """Return how much of the cathode touches electrolyte.

    Parameters
    ----------
    microstructure : Microstructure
        Voxels through whose outer faces the box goes on periodically.

    Raises
    ------
    InvalidMicrostructureError
        If there is no cathode.

    Notes
    -----
    With n_f faces between cathode and electrolyte, in a box of n voxels of edge h ::

        fraction = cathode voxels with such a face / cathode voxels
        area     = 2/3 n_f h^2 / (n h^3)

    `fraction` is the specific surface of the thesis; refining voxels makes it go to 0. `area` does
    not depend on them: a plane of unit normal u has |u_x| + |u_y| + |u_z| as much area in faces,
    3/2 on average over all directions (Crofton). For spheres larger than a few voxels and other
    surfaces without a preferred direction; a plane along the faces comes out at 2/3. In units,
    1/um = 1 m2/cm3.

    Examples
    --------
    One cathode voxel in 27 touches electrolyte with 6 faces: 2/3 * 6 / 27 = 0.148.

    >>> voxels = np.full((3, 3, 3), Constituent.SSE, dtype=np.uint8)
    >>> voxels[1, 1, 1] = Constituent.CATHODE
    >>> active_surface(Microstructure(voxels, 1.0))
    ActiveSurface(fraction=1.0, area=0.148...)
    """
    cathode = microstructure.voxels == Constituent.CATHODE
    sse = microstructure.voxels == Constituent.SSE
    if not cathode.any():
        raise InvalidMicrostructureError("no voxel is cathode; there is no active surface")
    touches = np.zeros_like(cathode)
    n_faces = 0
    for axis in range(3):
        for side in (-1, 1):
            beside = cathode & np.roll(sse, side, axis)
            touches |= beside
            n_faces += int(beside.sum())
    return ActiveSurface(
        float(touches.sum() / cathode.sum()),
        _ISOTROPIC * n_faces / (cathode.size * microstructure.edge),
    )


def _faults(
    fractions: VolumeFractions, sizes: ParticleSizes, resolution: int, cluster: float
) -> Iterator[str]:
    for name, fraction in fractions._asdict().items():
        if not 0 <= fraction <= 1:  # also refuses nan
            yield f"volume fraction of {name} {fraction:g} is outside 0 to 1; 30 vol% is 0.3"
    if not abs(sum(fractions) - 1) <= _SUM_TOLERANCE:
        yield f"the volume fractions add up to {sum(fractions):.10g}, not 1; divide by their sum"
    if not LEAST_VOXELS <= resolution <= MOST_VOXELS:
        yield f"resolution {resolution} is outside 2 to {MOST_VOXELS} voxels along an edge"
    if not 0 < cluster <= sizes.box:
        yield f"cluster {cluster:g} um is not above 0 and at most the box"
    if not (all(map(isfinite, sizes)) and 0 < sizes.low <= sizes.high <= sizes.box / 2):
        yield (
            f"radii {sizes.low:g} to {sizes.high:g} um in a box of {sizes.box:g} um; "
            "they must rise, from above 0 to at most half the box"
        )
    elif resolution > 0 and sizes.low * resolution < sizes.box * (1 - _SUM_TOLERANCE):
        yield (
            f"radius {sizes.low:g} um is less than a voxel of {sizes.box / resolution:g} um; "
            f"resolution must be at least {sizes.box / sizes.low:.0f}"
        )


def _fill_with_spheres(
    solid: Voxels, fraction: float, sizes: ParticleSizes, rng: np.random.Generator
) -> None:
    """Set voxels to 1 inside random spheres that make up a fraction of the box.

    Raises
    ------
    InvalidMicrostructureError
        If the spheres do not fit.
    """
    edge = sizes.box / solid.shape[0]
    for _ in range(_MOST_ROUNDS):
        missing = fraction - float(np.count_nonzero(solid)) / solid.size
        radii = _radii(missing * sizes.box**3, sizes, rng)
        if not radii.size:
            return
        _place(solid, radii / edge, _TRIES, rng)
    raise InvalidMicrostructureError(
        f"{100 * fraction:g} vol% of spheres do not fit, even with overlaps; use less cathode"
    )


def _radii(volume: float, sizes: ParticleSizes, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return uniform radii [um] of spheres with a total volume, the largest first."""
    smallest = 4 / 3 * pi * sizes.low**3
    drawn = rng.uniform(sizes.low, sizes.high, size=int(max(volume, 0) / smallest) + 1)
    filled = np.cumsum(4 / 3 * pi * drawn**3)
    n = int(np.searchsorted(filled, volume, side="right"))
    rest = volume - (filled[n - 1] if n else 0)
    if rest >= smallest / 2:
        drawn[n] = max(cbrt(rest / (4 / 3 * pi)), sizes.low)
        n += 1
    return np.sort(drawn[:n])[::-1].copy()


@jit
def _place(solid: Voxels, radii: NDArray[np.float64], tries: int, rng: np.random.Generator) -> None:
    """Put each sphere, its radius in voxels, where it overlaps least among random places."""
    n = solid.shape[0]
    for radius in radii:
        best, x, y, z = n * n * n, 0.0, 0.0, 0.0
        for _ in range(tries):
            a, b, c = n * rng.random(), n * rng.random(), n * rng.random()
            overlap = _sphere(solid, a, b, c, radius, best, _COUNT)
            if overlap < best:
                best, x, y, z = overlap, a, b, c
            if best == 0:
                break
        _sphere(solid, x, y, z, radius, n * n * n, _FILL)


@jit
def _sphere(
    solid: Voxels, x: float, y: float, z: float, radius: float, most: int, task: int
) -> int:
    """Return how many voxels of a sphere are set, giving up at `most`; or set them all."""
    n = solid.shape[0]
    taken = 0
    for i in range(int(np.floor(x - radius)), int(np.floor(x + radius)) + 1):
        for j in range(int(np.floor(y - radius)), int(np.floor(y + radius)) + 1):
            left = radius**2 - (i + 0.5 - x) ** 2 - (j + 0.5 - y) ** 2
            if left < 0:
                continue
            half = np.sqrt(left)
            for k in range(int(np.ceil(z - half - 0.5)), int(np.floor(z + half - 0.5)) + 1):
                if task == _FILL:
                    solid[i % n, j % n, k % n] = 1
                elif solid[i % n, j % n, k % n]:
                    taken += 1
                    if taken >= most:
                        return taken
    return taken


@jit
def _grow(
    voxels: Voxels, seeds: NDArray[np.int64], constituent: int, free: int, count: int,
    cluster: int, rng: np.random.Generator,
) -> None:  # fmt: skip
    """Turn `count` free voxels into a constituent, in clusters that grow from the seeds in turn."""
    n = voxels.shape[0]
    flat = voxels.ravel()
    frontier = np.empty(6 * cluster + 1, dtype=np.int64)
    made = 0
    for seed in seeds:
        if made == count:
            return
        frontier[0] = seed
        waiting, size = 1, 0
        while waiting and size < cluster and made < count:
            chosen = int(rng.random() * waiting)
            voxel = frontier[chosen]
            waiting -= 1
            frontier[chosen] = frontier[waiting]
            if flat[voxel] != free:
                continue
            flat[voxel] = constituent
            size += 1
            made += 1
            i, j, k = voxel // (n * n), voxel // n % n, voxel % n
            frontier[waiting] = ((i + 1) % n * n + j) * n + k
            frontier[waiting + 1] = ((i - 1) % n * n + j) * n + k
            frontier[waiting + 2] = (i * n + (j + 1) % n) * n + k
            frontier[waiting + 3] = (i * n + (j - 1) % n) * n + k
            frontier[waiting + 4] = (i * n + j) * n + (k + 1) % n
            frontier[waiting + 5] = (i * n + j) * n + (k - 1) % n
            waiting += 6
