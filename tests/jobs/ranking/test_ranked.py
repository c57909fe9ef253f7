from math import log

import pytest

from jobs.errors import QueryError, StoreError
from jobs.ranking.ranked import ranked
from jobs.store.published import rows
from screening.errors import ObjectiveError


def test_ranked_by_the_score_is_the_stored_ranking(stored):
    """Same places, same order, and every stored column beside those of the ranking."""
    wanted = rows(stored, "FROM ranked_pairs ORDER BY rank, cathode, sse")

    found = ranked(stored).rows

    assert len(found) == len(wanted)
    places = {(row["sse"], row["cathode"]): row["rank"] for row in wanted}
    assert {(row["sse"], row["cathode"]): row["rank"] for row in found} == places
    assert [row["rank"] for row in found] == sorted(row["rank"] for row in found)
    assert set(wanted[0]) <= set(found[0])


def test_a_rising_function_keeps_the_order(stored):
    """log(score) and twice the score rank as the score does."""
    plain = [row["sse"] for row in ranked(stored, cathode="LiFePO4").rows]

    for text in ("log(score_0_to_1)", "2 * score_0_to_1 + 1"):
        found = ranked(stored, cathode="LiFePO4", by=text).rows
        assert [row["sse"] for row in found] == plain
        best = found[0]
        if text.startswith("log"):
            assert best["objective_value"] == pytest.approx(log(best["score_0_to_1"]))


def test_an_objective_orders_by_its_column(stored):
    """The first has the highest conductivity of all, for every cathode."""
    found = ranked(stored, by="conductivity", top=1).rows

    best = rows(stored, "SELECT max(ionic_conductivity_s_per_cm) AS s FROM pairs")[0]["s"]
    assert {row["ionic_conductivity_s_per_cm"] for row in found} == {best}
    assert {row["rank_in_cathode"] for row in found} == {1}


def test_a_minus_turns_an_order_round(stored):
    """The first by -score is the last by score."""
    up, down = (
        [row["objective_value"] for row in ranked(stored, cathode="S", by=text).rows]
        for text in ("score_0_to_1", "-score_0_to_1")
    )

    assert [-value for value in reversed(down)] == pytest.approx(up)


def test_probabilities_of_a_cathode_add_up(stored):
    """One is the best; three are among the top."""
    found = ranked(stored, cathode="LiFePO4").rows

    assert sum(row["best_probability"] for row in found) == pytest.approx(1.0)
    assert sum(row["top_probability"] for row in found) == pytest.approx(3.0)
    assert found[0]["group"] == "a"
    assert found[0]["tied_with_best"]
    assert found[-1]["gap_to_next"] is None


def test_the_interval_holds_the_value(stored):
    """From low to high, within rounding of 200 draws."""
    for row in ranked(stored, by="efficiency").rows:
        low, value, high = (row[f"objective_{name}"] for name in ("low", "value", "high"))
        assert low <= value + 0.1 * (high - low)
        assert value <= high + 0.1 * (high - low)


def test_the_front_holds_the_best_of_each_axis(stored):
    """The most conductive pair of a cathode is on its front, and probabilities are shares."""
    found = ranked(stored, cathode="S", pareto=True)

    best = max(found.rows, key=lambda row: row["ionic_conductivity_s_per_cm"])
    assert best["pareto_front"]
    assert {"efficiency_percent", "ionic_conductivity_s_per_cm"} <= set(found.axes)
    assert all(0.0 <= row["pareto_probability"] <= 1.0 for row in found.rows)
    assert any(not row["pareto_front"] for row in found.rows)


def test_only_numbers_can_be_ranked_by(stored):
    """Texts are no columns of an objective."""
    with pytest.raises(ObjectiveError, match="no numeric column 'reason'"):
        ranked(stored, by="reason")


def test_what_is_not_there_is_said(stored, tmp_path):
    """No such batch, cathode or store."""
    with pytest.raises(QueryError, match="no batch nonsense"):
        ranked(stored, batch_id="nonsense")
    with pytest.raises(QueryError, match=r"ranks no pair of Xx; it holds .*LiFePO4"):
        ranked(stored, cathode="Xx")
    with pytest.raises(StoreError, match="no results"):
        ranked(tmp_path)


def test_the_calibration_that_was_used_changes_nothing(stored):
    """Predicted again from stored features: the same scores, the same order, and its id."""
    plain = ranked(stored, cathode="S").rows
    again = ranked(stored, cathode="S", calibration="shipped").rows

    assert [row["sse"] for row in again] == [row["sse"] for row in plain]
    for one, other in zip(again, plain, strict=True):
        assert one["score_0_to_1"] == pytest.approx(other["score_0_to_1"])
        assert one["score_low_0_to_1"] == pytest.approx(other["score_low_0_to_1"], abs=1e-3)
        assert one["efficiency_percent"] == pytest.approx(other["efficiency_percent"])
        assert one["calibration"] == other["calibration"]


def test_an_unknown_calibration_is_refused(stored):
    """The message says where to look."""
    with pytest.raises(StoreError, match="no calibration"):
        ranked(stored, calibration="nonsense")


def test_probabilities_are_those_of_the_store(stored):
    """The draws are the same as when the batch was published."""
    for row in ranked(stored).rows:
        assert row["best_probability"] == pytest.approx(
            row["best_in_cathode_probability"], abs=0.011
        )
