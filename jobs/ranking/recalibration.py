"""The model of the first cycle fitted to all cells of a store, and what that moves in a ranking."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import JobsError
from jobs.lab.calibrations import usable_cells
from jobs.lab.experiments import measured_cells
from jobs.lab.kept_materials import own_in
from jobs.ranking.moved_places import Moved, moved_places
from jobs.ranking.ranked import ranked
from jobs.store.published import snapshot
from screening.errors import CalibrationError
from screening.first_cycle.calibration import Calibration, default_calibration

if TYPE_CHECKING:
    from pathlib import Path

    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.measured_cells import Measurement


class Recalibration(NamedTuple):
    """A calibration, and the cells of the store behind it."""

    calibration: Calibration
    """Fitted to published cells and those of the store."""
    cells: tuple[str, ...]
    """Ids of the cells of the store that were fitted."""
    left_out: dict[str, str]
    """Why each other one was not, by id."""


class Moves(NamedTuple):
    """What a calibration moves in the ranking that a store shows."""

    batch: str
    """Title of the batch."""
    places: list[Moved]
    """Pairs with another place."""


def recalibration(store: Path) -> Recalibration:
    """Return the calibration with all cells of a store; nothing is kept.

    Parameters
    ----------
    store : Path
        The store; without cells it is the calibration that the program ships.
    """
    own = own_in(store)
    figures, left_out = usable_cells(measured_cells(store), own)
    cells = tuple(dict.fromkeys(one.cell for one in figures))
    return Recalibration(_fitted(tuple(figures), own), cells, left_out)


@lru_cache(1)
def _fitted(cells: tuple[Measurement, ...], own: OwnMaterials) -> Calibration:
    """Return the calibration with some cells; what was looked at last is not fitted again."""
    shipped = default_calibration()
    return shipped.with_cells(cells, own=own) if cells else shipped


def moved_by(store: Path, calibration: Calibration) -> Moves | None:
    """Return what a calibration moves, beside the one that a store uses; None without a ranking.

    Parameters
    ----------
    store : Path
        The store.
    calibration : Calibration
        The new one, kept or not.
    """
    try:
        with snapshot(store) as there:
            before, after = ranked(there), ranked(there, calibration=calibration)
    except (JobsError, CalibrationError):  # Without results, or of another model: nothing to say.
        return None
    return Moves(before.batch.title, moved_places(before, after))
