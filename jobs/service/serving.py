"""The service as a process: uvicorn, and the worker of the queue beside it, stopped as one."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from jobs.service.application import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobs.service.settings import ServiceSettings

_PAUSE = 2.0  # [s] Before a worker that has ended is started again.
_GRACE = 10.0  # [s] For a worker to stop after its chunk; what is done is kept anyway.
_KEEP_ALIVE = 15  # [s] For a connection that asks nothing.


def serve(settings: ServiceSettings, *, work: bool) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    settings : ServiceSettings
        Where, on what, and for whom.
    work : bool
        Whether a worker takes up what is submitted.
    """
    app = create_app(settings)
    with _worker(settings, wanted=work and not settings.read_only):
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=3,
            h11_max_incomplete_event_size=64_000,
        )


@contextmanager
def _worker(settings: ServiceSettings, *, wanted: bool) -> Iterator[None]:
    """Keep ``catholyte work --watch`` running beside the service."""
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(settings, ended), daemon=True)
    if wanted:
        settings.store.mkdir(parents=True, exist_ok=True)
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if wanted:
            thread.join()


def _watch(settings: ServiceSettings, ended: threading.Event) -> None:
    command = [sys.executable, "-m", "jobs", "work", "--watch", "--store", str(settings.store)]
    while not ended.is_set():
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as worker:  # noqa: S603  # Our own program.
            while worker.poll() is None and not ended.wait(0.2):
                pass
            if worker.poll() is None:
                worker.terminate()
                try:
                    worker.wait(_GRACE)
                except subprocess.TimeoutExpired:
                    worker.kill()
        ended.wait(_PAUSE)
