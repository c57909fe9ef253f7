import pytest

from jobs.batches import supervisor
from jobs.batches.run import submit
from jobs.batches.supervisor import work
from jobs.errors import StoreError
from jobs.store import ledger
from jobs.store.ledger import State
from jobs.store.published import rows
from screening.batch.model import Batch


def batch(name):
    """Return a batch of one pair."""
    return Batch(name=name, sses=("LPSCl",), cathodes=("S",), draws=0)


def test_the_queue_is_computed_in_order(tmp_path):
    """Two batches, the urgent one first; each by a driver of its own."""
    submit(batch("later"), tmp_path)
    submit(batch("sooner"), tmp_path, priority=1)

    worked = work(tmp_path, ["--engine", "serial"])

    assert worked == (2, 0, 0)
    assert {one.state for one in ledger.batches(tmp_path)} == {State.DONE}
    names = [row["name"] for row in rows(tmp_path, "SELECT name FROM batches ORDER BY run_at")]
    assert names == ["sooner", "later"]
    assert work(tmp_path) == (0, 0, 0)


def test_a_driver_that_dies_is_started_anew_and_not_for_ever(tmp_path, monkeypatch):
    """Five times without a pair; then the batch has failed."""
    submit(batch("poor"), tmp_path)
    starts = []

    def ended(*_):
        starts.append(1)
        return -9

    monkeypatch.setattr(supervisor, "_ended", ended)

    with pytest.raises(StoreError, match="died 5 times"):
        work(tmp_path)

    assert len(starts) == 5
    assert ledger.batches(tmp_path)[0].state is State.FAILED


def test_without_a_store_there_is_nothing_to_work_on(tmp_path):
    """A wrong folder is no empty queue."""
    with pytest.raises(StoreError, match="no store"):
        work(tmp_path / "absent")
