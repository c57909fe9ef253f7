"""The Ray engine: chunks as tasks, here or on a running cluster. Nothing else imports ray.

Workers are pure functions that return rows; only the driver writes. Ray here talks to nobody: no
usage statistics, no questions to a cloud's metadata service, no files of other sessions. What it
keeps in a folder of its own is removed, also after a driver that died.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.engines import ray_session
from jobs.engines.worker import FAILURE, ROWS, failure, limit_memory
from jobs.errors import EngineLostError
from jobs.store.spec import Span, parsed_spec
from jobs.work.engine import Answer, Blame

ray_session.prepare_environment()

import ray  # noqa: E402  # It reads the environment when it is imported.
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: E402  # It reads the environment when it is imported.

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobs.store.spec import Spec
    from jobs.work.engine import Limits

    Said = tuple[bytes, float, bytes]
    """Kind as between a worker and its driver, processor time [s], content."""

_WINDOW = 2  # Spans that each processor has or waits for.
_CALLS = 1000  # Tasks after which a worker process is renewed, so that nothing it leaks adds up.
_STORE_BYTES = 256 << 20  # Results wait here; a few chunks of a few MB, and one phase table.
_LOOK = 0.2  # [s] Between looks at the processor time of a task.
_LAST_WORDS = 1.0  # [s] That a process has for its answer, before it ends with what it cannot stop.
_LATE = b"L"  # The task took more processor time than it was given.
_LOST = (
    ray.exceptions.WorkerCrashedError,
    ray.exceptions.NodeDiedError,
    ray.exceptions.OutOfMemoryError,
    ray.exceptions.ObjectLostError,
    ray.exceptions.TaskCancelledError,
    ray.exceptions.OwnerDiedError,
)

_bench: dict[str, Any] = {}
"""What a worker process keeps between tasks: its batch, and what evaluates spans of it."""


def _rows(batch_id: str, parts: list[Any], span: Span, memory: int, deadline: float) -> Said:
    """Return the packed rows of a span, or why there are none; runs in a worker."""
    if _bench.get("batch_id") != batch_id:
        _bench.update(batch_id=batch_id, evaluate=_evaluation(batch_id, parts))
        limit_memory(memory)
    evaluate = _bench["evaluate"]

    def answer() -> tuple[bytes, bytes]:
        try:
            return ROWS, evaluate(span)
        except Exception as error:  # noqa: BLE001  # One pair must not stop the others.
            kind, said = failure(error, memory)
            return kind, said.encode()

    return _within(deadline, answer)


def _evaluation(batch_id: str, parts: list[Any]) -> Callable[[Span], bytes]:
    """Return what makes packed rows of a span, with everything loaded and compiled."""
    from jobs.work.chunk import composites_of, evaluate_chunk  # noqa: PLC0415  # Only workers need it.
    from jobs.work.packed_tables import packed  # noqa: PLC0415  # Only workers need it.
    from screening.results.compiled_ahead import compile_ahead  # noqa: PLC0415  # Only workers need it.

    text, phases = ray.get(parts)
    spec = parsed_spec(text, batch_id)
    composites = composites_of(spec)
    compile_ahead(spec.own)
    return lambda span: packed(evaluate_chunk(spec, phases, composites, span))


def _within(deadline: float, answer: Callable[[], tuple[bytes, bytes]]) -> Said:
    """Return an answer, unless it takes too much processor time: then this process ends soon."""
    found: list[tuple[bytes, bytes]] = []
    began = time.process_time()
    thread = threading.Thread(target=lambda: found.append(answer()), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LOOK)
        if (spent := time.process_time() - began) > deadline and not found:
            threading.Timer(_LAST_WORDS, os._exit, (1,)).start()
            said = f"no answer within {deadline:.3g} s of processor time"
            return _LATE, spent, said.encode()
    ((kind, content),) = found
    return kind, time.process_time() - began, content


class _Task(NamedTuple):
    """A span on its way."""

    ref: Any
    """What Ray calls it."""
    node: str
    """Node that was asked to compute it; empty where there is no choice."""
    since: float
    """When it was handed over, on the monotonic clock. [s]"""


class RayEngine:
    """Tasks on a Ray of our own, or on a running cluster."""

    def __init__(self, spec: Spec, *, cpus: int, address: str | None, limits: Limits) -> None:
        self._session = ray_session.started(cpus, address, _STORE_BYTES)
        try:
            from jobs.work.chunk import phases_of  # noqa: PLC0415  # Loads the physics.

            self._batch_id = spec.batch_id
            # A list keeps the references from being resolved at every call.
            self._parts = [ray.put(spec.text), ray.put(phases_of(spec))]
            self._many = ray.remote(max_retries=0, max_calls=_CALLS, num_cpus=1)(_rows)
            self._lone = ray.remote(max_retries=0, max_calls=1, num_cpus=1)(_rows)
        except BaseException:
            self._session.close()
            raise
        self._limits = limits
        self._cpus = cpus if address is None else self._session.cluster_cpus()
        self._tasks: dict[int, _Task] = {}
        self._count = 0

    @property
    def slots(self) -> int:
        """How many spans are taken at a time."""
        return self._cpus * _WINDOW

    def submit(self, span: Span, deadline: float) -> int:
        """Make a task of a span; that of a lone pair ends the process that it ran in."""
        self._count += 1
        nodes = self._session.living_nodes()
        node, place = "", None
        if len(nodes) > 1:  # Not always the same one.
            node = nodes[self._count % len(nodes)]
            place = NodeAffinitySchedulingStrategy(node, soft=True)
        task = self._lone if span.n_pairs == 1 else self._many
        task = task.options(scheduling_strategy=place) if place else task
        ref = task.remote(self._batch_id, self._parts, span, self._limits.memory, deadline)
        self._tasks[self._count] = _Task(ref, node, time.monotonic())
        return self._count

    def answers(self, timeout: float) -> list[Answer]:
        """Return the answers that are there within some seconds.

        Raises
        ------
        EngineLostError
            If Ray itself has died.
        """
        self._session.check()
        waiting = {task.ref: ticket for ticket, task in self._tasks.items()}
        if not waiting:
            time.sleep(timeout)
            return []
        ready, _ = ray.wait(list(waiting), num_returns=1, timeout=timeout)
        if ready:  # All that are ready by now, not the first alone.
            ready, _ = ray.wait(list(waiting), num_returns=len(waiting), timeout=0)
        found = [self._answer(waiting[ref], ref) for ref in ready]
        return found + self._given_up()

    def close(self) -> None:
        """Stop Ray, or leave the cluster."""
        self._session.close()

    def _answer(self, ticket: int, ref: Any) -> Answer:
        """Return what became of a task.

        Raises
        ------
        EngineLostError
            If it cannot be known, as Ray has died.
        """
        del self._tasks[ticket]
        try:
            kind, seconds, content = ray.get(ref)
        except _LOST as error:
            return Answer(ticket, None, failure=_told(error))
        except ray.exceptions.RayTaskError as error:
            return Answer(ticket, None, failure=_told(error))
        except ray.exceptions.RayError as error:
            raise EngineLostError(f"Ray: {_told(error)}; go on with `catholyte resume`") from error
        if kind == ROWS:
            return Answer(ticket, content, seconds)
        blame = {FAILURE: Blame.PAIR, _LATE: Blame.TIME}.get(kind, Blame.MACHINE)
        return Answer(ticket, None, failure=content.decode(), blame=blame)

    def _given_up(self) -> list[Answer]:
        """Return the tasks that will not be answered: their node has died, or all time is up."""
        living = self._session.living_nodes()
        now, stop = time.monotonic(), self._limits.stop
        found = []
        for ticket, task in list(self._tasks.items()):
            dead = task.node and task.node not in living
            if dead or now - task.since > stop:
                said = "its node has died" if dead else f"no answer within {stop:.3g} s"
                found.append(Answer(ticket, None, failure=said))
                del self._tasks[ticket]
                with suppress(Exception):  # What cannot be reached cannot be stopped.
                    ray.cancel(task.ref, force=True)
        return found


def _told(error: Exception) -> str:
    if isinstance(error, ray.exceptions.OutOfMemoryError):
        return "the machine ran out of memory while it was computed"
    if isinstance(error, ray.exceptions.WorkerCrashedError):
        return "the process that computed it died; `--engine local` may say of what"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1] if lines else ''}"
