"""What the service promises: time of its pages with many pairs, many readers and a batch beside."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import httpx
import numpy as np
import psutil

from benchmarks.measure import Figure, all_cores
from jobs.batches.run import run
from screening.batch.model import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

N_PAIRS = 100_000
READERS = 20
ROUNDS = 15
"""Times that each reader opens each address."""
_SORTED = "/rank?batch=reference&sort=-efficiency_percent"
_FILTERED = "/rank?batch=reference&cathode=S&contains=Cl"
_PAGES = ("/", "/rank?batch=reference", _FILTERED, _SORTED,
          "/pair/Li2ZrCl6/LiFePO4", "/batches", "/lab")  # fmt: skip
_PAIRS = ("/api/v1/pairs?batch=reference&limit=200", "/api/v1/pairs/Li2ZrCl6/LiFePO4")
_STATUS = ("/api/v1/batches", "/api/v1/health")
_BESIDE = {"name": "beside", "draws": 201}  # The reference batch again: it takes minutes.
_WIDTHS = (390, 1600)  # Pixels of a phone and of a desk.
_PAINTED = 5
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)"
_PAUSE = 0.25  # [s] That a reader takes between two pages, at the least.


def figures(_: str) -> Iterator[Figure]:
    """Yield times at the server, with and without a batch that runs beside it.

    Parameters
    ----------
    _ : str
        A phase table; the reference batch is served, whatever it is.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, all_cores():
        store = Path(folder) / "store"
        run(Batch(), store)
        _grown(store)
        for working in (False, True):
            with _served(store, working=working) as (address, server):
                name = "_beside_a_batch" if working else ""
                first, ranked = _first(address)
                yield Figure(f"service_first_answer_seconds{name}", first, "s")
                yield Figure(f"service_first_ranking_seconds{name}", ranked, "s")
                for width, seconds in _painted(address):
                    yield Figure(f"service_rank_first_paint_{width}px_seconds{name}", seconds, "s")
                if working:
                    httpx.post(f"{address}/api/v1/batches", json=_BESIDE, timeout=60)
                before = psutil.Process(server).cpu_times()
                found = _read(address)
                after = psutil.Process(server).cpu_times()
                for what, addresses in (("pages", _PAGES), ("pairs", _PAIRS), ("status", _STATUS)):
                    times = np.array([one for path in addresses for one in found[path]])
                    here, at_reader = np.quantile(times, 0.95, axis=0)
                    yield Figure(f"service_{what}_p95_seconds{name}", float(here), "s")
                    yield Figure(
                        f"service_{what}_p95_seconds_at_reader{name}", float(at_reader), "s"
                    )
                spent = after.user + after.system - before.user - before.system
                yield Figure(
                    f"service_processor_ms_per_request{name}",
                    1000 * spent / sum(map(len, found.values())),
                    "ms",
                )
                if working:
                    states = httpx.get(f"{address}/api/v1/batches", timeout=60).json()
                    running = sum(one["state"] == "running" for one in states)
                    yield Figure("service_batches_running_at_the_end", running, "1")
                memory = psutil.Process(server).memory_info().rss / 2**20
                yield Figure(f"service_memory_mb{name}", memory, "MB")


def _grown(store: Path) -> None:
    """Make a store of many pairs: those that are there, again and again under other formulas."""
    path = store / "results.duckdb"
    copy = path.with_suffix(".grown")
    shutil.copy(path, copy)
    with duckdb.connect(str(copy)) as base:
        there = base.execute("SELECT count(*) FROM pairs").fetchone() or (1,)
        for table in ("pairs", "redraws"):
            base.execute(
                f"INSERT INTO {table} SELECT t.* REPLACE (sse || 'N0.' || "  # noqa: S608  # The table is one of the two names in the line above.
                f"lpad(k::VARCHAR, 4, '0') || '1' AS sse) FROM {table} AS t, range(1, ?) AS r(k)",
                [N_PAIRS // there[0] + 2],
            )
        base.execute("UPDATE batches SET pairs_done = (SELECT count(*) FROM pairs)")
    copy.replace(path)


@contextmanager
def _served(store: Path, *, working: bool) -> Iterator[tuple[str, int]]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "jobs.cli", "serve", "--port", str(port)]
    command += ["--store", str(store), *(() if working else ("--no-work",))]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        while server.poll() is None:
            try:
                httpx.get(f"{address}/api/v1/health", timeout=60)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        try:
            yield address, server.pid
        finally:
            server.terminate()


def _first(address: str) -> tuple[float, float]:
    """Return when the first answer comes, which may be to wait, and when the ranking is there."""
    start, first = time.perf_counter(), 0.0
    while True:
        answer = httpx.get(f"{address}/rank?batch=reference", timeout=600)
        first = first or time.perf_counter() - start
        if answer.status_code == HTTPStatus.OK:
            return first, time.perf_counter() - start
        time.sleep(_PAUSE)


def _painted(address: str) -> Iterator[tuple[int, float]]:
    """Yield when a browser without a cache first paints the ranking, the slowest of some times.

    Nothing is yielded where there is no browser.
    """
    chromium = shutil.which("chromium")
    if chromium is None or find_spec("playwright") is None:
        return
    library = import_module("playwright.sync_api")
    with library.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in _WIDTHS:
            painted = []
            for _ in range(_PAINTED):
                context = browser.new_context(viewport={"width": width, "height": 900})
                page = context.new_page()
                page.goto(f"{address}/rank")
                while not (told := page.evaluate(_FIRST_PAINT)):
                    time.sleep(0.05)
                painted.append(told[0] / 1000)
                context.close()
            yield width, max(painted)
        browser.close()


def _read(address: str) -> dict[str, list[tuple[float, float]]]:
    """Return how long each address took at the server, and for readers who come together."""
    paths = (*_PAGES, *_PAIRS, *_STATUS)
    found: dict[str, list[tuple[float, float]]] = {path: [] for path in paths}
    lock = threading.Lock()

    def reader(number: int) -> None:
        order = np.random.default_rng(number).permutation(len(paths) * ROUNDS)
        with httpx.Client(base_url=address, timeout=120) as client:
            for place in order:
                path = paths[place % len(paths)]
                start = time.perf_counter()
                answer = client.get(path).raise_for_status()
                taken = time.perf_counter() - start
                here = float(answer.headers["server-timing"].rpartition("=")[2]) / 1000
                with lock:
                    found[path].append((here, taken))
                time.sleep(_PAUSE)

    with ThreadPoolExecutor(READERS) as readers:
        list(readers.map(reader, range(READERS)))
    return found
