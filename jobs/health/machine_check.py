"""What the doctor looks at on the machine: versions, disk, cache, remains of processes."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from jobs.health.finding import Finding, Health
from jobs.process.session_folder import session_folders
from stability.cache import folder as cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_PYTHON = (3, 11)
"""Oldest Python that the program runs on."""
LITTLE_ROOM, TOO_LITTLE_ROOM = 2_000_000_000, 200_000_000
"""Free bytes below which there is a warning, and a problem: a million pairs take 0.5 GB, twice."""

_NETWORK = re.compile(
    r"nfs|cifs|smb|sshfs|lustre|gpfs|beegfs|afs|ceph|gluster|9p|davfs|pvfs|orangefs"
)
_PROC = Path("/proc")
_OURS = ("jobs.engines.worker", "jobs.batches.driver", "sandboxed_query.py")
_REQUIREMENT = re.compile(r"([\w.-]+)\s*(?:\[[^\]]*\])?\s*([^;]*)(;.*)?$")
_BOUND = re.compile(r"(>=|<)\s*([\d.]+)")


def machine_findings(store: Path) -> Iterator[Finding]:
    """Yield what there is to say about this machine.

    Parameters
    ----------
    store : Path
        A folder, which need not be there: its disk is looked at.
    """
    yield _python()
    yield _libraries()
    yield _ray()
    yield _room(store)
    yield _file_system(store)
    yield _cache()
    yield _processes()
    yield _ray_folders()


def _python() -> Finding:
    said = f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return Finding("python", Health.PROBLEM, said, f"install Python {oldest} or newer")
    return Finding("python", Health.OK, said)


def _libraries() -> Finding:
    """Compare what is installed with what the program asks for."""
    try:
        version, wanted = metadata.version("catholyte"), metadata.requires("catholyte") or []
    except metadata.PackageNotFoundError:
        step = "install it: pip install ."
        return Finding("libraries", Health.PROBLEM, "catholyte is not installed", step)
    found, faults = [f"catholyte {version}"], []
    for text in wanted:
        requirement = _REQUIREMENT.match(text)
        if requirement is None or requirement[3]:
            continue  # Only for tests and the like.
        name, bounds = requirement[1], requirement[2]
        try:
            there = metadata.version(name)
        except metadata.PackageNotFoundError:
            faults.append(f"{name} is missing")
            continue
        found.append(f"{name} {there}")
        if not _within(there, bounds):
            faults.append(f"{name} {there} is not {bounds.strip()}")
    if faults:
        step = "install again with `pip install --constraint constraints.txt .`"
        return Finding("libraries", Health.PROBLEM, "; ".join(faults), step)
    return Finding("libraries", Health.OK, ", ".join(found))


def _within(version: str, bounds: str) -> bool:
    """Say whether a version meets lower and upper bounds, by its numbers.

    Examples
    --------
    >>> _within("2.0.1", ">=2.0,<3"), _within("1.9", ">=1.10")
    (True, False)
    """
    has = _numbers(version)
    return all(
        has >= _numbers(limit) if sign == ">=" else has < _numbers(limit)
        for sign, limit in _BOUND.findall(bounds)
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _ray() -> Finding:
    try:
        return Finding("ray", Health.OK, f"ray {metadata.version('ray')}")
    except metadata.PackageNotFoundError:
        return Finding("ray", Health.OK, "not installed: batches run in processes of this machine")


def _room(store: Path) -> Finding:
    place = _existing(store)
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB free at {place}"
    if free < TOO_LITTLE_ROOM:
        step = "make room; a batch that stopped for it goes on with `catholyte resume`"
        return Finding("disk", Health.PROBLEM, said, step)
    if free < LITTLE_ROOM:
        return Finding("disk", Health.WARNING, said, "make room before a large batch")
    if not os.access(place, os.W_OK):
        step = "ask for the right to write, or name another --store"
        return Finding("disk", Health.WARNING, f"{place} cannot be written; {said}", step)
    return Finding("disk", Health.OK, said)


def _file_system(store: Path) -> Finding:
    """Warn of file systems on which locks are not known to hold."""
    place = _existing(store)
    kind = _kind(place)
    if _NETWORK.search(kind):
        return Finding(
            "file system",
            Health.WARNING,
            f"{place} is on {kind}: locks are not known to hold between machines",
            "keep the store on a local disk, or make sure that only one machine writes it",
        )
    return Finding("file system", Health.OK, kind or "unknown")


def _kind(place: Path) -> str:
    """Return the type of the file system that holds a folder; empty where nobody says."""
    try:
        mounts = (_PROC / "self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    best, kind = -1, ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split()
        mounted = fields[4].encode().decode("unicode_escape")  # A blank stands as \040.
        if place.is_relative_to(mounted) and len(mounted) >= best:
            best, kind = len(mounted), right.split()[0]
    return kind


def _cache() -> Finding:
    place = cache_folder()
    step = "set CATHOLYTE_CACHE to a folder that can be written"
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"x")
        size = sum(one.stat().st_size for one in place.iterdir() if one.is_file())
    except OSError as error:
        said = f"{place}: {error.strerror}: large tables are prepared anew each time"
        return Finding("cache", Health.WARNING, said, step)
    return Finding("cache", Health.OK, f"{place}, {size / 1e6:.0f} MB")


def _processes() -> Finding:
    """Look for processes of ours whose parent has died."""
    orphans = []
    for process in psutil.process_iter(["cmdline", "ppid", "uids"]):
        seen = process.info
        named = any(part.endswith(_OURS) for part in seen["cmdline"] or ())
        mine = seen["uids"] and seen["uids"].real == os.getuid()
        if mine and named and seen["ppid"] == 1 and process.pid != os.getpid():
            orphans.append(str(process.pid))
    if orphans:
        told = ", ".join(sorted(orphans, key=int))
        step = f"see what they do with `ps -f -p {told.replace(' ', '')}`; end them with `kill`"
        return Finding("processes", Health.WARNING, f"without a parent: {told}", step)
    return Finding("processes", Health.OK, "none left behind")


def _ray_folders() -> Finding:
    """Look for sessions of Ray whose driver has died."""
    left = list(session_folders(living=False))
    if left:
        step = "the next batch with Ray removes them"
        said = f"remains of {len(left)} dead sessions, such as {left[0]}"
        return Finding("ray sessions", Health.WARNING, said, step)
    living = len(list(session_folders(living=True)))
    return Finding("ray sessions", Health.OK, f"{living} running, no remains")


def _existing(place: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    place = place.absolute()
    return next(one for one in (place, *place.parents) if one.is_dir())
