"""A calibration made anew from all cells, and which places it would move: before it is used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jobs.errors import JobsError
from jobs.lab.calibrations import current_calibration, usable_cells
from jobs.lab.experiments import measured_cells
from jobs.lab.kept_materials import own_in
from jobs.ranking.moved_places import moved_places
from jobs.ranking.ranked import ranked
from jobs.show.calibration_report import as_record
from jobs.store.published import snapshot
from screening.errors import CalibrationError
from screening.first_cycle.calibration import default_calibration, saved
from screening.first_cycle.validation import comparisons

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.calibration import Calibration
    from screening.first_cycle.measured_cells import Measurement

Record = dict[str, Any]


def renewal(store: Path) -> Record:
    """Return what ``catholyte calibrate --json`` would print, and the calibration; nothing is kept.

    Parameters
    ----------
    store : Path
        The store, with its cells.
    """
    found, cells, left_out = _with_all_cells(store)
    record: Record = as_record(found, comparisons(found), ())
    record["experiments_left_out"] = [
        {"experiment": name, "reason": reason} for name, reason in left_out.items()
    ]
    record["moved_places"] = _moved(store, found)
    record["current"] = _now(store)
    return record | {"calibration": saved(found), "id": found.id, "cells": _cells(cells)}


def renewed(store: Path) -> Record:
    """Return id and text of that calibration alone, for what was looked at to be used.

    Parameters
    ----------
    store : Path
        The store, with its cells.
    """
    found, _, _ = _with_all_cells(store)
    return {"id": found.id, "calibration": saved(found)}


def _with_all_cells(store: Path) -> tuple[Calibration, list[Measurement], dict[str, str]]:
    """Return the calibration with all cells of a store, those cells, and which were left out."""
    own = own_in(store)
    cells, left_out = usable_cells(measured_cells(store), own)
    return _fitted(tuple(cells), own), cells, left_out


@lru_cache(1)
def _fitted(cells: tuple[Measurement, ...], own: OwnMaterials) -> Calibration:
    """Return the calibration with some cells; what was looked at last is not fitted again."""
    shipped = default_calibration()
    return shipped.with_cells(cells, own=own) if cells else shipped


def _cells(cells: Iterable[Measurement]) -> list[str]:
    return list(dict.fromkeys(one.cell for one in cells))


def _now(store: Path) -> str:
    """Return the id of the calibration in use; nothing where it is of another model."""
    try:
        return current_calibration(store).id
    except CalibrationError:
        return ""


def _moved(store: Path, found: Calibration) -> list[Record] | None:
    """Return the pairs that would have another place; None without a ranking."""
    try:
        with snapshot(store) as there:
            before, after = ranked(there), ranked(there, calibration=found)
    except (JobsError, CalibrationError):
        return None
    return [one._asdict() for one in moved_places(before, after)]
