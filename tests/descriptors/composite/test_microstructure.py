from math import nan, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import label

from descriptors.composite.microstructure import (
    THESIS_SIZES,
    Constituent,
    InvalidMicrostructureError,
    Microstructure,
    ParticleSizes,
    active_surface,
    counted_fractions,
    sphere_composite,
    thesis_fractions,
)
from descriptors.composite.transport import tortuosity
from descriptors.composite.volume import VolumeFractions

SMALL = ParticleSizes(2.0, 4.0, 30.0)


def small(cathode, seed=0, **changes):
    """Return a composite of 30 voxels along an edge."""
    return sphere_composite(
        thesis_fractions(cathode), SMALL, seed=seed, **{"resolution": 30, **changes}
    )


@given(st.floats(0, 0.9))
def test_the_fractions_of_the_thesis(cathode):
    """10 % pores, SSE to carbon 5:2, and nothing lost."""
    fractions = thesis_fractions(cathode)

    assert sum(fractions) == pytest.approx(1)
    assert 2 * fractions.sse == pytest.approx(5 * fractions.carbon, abs=1e-10)
    assert fractions.pores == 0.1


@given(st.floats(0, 0.6), st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_the_voxels_have_the_fractions_asked_for(cathode, seed):
    """Pores to a voxel; cathode to half the smallest sphere, 4/3 pi 8 / 27000 / 2 = 0.06 %."""
    found = counted_fractions(small(cathode, seed))

    assert found.pores == pytest.approx(0.1, abs=1 / 27000)
    assert found.cathode == pytest.approx(cathode, abs=1e-3)
    assert found.sse * 2 == pytest.approx(found.carbon * 5, abs=7 / 27000)
    assert sum(found) == pytest.approx(1)


def test_a_seed_fixes_every_voxel():
    """The same seed, the same voxels; another seed, others."""
    one, same, other = small(0.4, 1), small(0.4, 1), small(0.4, 2)

    assert one.voxels.dtype == np.uint8
    assert (one.voxels == same.voxels).all()
    assert (one.voxels != other.voxels).any()


def test_few_spheres_do_not_overlap():
    """At 26 vol% there is room: four spheres of radius 5 have 4 * 4/3 pi 125 = 2094 voxels."""
    cathode = 2094 / 20**3
    made = sphere_composite(
        VolumeFractions(cathode, 1 - cathode, 0.0, 0.0),
        ParticleSizes(5.0, 5.0, 20.0),
        seed=3,
        resolution=20,
    )

    assert (made.voxels == Constituent.CATHODE).sum() == pytest.approx(2094, rel=0.03)


def test_spheres_go_on_periodically():
    """A sphere cut by the box goes on at the other side: with its images, each is whole."""
    made = sphere_composite(
        VolumeFractions(0.065, 0.935, 0.0, 0.0),
        ParticleSizes(5.0, 5.0, 20.0),
        seed=0,
        resolution=20,
    )
    cathode = np.tile(made.voxels == Constituent.CATHODE, (3, 3, 3))

    labels, n = label(cathode)
    sizes = np.bincount(labels.ravel())[1:]

    assert n >= 8
    assert sizes.max() == pytest.approx(4 / 3 * pi * 125, rel=0.05)


def test_clusters_are_as_large_as_asked_for():
    """1 % of 27000 voxels in clusters of pi/6 3.72^3 = 27: ten of them, if none touch."""
    made = sphere_composite(
        VolumeFractions(0.0, 0.99, 0.01, 0.0), SMALL, seed=5, resolution=30, cluster=3.72
    )

    labels, n = label(made.voxels == Constituent.CARBON)

    assert 6 <= n <= 16  # Clusters that touch are one; the faces of the box cut some in two.
    assert np.bincount(labels.ravel())[1:].sum() == 270


def test_larger_clusters_block_less():
    """The same carbon and pores in fewer, larger pieces leave wider channels."""
    few, many = (
        tortuosity(small(0.3, cluster=cluster).voxels == Constituent.SSE).tortuosity
        for cluster in (5.0, 1.0)
    )

    assert few < many


@pytest.mark.parametrize("radius", [8.0, 12.0])
def test_the_area_of_a_sphere_is_its_area(radius):
    """4 pi r^2 within 5 %, though its voxel faces have 6 pi r^2."""
    n = 32
    squares = (np.arange(n) + 0.5 - n / 2) ** 2
    inside = squares[:, None, None] + squares[:, None] + squares < radius**2
    voxels = np.where(inside, Constituent.CATHODE, Constituent.SSE).astype(np.uint8)

    area = active_surface(Microstructure(voxels, 0.5)).area * (n * 0.5) ** 3  # [um2]

    assert area == pytest.approx(4 * pi * (radius * 0.5) ** 2, rel=0.05)


@pytest.mark.parametrize(("blocker", "fraction"), [("SSE", 1.0), ("CARBON", 0.5), ("PORES", 0.5)])
def test_only_electrolyte_makes_a_surface_active(blocker, fraction):
    """Of two lone cathode voxels one has electrolyte around it, the other the blocker."""
    voxels = np.full((8, 4, 4), Constituent.SSE, dtype=np.uint8)
    voxels[4:] = Constituent[blocker]
    voxels[1, 1, 1] = voxels[6, 1, 1] = Constituent.CATHODE

    assert active_surface(Microstructure(voxels, 1.0)).fraction == fraction


def test_the_surface_goes_on_periodically():
    """A cathode voxel at one face touches the electrolyte at the opposite one."""
    voxels = np.full((3, 1, 1), Constituent.PORES, dtype=np.uint8)
    voxels[0] = Constituent.CATHODE
    voxels[2] = Constituent.SSE

    assert active_surface(Microstructure(voxels, 1.0)).fraction == 1


def test_finer_particles_have_more_active_surface():
    """Fig. 2.5b: sub-micron above micron above bulk, by voxels and by area."""
    found = [
        active_surface(sphere_composite(thesis_fractions(0.4), sizes, seed=0))
        for sizes in THESIS_SIZES.values()
    ]

    assert found[0].fraction < found[1].fraction < found[2].fraction
    assert found[0].area < found[1].area < found[2].area


def test_without_cathode_there_is_no_surface():
    """Nothing to divide by."""
    with pytest.raises(InvalidMicrostructureError, match="no voxel is cathode"):
        active_surface(small(0.0))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fractions": VolumeFractions(0.3, 0.3, 0.3, 0.3)}, "add up to 1.2, not 1"),
        ({"fractions": VolumeFractions(-0.1, 0.9, 0.1, 0.1)}, "of cathode -0.1 is outside 0 to 1"),
        ({"fractions": VolumeFractions(nan, 0.9, 0.1, 0.1)}, "of cathode nan is outside 0 to 1"),
        ({"sizes": ParticleSizes(4.0, 2.0, 30.0)}, "radii 4 to 2 um in a box of 30 um"),
        ({"sizes": ParticleSizes(0.0, 2.0, 30.0)}, "from above 0 to at most half the box"),
        ({"sizes": ParticleSizes(2.0, 16.0, 30.0)}, "at most half the box"),
        ({"sizes": ParticleSizes(0.5, 2.0, 30.0)}, "resolution must be at least 60"),
        ({"resolution": 1}, "resolution 1 is outside 2 to 400"),
        ({"resolution": 401}, "resolution 401 is outside 2 to 400"),
        ({"cluster": 0.0}, "cluster 0 um is not above 0"),
        ({"cluster": nan}, "cluster nan um is not above 0"),
    ],
)
def test_what_cannot_be_generated_is_refused(change, says):
    """The message names the value, its limit and the remedy."""
    good = {"fractions": thesis_fractions(0.3), "sizes": SMALL, "resolution": 30, "cluster": 1.0}

    with pytest.raises(InvalidMicrostructureError, match=says):
        sphere_composite(**{**good, **change}, seed=0)


@pytest.mark.parametrize("cathode", [-0.1, 0.95, nan, 30])
def test_a_cathode_that_does_not_fit_beside_the_pores_is_refused(cathode):
    """10 % pores leave 90 %."""
    with pytest.raises(InvalidMicrostructureError, match=r"is outside 0 to 0\.9"):
        thesis_fractions(cathode)
