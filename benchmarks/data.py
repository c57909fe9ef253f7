"""Snapshots of 150,000 rows: importing, verifying and loading them."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks.measure import Figure, wall_seconds
from jobs.phase_tables.importing import read_phases
from jobs.phase_tables.snapshot import Description, all_snapshots, make_snapshot, verify
from stability.elements import ATOMIC_WEIGHT
from stability.tables.phase_table import load_phase_table

if TYPE_CHECKING:
    from collections.abc import Iterator

N_ROWS = 150_000
"""Rows of the synthetic table: about as many as the Materials Project has."""
_NAME = "synthetic"


def figures(table: str) -> Iterator[Figure]:
    """Yield the seconds that a snapshot of made-up phases takes; `table` plays no part."""
    del table
    with _own_folder() as folder:
        path = folder / "phases.parquet"
        parquet.write_table(synthetic_rows(N_ROWS), path)
        start = perf_counter()
        own = read_phases(path, functional="GGA_GGA+U")
        found = make_snapshot(own.rows, Description(_NAME, "benchmark", functional=own.functional))
        yield Figure("import_150k_seconds", perf_counter() - start, "s")
        listed, verified, loaded = wall_seconds(
            all_snapshots, lambda: verify(found), lambda: load_phase_table(_NAME), repeats=3
        )
        yield Figure("snapshot_list_seconds", listed, "s")
        yield Figure("snapshot_verify_150k_seconds", verified, "s")
        yield Figure("snapshot_load_150k_seconds", loaded, "s")


def synthetic_rows(n: int) -> pa.Table:
    """Return rows with formulas of two to five elements, a tenth of them polymorphs."""
    random = np.random.default_rng(0)
    elements = np.array(list(ATOMIC_WEIGHT))[:94]
    formulas = []
    for _ in range(n - n // 10):
        some = random.choice(elements, random.integers(2, 6), replace=False)
        formulas.append(
            "".join(f"{e}{k}" for e, k in zip(some, random.integers(1, 13, len(some)), strict=True))
        )
    formulas += formulas[: n // 10]
    return pa.table(
        {
            "formula": formulas,
            "formation_energy_ev_per_atom": random.normal(-1.0, 0.6, n),
            "known": random.choice([True, False], n, p=[0.4, 0.6]),
            "source": [f"mp-{number}" for number in range(n)],
            "band_gap_ev": random.exponential(1.5, n),
            "density_g_per_cm3": random.uniform(1.0, 12.0, n),
            "licence": random.choice(["BY-C", "BY-NC"], n, p=[0.95, 0.05]),
        }
    )


@contextmanager
def _own_folder() -> Iterator[Path]:
    """Give a data folder of this benchmark alone."""
    before = os.environ.get("CATHOLYTE_DATA")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CATHOLYTE_DATA"] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ["CATHOLYTE_DATA"]
            if before is not None:
                os.environ["CATHOLYTE_DATA"] = before
