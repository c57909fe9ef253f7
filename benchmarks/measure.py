"""One figure of a benchmark, and the time and memory that a piece of work takes."""

from __future__ import annotations

import json
import os
import resource
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPEATS = 5
_STATUS = Path("/proc/self/status")
_ALL_CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()


class Figure(NamedTuple):
    """What one line of the output says."""

    name: str
    """Stable name, which the issues and the documentation refer to."""
    value: float
    """Its value, to four digits when printed."""
    unit: str
    """Its unit."""

    @property
    def line(self) -> str:
        """The figure as one JSON object."""
        return json.dumps(
            {"name": self.name, "value": float(f"{self.value:.4g}"), "unit": self.unit}
        )


def figure(line: str) -> Figure:
    """Return the figure that a line of the output says."""
    return Figure(**json.loads(line))


def use_one_core() -> None:
    """Keep this thread on one core, so that time on the processor is time on one core."""
    if _ALL_CORES:
        os.sched_setaffinity(0, {min(_ALL_CORES)})


@contextmanager
def all_cores() -> Iterator[None]:
    """Give this thread, and those that it starts, all cores for a while."""
    if not _ALL_CORES:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _ALL_CORES)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def median_seconds(work: Callable[[], object], *, repeats: int = REPEATS) -> float:
    """Return the median time on the processor that `work` takes, in seconds.

    Time on the processor rather than on the clock: other processes on the machine do not count.
    """
    seconds = []
    for _ in range(repeats):
        start = process_time()
        work()
        seconds.append(process_time() - start)
    return median(seconds)


def wall_seconds(*works: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Return the median time on the clock of each work, taken in turns.

    In turns, because what else runs on the machine comes and goes.
    """
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, taken in zip(works, seconds, strict=True):
            start = perf_counter()
            work()
            taken.append(perf_counter() - start)
    return [median(taken) for taken in seconds]


def peak_memory() -> float:
    """Return the most memory that this process has had in use, in MB.

    Linux says so for the program itself; `ru_maxrss` would count what its parent had in use when
    it started the program.
    """
    if _STATUS.is_file():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
