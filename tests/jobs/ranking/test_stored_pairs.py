import numpy as np
import pytest

from jobs.errors import QueryError, StoreError
from jobs.ranking.stored_pairs import batch_row, numeric_columns, pairs, renewed_columns
from jobs.store.published import rows


def test_a_prediction_is_that_which_was_stored(stored):
    """Efficiencies and their intervals, made again from stored features."""
    found = pairs(stored, ["efficiency_percent"])
    kept = rows(
        stored,
        "SELECT efficiency_percent AS value, efficiency_low_percent AS low FROM ranked_pairs "
        "ORDER BY sse, cathode, recipe",
    )

    value, draws = found.columns["efficiency_percent"]
    assert value == pytest.approx([row["value"] for row in kept])
    low = np.quantile(draws, 0.05, axis=1)
    assert low == pytest.approx([row["low"] for row in kept], rel=0.01)
    assert found.calibration


def test_draws_of_all_columns_go_together(stored):
    """In each draw the score is the product of its factors."""
    names = ["score_0_to_1", "factor_capacity", "factor_interface", "factor_transport"]

    found = pairs(stored, names, cathode="LiFePO4").columns

    score, *factors = (found[name].draws for name in names)
    assert score == pytest.approx(np.prod(np.broadcast_arrays(*factors), axis=0))


def test_columns_have_draws_within_their_interval(stored):
    """Nine of ten draws of what is not predicted lie in its stored interval."""
    found = pairs(stored, ["relative_density_percent"], cathode="LiFePO4")
    ends = rows(
        stored,
        "SELECT relative_density_low_percent AS low, relative_density_high_percent AS high "
        "FROM ranked_pairs WHERE cathode = 'LiFePO4' ORDER BY sse, cathode, recipe",
    )
    low, high = (np.array([row[end] for row in ends])[:, None] for end in ("low", "high"))

    draws = found.columns["relative_density_percent"].draws
    assert ((draws >= low) & (draws <= high)).mean() == pytest.approx(0.9, abs=0.08)


def test_a_column_without_an_interval_has_one_draw(stored):
    """The lower cutoff is what it is."""
    found = pairs(stored, ["voltage_low_v"], cathode="S").columns["voltage_low_v"]

    assert found.draws.tolist() == [[1.0]] * len(found.value)


def test_numbers_and_texts_are_told_apart(stored):
    """A score is a number, a reason none; what a calibration changes is among the numbers."""
    there = numeric_columns(stored)

    assert "score_0_to_1" in there
    assert "reason" not in there
    assert {"score_0_to_1", "efficiency_percent"} <= set(renewed_columns(stored)) <= there
    assert "ionic_conductivity_s_per_cm" not in renewed_columns(stored)


def test_without_redraws_draws_come_from_intervals(stored, monkeypatch):
    """As for a batch that is too large: wider apart, never silent about another calibration."""
    monkeypatch.setattr("jobs.ranking.stored_pairs.MOST_CONTACTS", 1)

    found = pairs(stored, ["score_0_to_1"], cathode="S")

    assert found.calibration is None
    assert "stored intervals" in found.statement
    assert found.columns["score_0_to_1"].draws.shape[1] > 1
    with pytest.raises(QueryError, match="cannot be predicted again"):
        pairs(stored, ["score_0_to_1"], calibration="shipped")


def test_a_calibration_that_is_gone_is_said(stored, monkeypatch):
    """A batch of another version of the program is still ranked, by its stored intervals."""

    def gone(*_):
        raise StoreError("no calibration of that id")

    monkeypatch.setattr("jobs.ranking.stored_pairs.kept_calibration", gone)

    found = pairs(stored, ["score_0_to_1"], cathode="S")

    assert "stored intervals" in found.statement
    with pytest.raises(StoreError, match="no calibration"):
        pairs(stored, ["score_0_to_1"], calibration="nonsense")


def test_what_is_not_there_is_said(stored, tmp_path):
    """No such batch, cathode or store."""
    with pytest.raises(QueryError, match="no batch nonsense"):
        batch_row(stored, "nonsense")
    with pytest.raises(QueryError, match=r"ranks no pair of Xx; it holds .*LiFePO4"):
        pairs(stored, ["score_0_to_1"], cathode="Xx")
    with pytest.raises(StoreError, match="no results"):
        pairs(tmp_path, ["score_0_to_1"])
