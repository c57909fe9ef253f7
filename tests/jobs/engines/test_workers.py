import os
import signal

import psutil
import pytest

from jobs.engines.workers import Workers
from jobs.errors import EngineError, EngineLostError
from jobs.store.spec import Span, batch_spec, store_spec
from jobs.work.engine import Blame, Limits
from jobs.work.packed_tables import unpacked
from screening.batch.model import Batch

AMPLE = 600.0


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return a store with a batch of two pairs, and its id."""
    folder = tmp_path_factory.mktemp("workers")
    spec = batch_spec(Batch(name="two", sses=("LPSCl",), cathodes=("S", "Li2S"), draws=0))
    store_spec(folder, spec)
    return folder, spec.batch_id


@pytest.fixture(scope="module")
def workers(store):
    """Return an engine with one worker."""
    engine = Workers(*store, count=1, limits=Limits())
    yield engine
    engine.close()


def answered(workers):
    """Return the next answer, and wait for it as long as it takes."""
    found = []
    while not found:
        found = workers.answers(0.2)
    (answer,) = found
    return answer


def computing(workers):
    """Wait until the worker lives, and return it."""
    while not workers._workers[0].process:
        workers.answers(0.2)
    return workers._workers[0].process


def test_spans_are_answered_and_lost_workers_replaced(workers):
    """Rows; then a worker that is killed from outside, and rows again."""
    ticket = workers.submit(Span(0, 2), AMPLE)
    answer = answered(workers)
    assert answer.ticket == ticket
    assert answer.seconds > 0.0
    assert len(unpacked(answer.parcel)["pairs"]) == 2

    process = computing(workers)
    process.suspend()
    ticket = workers.submit(Span(0, 2), AMPLE)
    process.kill()
    lost = answered(workers)
    assert (lost.ticket, lost.parcel, lost.blame) == (ticket, None, Blame.MACHINE)
    assert "SIGKILL" in lost.failure

    assert answered_by(workers, Span(1, 2))["cathode"].to_pylist() == ["S"]


def answered_by(workers, span):
    workers.submit(span, AMPLE)
    return unpacked(answered(workers).parcel)["pairs"]


def test_a_lone_pair_gets_a_worker_that_never_had_any(workers):
    """What another pair has left behind in a process is not held against it."""
    workers.submit(Span(0, 2), AMPLE)
    answered(workers)
    used = computing(workers).pid
    answered_by(workers, Span(0, 1))

    assert computing(workers).pid != used


def test_a_crash_is_held_against_the_span(workers):
    """A program that violates its memory does so by itself."""
    process = computing(workers)
    process.suspend()
    workers.submit(Span(0, 2), AMPLE)
    process.send_signal(signal.SIGSEGV)
    process.resume()
    lost = answered(workers)

    assert (lost.blame, "SIGSEGV" in lost.failure) == (Blame.PAIR, True)


def test_a_worker_that_dies_before_it_is_heard_of_is_answered_for(workers, monkeypatch):
    """Its process is no more when its first word is read: the span is lost, not waited for."""
    computing(workers)
    workers._replaced(workers._workers[0])

    def gone(pid):
        raise psutil.NoSuchProcess(pid)

    with monkeypatch.context() as patch:
        patch.setattr("jobs.engines.workers.psutil.Process", gone)
        while not (pid := workers._workers[0].pid):
            workers.answers(0.2)
        os.kill(pid, signal.SIGSTOP)
        ticket = workers.submit(Span(0, 2), AMPLE)
        os.kill(pid, signal.SIGKILL)
        lost = answered(workers)

    assert lost.ticket == ticket
    assert workers._workers[0].pid != pid


def test_only_processor_time_counts(workers, monkeypatch):
    """A worker that is given none is not late, however long it takes; one that had it, is."""
    process = computing(workers)
    process.suspend()
    workers.submit(Span(0, 2), 0.5)
    for _ in range(8):
        assert workers.answers(0.2) == []

    monkeypatch.setattr("jobs.process.processes.processor_time", lambda _: 1e6)
    late = answered(workers)

    assert late.blame is Blame.TIME
    assert late.failure == "no answer within 0.5 s of processor time"
    psutil.wait_procs([process], timeout=30)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_the_long_stop_blames_the_machine(workers, monkeypatch):
    """Who gets no processor time at all is started anew in the end, and no pair has failed."""
    computing(workers).suspend()
    monkeypatch.setattr(workers, "_limits", Limits(stop=1.0))
    workers.submit(Span(0, 2), AMPLE)
    late = answered(workers)

    assert late.blame is Blame.MACHINE
    assert late.failure == "no processor time for 1 s"


def test_workers_that_do_not_start_are_a_lost_engine(store):
    """Not a fact about any pair; the batch can be taken up again."""
    workers = Workers(*store, count=1, limits=Limits(stop=1.0))
    psutil.Process(workers._nursery.process.pid).suspend()
    with pytest.raises(EngineLostError, match="no worker has started"):
        answered(workers)
    workers.close()


def test_a_nursery_that_dies_is_a_lost_engine(store):
    """And none of its workers outlives it."""
    workers = Workers(*store, count=1, limits=Limits())
    child = computing(workers)
    os.kill(workers._nursery.process.pid, signal.SIGKILL)

    with pytest.raises(EngineLostError, match="has died"):
        answered(workers)
    psutil.wait_procs([child], timeout=30)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    workers.close()


def test_a_batch_that_is_not_there_stops_the_engine(store):
    """What is refused at the start is not the fault of a pair."""
    workers = Workers(store[0], "absent", count=1, limits=Limits())
    try:
        with pytest.raises(EngineError, match="no batch absent"):
            answered(workers)
    finally:
        workers.close()
