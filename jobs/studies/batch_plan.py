"""What a batch would be, and what it would take, before it is submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.engines.choice import Wanted, chosen
from jobs.engines.estimate import estimated
from jobs.lab.calibrations import chosen_calibration
from jobs.store import ledger
from jobs.store.spec import batch_spec
from screening.batch.resolved import resolved

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.engines.choice import Choice
    from jobs.engines.estimate import Estimate
    from jobs.store.spec import Spec
    from screening.batch.candidates import CandidateCount
    from screening.batch.model import Batch

Record = dict[str, Any]


class Plan(NamedTuple):
    """A batch that could be submitted."""

    counts: tuple[CandidateCount, ...]
    """How many SSEs each step of the search has left."""
    spec: Spec
    """What would be submitted."""
    choice: Choice
    """What would compute it."""
    done: int
    """Pairs that are there already."""
    estimate: Estimate
    """How long it would take, from a sample of its pairs."""


def batch_plan(batch: Batch, spec: Spec, store: Path, wanted: Wanted) -> Plan:
    """Return what a batch would be, and what it would take: a sample of its pairs is computed.

    Parameters
    ----------
    batch : Batch
        What is asked.
    spec : Spec
        The same, settled.
    store : Path
        The store; nothing is written into it.
    wanted : Wanted
        What computes.

    Raises
    ------
    StabilityError, ScreeningError, JobsError
        If the batch cannot be run at all.
    """
    choice, done = chosen(wanted), ledger.pairs_done(store, spec.batch_id)
    return Plan(resolved(batch).counts, spec, choice, done, estimated(spec, choice, done))


def funnel(_: Path, batch: Batch) -> Record:
    """Return how many SSEs each step of a search leaves, and how many pairs there would be.

    Parameters
    ----------
    batch : Batch
        What is asked.

    Raises
    ------
    StabilityError, ScreeningError
        If the batch cannot be run at all.
    """
    found = resolved(batch)
    return {
        "counts": [one._asdict() for one in found.counts],
        "sses": len(found.sses),
        "composites": len(found.composites),
        "pairs_total": found.n_pairs,
    }


def plan_record(store: Path, batch: Batch) -> Record:
    """Return the same, and what it would take with what the service computes on.

    Parameters
    ----------
    store : Path
        The store; nothing is written into it.
    batch : Batch
        What is asked.

    Raises
    ------
    StabilityError, ScreeningError, JobsError
        If the batch cannot be run at all.
    """
    spec = batch_spec(batch, calibration=chosen_calibration(store, None))
    plan = batch_plan(batch, spec, store, Wanted())
    return {
        "counts": [one._asdict() for one in plan.counts],
        "sses": len(spec.sses),
        "composites": len(spec.composites),
        "pairs_total": spec.n_pairs,
        "id": spec.batch_id,
        "pairs_done": plan.done,
        "processors": plan.choice.cpus,
        "memory_mb": plan.choice.memory,
        "seconds": plan.estimate.seconds,
        "milliseconds_per_pair": 1e3 * plan.estimate.per_pair,
    }
