import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.batches.driver import drive
from jobs.engines.choice import Wanted, chosen
from jobs.errors import EngineError, EngineLostError, StoreError
from jobs.store import ledger
from jobs.store.ledger import State
from jobs.store.published import rows
from jobs.store.spec import batch_spec
from jobs.store.writer import writing
from jobs.work.engine import Answer, Blame
from jobs.work.packed_tables import packed
from jobs.work.pair_rows import ANSWERED, FAILED, broken_pairs
from screening.batch.model import Batch

LOCAL = chosen(Wanted(cpus=1))
ROOT = Path(__file__).parents[3]


@pytest.fixture
def spec():
    """Return a batch of four pairs in four chunks."""
    batch = Batch(name="four", sses=("LPSCl", "LZC"), cathodes=("S", "Li2S"), draws=0)
    return batch_spec(batch, chunk_size=1)


class Fake:
    """An engine in this process: each span is answered by rows, until it is told otherwise."""

    slots = 2
    status = FAILED  # Rows that are simple; nothing but their number matters.

    def __init__(self, spec, *, after=None, on_answer=lambda _: None, broken=None):
        self.spec, self.after, self.on_answer = spec, after, on_answer
        self.broken = broken or {}
        self.waiting, self.given, self.closed = [], 0, False

    def submit(self, span, _):
        """Take a span."""
        self.given += 1
        self.waiting.append((self.given, span))
        return self.given

    def answers(self, _):
        """Answer the oldest, or be lost.

        Raises
        ------
        EngineLostError
            After so many spans.
        """
        if self.after is not None and self.given > self.after:
            raise EngineLostError("gone; resume")
        ticket, span = self.waiting.pop(0)
        self.on_answer(ticket)
        if span.start in self.broken:
            return [Answer(ticket, None, failure="died", blame=self.broken[span.start])]
        rows = broken_pairs(self.spec, [self.spec.pair(span.start)], "x", status=self.status)
        return [Answer(ticket, packed(rows))]

    def close(self):
        """Note that somebody has cleaned up."""
        self.closed = True


@pytest.fixture
def answers(monkeypatch):
    """Let the rows be answers; nobody ranks them."""
    monkeypatch.setattr(Fake, "status", ANSWERED)
    monkeypatch.setattr("jobs.batches.driver._Driver._standing", None)


@pytest.fixture
def engines(monkeypatch):
    """Return a function that makes the driver use these engines, one after the other."""

    def use(*made):
        waiting = list(made)
        monkeypatch.setattr("jobs.engines.choice.started", lambda *_: waiting.pop(0))

    return use


def test_an_engine_that_dies_is_replaced(tmp_path, spec, engines):
    """The second goes on where the first was lost; each is closed."""
    first, second = Fake(spec, after=3), Fake(spec)
    engines(first, second)

    outcome = drive(tmp_path, spec, LOCAL)

    assert (outcome.state, outcome.done) == (State.DONE, 4)
    assert first.closed
    assert second.closed


def test_engines_that_die_at_once_end_the_batch(tmp_path, spec, engines):
    """Three without a chunk between them; the batch waits for whoever takes it up, and says why."""
    engines(*(Fake(spec, after=0) for _ in range(3)))

    with pytest.raises(EngineError, match="gone"):
        drive(tmp_path, spec, LOCAL)

    one = ledger.batch(tmp_path, spec.batch_id)
    assert (one.state, one.error) == (State.INTERRUPTED, "gone; resume")


def test_a_signal_stops_it_and_the_rest_is_done_later(tmp_path, spec, engines):
    """What was committed is kept; the second driver computes what is left, and nothing else."""
    second = Fake(spec)
    engines(Fake(spec, on_answer=lambda n: n == 2 and os.kill(os.getpid(), signal.SIGTERM)), second)

    stopped = drive(tmp_path, spec, LOCAL)
    assert (stopped.state, stopped.done, stopped.exit_code) == (State.INTERRUPTED, 2, 143)
    assert ledger.batch(tmp_path, spec.batch_id).error == "stopped by SIGTERM"

    outcome = drive(tmp_path, spec, LOCAL)
    assert (outcome.state, outcome.done) == (State.DONE, 4)
    assert second.given == 2


def test_a_cancelled_batch_is_published_as_far_as_it_is(tmp_path, spec, engines):
    """Somebody else asks; the driver hears of it at its next sign of life."""

    def cancel(number):
        if number == 2:
            ledger.cancel(tmp_path, spec.batch_id)
            time.sleep(1.1)

    engines(Fake(spec, on_answer=cancel), Fake(spec))

    outcome = drive(tmp_path, spec, LOCAL)

    assert outcome.state is State.CANCELLED
    assert 0 < outcome.done < 4
    (row,) = rows(tmp_path, "SELECT pairs_done, pairs_total FROM batches")
    assert (row["pairs_done"], row["pairs_total"]) == (outcome.done, 4)
    assert drive(tmp_path, spec, LOCAL).state is State.DONE


def test_a_done_batch_starts_no_engine(tmp_path, spec, engines):
    """Running again is free."""
    engines(Fake(spec))
    drive(tmp_path, spec, LOCAL)

    assert drive(tmp_path, spec, LOCAL).done == 4


def test_the_batch_of_another_program_is_refused(tmp_path, spec, monkeypatch):
    """Half of the numbers from one version and half from another are worth nothing."""
    monkeypatch.setattr("jobs.batches.driver.code_version", lambda: "9.9.9+00000000")

    with pytest.raises(StoreError, match=r"submit the batch again"):
        drive(tmp_path / "store", spec, LOCAL)
    assert not (tmp_path / "store").exists()


def test_other_rows_for_the_same_chunk_are_an_error(tmp_path, spec, engines):
    """Not an overwrite: equal work must give equal results."""
    engines(Fake(spec))
    drive(tmp_path, spec, LOCAL)
    other = broken_pairs(spec, [spec.pair(0)], "another reason")

    with writing(tmp_path) as writer:
        known = writer.chunks(spec.batch_id)
        writer.commit(spec.batch_id, 0, known[0], other, "0")  # The same digest: done already.
        with pytest.raises(StoreError, match="not deterministic"):
            writer.commit(spec.batch_id, 0, "other", other, "0")
        assert writer.chunks(spec.batch_id) == known
        assert writer.counts(spec.batch_id) == (4, 4)


@pytest.mark.usefixtures("answers")
def test_what_the_machine_stops_is_computed_when_the_batch_goes_on(tmp_path, spec, engines):
    """Not an answer, and not done; the three others are kept, and not computed again."""
    second = Fake(spec)
    engines(Fake(spec, broken={1: Blame.MACHINE}), second)

    first = drive(tmp_path, spec, LOCAL)

    assert (first.state, first.done, first.unanswered) == (State.INTERRUPTED, 3, 1)
    assert ledger.batch(tmp_path, spec.batch_id).error == "1 pairs are unanswered: died"
    found = rows(tmp_path, "SELECT status, reason FROM pairs WHERE status <> 'ok'")
    assert found == [{"status": "unanswered", "reason": "died"}]

    assert drive(tmp_path, spec, LOCAL).state is State.DONE
    assert second.given == 1
    assert rows(tmp_path, "FROM pairs WHERE status <> 'ok'") == []


@pytest.mark.usefixtures("answers")
def test_what_has_failed_is_tried_again_when_that_is_asked_for(tmp_path, spec, engines):
    """A failed row stays at a plain run; recompute takes it back, and it alone."""
    second = Fake(spec)
    engines(Fake(spec, broken={1: Blame.PAIR}), second)

    assert (drive(tmp_path, spec, LOCAL).state, second.given) == (State.DONE, 0)
    assert drive(tmp_path, spec, LOCAL).failed == 1
    outcome = drive(tmp_path, spec, LOCAL, recompute=True)

    assert (outcome.state, outcome.done, outcome.failed, second.given) == (State.DONE, 4, 0, 1)
    assert rows(tmp_path, "SELECT count(*) AS n FROM pairs WHERE status = 'ok'") == [{"n": 4}]


@pytest.mark.usefixtures("answers")
def test_kept_rows_of_an_unfinished_chunk_count_once(tmp_path, engines):
    """Three of a chunk of four are kept; when it is done, the batch has four pairs."""
    batch = Batch(name="four", sses=("LPSCl", "LZC"), cathodes=("S", "Li2S"), draws=0)
    spec = batch_spec(batch, chunk_size=4)

    class Whole(Fake):
        def answers(self, _):
            ticket, span = self.waiting.pop(0)
            if any(number in self.broken for number in range(*span)):
                return [Answer(ticket, None, failure="died")]
            pairs = [self.spec.pair(number) for number in range(*span)]
            rows = broken_pairs(self.spec, pairs, "x", status=ANSWERED)
            return [Answer(ticket, packed(rows))]

    engines(Whole(spec, broken={2: Blame.MACHINE}), Whole(spec))

    first, second = drive(tmp_path, spec, LOCAL), drive(tmp_path, spec, LOCAL)

    assert (first.done, first.unanswered) == (3, 1)
    assert (second.state, second.done) == (State.DONE, 4)


@pytest.mark.parametrize(
    ("number", "code"),
    [pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow), (signal.SIGTERM, 143)],
)
def test_the_program_stops_on_a_signal(number, code, tmp_path):
    """With a word on how to go on; the command that it prints does."""
    command = [sys.executable, "-m", "jobs.cli"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "CATHOLYTE_FAULT": "span:0:slow"}
    with subprocess.Popen(
        [*command, "screen", "--store", str(tmp_path / "s"), "--cpus", "1"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        while not (tmp_path / "s" / "jobs.sqlite").exists() or not any(
            one.pairs_done for one in ledger.batches(tmp_path / "s")
        ):
            time.sleep(0.05)
        process.send_signal(number)
        errors = process.stderr.read()
    assert process.returncode == code
    (line,) = [one for one in errors.splitlines() if one.startswith("interrupted: ")]
    assert "Traceback" not in errors
    go_on = line.partition("go on with: catholyte ")[2].split()

    ended = subprocess.run(
        [*command, *go_on], check=True, capture_output=True, text=True, env=os.environ
    )

    assert "135 pairs done" in ended.stdout
