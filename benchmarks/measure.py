"""One figure of a benchmark, and the time that a piece of work takes."""

from __future__ import annotations

import json
import os
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 5


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


def use_one_core() -> None:
    """Keep this process on one core, so that time on the processor is time on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


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
