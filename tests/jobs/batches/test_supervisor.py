import subprocess
import sys
import threading

import pytest

from jobs.batches import driven, supervisor
from jobs.batches.run import submit
from jobs.batches.supervisor import work
from jobs.engines.choice import Wanted
from jobs.errors import StoreError
from jobs.store import ledger
from jobs.store.ledger import State
from jobs.store.published import rows
from jobs.work.engine import Limits
from screening.batch.model import Batch

HOW = Wanted(cpus=1), Limits()


def batch(name):
    """Return a batch of one pair."""
    return Batch(name=name, sses=("LPSCl",), cathodes=("S",), draws=0)


@pytest.fixture
def ended(monkeypatch):
    """Return a function that puts a function in the place of drivers; it returns exit codes."""
    return lambda drive: monkeypatch.setattr(supervisor, "_ended", drive)


def test_the_queue_is_computed_in_order(tmp_path, ended, monkeypatch):
    """Two batches, the urgent one first; drivers are in this process."""
    submit(batch("later"), tmp_path)
    submit(batch("sooner"), tmp_path, priority=1)

    def here(command, _):
        """Run the command of a driver in this process, and return its exit code."""
        monkeypatch.setattr("sys.argv", command[2:])
        with pytest.raises(SystemExit) as end:
            driven.main()
        return end.value.code or 0

    ended(here)

    told = []
    worked = work(tmp_path, *HOW, came_back=told.append)

    assert worked == (2, 0, 0)
    assert [(one.name, one.state) for one in told] == [
        ("sooner", State.DONE),
        ("later", State.DONE),
    ]
    assert {one.state for one in ledger.batches(tmp_path)} == {State.DONE}
    names = [row["name"] for row in rows(tmp_path, "SELECT name FROM batches ORDER BY run_at")]
    assert names == ["sooner", "later"]
    assert work(tmp_path, *HOW) == (0, 0, 0)


def test_a_driver_that_dies_is_started_anew_and_not_for_ever(tmp_path, ended):
    """Five times without a pair; then the batch has failed."""
    submit(batch("poor"), tmp_path)
    starts = []
    ended(lambda *_: starts.append(1) or -9)

    with pytest.raises(StoreError, match="died 5 times"):
        work(tmp_path, *HOW)

    assert len(starts) == 5
    assert ledger.batches(tmp_path)[0].state is State.FAILED


def test_a_batch_that_comes_back_unfinished_is_tried_once(tmp_path, ended):
    """As when the machine kept pairs from an answer; without `--watch` the next `work` tries it."""
    submit(batch("poor"), tmp_path)
    starts = []
    ended(lambda *_: starts.append(1) or 3)

    assert work(tmp_path, *HOW) == (1, 1, 0)
    assert work(tmp_path, *HOW) == (1, 1, 0)
    assert len(starts) == 2


def test_a_watcher_tries_it_again_after_a_rest(tmp_path, ended, monkeypatch):
    """Each time twice as long, so that it does not keep others waiting: after 2, 4, 8 s."""
    spec = submit(batch("poor"), tmp_path)
    clock, starts = [0.0], []

    def sleep(seconds):
        clock[0] += seconds

    def drive(*_):
        starts.append(clock[0])
        if len(starts) == 4:
            ledger.finish(tmp_path, spec.batch_id, State.DONE)
            raise KeyboardInterrupt  # Otherwise it would watch for ever.
        return 3

    monkeypatch.setattr(supervisor.time, "sleep", sleep)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock[0])
    ended(drive)
    with pytest.raises(KeyboardInterrupt):
        work(tmp_path, *HOW, watch=True)

    assert starts == [0.0, 2.0, 6.0, 14.0]


def test_a_store_that_another_process_writes_is_waited_for(tmp_path, capfd):
    """Its batch is computed as soon as the other one ends, and not left for good."""
    submit(batch("patient"), tmp_path)
    hold = (
        "import sys; from pathlib import Path; from jobs.store.writer import writing\n"
        "with writing(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    holder.stdout.readline()
    said = []

    def let_go_when_told():
        while not any("waiting:" in line for line in said):
            said.append(capfd.readouterr().err)
        holder.communicate()

    other = threading.Thread(target=let_go_when_told)
    other.start()
    worked = work(tmp_path, *HOW)
    other.join()

    assert worked == (1, 0, 0)
    assert f"process {holder.pid}" in "".join(said)
    assert ledger.batches(tmp_path)[0].state is State.DONE


def test_without_a_store_there_is_nothing_to_work_on(tmp_path):
    """A wrong folder is no empty queue."""
    with pytest.raises(StoreError, match="no store"):
        work(tmp_path / "absent", *HOW)
