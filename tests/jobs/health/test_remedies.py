"""Every remedy that is printed is done here, to the letter, and must help."""

import re
import shutil

import pytest

from jobs.batches.run import run
from jobs.health.finding import Health
from jobs.health.store_check import store_findings
from jobs.store.published import rows
from screening.batch.model import Batch

BATCH = "sses = ['LPSCl']\ncathodes = ['S', 'Li2S']\ndraws = 0\n"
CONTENT = "SELECT * FROM pairs ORDER BY ALL"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a store with a batch that is done."""
    store = tmp_path_factory.mktemp("remedies") / "store"
    run(Batch(name="two", sses=("LPSCl",), cathodes=("S", "Li2S"), draws=0), store)
    return store


@pytest.fixture
def store(finished, tmp_path):
    """Return a copy of it, to be damaged."""
    return shutil.copytree(finished, tmp_path / "store")


def found(store, check):
    """Return what the doctor says of a part of a store."""
    return next((one for one in store_findings(store) if one.check == check), None)


def do(said, command, store):
    """Do what is printed between backticks, and return the exit code."""
    (printed,) = re.findall(r"`catholyte ([^`]*)`", said)
    return command(*printed.split(), "--store", store)[0]


@pytest.mark.parametrize("damage", ["flipped", "cut", "missing"])
def test_the_published_copy_is_made_again(damage, store, finished, command):
    """One bit of a row is as good as a lost file: it is seen, and one command helps."""
    path = store / "results.duckdb"
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[30_000] ^= 1  # In the first block of data; the last ones may be free.
        path.write_bytes(content)
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        path.unlink()

    finding = found(store, "results")

    assert finding.health is not Health.OK
    assert do(finding.step, command, store) == 0
    assert found(store, "results").health is Health.OK
    assert rows(store, CONTENT) == rows(finished, CONTENT)


def test_a_working_file_that_is_cut_is_set_aside(store, finished, command):
    """Refused with the way out; following it gives the same rows, and the old file is kept."""
    path = store / "work.duckdb"
    path.write_bytes(path.read_bytes()[:20_000])

    finding = found(store, "working file")
    batch_id = next(path.name for path in (store / "batches").iterdir())
    code, _, said = command("resume", batch_id, "--store", store)

    assert finding.health is Health.PROBLEM
    assert code == 2
    assert do(finding.step, command, store) == do(said, command, store) == 0
    assert found(store, "working file").health is Health.OK
    assert len(list(store.glob("work.duckdb.damaged-*"))) == 1
    assert rows(store, CONTENT) == rows(finished, CONTENT)


@pytest.mark.parametrize("damage", ["missing", "flipped"])
def test_a_lost_list_of_batches_is_made_again(damage, store, command):
    """From specs and results; the batch is done, as it was."""
    before = command("status", "--store", store)[1]
    for path in store.glob("jobs.sqlite*"):
        if damage == "missing":
            path.unlink()
        elif path.name == "jobs.sqlite":
            path.write_bytes(b"\1" * 5000)
    finding = found(store, "records")
    assert finding.health is not Health.OK
    if damage == "flipped":
        for name in re.findall(r"jobs\.sqlite[-\w]*", finding.step):
            (store / name).unlink(missing_ok=True)

    assert do(finding.step, command, store) == 0
    assert found(store, "records").health is Health.OK
    after = command("status", "--store", store)[1]
    assert after.split()[:20].count("done") == before.split()[:20].count("done")


def test_a_broken_spec_is_written_again(store, command, tmp_path):
    """Submitting the batch again does what it says."""
    (spec,) = (store / "batches").glob("*/spec.json")
    spec.write_text("{", encoding="utf-8")
    (tmp_path / "two.toml").write_text(BATCH, encoding="utf-8")
    assert "or submit the batch again" in found(store, "specs").step

    assert command("submit", "two.toml", "--store", store)[0] == 0

    assert found(store, "specs") is None
    assert command("resume", spec.parent.name, "--store", store)[0] == 0


def test_a_stray_folder_stops_nothing(store, command):
    """It is named, and left alone; moved away, nothing is said of it."""
    (batch,) = (store / "batches").iterdir()
    stray = store / "batches" / "my notes"
    stray.mkdir()
    (stray / "spec.json").write_text("{}", encoding="utf-8")

    assert command("status", "--store", store)[0] == 0
    assert command("work", "--store", store)[0] == 0
    assert command("resume", batch.name, "--store", store)[0] == 0
    finding = found(store, "strays")
    assert "batches/my notes" in finding.said
    assert finding.step == "move it out of the store"

    stray.rename(store.parent / "notes")
    assert found(store, "strays") is None
