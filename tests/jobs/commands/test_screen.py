import json
import os
import subprocess
import sys

import pytest

SMALL = 'sses = ["LPSCl"]\ncathodes = ["S", "Li2S"]\ndraws = 0\n'


@pytest.fixture
def small(tmp_path):
    """Return the name of a batch file of two pairs, in the folder where commands run."""
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    return "small.toml"


def status(command):
    """Return what ``status --json`` says."""
    _, output, _ = command("status", "--json")
    return [(one["name"], one["state"], one["pairs_done"]) for one in json.loads(output)]


def test_a_batch_is_submitted_and_resumed(command, small):
    """Its id is printed; status says how far it is; resume computes it."""
    code, output, _ = command("submit", small)
    assert code == 0
    assert status(command) == [("small", "queued", 0)]

    code, said, _ = command("resume", output[:6])

    assert (code, said) == (0, f"batch {output.strip()}: 2 pairs done\n")
    assert status(command) == [("small", "done", 2)]


def test_resume_without_an_id_takes_what_waits(command, small):
    """And says so if nothing does."""
    command("submit", small)

    assert command("resume")[0] == 0
    code, _, errors = command("resume")
    assert code == 2
    assert "no batch waits" in errors


def test_a_waiting_batch_is_cancelled(command, small):
    """It stays in the list, and `work` leaves it alone; screen takes it up again."""
    _, output, _ = command("submit", small)
    code, said, _ = command("cancel", "small")

    assert (code, said) == (0, f"batch {output.strip()} is cancelled\n")
    assert command("work")[0] == 0
    assert status(command) == [("small", "cancelled", 0)]
    assert command("screen", small)[0] == 0
    assert status(command) == [("small", "done", 2)]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(command, small, tmp_path):
    """Pairs, chunks, engine, time and memory; no store is made."""
    code, output, _ = command("screen", small, "--dry-run")

    assert code == 0
    assert "2 pairs of 1 SSEs in 2 composites, in 1 chunks" in output
    assert "engine local" in output
    assert "MB of memory" in output
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status"], "no store"),
        (["work"], "no store"),
        (["resume"], "no store"),
        (["cancel", "absent"], "no store"),
        (["resume", "../x"], "no store"),
        (["screen", "--engine", "local", "--ray-address", "x:1"], "leave out --engine local"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(arguments, said, command):
    """Exit code 2, and nothing is written."""
    code, output, errors = command(*arguments)

    assert (code, output) == (2, "")
    assert said in errors
    assert errors.count("\n") == 1


def test_a_batch_with_failed_pairs_says_so(command, tmp_path):
    """Exit code 3: done, but not every pair has an answer."""
    (tmp_path / "gaps.toml").write_text(
        SMALL.replace('"LPSCl"', '"LPSCl", "Li3Bi"'), encoding="utf-8"
    )
    command("submit", "gaps.toml")

    code, _, errors = command("resume")

    assert code == 3
    assert "2 of 4 pairs failed" in errors


@pytest.mark.usefixtures("processes")
def test_a_second_run_computes_what_had_too_little_time(command, small):
    """With a tenth of a second of processor time nothing is proved; with more, all is there."""
    code, _, errors = command("screen", small, "--cpus", 1, "--deadline", 0.1)
    if code == 0:
        pytest.skip("this machine computes two pairs in a tenth of a second")
    assert code == 3
    assert "pairs are unanswered: no answer within 0.1 s of processor time" in errors
    (shown,) = [line.partition("catholyte ")[2] for line in errors.splitlines() if "go on" in line]

    code, said, _ = command(*shown.split())

    assert (code, said.partition(": ")[2]) == (0, "2 pairs done\n")
    assert status(command) == [("small", "done", 2)]


def test_status_is_asked_often_and_loads_little(command, small):
    """Neither kernels nor DuckDB, where no laboratory has entered a cell."""
    command("submit", small)
    code = """
import sys
from jobs.cli import main
try:
    main(["status"])
finally:
    print({"numba", "duckdb", "pyarrow", "pandas"} & set(sys.modules))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )

    assert ended.stdout.splitlines()[-1] == "set()"
