"""The serial engine: worker processes of our own, one by default."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.engines.worker import FAILURE, FRAME, READY, REFUSAL, ROWS
from jobs.errors import EngineError
from jobs.work.engine import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobs.store.spec import Span
    from jobs.work.engine import Limits

_PIECE = 1 << 20  # [bytes] Read from a pipe at once.
_ROOT = Path(__file__).parents[2]


@dataclass
class _Worker:
    """One worker process, with what it has been given and what it has sent."""

    process: subprocess.Popen[bytes]
    received: bytearray = field(default_factory=bytearray)
    ready: bool = False
    ticket: int | None = None
    since: float | None = None


class Workers:
    """Worker processes that compute spans of one batch."""

    def __init__(self, store: Path, batch_id: str, *, count: int, limits: Limits) -> None:
        self._command = [
            *(sys.executable, "-m", "jobs.engines.worker"),
            *(str(store.resolve()), batch_id, str(limits.memory)),
        ]
        self._selector = selectors.DefaultSelector()
        self._workers = [self._start() for _ in range(count)]
        self._tickets = 0
        self._lost: list[Answer] = []

    @property
    def slots(self) -> int:
        """How many spans are taken at a time."""
        return len(self._workers)

    def submit(self, span: Span) -> int:
        """Give a span to a worker that has none."""
        worker = next(one for one in self._workers if one.ticket is None)
        self._tickets += 1
        worker.ticket = self._tickets
        worker.since = time.monotonic() if worker.ready else None
        stdin = worker.process.stdin
        with suppress(BrokenPipeError):  # It has died; its end of the other pipe will say so.
            os.write(stdin.fileno() if stdin else -1, f"{span.start} {span.stop}\n".encode())
        return self._tickets

    def since(self, ticket: int) -> float | None:
        """Return when work on a span began, on the monotonic clock."""
        found = (one.since for one in self._workers if one.ticket == ticket)
        return next(found, None)

    def answers(self, timeout: float) -> list[Answer]:
        """Return the answers that are there within some seconds.

        Raises
        ------
        EngineError
            If a worker cannot work at all.
        """
        found, self._lost = self._lost, []
        for key, _ in self._selector.select(0.0 if found else timeout):
            worker: _Worker = key.data
            piece = os.read(key.fd, _PIECE)
            if piece:
                worker.received += piece
                found += self._understood(worker)
            else:
                found += self._replaced(worker)
        return found

    def abandon(self, ticket: int) -> None:
        """Kill the worker that computes a span, and start another."""
        for worker in self._workers:
            if worker.ticket == ticket:
                worker.ticket = None
                worker.process.kill()
                worker.process.wait()
                self._replace(worker)

    def close(self) -> None:
        """Kill all workers."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            self._forget(worker)
        self._selector.close()
        self._workers = []

    def _start(self) -> _Worker:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(
                [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        quiet = None if os.environ.get("CATHOLYTE_DEBUG") else subprocess.DEVNULL
        try:
            process = subprocess.Popen(  # noqa: S603  # Our own interpreter and module.
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=quiet,
                bufsize=0,
                env=environment,
                process_group=0,  # Ctrl-C is for the driver.
            )
        except OSError as error:
            raise EngineError(f"no worker starts: {error.strerror}; free some memory") from error
        worker = _Worker(process)
        self._selector.register(_pipe(worker), selectors.EVENT_READ, worker)
        return worker

    def _understood(self, worker: _Worker) -> Iterator[Answer]:
        """Yield the answers that a worker has sent in full.

        Raises
        ------
        EngineError
            If it says that it cannot work at all.
        """
        received = worker.received
        while len(received) >= FRAME.size:
            kind, length = FRAME.unpack_from(received)
            if len(received) < FRAME.size + length:
                return
            content = bytes(received[FRAME.size : FRAME.size + length])
            del received[: FRAME.size + length]
            if kind == REFUSAL:
                raise EngineError(content.decode())
            if kind == READY:
                worker.ready = True
                worker.since = time.monotonic()
            elif worker.ticket is not None:
                ticket, worker.ticket, worker.since = worker.ticket, None, None
                if kind == ROWS:
                    yield Answer(ticket, content)
                elif kind == FAILURE:
                    yield Answer(ticket, None, content.decode(), certain=True)

    def _replaced(self, worker: _Worker) -> list[Answer]:
        """Put a new worker in the place of one that has died, and return what it leaves undone.

        Raises
        ------
        EngineError
            If it died before it could work.
        """
        code = worker.process.wait()
        if not worker.ready:
            raise EngineError(
                f"a worker did not start ({_death(code)}); see why with CATHOLYTE_DEBUG=1"
            )
        ticket = worker.ticket
        self._replace(worker)
        return [] if ticket is None else [Answer(ticket, None, _death(code))]

    def _replace(self, worker: _Worker) -> None:
        self._forget(worker)
        self._workers[self._workers.index(worker)] = self._start()

    def _forget(self, worker: _Worker) -> None:
        self._selector.unregister(_pipe(worker))
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe:
                pipe.close()
        worker.process.wait()


def _pipe(worker: _Worker) -> int:
    return worker.process.stdout.fileno() if worker.process.stdout else -1


def _death(code: int) -> str:
    if code < 0:
        return f"the process that computed it died of {signal.Signals(-code).name}"
    return f"the process that computed it ended with code {code}"
