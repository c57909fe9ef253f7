from dataclasses import replace
from math import exp, log

import pytest

from jobs.errors import QueryError, StoreError
from jobs.ranking import ranked as module
from jobs.ranking.ranked import Ranked
from jobs.store import published
from jobs.store.published import rows, snapshot
from screening.errors import ObjectiveError
from screening.first_cycle.calibration import default_calibration
from screening.first_cycle.measured_cells import OWN_LABORATORY


def ranked(store, **choices) -> Ranked:
    """Return a ranking of a store."""
    with snapshot(store) as there:
        return module.ranked(there, **choices)


def test_ranked_by_the_score_is_the_stored_ranking(stored):
    """Same places, same order, every stored column; what a batch says of a pair, it says itself."""
    wanted = rows(stored, "FROM ranked_pairs ORDER BY rank, cathode, sse")
    for row in wanted:
        assert row.pop("best_in_cathode_probability") is not None
        assert row.pop("top_3_in_cathode_probability") is not None

    found = ranked(stored).rows

    assert [{name: row[name] for name in wanted[0]} for row in found] == wanted


def test_the_store_is_opened_once(stored, monkeypatch):
    """One question, one state of the results, however many statements answer it."""
    opened = []
    connect = published.duckdb.connect
    monkeypatch.setattr(
        published.duckdb, "connect", lambda *a, **k: opened.append(a) or connect(*a, **k)
    )

    ranked(stored, pareto=True, explain=True, calibration="shipped")

    assert len(opened) == 1


def test_one_cathode_keeps_its_places_among_all(stored):
    """The first of a cathode need not be the first of all."""
    whole = {row["sse"]: row["rank"] for row in ranked(stored).rows if row["cathode"] == "LiNiO2"}

    part = {row["sse"]: row["rank"] for row in ranked(stored, cathode="LiNiO2").rows}

    assert part == whole


def test_those_far_down_have_places_and_no_probabilities(stored, monkeypatch):
    """Only the leaders are compared draw by draw; what is not computed is null."""
    monkeypatch.setattr(module, "MOST_COMPARED", 4)

    found = ranked(stored, cathode="S", pareto=True).rows

    assert [row["rank_in_cathode"] for row in found] == list(range(1, len(found) + 1))
    for row in found:
        known = row["rank_in_cathode"] <= 4
        assert (row["best_probability"] is not None) is known
        assert (row["group"] is not None) is known
        assert row["pareto_probability"] is None
    assert sum(row["best_probability"] for row in found[:4]) == pytest.approx(1.0)


def test_contributions_multiply_to_the_distance_from_the_best(stored):
    """The exponential of their sum is the score over the best score."""
    found = ranked(stored, cathode="LiFePO4", explain=True).rows

    best = max(found, key=lambda row: row["score_0_to_1"])
    for row in found:
        total = sum(row[f"contribution_{name}"] for name in ("capacity", "interface", "transport"))
        assert exp(total) == pytest.approx(row["score_0_to_1"] / best["score_0_to_1"])
        assert row["contributions_against"] == best["sse"]


def test_what_was_measured_stands_beside_what_is_predicted(stored):
    """Li6PS5Cl with LiFePO4: 114.3 mAh/g charged (T19 of the thesis); nobody made LiTaOCl4."""
    found = {row["sse"]: row for row in ranked(stored, cathode="LiFePO4").rows}

    assert found["Li6PS5Cl"]["measured_first_charge_mah_per_g"] == pytest.approx(114.3)
    assert found["Li6PS5Cl"]["measured_cells"] >= 1
    assert found["LiTaOCl4"]["measured_cells"] == 0
    assert found["LiTaOCl4"]["measured_efficiency_percent"] is None


def test_a_cell_that_the_laboratory_has_withdrawn_is_no_measured_one(stored):
    """The calibration was fitted to it and still holds it; the store has it no more."""
    shipped = default_calibration()
    first = next(one for one in shipped.measurements if one.id == "T23")
    gone = replace(first, id="N1 charge", cell="N1", laboratory=OWN_LABORATORY, value=390.0)
    used = replace(shipped, measurements=(*shipped.measurements, gone))

    found, without = (
        next(
            row
            for row in ranked(stored, cathode="LiFePO4", calibration=one).rows
            if row["sse"] == "Li2ZrCl6"
        )
        for one in (used, shipped)
    )

    for column in ("measured_cells", "measured_first_charge_mah_per_g"):
        assert found[column] == without[column]


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
    """The first has the highest conductivity of all that deliver, for every cathode."""
    found = ranked(stored, by="conductivity", top=1).rows

    best = rows(
        stored,
        "SELECT max(ionic_conductivity_s_per_cm) AS s FROM pairs "
        "WHERE factor_capacity >= 0.2 GROUP BY cathode",
    )
    assert {row["ionic_conductivity_s_per_cm"] for row in found} == {row["s"] for row in best}
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
    """The most conductive pair that delivers is on its front; one that hardly does is on none."""
    found = ranked(stored, cathode="S", pareto=True)

    alive = [row for row in found.rows if row["factor_capacity"] >= 0.2]
    best = max(alive, key=lambda row: row["ionic_conductivity_s_per_cm"])
    assert not any(row["pareto_front"] for row in found.rows if row not in alive)
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
    with pytest.raises(QueryError, match="no batch 'nonsense'"):
        ranked(stored, batch="nonsense")
    with pytest.raises(QueryError, match=r"ranks no pair of Xx; it holds .*LiFePO4"):
        ranked(stored, cathode="Xx")
    with pytest.raises(StoreError, match="no results"):
        ranked(tmp_path)


def test_the_calibration_that_was_used_changes_nothing(stored):
    """It is the batch's own: every number as stored."""
    plain, again = ranked(stored, cathode="S"), ranked(stored, cathode="S", calibration="shipped")

    assert again.rows == plain.rows
    assert not again.renewed


def test_predictions_by_another_calibration_are_made_anew(stored, monkeypatch):
    """With the same parameters under another id: the same numbers, to what redraws are kept to."""
    other = replace(default_calibration(), phase_table="another")
    monkeypatch.setattr(module, "chosen_calibration", lambda *_: other)

    found = ranked(stored, explain=True)

    assert found.renewed
    monkeypatch.undo()
    for one, plain in zip(found.rows, ranked(stored, explain=True).rows, strict=True):
        assert one["calibration"] == other.id != plain["calibration"]
        for name, value in plain.items():
            if isinstance(value, float):
                assert one[name] == pytest.approx(value, rel=2e-3, abs=2e-3), name
            elif name != "calibration":
                assert one[name] == value, name


def test_an_unknown_calibration_is_refused(stored):
    """The message says where to look."""
    with pytest.raises(StoreError, match="no calibration"):
        ranked(stored, calibration="nonsense")


def test_probabilities_are_those_of_the_store(stored):
    """The draws are the same as when the batch was published."""
    kept = {
        (row["sse"], row["cathode"]): row["p"]
        for row in rows(stored, "SELECT *, best_in_cathode_probability AS p FROM ranked_pairs")
    }
    for row in ranked(stored).rows:
        assert row["best_probability"] == kept[row["sse"], row["cathode"]]


def test_a_cautious_order_goes_by_lower_ends(stored):
    """Places fall with the lower end of the score, not with its value; the same pairs are there."""
    central, cautious = (ranked(stored, order=order).rows for order in ("central", "cautious"))

    low = [row["objective_low"] for row in sorted(cautious, key=lambda row: row["rank"])]
    assert low == sorted(low, reverse=True)
    assert {(row["sse"], row["cathode"]) for row in central} == {
        (row["sse"], row["cathode"]) for row in cautious
    }
    assert [row["objective_value"] for row in central] != [
        row["objective_value"] for row in cautious
    ]


def test_an_order_that_is_none_is_refused(stored):
    """With the three that there are."""
    with pytest.raises(ObjectiveError, match="expected, cautious, central"):
        ranked(stored, order="hopeful")


def test_those_that_are_not_compared_come_last(stored, monkeypatch):
    """With two leaders to a cathode compared, the places of the others follow by their value."""
    monkeypatch.setattr(module, "MOST_COMPARED", 2)
    found = ranked(stored, order="expected", cathode="LiFePO4").rows

    rest = [row["objective_value"] for row in found[2:]]
    assert rest == sorted(rest, reverse=True)
    assert [row["rank_in_cathode"] for row in found] == sorted(r["rank_in_cathode"] for r in found)
