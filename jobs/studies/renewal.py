"""A calibration made anew from all cells, and which places it would move: before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.lab.calibrations import current_calibration
from jobs.ranking.recalibration import moved_by, recalibration
from jobs.show.calibration_report import as_record
from screening.errors import CalibrationError
from screening.first_cycle.calibration import saved
from screening.first_cycle.validation import comparisons

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, Any]


def renewal(store: Path) -> Record:
    """Return what ``catholyte calibrate --json`` would print, and the calibration; nothing is kept.

    Parameters
    ----------
    store : Path
        The store, with its cells.
    """
    found, cells, left_out = recalibration(store)
    moves = moved_by(store, found)
    record: Record = as_record(
        found, comparisons(found), not_fitted=left_out, moved=moves and moves.places
    )
    record["current"] = _now(store)
    return record | {"calibration": saved(found), "id": found.id, "cells": list(cells)}


def renewed(store: Path) -> Record:
    """Return id and text of that calibration alone, for what was looked at to be used.

    Parameters
    ----------
    store : Path
        The store, with its cells.
    """
    found = recalibration(store).calibration
    return {"id": found.id, "calibration": saved(found)}


def _now(store: Path) -> str:
    """Return the id of the calibration in use; nothing where it is of another model."""
    try:
        return current_calibration(store).id
    except CalibrationError:
        return ""
