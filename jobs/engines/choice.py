"""Which engine computes a batch, and its start."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from jobs.engines.engine_name import EngineName
from jobs.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.store.spec import Spec
    from jobs.work.engine import Engine, Limits

_DRIVER_MB, _WORKER_MB, _RAY_MB = 500, 350, 550


class Wanted(NamedTuple):
    """What people ask for."""

    engine: EngineName = EngineName.AUTO
    """Which engine."""
    cpus: int | None = None
    """Processors to use here; all that this process may use by default."""
    address: str | None = None
    """Address of a running Ray cluster."""


class Choice(NamedTuple):
    """Which engine computes a batch."""

    engine: EngineName
    """Processes of this machine, or Ray."""
    cpus: int
    """Processors that it uses here."""
    address: str | None
    """Address of a Ray cluster."""
    memory: int
    """About how much memory it takes on this machine. [MB]"""


def chosen(wanted: Wanted) -> Choice:
    """Return the engine that meets a wish.

    Parameters
    ----------
    wanted : Wanted
        What people ask for.

    Raises
    ------
    EngineError
        If Ray is asked for and not installed, or an address is given to the local engine.

    Examples
    --------
    >>> chosen(Wanted(cpus=2)).engine
    <EngineName.LOCAL: 'local'>
    """
    name, cpus, address = wanted.engine, wanted.cpus or processors(), wanted.address
    if name is EngineName.LOCAL and address:
        raise EngineError("--ray-address goes with the engine ray; leave out --engine local")
    if name is not EngineName.RAY and not address:
        return Choice(EngineName.LOCAL, cpus, None, _DRIVER_MB + cpus * _WORKER_MB)
    if find_spec("ray") is None:
        raise EngineError("Ray is not installed; run: pip install 'catholyte[ray]'")
    workers = 0 if address else cpus * _WORKER_MB
    return Choice(EngineName.RAY, cpus, address, _DRIVER_MB + _RAY_MB + workers)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def started(choice: Choice, store: Path, spec: Spec, limits: Limits) -> Engine:
    """Start an engine for a batch.

    Parameters
    ----------
    choice : Choice
        From :func:`chosen`.
    store : Path
        The store.
    spec : Spec
        The batch, in the store.
    limits : Limits
        What its workers may use.
    """
    if choice.engine is EngineName.RAY:
        from jobs.engines.ray_engine import RayEngine  # noqa: PLC0415  # Ray takes more than a second.

        return RayEngine(spec, cpus=choice.cpus, address=choice.address, limits=limits)
    from jobs.engines.workers import Workers  # noqa: PLC0415  # Only if it is used.

    # Chunks that are there already may make it one too many; a worker costs nothing until it works.
    count = min(choice.cpus, spec.n_chunks)
    return Workers(store, spec.batch_id, count=count, limits=limits)
