"""What takes long, on request: in a process of its own that can be given up.

Windows, pairs, descriptions, pictures and calibrations are computed there, one after the other, so
that no request can hold up another kind of page.
"""

from __future__ import annotations

import threading
from http import HTTPStatus
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from jobs.errors import REFUSALS, ServiceError
from jobs.service.inquiries import QUESTIONS

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

LONGEST = 60.0
"""A request may take so long; then its process is ended. [s]"""


class Evaluations:
    """A process that computes for one store, started anew when it is lost."""

    def __init__(self, store: Path, longest: float = LONGEST) -> None:
        self._store = store
        self._longest = longest
        self._turn = threading.Lock()
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None
        self._stopped = False

    def answer(self, question: str, *given: Any) -> Any:
        """Return the answer to one of `jobs.service.inquiries.QUESTIONS`, computed elsewhere.

        Parameters
        ----------
        question : str
            Such as ``window``, ``pair`` or ``description``.
        *given
            What it is about.

        Raises
        ------
        ServiceError
            If the input is at fault, it takes too long, or its process dies.
        """
        if not self._turn.acquire(timeout=self._longest):
            raise ServiceError(
                "others are being computed; ask again", HTTPStatus.SERVICE_UNAVAILABLE
            )
        try:
            if self._stopped:
                raise ServiceError("the service stops; ask again", HTTPStatus.SERVICE_UNAVAILABLE)
            line = self._started()
            line.send((question, given))
            if not line.poll(self._longest):
                self.close()
                raise ServiceError(
                    f"no answer within {self._longest:g} s; run it as a batch",
                    HTTPStatus.GATEWAY_TIMEOUT,
                )
            found, fault = line.recv()
        except (EOFError, OSError) as error:
            self.close()
            raise ServiceError(
                "the process that computes was lost; ask again", HTTPStatus.SERVICE_UNAVAILABLE
            ) from error
        finally:
            self._turn.release()
        if fault:
            raise ServiceError(fault)
        return found

    def close(self) -> None:
        """End the process; the next question starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None

    def stop(self) -> None:
        """Give up what is being computed, and what waits for its turn; begin nothing any more."""
        self._stopped = True
        if (process := self._process) is not None:
            process.kill()

    def rest(self) -> None:
        """End the process if it has nothing to do, so that its memory is free."""
        if self._process is not None and self._turn.acquire(blocking=False):
            try:
                self.close()
            finally:
                self._turn.release()

    def _started(self) -> Connection:
        if self._line is None or self._process is None or not self._process.is_alive():
            self.close()
            context = get_context("spawn")
            line, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, self._store), daemon=True)
            try:
                process.start()
            except OSError:
                line.close()
                raise
            finally:
                there.close()
            self._line, self._process = line, process
            if self._stopped:  # While it was being started.
                process.kill()
        return self._line


def _serve(line: Connection, store: Path) -> None:
    """Answer questions until the service is gone."""
    while True:
        try:
            question, given = line.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            line.send((QUESTIONS[question](store, *given), ""))
        except REFUSALS as error:
            line.send((None, str(error)))
