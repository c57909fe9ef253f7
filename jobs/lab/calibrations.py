"""Calibrations that a store keeps: made from the cells of the thesis and of the lab."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from descriptors.errors import DescriptorError
from jobs.errors import StoreError
from jobs.lab.experiments import measured_cells
from jobs.lab.laboratory import Kind, laboratory
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
    from collections.abc import Sequence
    from pathlib import Path

    from jobs.lab.laboratory import Laboratory, Record
    from screening.first_cycle.measured_cells import Measurement

_TEXT = "text"  # Key of what is large: the parameters with their draws.


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
    with laboratory(store, write=True) as lab:
        if lab.history(Kind.CALIBRATION, calibration.id):
            return
        made = Kept(
            id=calibration.id,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            cells=len({one.cell for one in fitted}),
            figures=len(fitted),
        )
        lab.add(Kind.CALIBRATION, made.id, made._asdict() | {_TEXT: saved(calibration)})


def kept(store: Path) -> list[Kept]:
    """Return the calibrations of a store, the newest first.

    Parameters
    ----------
    store : Path
        The store.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    with laboratory(store) as lab:
        return [Kept(**row) for row in rows(lab)]


def rows(lab: Laboratory) -> list[Record]:
    """Return the calibrations of a laboratory for the published tables, the newest first.

    Parameters
    ----------
    lab : Laboratory
        From :func:`jobs.lab.laboratory.laboratory`.
    """
    found = lab.current(Kind.CALIBRATION, without=_TEXT)
    return [one.values for one in reversed(found.values())]


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
    with laboratory(store) as lab:
        found = [
            one for one in lab.current(Kind.CALIBRATION, without=_TEXT) if one.startswith(name)
        ]
        text = lab.history(Kind.CALIBRATION, found[0])[-1].values[_TEXT] if found else ""
    if len(found) != 1:
        many = f"{len(found)} calibrations" if found else "no calibration"
        raise StoreError(
            f"{many} in {store} with an id that begins with {name!r}; "
            "`catholyte calibrate --list` shows them"
        )
    return loaded(text)


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
