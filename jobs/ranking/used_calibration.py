"""Which calibration a ranking predicts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.errors import StoreError
from jobs.lab.calibrations import kept_calibration
from screening.errors import CalibrationError
from screening.first_cycle.calibration import default_calibration

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.store.batch_choice import StoredBatch
    from screening.first_cycle.calibration import Calibration


def used_calibration(store: Path, name: str | None, batch: StoredBatch) -> Calibration:
    """Return the calibration that is asked for, or that of a batch.

    Parameters
    ----------
    store : Path
        The store.
    name : str or None
        As for :func:`jobs.lab.calibrations.kept_calibration`.
    batch : StoredBatch
        The batch.

    Raises
    ------
    StoreError, CalibrationError
        If it is asked for and not to be had.
    """
    if name:
        return kept_calibration(store, name)
    try:
        return kept_calibration(store, batch.calibration)
    except (StoreError, CalibrationError):  # Of an older program.
        return default_calibration()
