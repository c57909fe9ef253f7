from itertools import pairwise
from shutil import copytree

import pytest

from jobs.errors import QueryError, StoreError, SuggestionError
from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add
from jobs.suggest import suggestions as module
from jobs.suggest.control_cells import CONTROLS
from jobs.suggest.kept_suggestions import State, change, listed
from jobs.suggest.suggestions import suggest
from screening.errors import ObjectiveError


@pytest.fixture
def store(stored, tmp_path):
    """Return a copy of the store with the reference batch, for writing."""
    return copytree(stored, tmp_path / "copy")


def pair(row):
    return row["sse"], row["cathode"], row["recipe"]


def measured(row, **outcome):
    """Return an experiment on a suggested pair."""
    texts = {name: row[name] for name in ("sse", "cathode", "recipe")}
    return experiment(
        {"date": "2026-01-02", "source": "me", **texts, **{k: str(v) for k, v in outcome.items()}}
    )


def test_as_many_as_asked_and_none_twice(store):
    """Eight pairs, all different, each with a reason and an outcome in one line."""
    found = suggest(store, 8)

    assert len({pair(row) for row in found}) == 8
    for row in found:
        assert row["state"] == "suggested"
        assert row["cathode"] in row["reason"]
        assert "%" in row["reason"]
        assert "first place" in row["outcome"]
        assert "\n" not in row["reason"] + row["outcome"]


def test_the_same_question_has_the_same_answer(store):
    """Nothing is stored twice."""
    first, second = suggest(store, 5), suggest(store, 5)

    assert [row["id"] for row in first] == [row["id"] for row in second]
    assert len(listed(store)) == 5


def test_suggestions_keep_to_a_cathode(store):
    """And spread over its electrolytes."""
    found = suggest(store, 4, cathode="LiFePO4")

    assert {row["cathode"] for row in found} == {"LiFePO4"}
    assert len({row["sse"] for row in found}) == 4


def test_what_the_thesis_has_measured_comes_only_as_a_control(store):
    """Its four pairs are known; with controls they come on top, with what was measured."""
    everything = suggest(store, 1000)
    known = {(one.sse, one.cathode, one.recipe) for one in CONTROLS}

    assert not known & {pair(row) for row in everything}
    found = suggest(store, 2, cathode="LiFePO4", controls=True)
    assert [row["kind"] for row in found] == ["candidate"] * 2 + ["control"] * 2
    assert "40.3 %" in found[2]["reason"]
    assert {pair(row) for row in found[2:]} <= known


def test_a_pending_pair_is_not_suggested_again(store):
    """Nor is one that was rejected; both stay listed."""
    first, second, *_ = suggest(store, 3, cathode="LiFePO4")
    change(store, first["id"], State.PENDING)
    change(store, second["id"], State.REJECTED, note="no indium")

    again = suggest(store, 9, cathode="LiFePO4")

    assert not {pair(first), pair(second)} & {pair(row) for row in again}
    states = {row["id"]: (row["state"], row["note"]) for row in listed(store)}
    assert states[first["id"]] == ("pending", "")
    assert states[second["id"]] == ("rejected", "no indium")


def test_a_result_changes_what_is_believed(store):
    """A cell that fails lowers its class: the next of the class is less likely the best."""
    first, *_ = suggest(store, 1, cathode="LiFePO4")
    before = {pair(row): row["best_probability"] for row in suggest(store, 99, cathode="LiFePO4")}
    add(store, measured(first, id="E1", first_discharge_mah_per_g=5))

    after = {pair(row): row["best_probability"] for row in suggest(store, 99, cathode="LiFePO4")}

    assert pair(first) not in after
    assert sum(after.values()) > sum(before[name] for name in after)


def test_names_can_be_excluded(store):
    """An SSE, a cathode, or a pair; what excludes nothing is refused."""
    found = suggest(store, 1000, exclude=["Li3InCl6", "FeS2", "Li3YCl6/S"])

    assert not [row for row in found if row["sse"] == "Li3InCl6" or row["cathode"] == "FeS2"]
    assert ("Li3YCl6", "S") not in {pair(row)[:2] for row in found}
    assert "Li3YCl6" in {row["sse"] for row in found}
    for one in ("Xx", "Xx/S", "S/Li2ZrCl6"):
        with pytest.raises(SuggestionError, match=f"--exclude {one}: no pair"):
            suggest(store, 1, exclude=[one])


def test_labels_exclude_what_they_mean(store):
    """LZC is Li2ZrCl6 and LFP LiFePO4, here as everywhere."""
    labels = suggest(store, 9, exclude=["LZC", "LFP", "LPSCl/LCO"])

    assert labels == suggest(store, 9, exclude=["Li2ZrCl6", "LiFePO4", "Li6PS5Cl/LiCoO2"])


def test_grouped_suggestions_share_electrolytes(store):
    """Fewer SSEs for as many cells, and those of one SSE stand together."""
    alone, grouped = suggest(store, 8), suggest(store, 8, group_by_sse=True)

    names = [row["sse"] for row in grouped]
    assert len(set(names)) <= len({row["sse"] for row in alone})
    assert len([1 for one, two in pairwise(names) if one != two]) == (len(set(names)) - 1)


def test_nothing_left_is_said(store):
    """All but what is excluded: nothing."""
    with pytest.raises(SuggestionError, match="every pair is measured"):
        suggest(store, 1, cathode="S", exclude=["S"])


@pytest.mark.parametrize(("count", "said"), [(0, "0 suggestions"), (1001, "1001 suggestions")])
def test_a_number_that_makes_no_sense_is_refused(count, said, store):
    """From 1 to 1000."""
    with pytest.raises(SuggestionError, match=said):
        suggest(store, count)


def test_what_cannot_be_asked_is_refused(store, tmp_path):
    """Unknown objective, cathode, store: nothing is kept."""
    with pytest.raises(ObjectiveError):
        suggest(store, 1, by="nonsense")
    with pytest.raises(QueryError):
        suggest(store, 1, cathode="Xx")
    with pytest.raises(StoreError):
        suggest(tmp_path / "nowhere", 1)
    assert not (tmp_path / "nowhere").exists()


def test_what_a_gate_refuses_is_never_suggested(store, monkeypatch):
    """With one electrolyte refused, as LiVSO4F3 would be, none of its pairs is proposed."""
    first = suggest(store, 1)[0]["sse"]
    monkeypatch.setattr(module, "refused_names", lambda names: {*names} & {first})

    assert first not in {row["sse"] for row in suggest(store, 20)}
