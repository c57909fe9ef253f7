import numpy as np
import pytest

from screening.order.next_cells import Measured, belief, nothing_measured, suggestions
from screening.pairs.features import Drawn

KIN = [["one", "one", "two", "two"], ["a", "b", "c", "d"]]


def values(spread=0.1, n_draws=400):
    """Return four pairs of 4, 3, 2 and 1 with independent draws."""
    central = np.array([4.0, 3.0, 2.0, 1.0])
    random = np.random.default_rng(5)
    return Drawn(central, central[:, None] + spread * random.standard_normal((4, n_draws)))


def cell(row, value, error=0.0):
    return Measured(np.array([row]), np.array([value]), np.array([error]))


def chosen(believed, n, *, had=(), allowed=None, group=None, cathode=None):
    found = suggestions(
        believed,
        cathode or ["S"] * len(believed.value),
        n,
        allowed=np.ones(len(believed.value), bool) if allowed is None else np.array(allowed),
        had=np.array(had, np.int64),
        group=group,
    )
    return [one.row for one in found]


def test_a_cell_without_error_settles_its_pair():
    """All draws of it are then what was measured."""
    found = belief(values(), KIN, cell(1, 7.0))

    assert found.value[1] == pytest.approx(7.0)
    assert found.draws[1] == pytest.approx(7.0, abs=1e-3)


def test_a_cell_moves_its_class_and_less_those_apart():
    """Pair 0 shares its class with pair 1, pairs 2 and 3 share nothing with it."""
    before, after = belief(values(), KIN, nothing_measured()), belief(values(), KIN, cell(1, 7.0))
    moved = after.value - before.value

    assert moved[0] > 0.2
    assert abs(moved[2]) < 0.1 * moved[0]
    assert abs(moved[3]) < 0.1 * moved[0]


def test_a_cell_never_makes_a_belief_wider():
    """Conditioning on data of error 0.1 narrows every pair, but for chance."""
    before = belief(values(), KIN, nothing_measured()).draws.std(axis=1)
    after = belief(values(), KIN, cell(1, 3.0, 0.1)).draws.std(axis=1)

    assert after[1] < 0.3 * before[1]
    assert after[0] < before[0]
    assert (after < 1.1 * before).all()


def test_a_bad_cell_of_large_error_changes_little():
    """An error of 100 against a spread near 1: less than a per cent of the surprise."""
    found = belief(values(), KIN, cell(1, 50.0, 100.0))

    assert found.value[1] == pytest.approx(3.0, abs=0.5)


def test_data_that_agree_make_the_model_trusted_and_others_not():
    """What the model misses grows where cells are far off, and shrinks where they are near."""
    near = Measured(np.arange(3), np.array([4.0, 3.0, 2.0]), np.full(3, 0.01))
    far = Measured(np.arange(3), np.array([9.0, -2.0, 7.0]), np.full(3, 0.01))

    trusted = belief(values(), KIN, near).draws[3].std()
    doubted = belief(values(), KIN, far).draws[3].std()

    assert trusted < doubted / 2


def test_single_values_get_draws():
    """Without doubt in the model there is still what it misses."""
    found = belief(Drawn(np.arange(4.0), np.arange(4.0)[:, None]), KIN, nothing_measured())

    assert found.draws.shape[1] >= 200
    assert (found.draws.std(axis=1) > 0).all()


def test_the_first_suggestion_has_the_largest_expected_improvement():
    """Over a measured 2: a sure 2.1 improves by 0.1, an even chance of 4 or 0 by (2 + 0) / 2."""
    draws = np.array([[2.0, 2.0], [2.1, 2.1], [4.0, 0.0]])

    found = suggestions(
        Drawn(draws.mean(axis=1), draws), ["S"] * 3, 2,
        allowed=np.array([False, True, True]), had=np.array([0]),
    )  # fmt: skip

    assert [one.row for one in found] == [2, 1]
    assert found[0].gain == pytest.approx(1.0 / 2.1)  # Over the best central value.
    assert found[1].gain == pytest.approx((0.0 + 0.1) / 2 / 2.1)


def test_a_batch_does_not_hold_twins():
    """Pairs 0 and 1 win in the same draws; after one, a hedge in the others beats its twin."""
    draws = np.array([[9.0, 9.0, 0.0, 0.0], [8.9, 8.9, 0.0, 0.0], [0.0, 0.0, 3.0, 3.0]])

    assert chosen(Drawn(draws.mean(axis=1), draws), 2) == [0, 2]


def test_what_is_had_or_forbidden_is_not_suggested():
    """Only allowed pairs come, at most as many as there are, none twice."""
    found = chosen(values(), 9, had=[0], allowed=[False, True, True, False])

    assert sorted(found) == [1, 2]


def test_a_pair_without_a_value_is_never_suggested():
    """Its nan neither wins nor breaks the others."""
    draws = np.array([[np.nan, np.nan], [1.0, 2.0]])

    assert chosen(Drawn(np.array([np.nan, 1.5]), draws), 2) == [1]


def test_where_nothing_improves_the_most_doubtful_comes():
    """All are below what is measured, in every draw: the highest end is taken."""
    draws = np.array([[9.0, 9.0], [1.0, 1.0], [0.0, 2.0]])

    found = chosen(Drawn(draws.mean(axis=1), draws), 1, had=[0], allowed=[False, True, True])

    assert found == [2]


def test_cells_of_one_electrolyte_are_preferred_where_they_share_it():
    """After a: b adds (3 - 2.2/3) / 3, more of a (2 - 2.2/3) / 3, which is over half of it."""
    draws = np.array([[4.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 2.0]])
    believed = Drawn(draws.mean(axis=1), draws)

    assert chosen(believed, 2) == [0, 1]
    assert chosen(believed, 2, group=["a", "b", "a"]) == [0, 2]


def test_the_outcome_that_would_change_the_order_is_named():
    """Pair 1 is behind pair 0, at 2, and above it in one draw of four."""
    draws = np.array([[2.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.0, 3.0]])

    (found,) = suggestions(
        Drawn(draws.mean(axis=1), draws), ["S", "S"], 1,
        allowed=np.array([False, True]), had=np.array([0]),
    )  # fmt: skip

    assert (found.row, found.rival, found.threshold) == (1, 0, 2.0)
    assert found.changes == 0.25
    assert found.wins == 0.25


def test_the_leader_can_only_lose():
    """Pair 0 leads, and is below pair 1 in one draw of four."""
    draws = np.array([[2.0, 2.0, 2.0, 0.0], [1.0, 1.0, 1.0, 1.0]])

    (found,) = suggestions(
        Drawn(draws.mean(axis=1), draws), ["S", "S"], 1,
        allowed=np.array([True, False]), had=np.array([1]),
    )  # fmt: skip

    assert (found.rival, found.threshold, found.changes) == (1, 1.0, 0.25)


def test_a_cathode_with_one_pair_has_no_rival():
    """Nothing can change its place."""
    (found,) = suggestions(
        Drawn(np.ones(1), np.ones((1, 4))), ["S"], 1, allowed=np.ones(1, bool),
        had=np.empty(0, np.int64),
    )  # fmt: skip

    assert (found.rival, found.changes, found.wins) == (0, 0.0, 1.0)


def test_fractions_stay_between_zero_and_one():
    """However good a cell of the class was, no score is above 1; the measured one is hit."""
    values = Drawn(np.array([0.9, 0.8, 0.2]), np.array([[0.85, 0.95], [0.7, 0.9], [0.1, 0.3]]))

    found = belief(values, [["a", "a", "b"]], cell(1, 0.97, 0.001), fraction=True)

    assert ((found.draws > 0) & (found.draws < 1)).all()
    assert found.value[1] == pytest.approx(0.97, abs=0.01)
    assert found.value[0] > 0.9


def test_without_cells_the_ranking_stays_as_it_is():
    """What the model misses widens, and does not move, the central values."""
    plain = Drawn(np.array([0.9, 0.4]), np.array([[0.9, 0.9], [0.4, 0.4]]))

    assert belief(plain, [["a", "b"]], nothing_measured(), fraction=True).value == pytest.approx(
        [0.9, 0.4]
    )
