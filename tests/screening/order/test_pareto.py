import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from screening.order.pareto import front_probability, pareto_front


def by_definition(points):
    """Return the front by comparing every point with every other."""
    return [
        not any((other >= one).all() and (other > one).any() for other in points) for one in points
    ]


@given(arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.integers(0, 5)))
def test_the_front_is_what_its_definition_says(points):
    """With ties and equal points, in one to four objectives."""
    assert pareto_front(points).tolist() == by_definition(points)


def test_a_large_front_is_that_of_its_definition():
    """More points than are compared at a time, many of them on the front."""
    random = np.random.default_rng(1)
    points = random.random((700, 3))
    points[:, 2] = -points[:, :2].sum(axis=1) + 0.01 * points[:, 2]

    assert pareto_front(points).tolist() == by_definition(points)


def test_scale_and_order_do_not_matter():
    """Any rising function of an objective leaves the front as it is; so does another order."""
    points = np.random.default_rng(2).normal(size=(200, 4))
    order = np.random.default_rng(3).permutation(200)

    assert (pareto_front(points) == pareto_front(np.exp(3 * points))).all()
    assert (pareto_front(points)[order] == pareto_front(points[order])).all()


def test_a_point_without_a_value_is_on_no_front():
    """Nor does it push others off it."""
    points = np.array([[np.nan, 9.0], [1.0, 1.0], [0.0, 0.0]])

    assert pareto_front(points).tolist() == [False, True, False]
    assert pareto_front(points[:1]).tolist() == [False]


def test_the_best_of_one_objective_is_always_on_the_front():
    """Alone with its value, nobody beats it there."""
    points = np.random.default_rng(4).normal(size=(500, 4))

    assert pareto_front(points)[points.argmax(axis=0)].all()


def test_the_probability_is_the_share_of_draws():
    """On the front in the first draw, beaten in the second and third."""
    draws = np.array([[[1.0, 1.0, 0.0]], [[0.0, 2.0, 2.0]]])

    assert front_probability(draws).tolist() == [1 / 3, 2 / 3]
