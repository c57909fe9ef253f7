"""Windows, pairs and descriptions on request, in a process of their own that can be given up."""

from __future__ import annotations

import threading
from http import HTTPStatus
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from jobs.errors import REFUSALS, ServiceError
from jobs.work.material_records import described, reactions, windows
from stability.energies.corrected_table import loaded_table
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import REFERENCE
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from screening.results.records import Record
    from stability.phases import CompetingPhases

LONGEST = 60.0
"""A request may take so long; then its process is ended. [s]"""
_ROOM = 298.15  # [K] As the ranking.


class Evaluations:
    """A process that computes single materials and pairs, started anew when it is lost."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None

    def answer(self, question: str, *given: Any) -> Record:
        """Return the answer to one of `QUESTIONS`, computed elsewhere.

        Parameters
        ----------
        question : str
            ``window``, ``pair`` or ``description``.
        *given
            What it is about.

        Raises
        ------
        ServiceError
            If the input is at fault, it takes too long, or its process dies.
        """
        if not self._turn.acquire(timeout=LONGEST):
            raise ServiceError(
                "others are being computed; ask again", HTTPStatus.SERVICE_UNAVAILABLE
            )
        try:
            line = self._started()
            line.send((question, given))
            if not line.poll(LONGEST):
                self.close()
                raise ServiceError(
                    f"no answer within {LONGEST:g} s; run it as a batch",
                    HTTPStatus.GATEWAY_TIMEOUT,
                )
            record, fault = line.recv()
        except (EOFError, OSError) as error:
            self.close()
            raise ServiceError(
                "the process that computes was lost; ask again", HTTPStatus.SERVICE_UNAVAILABLE
            ) from error
        finally:
            self._turn.release()
        if fault:
            raise ServiceError(fault)
        found: Record = record
        return found

    def close(self) -> None:
        """End the process; the next question starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None

    def _started(self) -> Connection:
        if self._line is None or self._process is None or not self._process.is_alive():
            self.close()
            context = get_context("spawn")
            self._line, there = context.Pipe()
            self._process = context.Process(target=_serve, args=(there,), daemon=True)
            self._process.start()
            there.close()
        return self._line


def _serve(line: Connection) -> None:
    """Answer questions until the service is gone."""
    while True:
        try:
            question, given = line.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            line.send((QUESTIONS[question](*given), ""))
        except REFUSALS as error:
            line.send((None, str(error)))


def _window(name: str) -> Record:
    return windows([name], _phases())[0]


def _pair(sse: str, cathode: str, voltages: list[float]) -> Record:
    return reactions([(sse, cathode)], _phases(), voltages)[0]


def _description(name: str, pressure: float) -> Record:
    return described(name, _phases(), pressure=pressure)


QUESTIONS: Mapping[str, Callable[..., Record]] = {
    "window": _window,
    "pair": _pair,
    "description": _description,
}
"""What can be asked: the records that the commands print with ``--json``."""
_kept: list[CompetingPhases] = []


def _phases() -> CompetingPhases:
    if not _kept:
        table = at_temperature(loaded_table(REFERENCE), _ROOM)
        _kept.append(competing_phases(table, Policy.KNOWN, margin=MARGIN))
    return _kept[0]
