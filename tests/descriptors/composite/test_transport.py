import tracemalloc
from math import nan, pi
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from descriptors.composite.microstructure import (
    THESIS_SIZES,
    Constituent,
    sphere_composite,
    thesis_fractions,
)
from descriptors.composite.transport import (
    InvalidVoxelsError,
    NotPercolatingError,
    bruggeman_conductivity,
    bruggeman_tortuosity,
    tortuosity,
)
from descriptors.errors import ImpossibleValueError

AXES = (0, 1, 2)


def outside_sphere(n, fraction):
    """Return a box with an insulating sphere in its middle."""
    from_middle = np.arange(n) + 0.5 - n / 2
    squares = from_middle**2
    distance = squares[:, None, None] + squares[:, None] + squares
    return distance > (3 * fraction / (4 * pi)) ** (2 / 3) * n**2


def direct_conductivity(box):
    """Return the relative conductivity along the first axis from a direct sparse solve."""
    number = np.full(box.shape, -1)
    number[box] = np.arange(box.sum())
    rows, columns = [], []
    for axis in AXES:
        one, two = np.moveaxis(number, axis, 0)[:-1], np.moveaxis(number, axis, 0)[1:]
        linked = (one >= 0) & (two >= 0)
        rows += [one[linked], two[linked]]
        columns += [two[linked], one[linked]]
    row, column = np.concatenate(rows), np.concatenate(columns)
    n = int(box.sum())
    start, end = number[0][box[0]], number[-1][box[-1]]
    diagonal = np.bincount(row, minlength=n).astype(float)
    np.add.at(diagonal, start, 2)
    np.add.at(diagonal, end, 2)
    diagonal += 1e-12  # Islands float; they carry nothing.
    here = np.arange(n)
    matrix = coo_array(
        (
            np.concatenate([-np.ones(row.size), diagonal]),
            (np.concatenate([row, here]), np.concatenate([column, here])),
        )
    )
    right = np.zeros(n)
    right[start] = 2
    potential = spsolve(matrix.tocsc(), right)
    return 2 * potential[end].sum() * box.shape[0] / (box.shape[1] * box.shape[2])


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 7, 9), (12, 3, 4)])
def test_an_empty_box_has_tortuosity_one(axis, shape):
    """Nothing is in the way."""
    found = tortuosity(np.ones(shape, dtype=bool), axis=axis)

    assert found == pytest.approx((1, 1, 1, 1))


@pytest.mark.parametrize("axis", AXES)
def test_layers_along_the_flux_have_tortuosity_one(axis):
    """Three layers of eight conduct: eps = D_eff/D_0 = 3/8; across them nothing flows."""
    box = np.zeros((8, 8, 8), dtype=bool)
    box[[0, 3, 4]] = True

    turned = np.moveaxis(box, 0, axis)

    for along in {0, 1, 2} - {axis}:
        assert tortuosity(turned, axis=along) == pytest.approx((3 / 8, 1, 3 / 8, 1))
    with pytest.raises(NotPercolatingError, match=r"37\.5 % of the box, does not join"):
        tortuosity(turned, axis=axis)


def test_a_channel_with_two_bends_by_hand():
    """Five voxels in a row, with half a voxel at each end: R = 5, so D_eff/D_0 = 3/5/3 = 1/5."""
    box = np.zeros((3, 3, 1), dtype=bool)
    box[0, 0] = box[1, 0] = box[1, 1] = box[1, 2] = box[2, 2] = True

    found = tortuosity(box, axis=0)

    assert found.conductivity == pytest.approx(1 / 5)
    assert found.tortuosity == pytest.approx((5 / 9) / (1 / 5))


def test_islands_and_dead_ends_count_as_phase_but_carry_nothing():
    """A straight channel with a side pocket, and an island: 5 + 1 + 1 voxels of 25."""
    box = np.zeros((5, 5, 1), dtype=bool)
    box[:, 0] = box[2, 1] = box[2, 4] = True

    found = tortuosity(box, axis=0)

    assert found == pytest.approx((7 / 25, 6 / 7, 1 / 5, 7 / 5))


def test_voxels_that_share_an_edge_only_do_not_conduct():
    """A diagonal is no path."""
    with pytest.raises(NotPercolatingError):
        tortuosity(np.eye(4, dtype=bool)[:, :, None], axis=0)


@pytest.mark.parametrize("fraction", [0.05, 0.1, 0.2])
def test_insulating_spheres_after_maxwell(fraction):
    """D_eff/D_0 = 2 (1 - phi)/(2 + phi) within 2 %; walls without flux make the lattice endless."""
    box = outside_sphere(40, fraction)
    phi = 1 - box.mean()

    assert tortuosity(box).conductivity == pytest.approx(2 * (1 - phi) / (2 + phi), rel=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_a_direct_solve_says_the_same(seed):
    """Random voxels, once by conjugate gradients and once by elimination."""
    box = np.random.default_rng(seed).random((9, 10, 11)) < 0.55

    assert tortuosity(box).conductivity == pytest.approx(direct_conductivity(box), rel=1e-4)


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 1.0), st.sampled_from(AXES))
@settings(max_examples=20, deadline=None)
def test_bounds_and_symmetries(seed, fraction, axis):
    """D_eff <= eps D_0 (Wiener); turning the box round or mirroring it changes nothing."""
    box = np.random.default_rng(seed).random((6, 7, 8)) < fraction
    try:
        found = tortuosity(box, axis=axis)
    except NotPercolatingError:
        return

    assert found.tortuosity >= 1 - 1e-4
    assert found.fraction == pytest.approx(box.mean())
    assert tortuosity(np.flip(box), axis=axis).tortuosity == pytest.approx(
        found.tortuosity, rel=1e-3
    )
    assert tortuosity(np.moveaxis(box, axis, 0)).tortuosity == pytest.approx(
        found.tortuosity, rel=1e-3
    )


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_more_phase_never_conducts_less(seed):
    """Rayleigh: opening voxels cannot raise the resistance."""
    rng = np.random.default_rng(seed)
    box = rng.random((7, 7, 7)) < 0.7
    box[:, 0, 0] = True
    more = box | (rng.random((7, 7, 7)) < 0.1)

    assert tortuosity(more).conductivity >= tortuosity(box).conductivity * (1 - 1e-3)


@pytest.mark.slow
def test_a_hundred_cubed_in_a_minute_and_two_gigabytes():
    """The bar of the project; it takes seconds and about a tenth of the memory."""
    made = sphere_composite(thesis_fractions(0.3), THESIS_SIZES["micron"], seed=0)
    sse = made.voxels == Constituent.SSE

    tracemalloc.start()
    start = process_time()
    found = tortuosity(sse)
    seconds = process_time() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.tortuosity > 1
    assert seconds < 60
    assert peak < 2e9


@pytest.mark.parametrize(
    ("box", "axis", "says"),
    [
        (np.ones((4, 4), dtype=bool), 0, r"shape \(4, 4\) and type bool"),
        (np.ones((4, 4, 4)), 0, "type float64; give bool"),
        (np.ones((0, 4, 4), dtype=bool), 0, r"shape \(0, 4, 4\)"),
        (np.ones((4, 4, 4), dtype=bool), 3, "axis 3 is none of 0, 1, 2"),
    ],
)
def test_what_is_no_box_is_refused(box, axis, says):
    """In one line."""
    with pytest.raises(InvalidVoxelsError, match=says):
        tortuosity(box, axis=axis)


def test_a_phase_that_is_not_there_does_not_percolate():
    """0 % of the box."""
    with pytest.raises(NotPercolatingError, match="0 % of the box"):
        tortuosity(np.zeros((3, 3, 3), dtype=bool))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: bruggeman_tortuosity(0.0), "volume fraction 0 is outside 0 to 1"),
        (lambda: bruggeman_tortuosity(30.0), "volume fraction 30 is outside 0 to 1"),
        (lambda: bruggeman_tortuosity(0.3, exponent=0.5), "exponent 0.5 is below 1"),
        (lambda: bruggeman_tortuosity(nan), "volume fraction nan"),
    ],
)
def test_impossible_numbers_are_refused(call, says):
    """The message names the argument, its value and the limit."""
    with pytest.raises(ImpossibleValueError, match=says):
        call()


@given(st.floats(0.01, 1), st.floats(1e-6, 1))
def test_many_conductivities_are_each_bruggemans(fraction, conductivity):
    """Sigma eps / tau with tau = eps^-0.5, so sigma eps^1.5, and nothing at no volume."""
    alone = conductivity * fraction / bruggeman_tortuosity(fraction)

    found = bruggeman_conductivity([conductivity, 1e-3], [fraction, 0.0])
    assert found == pytest.approx([alone, 0.0])
    assert alone == pytest.approx(conductivity * fraction**1.5)


@pytest.mark.parametrize(("sigma", "share"), [(1e-3, 1.1), (1e-3, -0.1), (-1.0, 0.5)])
def test_impossible_conductivities_are_refused(sigma, share):
    """A share from 0 to 1, a conductivity of 0 or more."""
    with pytest.raises(ImpossibleValueError, match="outside 0 to 1, or a conductivity below 0"):
        bruggeman_conductivity(sigma, share)
