"""Submit a batch, or submit it and run it here and now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.batches.driver import Outcome, drive
from jobs.engines.choice import Wanted, chosen
from jobs.errors import StoreError
from jobs.lab.calibrations import chosen_calibration
from jobs.store import ledger
from jobs.store.recovery import relist
from jobs.store.spec import batch_spec, store_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jobs.store.spec import Spec
    from jobs.work.engine import Limits
    from screening.batch.model import Batch


def submit(batch: Batch, store: Path, *, priority: int = 0, calibration: str | None = None) -> Spec:
    """Put a batch into the queue of a store.

    Parameters
    ----------
    batch : Batch
        What to evaluate.
    store : Path
        Folder that keeps the results; made if it is missing.
    priority : int, optional
        The higher, the earlier.
    calibration : str, optional
        Predict with this one; without, with the current one of the store.

    Raises
    ------
    StabilityError, ScreeningError, JobsError
        If the batch cannot be run at all; then nothing is written.
    """
    spec = batch_spec(batch, calibration=chosen_calibration(store, calibration))
    store_spec(store, spec)
    ledger.queue(store, spec, priority=priority)
    return spec


def run(
    batch: Batch,
    store: Path,
    *,
    wanted: Wanted | None = None,
    limits: Limits | None = None,
    calibration: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Evaluate every pair of a batch, store the results and publish them.

    Parameters
    ----------
    batch : Batch
        What to evaluate.
    store : Path
        Folder that keeps the results.
    wanted : Wanted, optional
        What computes; one process of this machine by default.
    limits : Limits, optional
        What workers may use.
    calibration : str, optional
        Predict with this one; without, with the current one of the store.
    progress : callable, optional
        Called with the pairs done and the pairs in all, now and then.

    Raises
    ------
    StabilityError, DescriptorError, ScreeningError, JobsError
        If the batch cannot be run at all; then nothing is written. A single pair that has no
        answer becomes a failed row.
    """
    spec = batch_spec(batch, calibration=chosen_calibration(store, calibration))
    choice = chosen(wanted or Wanted(cpus=1))
    return drive(store, spec, choice, limits=limits, progress=progress)


def waiting(store: Path, *, recompute: bool = False) -> str:
    """Return the batch to go on with: the first that waits.

    Parameters
    ----------
    store : Path
        The store.
    recompute : bool, optional
        Whether a finished one will do, if none waits: what it has lost is to be found.

    Raises
    ------
    StoreError
        If none waits.
    """
    relist(store)
    found = ledger.batches(store)
    there = [one.id for one in found if one.state in ledger.WAITING]
    there = there or [one.id for one in found if recompute]
    if not there:
        raise StoreError(f"no batch waits in {store}; name one of `catholyte status`")
    return there[0]
