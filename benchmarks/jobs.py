"""Batches from end to end: rate, memory, and how long readers wait meanwhile.

`python -m benchmarks.jobs TABLE --million` computes about a million pairs: all lithium compounds
of the table in as many composites. A driver runs in a process of its own, so that its memory is its
own; readers are the real commands.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import Figure, all_cores
from jobs.batches.driver import drive
from jobs.engines.choice import Wanted, chosen
from jobs.store.spec import Spec, batch_spec
from jobs.store.writer import writing
from jobs.work.chunk import composites_of, evaluate_chunk, phases_of
from jobs.work.packed_tables import digest, packed
from screening.batch.model import Batch
from screening.batch.resolved import resolved
from screening.catalogue.materials import cathodes, recipes

if TYPE_CHECKING:
    from collections.abc import Iterator

CPUS = 2
SOME, MILLION = 60_000, 1_000_000
"""Pairs of the quick measurement and of the long one, at most."""
_ROOT = Path(__file__).parents[1]
_SAMPLE = 5  # Chunks for the bare rate.
_QUERY = "SELECT cathode, count(*) AS n, max(score_0_to_1) AS best FROM pairs GROUP BY cathode"


def figures(table: str) -> Iterator[Figure]:
    """Yield the figures of a batch of medium size.

    Parameters
    ----------
    table : str
        Name or path of the phase table.
    """
    with all_cores():
        yield from _measured(table, SOME, "end_to_end")


def _measured(table: str, most: int, name: str) -> Iterator[Figure]:
    spec = batch_spec(_batch(table, most))
    bare = _bare_rates(spec)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        command = [sys.executable, "-m", "benchmarks.jobs", table, "--most", str(most)]
        began = time.perf_counter()
        driver = subprocess.Popen([*command, "--store", str(store)], cwd=_ROOT)
        memory, waits = _watched(driver, store)
        seconds = time.perf_counter() - began
        if driver.returncode:
            raise SystemExit(f"the driver ended with {driver.returncode}")
    rate = spec.n_pairs / seconds
    print(
        f"{spec.n_pairs} pairs in {seconds:.0f} s; bare evaluation {bare['evaluate']:.0f} pairs/s "
        f"on one core, packing {bare['pack']:.0f}, committing {bare['commit']:.0f}; "
        f"overhead of jobs and store over {CPUS} cores of bare evaluation: "
        f"{100 * (1 - rate / (CPUS * bare['evaluate'])):.0f} %; driver at half time "
        f"{memory[len(memory) // 2]:.0f} MB, at the end {memory[-1]:.0f} MB",
        file=sys.stderr,
    )
    yield Figure(f"{name}_pairs_per_s", rate, "pairs/s")
    if most == MILLION:
        yield Figure("million_pairs_seconds", seconds * MILLION / spec.n_pairs, "s")
    yield Figure("driver_rss_mb", max(memory), "MB")
    for what, taken in waits.items():
        yield Figure(f"{what}_p95_seconds", float(np.quantile(taken, 0.95)), "s")


def _batch(table: str, most: int) -> Batch:
    """Return all lithium compounds in as many composites as make the most pairs."""
    batch = {
        "name": "all lithium",
        "table": table,
        "filter": {"contains": ["Li"]},
        "draws": 0,
        "details": False,
    }
    n_sses = len(resolved(Batch.model_validate_json(json.dumps(batch))).sses)
    wanted = max(1, most // n_sses)
    names = list(cathodes())
    n_recipes = min(len(recipes()), max(1, wanted // len(names)))
    batch["recipes"] = list(recipes())[:n_recipes]
    batch["cathodes"] = names[: max(1, wanted // n_recipes)]
    return Batch.model_validate_json(json.dumps(batch))


def _bare_rates(spec: Spec) -> dict[str, float]:
    """Return pairs per second on one core of each step that a chunk takes, in this process."""
    phases, composites = phases_of(spec), composites_of(spec)
    evaluate_chunk(spec, phases, composites, spec.chunk(0))  # Loads the kernels.
    taken = {"evaluate": 0.0, "pack": 0.0, "commit": 0.0}
    n_pairs = 0
    with tempfile.TemporaryDirectory() as folder, writing(Path(folder)) as writer:
        for number in np.linspace(0, spec.n_chunks - 1, min(_SAMPLE, spec.n_chunks)).astype(int):
            span = spec.chunk(int(number))
            n_pairs += span.n_pairs
            times = [time.perf_counter()]
            tables = evaluate_chunk(spec, phases, composites, span)
            times.append(time.perf_counter())
            mark = digest(packed(tables))
            times.append(time.perf_counter())
            writer.commit(spec.batch_id, int(number), mark, tables, spec.code_version)
            times.append(time.perf_counter())
            for step, seconds in zip(taken, np.diff(times).tolist(), strict=True):
                taken[step] += seconds
    return {step: n_pairs / seconds for step, seconds in taken.items()}


def _watched(
    driver: subprocess.Popen[bytes], store: Path
) -> tuple[list[float], dict[str, list[float]]]:
    """Return the memory of a driver over time [MB], and how long readers waited [s]."""
    memory: list[float] = []
    waits: dict[str, list[float]] = {"status": [], "query": []}
    while driver.poll() is None:
        time.sleep(1.0)
        status = Path(f"/proc/{driver.pid}/status").read_text(encoding="ascii")
        lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        memory += [float(line.split()[1]) / 1024 for line in lines]
        if (store / "jobs.sqlite").is_file():
            waits["status"].append(_waited("status", "--store", str(store), "--json"))
        if (store / "results.duckdb").is_file():
            waits["query"].append(_waited("query", _QUERY, "--store", str(store), "--json"))
    if not waits["query"]:  # Too short for a publication on the way.
        waits["query"] += [
            _waited("query", _QUERY, "--store", str(store), "--json") for _ in range(5)
        ]
    return memory, waits


def _waited(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "jobs.cli", *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=_ROOT,
    )
    return time.perf_counter() - began


def _drive(table: str, most: int, store: Path) -> None:
    spec = batch_spec(_batch(table, most))
    drive(store, spec, chosen(Wanted(cpus=CPUS)))


def main() -> None:
    """Print the figures of the long measurement, or be the driver of one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.jobs", description=__doc__)
    parser.add_argument("table", help="phase table")
    parser.add_argument("--million", action="store_true", help="a million pairs")
    parser.add_argument("--most", type=int, default=SOME, help="pairs at most")
    parser.add_argument("--store", type=Path, help="drive a batch in this store")
    arguments = parser.parse_args()
    if arguments.store:
        _drive(arguments.table, arguments.most, arguments.store)
        return
    most = MILLION if arguments.million else arguments.most
    for figure in _measured(arguments.table, most, "end_to_end"):
        print(figure.line, flush=True)


if __name__ == "__main__":
    main()
