import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import duckdb
import pytest

from jobs.health.finding import Health
from jobs.health.store_check import store_findings
from jobs.schema import store_schema as schema
from jobs.store import ledger
from jobs.store.spec import batch_spec, store_spec
from screening.batch.model import Batch


def add(store, name):
    """Put a finished batch of one pair into a store, as its driver would, but for the numbers."""
    spec = batch_spec(Batch(name=name, sses=("LPSCl",), cathodes=("S",)))
    store_spec(store, spec)
    ledger.queue(store, spec)
    working = not (store / "work.duckdb").exists()
    for file, tables in (
        ("work.duckdb", schema.WORKING_TABLES),
        ("results.duckdb", schema.TABLES),
    ):
        with duckdb.connect(store / file) as connection:
            for statement in schema.statements(tables) if working else ():
                connection.execute(statement)
            connection.execute(
                "INSERT INTO batches (batch_id, name) VALUES (?, ?)", [spec.batch_id, name]
            )
            connection.execute(
                "INSERT INTO pairs (batch_id, sse, cathode, recipe) VALUES (?, 'a', 'b', 'c')",
                [spec.batch_id],
            )
            if file == "work.duckdb":
                connection.execute(
                    "INSERT INTO chunks (batch_id, chunk, digest) VALUES (?, 0, 'd')",
                    [spec.batch_id],
                )
    ledger.acknowledge(store, spec.batch_id, 0, "d", done=1, failed=0)
    ledger.finish(store, spec.batch_id, ledger.State.DONE)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a store with two finished batches, and its working file after the first."""
    folder = tmp_path_factory.mktemp("finished")
    store = folder / "store"
    add(store, "first")
    shutil.copy(store / "work.duckdb", folder / "before.duckdb")
    add(store, "second")
    (store / "work.lock").touch()
    return store


@pytest.fixture
def store(finished, tmp_path):
    """Return a copy of it, to damage."""
    return shutil.copytree(finished, tmp_path / "store")


def findings(store):
    """Return all findings by check."""
    found = {finding.check: finding for finding in store_findings(store)}
    assert all("\n" not in finding.said for finding in found.values())
    return found


def test_a_sound_store_is_well(store):
    """Everything opens and agrees; nothing is changed."""
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}

    found = findings(store)

    assert {finding.health for finding in found.values()} == {Health.OK}
    assert {"lock", "records", "batches", "results", "working file"} <= set(found)
    assert "2 pairs of 2 batches" in found["results"].said
    after = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert {path for path in before if before[path] != after[path]} == set()


def test_a_store_that_is_not_there_is_none(tmp_path):
    """No problem, and none is made."""
    assert findings(tmp_path / "none")["store"].health is Health.OK
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_well(tmp_path):
    """There is nothing yet."""
    assert {finding.health for finding in findings(tmp_path).values()} == {Health.OK}


HOLD = """
import fcntl, os, sys
lock = os.open(sys.argv[1], os.O_RDWR)
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_store_in_use_is_left_alone(store):
    """Who writes it is told; the working file is not opened."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store / "work.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        found = findings(store)
        process.stdin.close()

    assert f"process {process.pid} writes {store}" in found["lock"].said
    assert "working file" not in found


@pytest.mark.parametrize("name", ["results.duckdb", "work.duckdb"])
@pytest.mark.parametrize("damage", ["cut", "garbage", "empty"])
def test_a_damaged_database_is_a_problem(name, damage, store):
    """In one line, with a step that loses nothing."""
    path = store / name
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:6000], "garbage": b"x" * 9999, "empty": b""}[damage])

    found = findings(store)[{"results.duckdb": "results", "work.duckdb": "working file"}[name]]

    assert found.health is Health.PROBLEM
    assert name in found.said
    assert {
        "results.duckdb": "makes it again from work.duckdb",
        "work.duckdb": "keep all files as they are, and restore work.duckdb",
    }[name] in found.step


def test_lost_chunks_are_found(store, finished):
    """As after a working file was put back without its log: it opens, and lacks what came last."""
    shutil.copy(finished.parent / "before.duckdb", store / "work.duckdb")

    found = findings(store)["working file"]

    assert found.health is Health.PROBLEM
    assert "lacks chunks that were acknowledged (1 of batch" in found.said
    assert "catholyte resume --recompute" in found.step


def test_a_log_that_waits_is_told(store):
    """It must not be deleted."""
    with duckdb.connect(store / "work.duckdb") as connection:
        connection.execute("SET checkpoint_threshold = '1GB'")
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("CREATE TABLE t AS SELECT 1")

    found = findings(store)

    assert found["log"].health is Health.WARNING
    assert "never delete it" in found["log"].step
    assert found["working file"].health is Health.OK


def test_missing_files_are_told(store):
    """Both can be made again."""
    (store / "results.duckdb").unlink()
    (store / "jobs.sqlite").unlink()

    found = findings(store)

    assert found["results"].health is Health.WARNING
    assert found["records"].health is Health.WARNING
    assert found["working file"].health is Health.OK


def test_damaged_records_are_a_problem(store):
    """The results are whole."""
    for path in store.glob("jobs.sqlite*"):
        path.unlink()
    (store / "jobs.sqlite").write_bytes(b"SQLite format 3\0" + b"\1" * 9000)

    found = findings(store)

    assert found["records"].health is Health.PROBLEM
    assert "the next `catholyte work` makes it again" in found["records"].step
    assert found["results"].health is Health.OK


def test_a_batch_whose_driver_died_is_told(store):
    """With the command that goes on."""
    with closing(sqlite3.connect(store / "jobs.sqlite")) as connection, connection:
        connection.execute(
            "UPDATE batch SET state = 'running', owner_pid = 1, owner_started = 'before the flood' "
            "WHERE name = 'first'"
        )

    found = findings(store)["batches"]

    assert found.health is Health.WARNING
    assert "catholyte resume " in found.step


def test_a_spec_that_was_changed_is_a_problem(store):
    """A batch cannot go on without it."""
    spec = next((store / "batches").glob("*/spec.json"))
    spec.write_text("{}", encoding="utf-8")

    assert findings(store)["specs"].health is Health.PROBLEM


def test_drafts_are_told(store):
    """A publication that was cut off leaves one."""
    (store / "results.duckdb.tmp").write_bytes(b"half a file")

    found = findings(store)["drafts"]

    assert found.health is Health.WARNING
    assert "results.duckdb.tmp" in found.said


def test_no_file_stays_open(store):
    """Five looks later there are as many as before."""
    findings(store)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # A count.

    for _ in range(5):
        findings(store)

    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208  # A count.
