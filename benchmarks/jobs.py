"""Batches from end to end: rate, memory, and how long readers wait meanwhile.

All lithium compounds of a table, without gates, in as many composites as make the pairs that are
wanted: `python -m benchmarks.jobs TABLE --million` computes as many as a batch may have, then the
best of each cathode again with redraws. A driver runs in a process of its own, so that its memory
is its own; readers are the real commands.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import psutil

from benchmarks.measure import Figure, all_cores
from jobs.batches.driver import drive
from jobs.engines.choice import Wanted, chosen
from jobs.store.spec import Spec, batch_spec
from jobs.store.writer import writing
from jobs.work.chunk import composites_of, evaluate_chunk, phases_of
from jobs.work.packed_tables import digest, packed
from screening.batch.model import Batch
from screening.batch.resolved import resolved
from screening.catalogue.materials import cathodes
from screening.pairs.drawn import N_DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

CPUS = 2
SOME, MILLION = 45_000, 1_000_000
"""Pairs of the quick measurement and of the long one, at most."""
FIVE = ("LiFePO4", "LiNiO2", "LiNi0.5Mn1.5O4", "S", "Li2S")
"""Cathodes of the quick measurement."""
FIRST = 1200
"""Pairs of each cathode that are redrawn for the best thousand: a fifth more than are read, as
docs/batch-files.md tells."""
_COMPOSITES = 115  # At most: those that make a million pairs of the compounds of 2019.
_ROOT = Path(__file__).parents[1]
_SAMPLE = 5  # Chunks for the bare rate.
_QUERY = "SELECT cathode, count(*) AS n, max(score_0_to_1) AS best FROM pairs GROUP BY cathode"


class Wish(NamedTuple):
    """What a measurement computes."""

    table: str
    """Phase table."""
    most: int = SOME
    """Pairs, at most."""
    draws: int = 0
    """How often phase energies are redrawn."""
    cpus: int = CPUS
    """Worker processes."""

    @property
    def options(self) -> list[str]:
        """The same, for the command line."""
        numbers = {"most": self.most, "draws": self.draws, "cpus": self.cpus}
        return [self.table, *(f"--{name}={number}" for name, number in numbers.items())]


class Watched(NamedTuple):
    """What was seen of a driver with all its processes."""

    largest: float
    """Most memory of one of them, what it shares with others included. [MB]"""
    together: float
    """Most memory of all of them, what they share counted once. [MB]"""
    processor: float
    """Processor time of all of them, but for the last second. [s]"""
    waits: dict[str, list[float]]
    """How long readers waited. [s]"""


def figures(table: str) -> Iterator[Figure]:
    """Yield the figures of a batch of medium size.

    Parameters
    ----------
    table : str
        Name or path of the phase table.
    """
    with all_cores():
        yield from _measured(Wish(table))


def _measured(wish: Wish) -> Iterator[Figure]:
    spec = batch_spec(_batch(wish))
    bare = _bare_rates(spec)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        began = time.perf_counter()
        seen = _driven(wish, store)
        seconds = time.perf_counter() - began
        if wish.most == MILLION:
            _driven(wish, store, candidates=_best(store))
            yield Figure("million_pairs_seconds", time.perf_counter() - began, "s")
    rate = spec.n_pairs / seconds
    print(
        f"{spec.n_pairs} pairs in {seconds:.0f} s; bare evaluation {bare['evaluate']:.0f} pairs/s "
        f"on one core, packing {bare['pack']:.0f}, committing {bare['commit']:.0f}; "
        f"overhead of jobs and store over {wish.cpus} cores of bare evaluation: "
        f"{100 * (1 - rate / (wish.cpus * bare['evaluate'])):.0f} %",
        file=sys.stderr,
    )
    yield Figure("end_to_end_pairs_per_s", rate, "pairs/s")
    yield Figure("end_to_end_processor_ms", 1e3 * seen.processor / spec.n_pairs, "ms/pair")
    yield Figure("largest_process_mb", seen.largest, "MB")
    yield Figure("all_processes_mb", seen.together, "MB")
    for what, taken in seen.waits.items():
        yield Figure(f"{what}_p95_seconds", float(np.quantile(taken, 0.95)), "s")


def _batch(wish: Wish, candidates: Path | None = None) -> Batch:
    """Return all lithium compounds in as many composites as make the most pairs, or listed ones."""
    batch: dict[str, Any] = {
        "name": "all lithium",
        "table": wish.table,
        "filter": {"contains": ["Li"]},
        "gates": [],
        "draws": wish.draws,
        "details": False,
    }
    n_sses = len(resolved(Batch.model_validate_json(json.dumps(batch))).sses)
    names = tuple(cathodes()) if wish.most == MILLION else FIVE
    n_composites = min(max(1, wish.most // n_sses), _COMPOSITES)
    counts = [len(part) for part in np.array_split(range(n_composites), len(names))]
    batch["cathodes"] = [
        {"name": name, "recipes": [_recipe(number) for number in range(count)]}
        for name, count in zip(names, counts, strict=True)
        if count
    ]
    if candidates:
        del batch["filter"], batch["gates"]
        batch |= {"candidates": str(candidates), "draws": N_DRAWS}
    return Batch.model_validate_json(json.dumps(batch))


def _recipe(number: int) -> dict[str, Any]:
    """Return the first, second ... recipe that all cathodes are pressed in."""
    ratio = (70 - number, 28 + number, 2)
    return {"name": f"recipe-{number}", "ratio": ratio, "carbon": "VGCF", "mixing": "hand"}


def _best(store: Path) -> Path:
    """Return a list of the pairs that may be among the best thousand of a cathode."""
    path = store.parent / "first.csv"
    with path.open("wb") as file:
        _command("rank", f"--top={FIRST}", "--order=cautious", "--csv", store=store, to=file)
    return path


def _bare_rates(spec: Spec) -> dict[str, float]:
    """Return pairs per second of processor time of each step that a chunk takes."""
    phases, composites = phases_of(spec), composites_of(spec)
    evaluate_chunk(spec, phases, composites, spec.chunk(0))  # Loads the kernels.
    taken = {"evaluate": 0.0, "pack": 0.0, "commit": 0.0}
    n_pairs = 0
    gc.freeze()  # From here on as in a worker.
    gc.disable()
    with tempfile.TemporaryDirectory() as folder, writing(Path(folder)) as writer:
        for number in np.linspace(0, spec.n_chunks - 1, min(_SAMPLE, spec.n_chunks)).astype(int):
            span = spec.chunk(int(number))
            n_pairs += span.n_pairs
            times = [time.process_time()]
            tables = evaluate_chunk(spec, phases, composites, span)
            gc.collect()
            times.append(time.process_time())
            mark = digest(packed(tables))
            times.append(time.process_time())
            writer.commit(spec.batch_id, int(number), mark, tables, spec.code_version)
            times.append(time.process_time())
            for step, seconds in zip(taken, np.diff(times).tolist(), strict=True):
                taken[step] += seconds
    gc.enable()
    gc.unfreeze()
    return {step: n_pairs / seconds for step, seconds in taken.items()}


def _driven(wish: Wish, store: Path, candidates: Path | None = None) -> Watched:
    """Drive a batch in a process of its own, and watch it.

    Raises
    ------
    SystemExit
        If it fails.
    """
    command = [sys.executable, "-m", "benchmarks.jobs", *wish.options, f"--store={store}"]
    command += [f"--candidates={candidates}"] if candidates else []
    driver = subprocess.Popen(command, cwd=_ROOT)
    seen = _watched(driver, store)
    if driver.returncode:
        raise SystemExit(f"the driver ended with {driver.returncode}")
    return seen


def _watched(driver: subprocess.Popen[bytes], store: Path) -> Watched:
    """Return what is seen of a driver until it ends, and how long readers wait meanwhile."""
    largest, together = 0.0, 0.0
    processor: dict[int, float] = {}
    waits: dict[str, list[float]] = {"status": [], "query": []}
    process = psutil.Process(driver.pid)
    while driver.poll() is None:
        time.sleep(1.0)
        shared = 0.0
        with suppress(psutil.Error):  # One that has just ended.
            for one in (process, *process.children(recursive=True)):
                memory, times = one.memory_full_info(), one.cpu_times()
                largest, shared = max(largest, memory.rss / 2**20), shared + memory.pss / 2**20
                processor[one.pid] = times.user + times.system
        together = max(together, shared)
        if (store / "jobs.sqlite").is_file():
            waits["status"].append(_waited("status", "--json", store=store))
        if (store / "results.duckdb").is_file():
            waits["query"].append(_waited("query", _QUERY, "--json", store=store))
    if not waits["query"]:  # Too short for a publication on the way.
        waits["query"] += [_waited("query", _QUERY, "--json", store=store) for _ in range(5)]
    return Watched(largest, together, sum(processor.values()), waits)


def _waited(*arguments: str, store: Path) -> float:
    began = time.perf_counter()
    _command(*arguments, store=store)
    return time.perf_counter() - began


def _command(*arguments: str, store: Path, to: BinaryIO | int = subprocess.DEVNULL) -> None:
    subprocess.run(
        [sys.executable, "-m", "jobs.cli", *arguments, f"--store={store}"],
        check=True,
        stdout=to,
        cwd=_ROOT,
    )


def main() -> None:
    """Print the figures of one measurement, or be the driver of one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.jobs", description=__doc__)
    parser.add_argument("table", help="phase table")
    parser.add_argument("--million", action="store_true", help="a million pairs")
    parser.add_argument("--most", type=int, default=SOME, help="pairs at most")
    parser.add_argument("--draws", type=int, default=0, help="redraws: 0, or 200 of five cathodes")
    parser.add_argument("--cpus", type=int, default=CPUS, help="worker processes")
    parser.add_argument("--store", type=Path, help="drive a batch in this store")
    parser.add_argument("--candidates", type=Path, help="of these pairs, with redraws")
    asked = parser.parse_args()
    wish = Wish(asked.table, MILLION if asked.million else asked.most, asked.draws, asked.cpus)
    if asked.store:
        spec = batch_spec(_batch(wish, asked.candidates))
        drive(asked.store, spec, chosen(Wanted(cpus=wish.cpus)))
        return
    for figure in _measured(wish):
        print(figure.line, flush=True)


if __name__ == "__main__":
    main()
