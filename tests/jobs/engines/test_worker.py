import os
import resource
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import psutil
import pytest

from jobs.engines import worker
from jobs.engines.worker import (
    BORN,
    DIED,
    FAILURE,
    FRAME,
    OBITUARY,
    READY,
    REFUSAL,
    ROWS,
    SPAN,
    TROUBLE,
    failure,
)  # fmt: skip
from jobs.store.spec import Span, batch_spec, store_spec
from screening.batch.model import Batch

LIMIT = """
from jobs.engines.worker import limit_memory
limit_memory(200 << 20)
try:
    bytearray(400 << 20)
except MemoryError:
    print("refused", len(bytearray(50 << 20)))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return a store with a batch of two pairs, and its id."""
    folder = tmp_path_factory.mktemp("worker")
    spec = batch_spec(Batch(name="two", sses=("LPSCl",), cathodes=("S", "Li2S"), draws=0))
    store_spec(folder, spec)
    return folder, spec.batch_id


def heard(end):
    """Return the next thing that is said, and wait for it: kind and content."""
    kind, _, length = FRAME.unpack(end.recv(FRAME.size, socket.MSG_WAITALL))
    return kind, end.recv(length, socket.MSG_WAITALL) if length else b""


@contextmanager
def nursery(store, batch_id, **environment):
    """Start a nursery, and give the socket to it."""
    ours, its = socket.socketpair()
    with ours:
        process = subprocess.Popen(
            [sys.executable, "-m", worker.__name__, str(store), batch_id, str(4 << 30)],
            stdin=its.fileno(),
            env=os.environ | environment,
        )
        its.close()
        yield ours
    assert process.wait(30) == 0


def born(control):
    """Have a worker forked; return the socket to it and its process."""
    ours, its = socket.socketpair()
    with its:
        socket.send_fds(control, [b"F"], [its.fileno()])
    kind, pid = heard(ours)
    assert kind == BORN
    return ours, int(pid)


def test_workers_answer_spans_and_share_what_is_loaded(store):
    """Two of one nursery, at once: the same span gives the same bytes; none computes it twice."""
    with nursery(*store) as control:
        assert heard(control) == (READY, b"")
        one, two = born(control), born(control)
        for end, pid in (one, two):
            end.sendall(SPAN.pack(*Span(0, 2)))
            assert psutil.Process(pid).ppid() != os.getpid()
        first, second = heard(one[0]), heard(two[0])
        assert first[0] == ROWS
        assert first == second
        one[0].close()
        kind, content = heard(control)
        assert (kind, OBITUARY.unpack(content)) == (DIED, (one[1], 0))
        two[0].close()


def test_a_death_is_told_with_its_cause(store):
    """The nursery is the parent; a signal is an exit code below 0."""
    with nursery(*store) as control:
        assert heard(control) == (READY, b"")
        end, pid = born(control)
        os.kill(pid, signal.SIGKILL)
        kind, content = heard(control)
        assert (kind, OBITUARY.unpack(content)) == (DIED, (pid, -signal.SIGKILL))
        end.close()


def test_a_worker_says_what_went_wrong(store):
    """An error that nobody foresaw is an answer, and the next span is computed."""
    with nursery(*store, CATHOLYTE_FAULT="span:1:error") as control:
        assert heard(control) == (READY, b"")
        end, _ = born(control)
        with end:
            end.sendall(SPAN.pack(0, 2) + SPAN.pack(0, 1))
            kind, said = heard(end)
            assert (kind, heard(end)[0]) == (FAILURE, ROWS)
        assert b"ZeroDivisionError" in said


def test_a_nursery_that_cannot_work_says_why(store):
    """Before anything is asked of it."""
    with nursery(store[0], "absent") as control:
        kind, said = heard(control)

    assert kind == REFUSAL
    assert b"no batch absent" in said


@pytest.mark.parametrize(
    ("error", "free", "kind", "said"),
    [
        (ZeroDivisionError("x\ny"), 10**12, FAILURE, "internal error: ZeroDivisionError: x"),
        (OSError(24, "Too many open files"), 10**12, TROUBLE, "the machine: Too many open files"),
        (MemoryError(), 10**12, FAILURE, "needs more than 4 GB"),
        (MemoryError(), 10**9, TROUBLE, "too little memory"),
    ],
)
def test_what_may_be_the_machines_is_not_held_against_a_pair(error, free, kind, said, monkeypatch):
    """Files and handles, and memory where not even the allowance is free."""
    monkeypatch.setattr(psutil, "virtual_memory", type("Memory", (), {"available": free}))

    found, text = failure(error, 4 << 30)

    assert found == kind
    assert said in text
    assert "\n" not in text


def test_memory_is_limited_above_what_is_there():
    """Twice as much as allowed is refused; a quarter is given."""
    ended = subprocess.run(
        [sys.executable, "-c", LIMIT], capture_output=True, text=True, check=True
    )

    assert ended.stdout.split() == ["refused", str(50 << 20)]
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY  # Not ours.
