import os
import signal
import time

import pytest

from jobs.engines.workers import Workers
from jobs.errors import EngineError
from jobs.process.processes import started
from jobs.store.spec import Span, batch_spec, store_spec
from jobs.work.engine import Limits
from jobs.work.packed_tables import unpacked
from screening.batch.model import Batch


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return a store with a batch of two pairs, and its id."""
    folder = tmp_path_factory.mktemp("workers")
    spec = batch_spec(Batch(name="two", sses=("LPSCl",), cathodes=("S", "Li2S"), draws=0))
    store_spec(folder, spec)
    return folder, spec.batch_id


def answered(workers):
    """Return the next answers, and wait for them."""
    until = time.monotonic() + 120.0
    while time.monotonic() < until:
        if found := workers.answers(0.5):
            return found
    pytest.fail("no answer")


def test_spans_are_answered_and_lost_workers_replaced(store):
    """Rows; then a worker that is killed, one that is given up, and rows again."""
    workers = Workers(*store, count=1, limits=Limits())
    try:
        ticket = workers.submit(Span(0, 2))
        (answer,) = answered(workers)
        assert answer.ticket == ticket
        assert len(unpacked(answer.parcel)["pairs"]) == 2

        process = workers._workers[0].process
        os.kill(process.pid, signal.SIGSTOP)
        ticket = workers.submit(Span(0, 1))
        assert workers.since(ticket) is not None
        process.kill()
        (lost,) = answered(workers)
        assert (lost.ticket, lost.parcel, lost.certain) == (ticket, None, False)
        assert "SIGKILL" in lost.failure

        given_up = workers.submit(Span(0, 1))
        workers.abandon(given_up)
        ticket = workers.submit(Span(1, 2))
        (answer,) = answered(workers)
        assert answer.ticket == ticket
        assert unpacked(answer.parcel)["pairs"]["cathode"].to_pylist() == ["S"]
    finally:
        last = workers._workers[0].process.pid
        workers.close()
    assert started(last) == ""


def test_a_batch_that_is_not_there_stops_the_engine(store):
    """What a worker refuses at its start is not the fault of a pair."""
    workers = Workers(store[0], "absent", count=1, limits=Limits())
    try:
        with pytest.raises(EngineError, match="no batch absent"):
            answered(workers)
    finally:
        workers.close()
