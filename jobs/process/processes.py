"""Which process is which: a number alone may have been given to another one since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    >>> import os
    >>> started(os.getpid()) == started(os.getpid())
    True

    Notes
    -----
    Told in ticks since the machine was started, not as a time of day: clocks are set back.
    """
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "" if _PROC.is_dir() or not psutil.pid_exists(pid) else "unknown"
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else f"{boot} {fields[_STARTED]}"


def alive(pid: int, since: str) -> bool:
    """Say whether a process that was started then still runs."""
    return bool(since) and started(pid) == since


def processor_time(process: psutil.Process) -> float:
    """Return the processor time of a process, and of its children that have ended. [s].

    Parameters
    ----------
    process : Process
        Of psutil; one that has ended has had none.
    """
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.NoSuchProcess:
        return 0.0


def processes_naming(text: str) -> Iterator[psutil.Process]:
    """Yield the other processes of this user whose command line or environment holds a text.

    Parameters
    ----------
    text : str
        Such as a folder that belongs to one session alone.
    """
    own = psutil.Process()
    for process in psutil.process_iter():
        try:
            if process != own and text in "\0".join(
                [*process.cmdline(), *process.environ().values()]
            ):
                yield process
        except psutil.Error:
            continue  # Another user's, or it has ended meanwhile.
