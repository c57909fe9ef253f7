"""Tortuosity: the time of a solve, its error where the answer is known, and Fig. 2.5 of the thesis.

`python -m benchmarks.microstructure > docs/figures/microstructure.jsonl` repeats Fig. 2.5b,c, which
takes some minutes; the site of the documentation draws what is kept there.
"""

from __future__ import annotations

import tracemalloc
from math import pi
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Figure, median_seconds
from descriptors.composite.microstructure import (
    CLUSTER,
    THESIS_SIZES,
    Constituent,
    active_surface,
    sphere_composite,
    thesis_fractions,
)
from descriptors.composite.transport import NotPercolatingError, bruggeman_tortuosity, tortuosity

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENTS = (30, 40, 50, 60)
"""Cathode per composite. [vol%]"""
SEEDS = (0, 1, 2)
RESOLUTION = 100
DENSITIES = {"cathode": 2.07, "sse": 1.865, "carbon": 1.95}
"""True densities of S, Li6PS5Cl and acetylene black, from vol% to wt%. [g/cm3]"""
LINES = Path(__file__).parents[1] / "docs" / "figures" / "microstructure.jsonl"
"""The kept output of `sweep`."""
_MAXWELL = 0.1  # Volume fraction of the insulating sphere.
_AXES = range(3)


def figures() -> Iterator[Figure]:
    """Yield the time and memory of one direction of 100^3 voxels, and the error after Maxwell."""
    sizes = THESIS_SIZES["micron"]
    sse = sphere_composite(thesis_fractions(0.3), sizes, seed=0).voxels == Constituent.SSE
    tortuosity(sse[:8, :8, :8] | True)  # Compiles the kernels, or loads them from their cache.
    tracemalloc.start()
    tortuosity(sse)
    megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    yield Figure("tortuosity_100_seconds", median_seconds(lambda: tortuosity(sse), repeats=3), "s")
    yield Figure("tortuosity_100_mb", megabytes, "MB")
    yield Figure("tortuosity_maxwell_error_percent", _maxwell_error(60), "%")


def sweep(resolution: int = RESOLUTION, cluster: float = CLUSTER) -> Iterator[Figure]:
    """Yield active surface and tortuosity of the thesis' electrodes: Fig. 2.5b,c.

    Parameters
    ----------
    resolution : int
        Voxels along an edge of each box.
    cluster : float
        Width of a cluster of carbon or pores. [um]
    """
    for content in CONTENTS:
        for name in THESIS_SIZES:
            yield from _electrode(name, content, resolution, cluster)
        yield Figure(
            f"bruggeman_{content}_tortuosity",
            bruggeman_tortuosity(thesis_fractions(content / 100).sse),
            "1",
        )


def weight_percent(content: float) -> float:
    """Return the wt% of cathode of the thesis' electrodes with so many vol%."""
    fractions = thesis_fractions(content / 100)
    masses = {name: getattr(fractions, name) * density for name, density in DENSITIES.items()}
    return 100 * masses["cathode"] / sum(masses.values())


def _electrode(name: str, content: int, resolution: int, cluster: float) -> Iterator[Figure]:
    """Yield means over the seeds, and over the directions, with standard deviations."""
    percents, areas, taus, blocked = [], [], [], 0
    for seed in SEEDS:
        made = sphere_composite(
            thesis_fractions(content / 100),
            THESIS_SIZES[name],
            seed=seed,
            resolution=resolution,
            cluster=cluster,
        )
        surface = active_surface(made)
        percents.append(100 * surface.fraction)
        areas.append(surface.area)
        for axis in _AXES:
            try:
                taus.append(tortuosity(made.voxels == Constituent.SSE, axis=axis).tortuosity)
            except NotPercolatingError:
                blocked += 1
    stem = f"{name.replace('-', '_')}_{content}"
    yield Figure(f"{stem}_active_percent", mean(percents), "%")
    yield Figure(f"{stem}_active_percent_spread", stdev(percents), "%")
    yield Figure(f"{stem}_active_area", mean(areas), "m2/cm3")
    yield Figure(f"{stem}_tortuosity", mean(taus), "1")
    yield Figure(f"{stem}_tortuosity_spread", stdev(taus), "1")
    yield Figure(f"{stem}_blocked", blocked, f"of {len(SEEDS) * len(_AXES)} directions")


def _maxwell_error(n: int) -> float:
    """Return by how many per cent a dilute insulating sphere misses Maxwell's conductivity."""
    squares = (np.arange(n) + 0.5 - n / 2) ** 2
    distance = squares[:, None, None] + squares[:, None] + squares
    box = distance > (3 * _MAXWELL / (4 * pi)) ** (2 / 3) * n**2
    phi = 1 - float(box.mean())
    exact = 2 * (1 - phi) / (2 + phi)
    return 100 * abs(tortuosity(box).conductivity / exact - 1)


if __name__ == "__main__":
    for one in sweep():
        print(one.line, flush=True)
