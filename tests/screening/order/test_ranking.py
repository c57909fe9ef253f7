import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from screening.order.ranking import Order, above, places, ranking, rivalries, share_of_top
from screening.pairs.features import Drawn

DRAWS = arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=st.integers(0, 4))


def test_the_best_of_each_draw_wins_and_equals_share():
    """Of four draws A wins two, B one, and one is shared: 2.5 / 4 and 1.5 / 4."""
    draws = np.array([[3.0, 3.0, 1.0, 2.0], [1.0, 1.0, 2.0, 2.0]])

    assert share_of_top(draws, 1).tolist() == [2.5 / 4, 1.5 / 4]


def test_cathodes_do_not_compete_with_each_other():
    """A pair alone with its cathode is its best, however low its value."""
    values = np.array([9.0, 0.0])

    found = ranking(Drawn(values, values[:, None]), ["S", "Li2S"])

    assert found.best.tolist() == [1.0, 1.0]
    assert found.place.tolist() == [1, 2]
    assert found.place_in_cathode.tolist() == [1, 1]


def test_nobody_competes_for_nothing():
    """No pairs, no places."""
    assert ranking(Drawn(np.empty(0), np.empty((0, 3))), []).place.size == 0


@given(DRAWS, st.integers(1, 4))
def test_as_many_are_among_the_top_as_there_are_places(draws, top):
    """Probabilities add up to the number of places, or of pairs."""
    found = share_of_top(draws, top)

    assert found.sum() == pytest.approx(min(top, len(draws)))
    assert (found >= 0).all()
    assert (found <= 1 + 1e-12).all()


@given(DRAWS)
def test_an_order_and_its_opposite_are_sure_together(draws):
    """P(a above b) + P(b above a) = 1, ties shared."""
    one, other = draws[:1], draws

    assert above(one, other) + above(other, one) == pytest.approx(1.0)


@given(DRAWS)
def test_places_follow_the_values(draws):
    """A higher value never has a later place, and the first place is taken."""
    values = draws[:, 0]
    found = places(values)

    assert found.min() == 1
    for one, place in zip(values, found, strict=True):
        assert place == 1 + (values > one).sum()


def test_gaps_and_how_sure_they_are():
    """5, 4 and 0 with draws in which the first is above the second three times of four."""
    draws = np.array([[5, 5, 5, 3], [4, 4, 4, 4], [0, 0, 0, 0]], float)

    found = ranking(Drawn(np.array([5.0, 4.0, 0.0]), draws), ["S"] * 3)

    assert found.gap[:2].tolist() == [1.0, 4.0]
    assert found.holds[:2].tolist() == [0.75, 1.0]
    assert np.isnan(found.gap[2])
    assert found.tied.tolist() == [True, True, False]


def test_a_shared_error_does_not_blur_an_order():
    """Intervals overlap almost wholly, yet one is above the other in every draw."""
    shared = np.random.default_rng(0).normal(size=200)
    draws = np.stack([shared + 0.1, shared])

    found = ranking(Drawn(draws.mean(axis=1), draws), ["S", "S"])

    assert found.holds[0] == 1.0
    assert found.group == ("a", "b")


def test_equal_pairs_are_one_group_and_one_place():
    """The same values and draws: tied, with half a probability each."""
    draws = np.ones((2, 5))

    found = ranking(Drawn(np.ones(2), draws), ["S", "S"])

    assert found.place.tolist() == [1, 1]
    assert found.best.tolist() == [0.5, 0.5]
    assert found.tied.all()
    assert found.group == ("a", "a")


def test_a_pair_without_a_value_comes_last():
    """Whatever is nan is behind everything, and never the best."""
    draws = np.array([[np.nan, np.nan], [-5.0, -5.0]])

    found = ranking(Drawn(np.array([np.nan, -5.0]), draws), ["S", "S"])

    assert found.place.tolist() == [2, 1]
    assert found.best.tolist() == [0.0, 1.0]


def test_groups_have_letters_beyond_z():
    """Thirty pairs that are all told apart: a to z, then aa to ad."""
    values = -np.arange(30.0)

    found = ranking(Drawn(values, values[:, None]), ["S"] * 30)

    assert found.group[:2] == ("a", "b")
    assert found.group[25:28] == ("z", "aa", "ab")


def test_a_group_may_be_longer_than_a_block():
    """A thousand equal pairs, then one below them."""
    values = np.append(np.ones(1000), 0.0)

    found = ranking(Drawn(values, values[:, None]), ["S"] * 1001)

    assert set(found.group[:1000]) == {"a"}
    assert found.group[1000] == "b"


def test_every_pair_is_in_one_rivalry():
    """Rows of each cathode, in order."""
    found = [rows.tolist() for rows in rivalries(["S", "Li2S", "S"])]

    assert sorted(found) == [[0, 2], [1]]


def test_a_cautious_order_goes_by_the_lower_end():
    """A sure 0.4 before a doubtful 0.5; the central order turns them round; so may the mean."""
    draws = np.array([[0.4] * 100, [0.1] * 40 + [0.9] * 60])
    values = Drawn(np.array([0.4, 0.5]), draws)

    first = {order: ranking(values, ["S", "S"], order=order).place.argmin() for order in Order}

    assert first == {Order.CAUTIOUS: 0, Order.CENTRAL: 1, Order.EXPECTED: 1}


def test_without_doubt_all_orders_are_one():
    """Draws that are the value leave nothing to choose."""
    value = np.array([0.2, 0.9, 0.4])
    values = Drawn(value, np.tile(value[:, None], 5))

    assert {tuple(ranking(values, ["S", "S", "S"], order=order).place) for order in Order} == {
        (3, 1, 2)
    }
