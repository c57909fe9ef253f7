import os
import shutil
import signal
from contextlib import contextmanager

import pytest
import torture

pytestmark = pytest.mark.crash


def killed(store, fault):
    """Leave a store as a driver leaves it that dies at a fault point."""
    driver = torture.start(store, fault=fault)
    driver.communicate(timeout=torture.LONG)
    assert driver.returncode == -signal.SIGKILL


def refused(store, *options, **environment):
    """Return the one line with which a driver refuses a store."""
    driver = torture.start(store, "local", *options, **environment)
    _, errors = driver.communicate(timeout=torture.LONG)
    assert driver.returncode == 1
    assert "Traceback" not in errors
    (line,) = errors.strip().splitlines()
    return line


@contextmanager
def small_disk(folder, size):
    """Mount a small disk in memory, or skip where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "x", folder]
    if os.geteuid() or torture.system(*command, check=False).returncode:
        pytest.skip("a small disk needs the right to mount one")
    try:
        yield folder
    finally:
        torture.system("umount", "-l", folder)


@pytest.mark.parametrize("damage", ["deleted", "emptied"])
def test_a_lost_log_is_noticed(damage, tmp_path):
    """DuckDB opens such a file without a word; the acknowledged chunks tell, and can be redone."""
    store = tmp_path / "store"
    torture.finish(tmp_path / "reference")
    killed(store, "chunk-acknowledged:5")
    log = store / "work.duckdb.wal"
    assert log.stat().st_size > 0
    if damage == "deleted":
        log.unlink()
    else:
        log.write_bytes(b"")

    line = refused(store)

    assert "work.duckdb lacks chunks that were acknowledged (5 of batch " in line
    assert "catholyte resume --recompute" in line
    torture.finish(store, "local", "recompute=yes")
    assert torture.canonical(store) == torture.canonical(tmp_path / "reference")


def test_a_damaged_log_is_refused(tmp_path):
    """One bit of it: the message names the file and the way out, and following it works."""
    store = tmp_path / "store"
    killed(store, "chunk-acknowledged:5")
    log = store / "work.duckdb.wal"
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)

    line = refused(store)

    assert "work.duckdb.wal" in line
    assert "catholyte resume --recompute" in line
    torture.finish(store, "local", "recompute=yes")
    assert len(list(store.glob("work.duckdb*.damaged-*"))) == 2
    torture.check(store, torture.digests(store))


def test_a_lost_list_of_batches_is_made_again(tmp_path):
    """The results say what is done; ``jobs.sqlite`` follows."""
    store = tmp_path / "store"
    torture.finish(tmp_path / "reference")
    killed(store, "chunk-acknowledged:5")
    for name in ("jobs.sqlite", "jobs.sqlite-wal", "jobs.sqlite-shm"):
        (store / name).unlink(missing_ok=True)

    output = torture.finish(store)

    assert output.startswith("ack 10\n")  # Five chunks of two pairs are not computed again.
    assert torture.canonical(store) == torture.canonical(tmp_path / "reference")


def test_a_full_disk_loses_nothing(tmp_path):
    """The batch stops with a word; with room it goes on to the same tables."""
    torture.finish(tmp_path / "reference")
    reference = torture.canonical(tmp_path / "reference")
    with small_disk(tmp_path / "disk", "40m") as disk:
        store = disk / "store"
        killed(store, "chunk-acknowledged:3")
        room = shutil.disk_usage(disk).free
        for left in (0, 60_000, 400_000, 1_500_000, 3_000_000):
            ballast = disk / "ballast"
            ballast.write_bytes(b"\1" * (room - left))
            line = refused(store)
            assert "no space left on the disk" in line
            ballast.unlink()
        torture.finish(store)
        assert torture.canonical(store) == reference


@pytest.mark.parametrize("point", ["chunk-inserted:2", "publication-begun:1", "chunk-committed:3"])
def test_a_disk_that_runs_full_at_a_named_point_loses_nothing(point, tmp_path):
    """Within a transaction, within a publication, between commit and note."""
    torture.finish(tmp_path / "reference")

    line = refused(tmp_path / "store", CATHOLYTE_FAULT=f"{point}:enospc")

    assert "no space left on the disk" in line
    torture.finish(tmp_path / "store")
    assert torture.canonical(tmp_path / "store") == torture.canonical(tmp_path / "reference")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    """A disk mounted for reading only: refused at once, in one line."""
    with small_disk(tmp_path / "disk", "10m") as disk:
        torture.system("mount", "-o", "remount,ro", disk)
        assert "choose another with --store" in refused(disk / "store")


def test_a_second_driver_is_refused(tmp_path):
    """It is told which process writes; the first goes on as if nothing had been."""
    store = tmp_path / "store"
    first = torture.start(store, fault="span:0:slow")
    assert first.stdout.readline() == "ack 0\n"

    assert f"is being written by process {first.pid};" in refused(store)

    output, _ = first.communicate(timeout=torture.LONG)
    assert output.endswith("ended\n")
