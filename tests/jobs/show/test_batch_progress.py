import json

import pytest

from jobs.engines.choice import Wanted, chosen
from jobs.engines.estimate import Estimate
from jobs.show.batch_progress import (
    BatchProgress,
    duration,
    print_batch,
    print_plan,
    print_status,
)
from jobs.store import ledger
from jobs.store.spec import Spec

SPEC = Spec(
    {"name": "x", "draws": 0}, "t", "t", "0", 2, ("a", "b", "c"),
    ({"cathode": "S", "recipe": "r"},), None,
    details=False, calibration="c", calibration_json=None,
)  # fmt: skip


def test_status_is_a_table_or_a_list(tmp_path, capsys):
    """The same batches for people and for programs."""
    ledger.queue(tmp_path, SPEC)
    found = ledger.batches(tmp_path)

    print_status(found, as_json=False)
    print_status(found, as_json=True)

    output = capsys.readouterr().out
    table, line = output.rsplit("\n", 2)[:2]
    assert "queued" in table
    (one,) = json.loads(line)
    assert (one["id"], one["state"]) == (SPEC.batch_id, "queued")
    assert (one["pairs_total"], one["pairs_done"], one["pairs_failed"]) == (3, 0, 0)


def test_a_batch_that_came_back_says_how_far_it_came(tmp_path, capsys):
    """Done or not, and why; what would steer the terminal does not."""
    ledger.queue(tmp_path, SPEC)
    (one,) = ledger.batches(tmp_path)

    print_batch(one._replace(state=ledger.State.DONE, pairs_done=3, pairs_failed=1))
    print_batch(one._replace(state=ledger.State.INTERRUPTED, pairs_done=1, error="gone \x1b[2J"))

    name = f"batch {SPEC.batch_id}"
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: 3 of 3 pairs done, 1 failed",
        f"{name}: 1 of 3 pairs done, interrupted: gone \ufffd[2J",
    ]


def test_a_plan_says_what_a_batch_takes(capsys):
    """Pairs, chunks, time, memory, and with which engine."""
    print_plan(SPEC, chosen(Wanted(cpus=1)), 1, Estimate(6.0, 0.06, 126.0))

    output = capsys.readouterr().out
    assert "3 pairs of 3 SSEs in 1 composites, in 2 chunks of 2; 1 are there already" in output
    assert "engine local, 1 at a time" in output
    assert "about 2 min" in output
    assert "60 ms a pair" in output


def test_plain_lines_of_progress_carry_rate_and_time_left(capsys, monkeypatch):
    """20 pairs in 10 s are 2/s; 80 are left, for 40 s."""
    clock = iter([0.0, 0.0, 10.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    with BatchProgress() as progress:
        progress.report(0, 100)
        progress.report(20, 100)

    assert capsys.readouterr().err == "20 of 100 pairs, 2/s, 40 s left\n"


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (3600.0, "1.0 h"), (119.0, "2 min")])
def test_a_time_is_said_in_the_unit_that_fits(seconds, said):
    """Seconds, minutes or hours."""
    assert duration(seconds) == said
