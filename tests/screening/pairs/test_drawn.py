import subprocess
import sys
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.quantity import Kind, Quantity
from screening.pairs.drawn import N_DRAWS, draws, interval, pooled_draws, standard_draws

KEYS = ["Li6PS5Cl ionic_conductivity", "LiFePO4 utilisation", "hand oxidised", " blocking"]


def quantity(value, low, high):
    return Quantity(value, low, high, "1", Kind.ESTIMATED, "by hand")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("numbers", [(1e-3, 3e-5, 1e-2), (0.9, 0.8, 0.95), (10.0, 5.0, 20.0)])
def test_the_interval_of_the_draws_is_that_of_the_quantity(key, numbers):
    """5 % and 95 % of 200 draws come within a sixth of the interval, on a logarithmic scale."""
    value, low, high = numbers

    drawn_low, drawn_high = interval(draws(key, quantity(*numbers)))

    reach = log(high / low) / 6
    assert log(drawn_low) == pytest.approx(log(low), abs=reach)
    assert log(drawn_high) == pytest.approx(log(high), abs=reach)
    assert log(np.median(draws(key, quantity(*numbers)))) == pytest.approx(log(value), abs=reach)


def test_each_side_has_its_own_width():
    """From 1, a factor of 100 down and of 2 up: the draws reach as far, and no further."""
    low, high = interval(draws("lopsided", quantity(1.0, 0.01, 2.0)))

    assert 0.003 < low < 0.03
    assert 1.7 < high < 2.3


@pytest.mark.parametrize("numbers", [(0.9, 0.9, 0.9), (3.0, 0.0, 6.0), (0.0, 0.0, 0.0)])
def test_without_width_or_from_zero_every_draw_is_the_value(numbers):
    """A logarithm has no room for zero, and a number without interval none for chance."""
    assert set(draws("anything", quantity(*numbers)).tolist()) == {numbers[0]}


def test_a_fraction_never_exceeds_its_bound():
    """Utilisations are at most 1, however wide the interval above."""
    drawn = draws("LiFePO4 utilisation", quantity(0.95, 0.88, 1.0), most=1.0)

    assert drawn.max() == 1.0
    assert drawn.min() > 0.0


def test_the_same_key_gives_the_same_draws_and_another_key_others():
    """What two pairs share must not blur their comparison; what differs must not move together."""
    one, same, other = (standard_draws(key) for key in ("one", "one", "other"))

    assert np.array_equal(one, same)
    # 400 independent pairs of draws correlate by 1/sqrt(400) = 0.05; five times that is no chance.
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.25


@given(st.floats(1e-9, 1e9))
def test_draws_scale_with_their_quantity(factor):
    """The unit of a quantity does not matter: ten times the numbers, ten times the draws."""
    one = draws("scale", quantity(1.0, 0.5, 3.0))

    scaled = draws("scale", quantity(factor, 0.5 * factor, 3.0 * factor))

    assert scaled == pytest.approx(factor * one, rel=1e-12)


def test_another_process_draws_the_same():
    """Seeds do not come from Python's hash of text, which every process salts anew."""
    code = (
        "from screening.pairs.drawn import standard_draws;print(standard_draws('key')[:3].tolist())"
    )
    command = [sys.executable, "-c", code]

    seen = {
        subprocess.run(
            command, env={"PYTHONHASHSEED": salt}, check=True, capture_output=True, text=True
        ).stdout.strip()
        for salt in ("1", "2")
    }

    assert seen == {str(standard_draws("key")[:3].tolist())}


def test_there_are_as_many_draws_as_promised():
    """Both kinds of draws have one length, so that they can be combined."""
    assert len(standard_draws("a")) == N_DRAWS
    assert len(draws("a", quantity(1.0, 1.0, 1.0))) == N_DRAWS


def test_an_interval_leaves_a_twentieth_on_each_side():
    """Of 0, 1, ... 100 these are 5 and 95."""
    assert interval(np.arange(101.0)) == (5.0, 95.0)


def test_intervals_of_rows_are_those_of_each():
    """Along an axis: one interval for each row."""
    rows = np.arange(101.0) + np.arange(3.0)[:, None]

    low, high = interval(rows, axis=1)

    assert low == pytest.approx([5.0, 6.0, 7.0])
    assert high == pytest.approx([95.0, 96.0, 97.0])


def test_pooled_draws_are_those_of_their_key():
    """The same key gives the same draws in any company; another kind or key gives others."""
    both = pooled_draws(["a", "b"], 0, N_DRAWS)

    assert pooled_draws(["b"], 0, N_DRAWS)[0].tolist() == both[1].tolist()
    assert both[0].tolist() != both[1].tolist()
    assert pooled_draws(["a"], 1, N_DRAWS)[0].tolist() != both[0].tolist()
    assert both.shape == (2, N_DRAWS)


def test_the_pool_is_standard_normal():
    """4000 keys of 200 draws: mean 0 and deviation 1 to a percent."""
    many = pooled_draws([str(key) for key in range(4000)], 0, N_DRAWS)

    assert many.mean() == pytest.approx(0.0, abs=0.01)
    assert many.std() == pytest.approx(1.0, abs=0.01)


def test_the_ends_of_many_rows_are_those_of_numpy_to_the_bit():
    """Results are compared bit by bit between programs, so quantiles may not move in the last."""
    values = np.random.default_rng(2).lognormal(size=(60, 200))
    values[0, 7], values[1, :30], values[2] = np.nan, np.inf, 3.0

    with np.errstate(invalid="ignore"):
        found, expected = interval(values, axis=1), np.quantile(values, [0.05, 0.95], axis=1)

    assert np.array_equal(found, expected, equal_nan=True)
