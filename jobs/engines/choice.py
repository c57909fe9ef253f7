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

SECONDS_PER_PAIR = 0.015
"""What a pair takes on one core, with draws; for estimates before anything has run. [s]"""
SECONDS_PER_PAIR_WITHOUT_DRAWS = 0.0005
"""The same without draws. [s]"""
RAY_START = 10.0
"""What Ray takes to start on one machine. [s]"""
_WORTH = 6  # Work on one core, in starts of Ray, from which Ray is worth its start.
_DRIVER_MB, _WORKER_MB, _RAY_MB = 300, 350, 550


class Choice(NamedTuple):
    """Which engine computes a batch."""

    engine: EngineName
    """Serial or Ray."""
    cpus: int
    """Processors that it uses here."""
    address: str | None
    """Address of a Ray cluster."""
    why: str
    """Why this one."""
    seconds: float
    """About how long the work takes. [s]"""
    memory: int
    """About how much memory it takes on this machine. [MB]"""


def chosen(
    name: EngineName,
    n_pairs: int,
    *,
    seconds_per_pair: float = SECONDS_PER_PAIR,
    cpus: int | None = None,
    address: str | None = None,
) -> Choice:
    """Return the engine for some work.

    Parameters
    ----------
    name : EngineName
        What the user asks for.
    n_pairs : int
        Pairs that are left.
    seconds_per_pair : float, optional
        What one takes on one core. [s]
    cpus : int, optional
        Processors to use; all that this process may use by default.
    address : str, optional
        Address of a running Ray cluster.

    Raises
    ------
    EngineError
        If Ray is asked for and not installed, or an address is given to the serial engine.

    Examples
    --------
    >>> chosen(EngineName.AUTO, 135, cpus=2).engine
    <EngineName.SERIAL: 'serial'>
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cpus = cpus or available or 1
    work = n_pairs * seconds_per_pair
    here = find_spec("ray") is not None
    if name is EngineName.SERIAL and address:
        raise EngineError("--ray-address goes with the engine ray; leave out --engine serial")
    if not here and (name is EngineName.RAY or address):
        raise EngineError("Ray is not installed; run: pip install 'catholyte[ray]'")
    if name is EngineName.AUTO:
        name, why = _worth(work, cpus, address, here=here)
    else:
        why = "asked for"
    if name is EngineName.SERIAL:
        return Choice(name, 1, None, why, work, _DRIVER_MB + _WORKER_MB)
    start = 0.0 if address else RAY_START
    workers = 0 if address else cpus * _WORKER_MB
    return Choice(name, cpus, address, why, start + work / cpus, _DRIVER_MB + _RAY_MB + workers)


def _worth(work: float, cpus: int, address: str | None, *, here: bool) -> tuple[EngineName, str]:
    if address:
        return EngineName.RAY, "a cluster is given"
    if not here:
        return EngineName.SERIAL, "Ray is not installed"
    if cpus == 1:
        return EngineName.SERIAL, "there is one processor"
    line = _WORTH * RAY_START
    told = f"about {work:.0f} s of work on one core; Ray is worth its start from {line:.0f} s"
    return (EngineName.RAY if work >= line else EngineName.SERIAL), told


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

    return Workers(store, spec.batch_id, count=choice.cpus, limits=limits)
