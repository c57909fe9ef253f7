import numpy as np
import pytest

from jobs.errors import QueryError
from jobs.ranking.batch_pairs import BatchPairs
from jobs.store.published import rows, snapshot
from screening.first_cycle.calibration import default_calibration


@pytest.fixture
def pairs(stored):
    """Return the pairs of the reference batch."""
    with snapshot(stored) as there:
        yield BatchPairs(there, there.batch(), default_calibration())


def test_pairs_come_by_sse_cathode_and_recipe(pairs):
    """All that have an answer, in the order in which they are published."""
    assert len(pairs.names) == 135
    assert pairs.names == sorted(pairs.names)


def test_names_are_put_together_once(pairs):
    """A hundred thousand names again for each row that asks would be minutes."""
    assert pairs.names is pairs.names
    assert pairs.cathode is pairs.cathode
    assert pairs.cathode == [cathode for _, cathode, _ in pairs.names]


def test_some_pairs_come_in_the_order_asked_for(pairs):
    """The last, the first, the last again."""
    chosen = np.array([134, 0, 134])

    found = pairs.stored(["sse", "cathode", "recipe"], chosen).to_pylist()

    assert [tuple(row.values()) for row in found] == [pairs.names[row] for row in chosen]


def test_a_prediction_is_that_which_was_stored(stored, pairs):
    """Efficiencies and their intervals, made again from stored features."""
    kept = rows(
        stored,
        "SELECT efficiency_percent AS value, efficiency_low_percent AS low FROM ranked_pairs "
        "ORDER BY sse, cathode, recipe",
    )

    value, draws = pairs.drawn(["efficiency_percent"], np.arange(135))["efficiency_percent"]

    assert value.tolist() == [row["value"] for row in kept]
    low = np.minimum(np.quantile(draws, 0.05, axis=1), value)
    assert low == pytest.approx([row["low"] for row in kept], rel=0.01)


def test_other_rates_and_loadings_are_predicted_again(stored):
    """2C and 10 mAh/cm2: each pair gives less than as stored, and says for what."""
    names = ["reversible_capacity_mah_per_g", "rate_c", "areal_capacity_mah_per_cm2"]
    with snapshot(stored) as there:
        kept, fast = (
            BatchPairs(there, there.batch(), default_calibration(), *run).values(names)
            for run in ((), (2.0, 10.0))
        )

    assert (fast[names[0]] <= kept[names[0]]).all()
    assert (fast[names[0]] < kept[names[0]]).any()
    assert set(kept["rate_c"]) == {0.1}
    assert (set(fast["rate_c"]), set(fast[names[2]])) == ({2.0}, {10.0})


def test_draws_of_all_columns_go_together(pairs):
    """In each draw the score is the product of its factors."""
    names = ["score_0_to_1", "factor_capacity", "factor_interface", "factor_transport"]

    found = pairs.drawn(names, pairs.of_cathode("LiFePO4"))

    score, *factors = (found[name].draws for name in names)
    assert score == pytest.approx(np.prod(np.broadcast_arrays(*factors), axis=0))


def test_columns_have_draws_within_their_interval(pairs):
    """Nine of ten draws of what does not follow from features lie in its stored interval."""
    chosen = pairs.of_cathode("LiFePO4")
    found = pairs.drawn(["relative_density_percent"], chosen)["relative_density_percent"]
    ends = pairs.stored(["relative_density_low_percent", "relative_density_high_percent"], chosen)
    low, high = (np.array(column)[:, None] for column in ends.to_pydict().values())

    assert ((found.draws >= low) & (found.draws <= high)).mean() == pytest.approx(0.9, abs=0.08)


def test_a_column_without_an_interval_has_one_draw(pairs):
    """The lower cutoff is what it is."""
    found = pairs.drawn(["voltage_low_v"], pairs.of_cathode("S"))["voltage_low_v"]

    assert found.draws.tolist() == [[1.0]] * len(found.value)


def test_a_cathode_without_pairs_is_refused(pairs):
    """The message names those that there are."""
    with pytest.raises(QueryError, match=r"ranks no pair of Xx; it holds .*LiFePO4"):
        pairs.of_cathode("Xx")
    assert len(pairs.of_cathode(None)) == 135
