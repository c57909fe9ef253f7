"""Elasticity on voxels against cases with closed solutions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from descriptors.composite.elasticity import swelling_stress
from descriptors.errors import ImpossibleValueError

SOFT, STIFF = (20.0, 0.25), (60.0, 0.35)  # [GPa], Poisson's ratio


def box(where, inside, outside=SOFT, swelling=0.01):
    """Return moduli and swelling of a box that is `inside` where it says so."""
    young, poisson = (np.where(where, *pair) for pair in zip(inside, outside, strict=True))
    return young, poisson, np.where(where, swelling, 0.0)


def ball(n, radius):
    x = (np.arange(n) - n / 2 + 0.5) ** 2
    return x[:, None, None] + x[None, :, None] + x[None, None, :] < radius**2


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_laminate_shares_its_strain(axis):
    """Layers with B = E / (1 - nu): in-plane strain sum f B e / sum f B, no stress across.

    A quarter of B = 60 / 0.65 swells by 1 %, the rest has B = 20 / 0.75.
    """
    layer = np.zeros((16, 2, 2), bool)
    layer[:4] = True
    found = swelling_stress(*box(np.moveaxis(layer, 0, axis), STIFF))

    stiff, soft = 60 / 0.65, 20 / 0.75
    strain = 0.25 * stiff * 0.01 / (0.25 * stiff + 0.75 * soft)
    tensor = np.moveaxis(found.tensor, axis + 1, 1)[:, :, 0, 0]
    plane = (axis + 1) % 3
    assert tensor[plane, 1] == pytest.approx(stiff * (strain - 0.01), rel=1e-6)
    assert tensor[plane, 8] == pytest.approx(soft * strain, rel=1e-6)
    assert tensor[axis] == pytest.approx(0.0, abs=1e-9)


def test_eshelbys_inclusion():
    """A ball that swells in its like has the pressure 2 E e / (3 (1 - nu)), less its share of it.

    In a box that is free to grow the mean stress is zero, which takes that share.
    """
    where = ball(24, 6)
    found = swelling_stress(*box(where, SOFT))

    exact = 2 * 20 * 0.01 / (3 * 0.75) * (1 - where.mean())
    assert found.pressure[where].mean() == pytest.approx(exact, rel=0.02)


def test_a_soft_ball_in_a_shell():
    """With p (1/3K + f / (1-f) 3K' + 1 / (1-f) 4G') = e: Lame's sphere; the box is nearly one."""
    where = ball(24, 6)
    found = swelling_stress(*box(where, (5.0, 0.3)))

    f, inner, outer, shear = where.mean(), 5 / 1.2, 20 / 1.5, 20 / 2.5
    exact = 0.01 / (1 / (3 * inner) + f / ((1 - f) * 3 * outer) + 1 / ((1 - f) * 4 * shear))
    assert found.pressure[where].mean() == pytest.approx(exact, rel=0.02)


def test_a_held_box_bears_what_it_would_have_grown():
    """All swells by 1 % and may not: 3 K e of pressure, K = 20 / 1.5; free, nothing."""
    every = np.ones((4, 4, 4), bool)

    held, free = (swelling_stress(*box(every, SOFT), held=h) for h in (True, False))

    assert held.pressure == pytest.approx(20 / 1.5 * 3 * 0.01)
    assert held.tensor[:3] == pytest.approx(-held.pressure[None].repeat(3, axis=0))
    assert held.tensor[3:] == pytest.approx(0.0, abs=1e-9)
    assert free.pressure == pytest.approx(0.0, abs=1e-9)
    assert free.strain[:3] == pytest.approx(0.01)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.1, 10.0))
def test_stress_is_linear_and_free_of_mean(seed, scale):
    """Twice the swelling, twice the stress, in any box; no mean stress where it may grow."""
    where = np.random.default_rng(seed).random((6, 6, 6)) < 0.4
    one, other = (
        swelling_stress(*box(where, STIFF, swelling=s)).tensor for s in (0.01, 0.01 * scale)
    )

    np.testing.assert_allclose(other, scale * one, atol=2e-3 * scale * np.abs(one).max())
    np.testing.assert_allclose(one.mean(axis=(1, 2, 3)), 0.0, atol=1e-3 * np.abs(one).max())


@pytest.mark.parametrize(
    ("change", "said"),
    [({"young": 0.0}, "above 0"), ({"poisson": 0.5}, "outside -1 to 0.5"), ({"own": np.nan}, "no")],
)
def test_what_is_no_solid_is_refused(change, said):
    """Each with the value and the limit."""
    values = {"young": 20.0, "poisson": 0.3, "own": 0.0} | change
    with pytest.raises(ImpossibleValueError, match=said):
        swelling_stress(*(np.full((2, 2, 2), value) for value in values.values()))
    with pytest.raises(ImpossibleValueError, match="one box"):
        swelling_stress(np.ones((2, 2, 2)), np.ones((2, 2)), np.ones((2, 2, 2)))
