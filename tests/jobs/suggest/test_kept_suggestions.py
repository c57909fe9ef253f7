from shutil import copytree

import pytest

from jobs.errors import SuggestionError
from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add
from jobs.lab.laboratory import laboratory
from jobs.suggest.kept_suggestions import State, change, changes, listed, pair_of, rows
from jobs.suggest.suggestions import suggest


@pytest.fixture
def store(stored, tmp_path):
    """Return a copy of the store with the reference batch, for writing."""
    return copytree(stored, tmp_path / "copy")


def test_an_experiment_answers_a_suggestion(store):
    """It becomes done by itself, names the experiment, and is not suggested again."""
    first, *_ = suggest(store, 1, cathode="LiFePO4")
    change(store, first["id"], State.PENDING)
    names = {name: first[name] for name in ("sse", "cathode", "recipe")}
    outcome = {"id": "E1", "efficiency_percent": "50", "date": "2026-01-02", "source": "me"}
    add(store, experiment(names | outcome))

    (found,) = [row for row in listed(store) if row["id"] == first["id"]]

    assert (found["state"], found["experiment_id"]) == ("done", "E1")
    assert pair_of(first) not in {pair_of(row) for row in suggest(store, 9, cathode="LiFePO4")}


def test_states_go_only_where_they_can(store):
    """What is done stays done; what is unknown is said; a repeat changes nothing."""
    first, *_ = suggest(store, 1)
    change(store, first["id"], State.PENDING)

    assert change(store, first["id"], State.PENDING)["state"] == "pending"
    assert change(store, first["id"], State.DONE)["state"] == "done"
    with pytest.raises(SuggestionError, match="is done; only suggested or pending becomes"):
        change(store, first["id"], State.REJECTED)
    with pytest.raises(SuggestionError, match="no suggestion 'x'"):
        change(store, "x", State.PENDING)


def test_a_note_is_taken_where_the_state_is_the_same(store):
    """Said later than the state, it is kept with a version of its own."""
    first, *_ = suggest(store, 1)
    change(store, first["id"], State.PENDING)

    assert change(store, first["id"], State.PENDING, note="powder is here")["note"]
    (row,) = listed(store)
    assert (row["state"], row["note"]) == ("pending", "powder is here")


@pytest.mark.parametrize(
    ("second", "said"), [("s-none", "no suggestion 's-none'"), (None, "stands twice")]
)
def test_of_several_moves_all_are_done_or_none(store, second, said):
    """One that is unknown, or moved twice, leaves the other where it was."""
    first, *_ = suggest(store, 1)
    moves = [(first["id"], State.PENDING), (second or first["id"], State.REJECTED)]

    with pytest.raises(SuggestionError, match=said):
        changes(store, moves)

    assert [row["state"] for row in listed(store)] == ["suggested"]


def test_rows_for_the_published_tables(store):
    """Those that were suggested, as plain values."""
    suggest(store, 2)

    with laboratory(store) as lab:
        assert len(rows(lab)) == 2
