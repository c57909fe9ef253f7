"""Which process is which: a number alone may have been given to another one since."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")
_STARTED = 19  # Field 22 of /proc/PID/stat, counted after the name in brackets.


def started(pid: int) -> str:
    """Return when a process was started, in words of its system; empty if there is none.

    Parameters
    ----------
    pid : int
        Number of the process.

    Examples
    --------
    >>> started(os.getpid()) == started(os.getpid())
    True
    """
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "" if _PROC.is_dir() or not _answers(pid) else "unknown"
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else f"{boot} {fields[_STARTED]}"


def alive(pid: int, since: str) -> bool:
    """Say whether a process that was started then still runs."""
    return bool(since) and started(pid) == since


def _answers(pid: int) -> bool:
    """Say whether a process exists, where the system keeps no list of them in files."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
