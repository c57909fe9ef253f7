"""The service as a process: uvicorn, and the worker of the queue beside it, stopped as one."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING

import uvicorn

from jobs.batches.supervisor import work
from jobs.engines.choice import Wanted
from jobs.process.ending import FAILURE
from jobs.server.application import create_app
from jobs.service.stopping import Stopping
from jobs.store.control import CONTROL
from jobs.work.engine import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from socket import socket

    from jobs.service.settings import ServiceSettings

_PAUSE = 1.0  # [s] Before a worker that has ended is started again.
_POLL = 0.2  # [s] Between looks at it.
_GRACE = 10.0  # [s] For a worker to stop after its chunk; what is done is kept anyway.
_GIVES_WAY = 10  # Niceness of the worker: who looks at a page does not wait for a batch.
_SWITCH = 0.001  # [s] Between threads, so that an answer does not wait for pages being written.
_KEEP_ALIVE = 15  # [s] For a connection that asks nothing.
_LAST_ANSWERS = 3  # [s] For what is being answered when it stops.


class Server(uvicorn.Server):
    """A server that waits neither for streams nor for what is being computed when it stops.

    Parameters
    ----------
    config : uvicorn.Config
        As for any server, with the application.
    stopping : Stopping
        What the application was given.
    """

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop: first what would hold it up, then the connections."""
        self._stopping.begin()
        await super().shutdown(sockets)


def server_for(settings: ServiceSettings, port: int | None = None) -> Server:
    """Return the server of a service, not yet started.

    Parameters
    ----------
    settings : ServiceSettings
        Where, on what, and for whom.
    port : int, optional
        Where it listens if that is not the port by which it is known, as behind another server.
    """
    stopping = Stopping()
    config = uvicorn.Config(
        create_app(settings, stopping),
        host=settings.host,
        port=settings.port if port is None else port,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_ANSWERS,
        h11_max_incomplete_event_size=64_000,
        ws="none",
    )
    return Server(config, stopping)


def serve(settings: ServiceSettings, *, working: bool) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    settings : ServiceSettings
        Where, on what, and for whom.
    working : bool
        Whether a worker takes up what is submitted.
    """
    sys.setswitchinterval(_SWITCH)
    server = server_for(settings)
    with _worker(settings, wanted=working and not settings.read_only):
        with suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            sys.exit(FAILURE)


@contextmanager
def _worker(settings: ServiceSettings, *, wanted: bool) -> Iterator[None]:
    """Keep ``catholyte work --watch`` running beside the service."""
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(settings, ended), daemon=True)
    if wanted:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if wanted:
            thread.join()


def _watch(settings: ServiceSettings, ended: threading.Event) -> None:
    """Run the worker, and start it again whenever it ends before the service does."""
    context = get_context("spawn")
    while not ended.wait(_PAUSE):
        if not (settings.store / CONTROL).is_file():
            continue
        worker = context.Process(target=_work, args=(settings.store,))
        worker.start()
        while worker.is_alive() and not ended.wait(_POLL):
            pass
        worker.terminate()
        worker.join(_GRACE)
        if worker.is_alive():
            worker.kill()
            worker.join()


def _work(store: Path) -> None:
    """Compute what waits, and what comes, until told to stop, or until the service is killed."""
    os.nice(_GIVES_WAY)
    threading.Thread(target=_follow, daemon=True).start()
    work(store, Wanted(), Limits(), watch=True)


def _follow() -> None:
    """Stop this process after its chunk when the service is gone: the next one has its own."""
    service = parent_process()
    if service is not None:
        service.join()
        os.kill(os.getpid(), signal.SIGTERM)
