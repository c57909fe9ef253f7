import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest

from jobs.health import machine_check as module
from jobs.health.finding import Health
from jobs.health.machine_check import machine_findings
from jobs.process.processes import started


class Usage(NamedTuple):
    """Room on a disk, as the standard library tells it."""

    total: int
    used: int
    free: int


def finding(check, store):
    """Return what is said about one thing."""
    return next(found for found in machine_findings(store) if found.check == check)


def test_this_machine_runs_the_program(tmp_path):
    """Or this test would not run."""
    for check in ("python", "libraries"):
        assert finding(check, tmp_path).health is Health.OK
    assert f"catholyte {metadata.version('catholyte')}" in finding("libraries", tmp_path).said


def test_an_old_python_is_a_problem(tmp_path, monkeypatch):
    """With the remedy."""
    monkeypatch.setattr(module, "OLDEST_PYTHON", (99, 0))

    found = finding("python", tmp_path)

    assert found.health is Health.PROBLEM
    assert found.step == "install Python 99.0 or newer"


def test_old_and_missing_libraries_are_a_problem(tmp_path, monkeypatch):
    """What is only needed for tests is not asked for."""
    wanted = ["numpy>=99", "no-such-thing", 'other-thing; extra == "dev"', "duckdb<1"]
    monkeypatch.setattr(metadata, "requires", lambda _: wanted)

    found = finding("libraries", tmp_path)

    assert found.health is Health.PROBLEM
    assert "numpy" in found.said
    assert "is not >=99" in found.said
    assert "no-such-thing is missing" in found.said
    assert "is not <1" in found.said
    assert "other-thing" not in found.said


@pytest.mark.parametrize(
    ("free", "health"),
    [(10**11, Health.OK), (10**9, Health.WARNING), (10**8, Health.PROBLEM)],
)
def test_little_room_is_told(free, health, tmp_path, monkeypatch):
    """2 GB are enough, 0.2 GB are not; the store need not be there."""
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: Usage(10**12, 0, free))

    found = finding("disk", tmp_path / "none" / "store")

    assert found.health is health
    assert f"{free / 1e9:.1f} GB free at {tmp_path}" in found.said


@pytest.mark.parametrize(
    ("kind", "health"), [("ext4", Health.OK), ("nfs4", Health.WARNING), ("fuse.sshfs", "warning")]
)
def test_a_file_system_of_many_machines_is_told(kind, health, tmp_path, monkeypatch):
    """The longest mount that holds the store counts; a blank in it stands as an escape."""
    mounts = tmp_path / "proc" / "self"
    mounts.mkdir(parents=True)
    store = tmp_path / "a store"
    store.mkdir()
    place = str(store).replace(" ", r"\040")
    text = f"1 0 8:1 / / rw shared:1 - ext4 /dev/x rw\n2 1 8:2 / {place} rw - {kind} server rw\n"
    (mounts / "mountinfo").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "_PROC", tmp_path / "proc")

    found = finding("file system", store)

    assert (found.health, kind in found.said) == (health, True)


def test_a_cache_that_cannot_be_kept_is_told(tmp_path, monkeypatch):
    """As where a file stands in its place."""
    place = tmp_path / "cache"
    place.write_text("", encoding="utf-8")
    monkeypatch.setenv("CATHOLYTE_CACHE", str(place))
    assert finding("cache", tmp_path).health is Health.WARNING

    monkeypatch.setenv("CATHOLYTE_CACHE", str(tmp_path / "other"))
    assert finding("cache", tmp_path).health is Health.OK


ORPHAN = """
import subprocess, sys
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(60)", "jobs.engines.worker"],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)
print(child.pid)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in /proc")
def test_a_process_whose_parent_has_died_is_told(tmp_path):
    """By its number; it is left running."""
    ended = subprocess.run(
        [sys.executable, "-c", ORPHAN], capture_output=True, check=True, text=True
    )
    pid = int(ended.stdout)
    try:
        if _parent(pid) != 1:
            pytest.skip("orphans go to another process than the first one here")
        found = finding("processes", tmp_path)
        assert found.health is Health.WARNING
        assert str(pid) in found.said
        assert f"{pid}" in found.step
        os.kill(pid, 0)
    finally:
        os.kill(pid, 9)


def _parent(pid):
    """Return the parent of a process, once its own has gone."""
    for _ in range(50):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
        parent = int(stat.rpartition(")")[2].split()[1])
        if parent == 1:
            return parent
        time.sleep(0.02)
    return parent


def test_the_remains_of_a_session_are_told(tmp_path, monkeypatch):
    """Not those of a living one."""
    monkeypatch.setattr("jobs.process.session_folder._places", lambda: [tmp_path])
    living = tmp_path / "catholyte-ray-living"
    living.mkdir()
    (living / "owner").write_text(f"{os.getpid()} {started(os.getpid())}", encoding="ascii")
    assert finding("ray sessions", tmp_path).health is Health.OK

    dead = tmp_path / "catholyte-ray-dead"
    dead.mkdir()
    (dead / "owner").write_text("1 before the flood", encoding="ascii")
    found = finding("ray sessions", tmp_path)
    assert found.health is Health.WARNING
    assert str(dead) in found.said
    assert dead.exists()
