"""The Ray engine: chunks as tasks, here or on a running cluster. Nothing else imports ray.

Workers are pure functions that return rows; only the driver writes. Ray here talks to nobody: no
usage statistics, no questions to a cloud's metadata service, no files of other sessions. What it
keeps in a folder of its own is removed, also after a driver that died.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jobs.engines import ray_session
from jobs.errors import EngineLostError
from jobs.store.spec import Span, parsed_spec
from jobs.work.engine import Answer

ray_session.prepare_environment()

import ray  # noqa: E402  # It reads the environment when it is imported.
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: E402  # As above.

if TYPE_CHECKING:
    from jobs.store.spec import Spec
    from jobs.work.engine import Limits

_WINDOW = 2  # Spans that each processor has or waits for.
_CALLS = 1000  # Tasks after which a worker process is renewed, so that nothing it leaks adds up.
_STORE_BYTES = 256 << 20  # Results wait here; a few chunks of a few MB, and one phase table.
_LOST = (
    ray.exceptions.WorkerCrashedError,
    ray.exceptions.NodeDiedError,
    ray.exceptions.OutOfMemoryError,
    ray.exceptions.ObjectLostError,
    ray.exceptions.TaskCancelledError,
    ray.exceptions.OwnerDiedError,
)

_bench: dict[str, Any] = {}
"""What a worker process keeps between tasks: spec, composites and phases of one batch."""


def _rows(batch_id: str, parts: list[Any], start: int, stop: int, memory: int) -> bytes:
    """Return the packed rows of a span; runs in a worker.

    Raises
    ------
    MemoryError
        If the pairs need more than they may have.
    """
    from jobs.engines.worker import limit_memory  # noqa: PLC0415  # As above.
    from jobs.work.chunk import composites_of, evaluate_chunk  # noqa: PLC0415  # Only workers need it.
    from jobs.work.packed_tables import packed  # noqa: PLC0415  # As above.

    if _bench.get("batch_id") != batch_id:
        text, phases = ray.get(parts)
        spec = parsed_spec(text, batch_id)
        _bench.update(batch_id=batch_id, spec=spec, phases=phases, composites=composites_of(spec))
        limit_memory(memory)
    try:
        return packed(
            evaluate_chunk(
                _bench["spec"], _bench["phases"], _bench["composites"], Span(start, stop)
            )
        )
    except MemoryError as error:
        raise MemoryError(f"needs more than {memory / 2**30:.3g} GB of memory") from error


class RayEngine:
    """Tasks on a Ray of our own, or on a running cluster."""

    def __init__(self, spec: Spec, *, cpus: int, address: str | None, limits: Limits) -> None:
        self._session = ray_session.started(cpus, address, _STORE_BYTES)
        try:
            from jobs.work.chunk import phases_of  # noqa: PLC0415  # Loads the physics.

            self._batch_id = spec.batch_id
            # A list keeps the references from being resolved at every call.
            self._parts = [ray.put(spec.text), ray.put(phases_of(spec))]
            self._task = ray.remote(max_retries=0, max_calls=_CALLS, num_cpus=1)(_rows)
        except BaseException:
            self._session.close()
            raise
        self._memory = limits.memory
        self._cpus = cpus if address is None else self._session.cluster_cpus()
        self._tickets: dict[int, Any] = {}
        self._spans: dict[int, tuple[Span, float]] = {}
        self._given_up: dict[int, Any] = {}
        self._count = 0

    @property
    def slots(self) -> int:
        """How many spans are taken at a time."""
        return self._cpus * _WINDOW

    def submit(self, span: Span) -> int:
        """Make a task of a span."""
        self._count += 1
        task = self._task.options(scheduling_strategy=self._place())
        self._tickets[self._count] = task.remote(self._batch_id, self._parts, *span, self._memory)
        self._spans[self._count] = span, time.monotonic()
        return self._count

    def since(self, ticket: int) -> float | None:
        """Return when a span was handed over, on the monotonic clock."""
        found = self._spans.get(ticket)
        return found[1] if found else None

    def answers(self, timeout: float) -> list[Answer]:
        """Return the answers that are there within some seconds.

        Raises
        ------
        EngineLostError
            If Ray itself has died.
        """
        self._session.check()
        waiting = {ref: ticket for ticket, ref in (self._tickets | self._given_up).items()}
        if not waiting:
            time.sleep(timeout)
            return []
        ready, _ = ray.wait(list(waiting), num_returns=1, timeout=timeout)
        if ready:  # All that are ready by now, not the first alone.
            ready, _ = ray.wait(list(waiting), num_returns=len(waiting), timeout=0)
        return [answer for ref in ready if (answer := self._answer(waiting[ref], ref))]

    def abandon(self, ticket: int) -> None:
        """Kill a task; if its answer comes nevertheless, it is given."""
        ref = self._tickets.pop(ticket, None)
        if ref is not None:
            self._given_up[ticket] = ref
            with suppress(Exception):  # What cannot be reached cannot be stopped.
                ray.cancel(ref, force=True)

    def close(self) -> None:
        """Stop Ray, or leave the cluster."""
        self._session.close()

    def _answer(self, ticket: int, ref: Any) -> Answer | None:
        given_up = self._given_up.pop(ticket, None) is not None
        self._tickets.pop(ticket, None)
        try:
            return Answer(ticket, ray.get(ref))
        except _LOST as error:
            if given_up:
                return None
            return Answer(ticket, None, _told(error))
        except ray.exceptions.RayTaskError as error:
            cause = error.cause if isinstance(error.cause, Exception) else error
            if isinstance(cause, MemoryError):
                return Answer(ticket, None, str(cause), certain=True)
            said = f"internal error: {type(cause).__name__}: {cause}"
            return Answer(ticket, None, said.splitlines()[0], certain=True)
        except ray.exceptions.RayError as error:
            raise EngineLostError(f"Ray: {_told(error)}; go on with `catholyte resume`") from error

    def _place(self) -> Any:
        """Return where a task may run: on a living node, and not always on the same."""
        nodes = self._session.living_nodes()
        if len(nodes) < 2:  # noqa: PLR2004  # One node is no choice.
            return "DEFAULT"
        node = nodes[self._count % len(nodes)]
        return NodeAffinitySchedulingStrategy(node, soft=True)


def _told(error: Exception) -> str:
    if isinstance(error, ray.exceptions.OutOfMemoryError):
        return "the machine ran out of memory while it was computed"
    if isinstance(error, ray.exceptions.WorkerCrashedError):
        return "the process that computed it died"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
