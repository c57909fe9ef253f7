"""Kills drivers, and checks after every crash that nothing is lost, doubled or half there.

The oracle is one uninterrupted run: at the end every table must be the same, byte by byte.
"""

import hashlib
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("driver.py")
OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
TABLES = {
    "batches": "* EXCLUDE (run_at)",
    "candidates": "*",
    "pairs": "*",
    "windows": "*",
    "steps": "*",
    "kinks": "*",
    "ranked_pairs": "*",
}
LONG = 3600.0
"""Wall clock after which a driver is given up; on a busy machine it says nothing of work. [s]"""
NEW = ("spec-draft", "spec-written", "queueing", "queued")
"""Fault points that a driver passes in a new store only, or first of all."""
LOCAL = ("driver", "worker", "nursery", "group")
"""Processes of a batch on this machine that are killed."""


class Kill(NamedTuple):
    """What is to die, and when."""

    fault: str
    """Value of CATHOLYTE_FAULT; empty for a random moment."""
    victim: str = "driver"
    """One of `LOCAL`, for a random moment."""
    acks: int = 0
    """Chunks that the driver has acknowledged before: it is in the middle of its batch."""
    after: float = 0.0
    """Seconds after that."""


def points():
    """Return the names of all fault points that a batch passes, but for those of single pairs."""
    wings = ("batches", "store")
    files = (path for wing in wings for path in sorted((ROOT / "jobs" / wing).glob("*.py")))
    source = "".join(path.read_text() for path in files)
    found = re.findall(r'fault\.reached\("([a-z-]+)"\)', source)
    return sorted(set(found) - {"preparing"})  # It is passed once in the life of a store.


def start(store, engine="local", *options, fault="", cwd=ROOT, **environment):
    """Start a driver."""
    return subprocess.Popen(
        [sys.executable, str(DRIVER), str(store), engine, *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CATHOLYTE_FAULT": fault} | environment,
    )


def system(*words, check=True, **options):
    """Run a program of the system."""
    command = [shutil.which(words[0]) or words[0], *map(str, words[1:])]
    return subprocess.run(command, check=check, capture_output=True, text=True, **options)


def finish(store, engine="local", *options, **environment):
    """Run a driver to its end, and return what it says."""
    driver = start(store, engine, *options, **environment)
    output, errors = driver.communicate(timeout=LONG)
    assert driver.returncode == 0, errors
    assert output.endswith("ended\n")
    return output


def canonical(store):
    """Return a hash of every published table, and of the chunks without their times."""
    hashes = {}
    with duckdb.connect(str(store / "results.duckdb"), read_only=True, config=OFFLINE) as opened:
        for table, columns in TABLES.items():
            sql = f"SELECT {columns} FROM {table} ORDER BY ALL"  # noqa: S608  # Our own names.
            rows = opened.sql(sql).to_arrow_table()
            hashes[table] = _hash(rows), len(rows)
    with duckdb.connect(str(store / "work.duckdb"), read_only=True, config=OFFLINE) as opened:
        rows = opened.sql(
            "SELECT * EXCLUDE (committed_at) FROM chunks ORDER BY ALL"
        ).to_arrow_table()
        hashes["chunks"] = _hash(rows), len(rows)
    return hashes


def _hash(rows):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def check(store, reference_digests):
    """Fail unless the store is sound: what is acknowledged is there, and nothing is half there."""
    if not (store / "work.duckdb").is_file():
        committed, n_rows, n_pairs, n_distinct = {}, 0, 0, 0
    else:
        with duckdb.connect(str(store / "work.duckdb"), read_only=True, config=OFFLINE) as opened:
            tables = {row[0] for row in opened.sql("SHOW TABLES").fetchall()}
            if not tables:
                committed, n_rows, n_pairs, n_distinct = {}, 0, 0, 0
            else:
                committed = dict(opened.sql("SELECT chunk, digest FROM chunks").fetchall())
                ((n_rows,),) = opened.sql("SELECT coalesce(sum(n_rows), 0) FROM chunks").fetchall()
                ((n_pairs, n_distinct),) = opened.sql(
                    "SELECT count(*), count(DISTINCT (batch_id, sse, cathode, recipe)) FROM pairs"
                ).fetchall()
    acknowledged = {}
    if (store / "jobs.sqlite").is_file():
        ledger = sqlite3.connect(store / "jobs.sqlite")
        if ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'acknowledged'").fetchone():
            acknowledged = dict(ledger.execute("SELECT chunk, digest FROM acknowledged"))
        ledger.close()
    assert acknowledged.items() <= committed.items(), "an acknowledged chunk is lost"
    assert len(committed) - len(acknowledged) <= 1, "more than one chunk waits for its note"
    assert n_pairs == n_distinct == n_rows, "a chunk is half there"
    assert committed.items() <= reference_digests.items(), "a chunk has other rows"


def digests(store):
    """Return the digests of all chunks of a finished store."""
    with duckdb.connect(str(store / "work.duckdb"), read_only=True, config=OFFLINE) as opened:
        return dict(opened.sql("SELECT chunk, digest FROM chunks").fetchall())


def kills(rng, n):
    """Return how drivers are to die: at every named point in turn, and at random."""
    named = [
        f"{point}:{n_th}"
        for point in points()
        for n_th in ((1, 2, 3, 5) if point.startswith("chunk") else (1,))
    ]
    rng.shuffle(named)
    half = (named * (1 + n // len(named)))[: n // 2]
    chosen = [Kill(fault) for fault in half]
    chosen += [
        Kill("", rng.choice(LOCAL), rng.randrange(3), rng.uniform(0.0, 0.2))
        for _ in range(n - len(chosen))
    ]
    rng.shuffle(chosen)
    return chosen


class Tally(NamedTuple):
    """What a torture has done."""

    kills: int
    """Blows that hit a batch before its end, or a driver at a named point."""
    at: dict
    """How many of them at which point, or on which process."""
    stores: int
    """Stores that were finished and compared."""
    seconds: float
    """What it took."""


def torture(folder, undisturbed, seed, n, *, per_store=8):
    """Kill drivers n times with a seed, and compare each store with an uninterrupted run."""
    began = time.monotonic()
    rng = random.Random(seed)  # noqa: S311  # No secret.
    expected, known = canonical(undisturbed), digests(undisturbed)
    killed, at, stores = 0, {}, 0
    plan = iter(kills(rng, 20 * n))
    while killed < n:
        store = folder / f"store {stores}"
        for number in range(per_store):
            kill = next(plan)
            if number == 0:  # What happens only in a new store would be met too rarely.
                kill = Kill(f"{NEW[stores % len(NEW)]}:1")
            driver = start(store, fault=kill.fault or "span:0:slow")
            place = kill.fault.partition(":")[0] if kill.fault else _struck(driver, kill)
            _, errors = driver.communicate(timeout=LONG)
            check(store, known)
            died = driver.returncode == -signal.SIGKILL
            assert died or driver.returncode == 0, errors
            if place and (died or place in LOCAL):
                killed += 1
                at[place] = at.get(place, 0) + 1
            if killed == n or (not died and place in {"worker", "nursery", ""}):
                break  # Enough; or this batch has come to its end, in spite of all.
        finish(store)
        assert canonical(store) == expected, f"seed {seed}: store {stores} differs"
        check(store, known)
        stores += 1
    return Tally(killed, at, stores, time.monotonic() - began)


def _struck(driver, kill):
    """Kill what is to die in the middle of a batch, and return it; empty if that has ended."""
    acks = _acknowledged_until(driver, kill.acks)
    time.sleep(kill.after)
    family = processes_of(driver)
    nursery, *workers = [pid for pid, line in family.items() if "jobs.engines.worker" in line] or [
        0
    ]
    found = {
        "driver": [driver.pid],
        "worker": workers[:1],
        "nursery": [nursery] if nursery else [],
        "group": list(family),
    }[kill.victim]
    if acks <= kill.acks or not found or driver.poll() is not None:
        return ""
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return kill.victim


VICTIMS = ("worker", "raylet", "gcs", "driver", "agents", "all")
"""Processes of a Ray batch that are killed."""


def processes_of(driver):
    """Return the processes of a driver's session with their command lines, itself first."""
    parents, lines = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            lines[int(path.name)] = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
    family = {driver.pid}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {pid: lines.get(pid, "") for pid in sorted(family)}


def victims(driver, kind):
    """Return the processes of one kind."""
    marks = {
        "worker": ("ray::_rows", "ray::IDLE"),
        "agents": ("ray::DashboardAgent", "ray::RuntimeEnvAgent", "dashboard/agent"),
        "raylet": ("raylet/raylet",),
        "gcs": ("gcs_server",),
    }
    found = processes_of(driver)
    if kind == "driver":
        return [driver.pid]
    if kind == "all":
        return [driver.pid, *(pid for pid in found if pid != driver.pid)]
    return [pid for pid, line in found.items() if any(mark in line for mark in marks[kind])]


def torture_ray(folder, seed, n, *, per_store=5):
    """Kill parts of a batch on Ray n times, and compare each store with an uninterrupted run."""
    began = time.monotonic()
    rng = random.Random(seed)  # noqa: S311  # No secret.
    finish(folder / "reference")
    expected, known = canonical(folder / "reference"), digests(folder / "reference")
    killed, at, stores = 0, {}, 0
    while killed < n:
        store = folder / f"store {stores}"
        for number in range(per_store):
            kind = VICTIMS[killed % len(VICTIMS)]
            # Each pair takes its time, so that the batch is in its middle when the blow falls.
            driver = start(store, "ray", CATHOLYTE_FAULT="span:0:slow")
            acks = _acknowledged_until(driver, 1 + number + rng.randrange(2))
            time.sleep(rng.uniform(0.0, 0.6))
            found = victims(driver, kind)
            if acks and found and driver.poll() is None:
                for pid in found:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                killed += 1
                at[kind] = at.get(kind, 0) + 1
            _, errors = driver.communicate(timeout=LONG)
            assert "Traceback" not in errors, errors
            check(store, known)
            if driver.returncode == 0 or killed == n:
                break
        finish(store, "ray")
        assert canonical(store) == expected, f"seed {seed}: store {stores} differs"
        stores += 1
    return Tally(killed, at, stores, time.monotonic() - began)


def _acknowledged_until(driver, count):
    """Read what a driver says until it has acknowledged so many chunks, or has ended."""
    acks = 0
    while acks <= count:
        line = driver.stdout.readline()
        if not line.startswith("ack"):
            break
        acks += 1
    return acks
