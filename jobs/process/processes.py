"""Which process is which: a number alone may have been given to another one since."""

from __future__ import annotations

import time
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

    Notes
    -----
    Told in ticks since the machine was started, not as a time of day: clocks are set back.

    Examples
    --------
    >>> import os
    >>> started(os.getpid()) == started(os.getpid())
    True
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


class Watch:
    """How much processor time a process has had since now, and how long it has had none."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._began = self._last = processor_time(process)
        self._advanced = time.monotonic()

    def look(self) -> tuple[float, float]:
        """Return the processor time [s], and for how long on the wall it has not grown [s]."""
        spent, now = processor_time(self._process), time.monotonic()
        if spent > self._last:
            self._last, self._advanced = spent, now
        return spent - self._began, now - self._advanced


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
