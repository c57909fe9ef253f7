"""The local engine: worker processes of this machine, as many as are asked for.

What a span may take is processor time; the clock on the wall only ends a worker that has had none
of it for long. See :mod:`jobs.engines.worker` for where workers come from.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from jobs.engines import worker as worker_process
from jobs.engines.worker import (
    BORN,
    DIED,
    FAILURE,
    FRAME,
    OBITUARY,
    READY,
    REFUSAL,
    ROWS,
    SPAN,
    TROUBLE,
)
from jobs.errors import EngineError, EngineLostError
from jobs.process.one_thread import ONE_THREAD
from jobs.process.processes import Watch
from jobs.work.engine import Answer, Blame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobs.store.spec import Span
    from jobs.work.engine import Limits

    Frame = tuple[bytes, float, bytes]

_PIECE = 1 << 20  # [bytes] Read from a socket at once.
_LOOK = 0.5  # [s] Between looks at the time that workers have had.
_START = 3600.0  # [s] Processor time of the nursery before it is ready; kernels take a minute.
_ROOT = Path(__file__).parents[2]
_CRASHES = (signal.SIGSEGV, signal.SIGFPE, signal.SIGILL, signal.SIGABRT)
"""What a program does to itself; other signals come from outside, as when memory is short."""


class _Line:
    """A connection on which frames arrive."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self._received = bytearray()

    def read(self) -> bool:
        """Take what has come, and wait for nothing; return whether the other end is still there."""
        try:
            piece = self.socket.recv(_PIECE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        self._received += piece
        return bool(piece)

    def frames(self) -> Iterator[Frame]:
        """Yield what has come in full: kind, processor time [s], content."""
        while len(self._received) >= FRAME.size:
            kind, seconds, length = FRAME.unpack_from(self._received)
            end = FRAME.size + length
            if len(self._received) < end:
                return
            content = bytes(self._received[FRAME.size : end])
            del self._received[:end]
            yield kind, seconds, content


@dataclass
class _Worker:
    """One worker process, with what it has been given."""

    line: _Line
    pid: int = 0
    process: psutil.Process | None = None
    fresh: bool = True
    ticket: int | None = None
    deadline: float = 0.0
    watch: Watch | None = None

    def begin(self) -> None:
        """Let time run from now on."""
        self.watch = Watch(self.process) if self.process else None

    def late(self, stop: float) -> Answer | None:
        """Return how it failed if it takes too much processor time, or has had none for `stop`."""
        if self.ticket is None or self.watch is None:
            return None
        spent, stalled = self.watch.look()
        if spent > self.deadline:
            said = f"no answer within {self.deadline:.3g} s of processor time"
            return Answer(self.ticket, None, failure=said, blame=Blame.TIME)
        if stalled > stop:
            return Answer(self.ticket, None, failure=f"no processor time for {stop:.3g} s")
        return None


@dataclass
class _Nursery:
    """The process from which workers are forked."""

    process: subprocess.Popen[bytes]
    line: _Line
    watch: Watch
    ready: bool = False


class Workers:
    """Worker processes that compute spans of one batch."""

    def __init__(self, store: Path, batch_id: str, *, count: int, limits: Limits) -> None:
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self._tickets = 0
        self._looked = time.monotonic()
        self._nursery = _started(store, batch_id, limits.memory)
        self._selector.register(self._nursery.line.socket, selectors.EVENT_READ, None)
        self._workers = [self._born() for _ in range(count)]

    @property
    def slots(self) -> int:
        """How many spans are taken at a time."""
        return len(self._workers)

    def submit(self, span: Span, deadline: float) -> int:
        """Give a span to a worker that has none; a lone pair gets a worker that never had any."""
        worker = next(one for one in self._workers if one.ticket is None)
        if span.n_pairs == 1 and not worker.fresh:
            worker = self._replaced(worker)
        self._tickets += 1
        worker.ticket, worker.deadline, worker.fresh = self._tickets, deadline, False
        if worker.process:
            worker.begin()
        with suppress(BrokenPipeError):  # It has died; the nursery will say so.
            worker.line.socket.sendall(SPAN.pack(*span))
        return self._tickets

    def answers(self, timeout: float) -> list[Answer]:
        """Return the answers that are there within some seconds.

        Raises
        ------
        EngineError
            If the batch cannot be computed at all.
        EngineLostError
            If the nursery has died, or is not ready in time.
        """
        found: list[Answer] = []
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                found += self._told()
            elif key.data in self._workers:
                found += self._heard(key.data)
        if time.monotonic() - self._looked < _LOOK:
            return found
        self._looked = time.monotonic()
        self._look_at_start()
        for worker in list(self._workers):
            if answer := worker.late(self._limits.stop):
                found.append(answer)
                self._replaced(worker)
        return found

    def close(self) -> None:
        """Kill all workers."""
        for worker in self._workers:
            self._ended(worker)
        self._workers = []
        self._nursery.process.kill()
        self._nursery.process.wait()
        self._nursery.line.socket.close()
        self._selector.close()

    def _look_at_start(self) -> None:
        """Look whether workers will ever start.

        Raises
        ------
        EngineLostError
            If not.
        """
        if self._nursery.ready:
            return
        spent, stalled = self._nursery.watch.look()
        if spent > _START or stalled > self._limits.stop:
            raise EngineLostError(
                f"no worker has started, in {spent:.3g} s of processor time, the last of it "
                f"{stalled:.3g} s ago; see why with CATHOLYTE_DEBUG=1, or allow more with --stop"
            )

    def _born(self) -> _Worker:
        """Have a worker forked.

        Raises
        ------
        EngineLostError
            If there is no nursery to do it.
        """
        ours, its = socket.socketpair()
        worker = _Worker(_Line(ours))
        with its:
            try:
                socket.send_fds(self._nursery.line.socket, [b"F"], [its.fileno()])
            except OSError as error:
                ours.close()
                raise EngineLostError(_DEAD) from error
        self._selector.register(ours, selectors.EVENT_READ, worker)
        return worker

    def _replaced(self, worker: _Worker) -> _Worker:
        """Return a new worker in the place of one that is ended."""
        self._ended(worker)
        new = self._born()
        self._workers[self._workers.index(worker)] = new
        return new

    def _ended(self, worker: _Worker) -> None:
        if worker.process:
            with suppress(psutil.NoSuchProcess):
                worker.process.kill()
        with suppress(KeyError):
            self._selector.unregister(worker.line.socket)
        worker.line.socket.close()

    def _told(self) -> Iterator[Answer]:
        """Hear what the nursery says, and yield what those leave undone that have died.

        Raises
        ------
        EngineError
            If the batch cannot be computed at all.
        EngineLostError
            If the nursery has died.
        """
        there = self._nursery.line.read()
        for kind, _, content in self._nursery.line.frames():
            if kind == REFUSAL:
                raise EngineError(content.decode())
            if kind == READY:
                self._nursery.ready = True
            elif kind == DIED:
                yield from self._buried(*OBITUARY.unpack(content))
        if not there:
            raise EngineLostError(_DEAD)

    def _heard(self, worker: _Worker) -> Iterator[Answer]:
        """Hear what a worker says, and yield its answers."""
        if not worker.line.read():
            with suppress(KeyError):  # Its end may have been heard before, with that of another.
                self._selector.unregister(worker.line.socket)  # The nursery says of what it died.
        for kind, seconds, content in worker.line.frames():
            if kind == BORN:
                worker.pid = int(content)
                with suppress(psutil.NoSuchProcess):
                    process = psutil.Process(worker.pid)
                    # Should it have died, its number may be that of a stranger by now.
                    if process.ppid() == self._nursery.process.pid:
                        worker.process = process
                worker.begin()
            elif worker.ticket is not None:
                ticket, worker.ticket, worker.watch = worker.ticket, None, None
                if kind == ROWS:
                    yield Answer(ticket, content, seconds)
                else:
                    blame = _BLAME[kind]
                    yield Answer(ticket, None, failure=content.decode(), blame=blame)

    def _buried(self, pid: int, code: int) -> Iterator[Answer]:
        """Yield the last words of a worker that has died, and what it leaves undone."""
        for worker in list(self._workers):
            if not worker.pid:  # It may be this one, with its first word still unheard.
                yield from self._heard(worker)
            if worker.pid == pid:
                while worker.line.socket in self._selector.get_map():
                    yield from self._heard(worker)
                if worker.ticket is not None:
                    said, blame = _death(code)
                    yield Answer(worker.ticket, None, failure=said, blame=blame)
                self._replaced(worker)


_DEAD = "the process that starts workers has died; see why with CATHOLYTE_DEBUG=1"
_BLAME = {FAILURE: Blame.PAIR, TROUBLE: Blame.MACHINE}


def _started(store: Path, batch_id: str, memory: int) -> _Nursery:
    """Start a nursery.

    Raises
    ------
    EngineLostError
        If the machine has no process left for it.
    """
    path = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    ours, its = socket.socketpair()
    quiet = None if os.environ.get("CATHOLYTE_DEBUG") else subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603  # Our own interpreter and module.
            [
                *(sys.executable, "-m", worker_process.__name__),
                *(str(store.resolve()), batch_id, str(memory)),
            ],
            stdin=its.fileno(),
            stdout=quiet,
            stderr=quiet,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path)} | ONE_THREAD,
            process_group=0,  # Ctrl-C is for the driver.
        )
    except OSError as error:
        ours.close()
        raise EngineLostError(f"no worker starts: {error.strerror}; free some memory") from error
    finally:
        its.close()
    return _Nursery(process, _Line(ours), Watch(psutil.Process(process.pid)))


def _death(code: int) -> tuple[str, Blame]:
    """Return what to say of a worker that has died, and whose fault it was."""
    if code >= 0:
        return f"the process that computed it ended with code {code}", Blame.MACHINE
    name = signal.Signals(-code).name
    blame = Blame.PAIR if -code in _CRASHES else Blame.MACHINE
    return f"the process that computed it died of {name}", blame
