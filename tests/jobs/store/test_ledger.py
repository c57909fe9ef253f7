import os
import sqlite3

import pytest

from jobs.errors import StoreError
from jobs.store import ledger
from jobs.store.ledger import State
from jobs.store.spec import Spec


def spec(name, n=3):
    """Return a spec with n pairs; nothing of it is computed."""
    sses = tuple("abcdefgh"[:n])
    return Spec(
        {"name": name, "draws": 0}, "reference", "t", "0", 2, sses,
        ({"cathode": "S", "recipe": "r"},), None,
        details=False, calibration="c", calibration_json=None,
    )  # fmt: skip


ONE, TWO = spec("one"), spec("two", 5)


def states(store):
    return {one.name: one.state for one in ledger.batches(store)}


def test_batches_stand_in_line_by_priority_and_time(tmp_path):
    """The higher first, then the earlier; queueing again without a priority keeps the place."""
    ledger.queue(tmp_path, ONE)
    ledger.queue(tmp_path, TWO, priority=5)
    ledger.queue(tmp_path, TWO)

    assert [one.name for one in ledger.batches(tmp_path)] == ["two", "one"]
    assert states(tmp_path) == {"one": State.QUEUED, "two": State.QUEUED}


def test_a_running_batch_shows_rate_and_time_left(tmp_path):
    """3 of 5 pairs at 4 pairs/s: half a second is left."""
    ledger.queue(tmp_path, TWO)
    ledger.claim(tmp_path, TWO.batch_id, "serial")
    ledger.acknowledge(tmp_path, TWO.batch_id, 0, "d", done=3, failed=1)
    assert ledger.beat(tmp_path, TWO.batch_id, 4.0) is False

    one = ledger.batch(tmp_path, TWO.batch_id)

    assert (one.state, one.pairs_done, one.pairs_failed) == (State.RUNNING, 3, 1)
    assert (one.owner_pid, one.engine) == (os.getpid(), "serial")
    assert one.seconds_left == pytest.approx(0.5)


def test_a_batch_whose_driver_died_is_interrupted(tmp_path):
    """Nobody has to tell: its process is gone, or its number belongs to another one."""
    ledger.queue(tmp_path, ONE)
    ledger.claim(tmp_path, ONE.batch_id, "serial")
    with sqlite3.connect(tmp_path / "jobs.sqlite") as connection:
        connection.execute("UPDATE batch SET owner_started = 'long ago'")
    connection.close()

    one = ledger.batch(tmp_path, ONE.batch_id)

    assert (one.state, one.error, one.owner_pid) == (State.INTERRUPTED, "its driver died", None)


def test_a_running_batch_is_asked_to_stop_and_a_waiting_one_is_stopped(tmp_path):
    """Its driver hears of it at the next sign of life."""
    for one in (ONE, TWO):
        ledger.queue(tmp_path, one)
    ledger.claim(tmp_path, ONE.batch_id, "serial")

    assert ledger.cancel(tmp_path, ONE.batch_id) is State.RUNNING
    assert ledger.cancel(tmp_path, TWO.batch_id) is State.CANCELLED
    assert ledger.beat(tmp_path, ONE.batch_id, None) is True
    assert states(tmp_path) == {"one": State.RUNNING, "two": State.CANCELLED}


def test_a_stopped_batch_can_be_queued_again(tmp_path):
    """Its progress and its acknowledged chunks stay."""
    ledger.queue(tmp_path, ONE)
    ledger.acknowledge(tmp_path, ONE.batch_id, 0, "d", done=2, failed=0)
    ledger.finish(tmp_path, ONE.batch_id, State.CANCELLED, "asked for")
    ledger.queue(tmp_path, ONE)

    one = ledger.batch(tmp_path, ONE.batch_id)

    assert (one.state, one.pairs_done, one.error) == (State.QUEUED, 2, None)
    assert ledger.acknowledged(tmp_path) == {ONE.batch_id: {0: "d"}}
    ledger.forget(tmp_path, ONE.batch_id)
    assert ledger.acknowledged(tmp_path) == {}


def test_an_acknowledgement_is_never_changed(tmp_path):
    """The first digest stays, whatever comes later."""
    ledger.queue(tmp_path, ONE)
    for digest in ("first", "second"):
        ledger.acknowledge(tmp_path, ONE.batch_id, 0, digest, done=2, failed=0)

    assert ledger.acknowledged(tmp_path) == {ONE.batch_id: {0: "first"}}


def test_asking_makes_no_store(tmp_path):
    """A folder that is none stays as it is."""
    with pytest.raises(StoreError, match="no store"):
        ledger.batches(tmp_path / "absent")
    with pytest.raises(StoreError, match="no store"):
        ledger.batches(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_batch_is_refused(tmp_path):
    """The message says where the known ones are listed."""
    ledger.queue(tmp_path, ONE)

    with pytest.raises(StoreError, match="catholyte status"):
        ledger.cancel(tmp_path, "absent")
