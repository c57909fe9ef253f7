"""Calibrations that a store keeps: made from the cells of the thesis and of the lab."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from descriptors.errors import DescriptorError
from jobs.errors import StoreError
from jobs.lab.experiments import measured_cells
from jobs.store.control import control, prepare
from screening.errors import ScreeningError
from screening.first_cycle.calibration import (
    Calibration,
    default_calibration,
    loaded,
    reference_phases,
    saved,
)
from screening.first_cycle.measured_cells import cell_features, cells_of
from stability.errors import StabilityError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from screening.first_cycle.measured_cells import Measurement

_PART = "calibrations"
MIGRATIONS = (
    """CREATE TABLE calibrations (
        id TEXT PRIMARY KEY,
        made_at TEXT NOT NULL,
        cells INTEGER NOT NULL,
        figures INTEGER NOT NULL,
        json TEXT NOT NULL
    )""",
)
"""SQL of each version of this part of the control file."""


class Kept(NamedTuple):
    """A calibration in a store, without what it holds."""

    id: str
    """Its id."""
    made_at: str
    """When it was first kept, UTC."""
    cells: int
    """Cells that were fitted."""
    figures: int
    """Figures that were fitted."""


def keep(store: Path, calibration: Calibration) -> None:
    """Keep a calibration in a store; one that is there stays as it is.

    Parameters
    ----------
    store : Path
        The store; made if it is missing.
    calibration : Calibration
        The calibration.

    Raises
    ------
    StoreError
        If the store cannot be written.
    """
    fitted = calibration.fits
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with control(store) as connection:
        prepare(connection, _PART, MIGRATIONS)
        connection.execute(
            "INSERT INTO calibrations VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                calibration.id,
                now,
                len({one.cell for one in fitted}),
                len(fitted),
                saved(calibration),
            ),
        )


def kept(store: Path) -> list[Kept]:
    """Return the calibrations of a store, the newest first.

    Parameters
    ----------
    store : Path
        The store.

    Raises
    ------
    StoreError
        If there is no store, or it cannot be read.
    """
    with control(store, make=False) as connection:
        return [Kept(**row) for row in rows(connection)]


def rows(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the calibrations of a control file for the published tables, the newest first.

    Parameters
    ----------
    connection : Connection
        From :func:`jobs.store.control.control`.
    """
    prepare(connection, _PART, MIGRATIONS)
    found = connection.execute(
        "SELECT id, made_at, cells, figures FROM calibrations ORDER BY made_at DESC, rowid DESC"
    )
    return [dict(row) for row in found]


def kept_calibration(store: Path, name: str) -> Calibration:
    """Return a calibration of a store, or the one that the package ships.

    Parameters
    ----------
    store : Path
        The store.
    name : str
        Its id, or a beginning of it that no other has; ``shipped``, or the id of the shipped one.

    Raises
    ------
    StoreError
        If the store does not hold it, or holds several that begin so.
    CalibrationError
        If it was made for another version of the model.
    """
    shipped = default_calibration()
    if name in {"shipped", shipped.id}:
        return shipped
    with control(store, make=False) as connection:
        prepare(connection, _PART, MIGRATIONS)
        query = "SELECT json FROM calibrations WHERE substr(id, 1, ?) = ?"
        found = connection.execute(query, (len(name), name)).fetchall()
    if len(found) != 1:
        many = f"{len(found)} calibrations" if found else "no calibration"
        raise StoreError(
            f"{many} in {store} with an id that begins with {name!r}; "
            "`catholyte calibrate --list` shows them"
        )
    return loaded(found[0]["json"])


def experiments_as_cells(store: Path) -> Sequence[Measurement]:
    """Return the measured cells of the lab, as a calibration takes them.

    Parameters
    ----------
    store : Path
        The store.

    Raises
    ------
    StoreError
        If the store holds none.
    """
    found = measured_cells(store)
    if not found:
        raise StoreError(
            f"no measured cells in {store}; add some with `catholyte experiment add`, "
            "or leave --with-experiments out"
        )
    return found


def usable_cells(found: Sequence[Measurement]) -> tuple[list[Measurement], dict[str, str]]:
    """Return the figures of cells that can be fitted, and why each other cell cannot.

    Parameters
    ----------
    found : sequence of Measurement
        From :func:`experiments_as_cells`.
    """
    left_out: dict[str, str] = {}
    for cell in dict.fromkeys(one.cell for one in found):
        try:
            cell_features(cells_of(one for one in found if one.cell == cell), reference_phases())
        except (ScreeningError, StabilityError, DescriptorError) as error:
            left_out[cell] = str(error)
    return [one for one in found if one.cell not in left_out], left_out
