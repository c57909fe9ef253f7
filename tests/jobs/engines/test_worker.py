import resource
import subprocess
import sys

import pytest

from jobs.engines.worker import FAILURE, FRAME, READY, REFUSAL, ROWS
from jobs.store.spec import batch_spec, store_spec
from screening.batch.model import Batch

LIMIT = """
import resource
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


def frames(store, batch_id, lines, **environment):
    """Return what a worker sends for some lines, as kinds and contents."""
    import os  # noqa: PLC0415  # For the environment alone.

    ended = subprocess.run(
        [sys.executable, "-m", "jobs.engines.worker", str(store), batch_id, str(4 << 30)],
        input=lines.encode(),
        capture_output=True,
        check=True,
        env=os.environ | environment,
    )
    found, rest = [], ended.stdout
    while rest:
        kind, length = FRAME.unpack_from(rest)
        found.append((kind, rest[FRAME.size : FRAME.size + length]))
        rest = rest[FRAME.size + length :]
    return found


def test_a_worker_answers_each_line(store):
    """Ready, then rows for each span; the same span gives the same bytes."""
    ready, first, second = frames(*store, "0 2\n0 2\n")

    assert ready == (READY, b"")
    assert first[0] == ROWS
    assert first == second


def test_a_worker_says_what_went_wrong(store):
    """An error that nobody foresaw is an answer, and the next span is computed."""
    _, failed, fine = frames(*store, "0 2\n0 1\n", CATHOLYTE_FAULT="span:1:error")

    assert failed[0] == FAILURE
    assert b"ZeroDivisionError" in failed[1]
    assert fine[0] == ROWS


def test_a_worker_that_cannot_work_says_why(store):
    """Before anything is asked of it."""
    ((kind, said),) = frames(store[0], "absent", "0 1\n")

    assert kind == REFUSAL
    assert b"no batch absent" in said


def test_memory_is_limited_above_what_is_there():
    """Twice as much as allowed is refused; a quarter is given."""
    ended = subprocess.run(
        [sys.executable, "-c", LIMIT], capture_output=True, text=True, check=True
    )

    assert ended.stdout.split() == ["refused", str(50 << 20)]
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY  # Not ours.
