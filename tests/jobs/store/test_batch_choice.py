from datetime import datetime

import pytest

from jobs.errors import QueryError
from jobs.schema import store_schema as schema
from jobs.store import ledger
from jobs.store.batch_choice import submitted_batch
from jobs.store.published import snapshot
from jobs.store.spec import Spec
from jobs.store.writer import writing

ROW = {
    "spec": '{"draws": 200, "objective": "cost"}', "phase_table": "t", "policy": "known",
    "calibration": "c", "version": "0", "pairs_total": 3, "pairs_done": 2, "pairs_failed": 1,
}  # fmt: skip

SPEC = Spec(
    {"name": "mine", "draws": 0}, "reference", "t", "0", 2, ("a",),
    ({"cathode": "S", "recipe": "r"},), None, details=False, calibration="c", calibration_json=None,
)  # fmt: skip


@pytest.fixture
def store(tmp_path):
    """Return a store of four batches; the first was run last."""
    named = {"abcd1": "new", "abef2": "old", "bb": "twice", "bc": "twice"}
    with writing(tmp_path) as writer:
        found = [
            ROW | {"batch_id": one, "name": name, "run_at": f"2026-01-0{9 - number}"}
            for number, (one, name) in enumerate(named.items())
        ]
        for row in found:
            row["run_at"] = datetime.fromisoformat(row["run_at"])
        writer.insert({schema.BATCHES: found})
        writer.publish()
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(None, "abcd1"), ("old", "abef2"), ("abef2", "abef2"), ("abe", "abef2"), ("ol", "abef2")],
)
def test_a_batch_is_found_by_id_name_and_unique_beginning(wanted, found, store):
    """Without any of them, it is the one run last."""
    with snapshot(store) as there:
        assert there.batch(wanted).id == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("ab", r"2 batches in .*: abcd1 \(new\), abef2 \(old\); give more"),
        ("twice", r"2 batches in .*bb \(twice\), bc \(twice\)"),
        ("x", "no batch 'x'"),
        ("", "4 batches"),
    ],
)
def test_what_may_mean_several_or_none_is_refused(wanted, said, store):
    """Nothing is guessed; the message names those that it may mean."""
    with snapshot(store) as there, pytest.raises(QueryError, match=said):
        there.batch(wanted)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(SPEC.batch_id, True), ("mine", True), (SPEC.batch_id[:6], True), ("mi", True), ("x", False)],
)
def test_a_submitted_batch_is_found_in_the_same_way(wanted, found, tmp_path):
    """Though it has no results yet."""
    ledger.queue(tmp_path, SPEC)

    if found:
        assert submitted_batch(tmp_path, wanted).id == SPEC.batch_id
    else:
        with pytest.raises(QueryError, match=r"no batch 'x' in the store .*status"):
            submitted_batch(tmp_path, wanted)


def test_a_batch_says_what_it_asks_for(store):
    """Its title, objective and redraws."""
    with snapshot(store) as there:
        batch = there.batch("old")

    assert batch.title == "batch abef2 (old)"
    assert (batch.objective, batch.draws) == ("cost", 200)


def test_a_store_without_batches_has_no_current_one(tmp_path):
    """It says so."""
    with writing(tmp_path) as writer:
        writer.publish()
    with snapshot(tmp_path) as there, pytest.raises(QueryError, match="no batch yet"):
        there.batch()
