"""Calibrations that a store keeps, made from published cells and those of the lab.

One of them is current: the one made last, or else the one that the program ships. Screening,
ranking and suggestions predict with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from descriptors.errors import DescriptorError
from jobs.errors import StoreError
from jobs.lab.experiments import measured_cells
from jobs.lab.laboratory import Kind, laboratory
from screening.catalogue.own_materials import NO_MATERIALS
from screening.errors import ScreeningError
from screening.first_cycle.calibration import (
    Calibration,
    default_calibration,
    loaded,
    reference_phases,
    saved,
)
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.measured_cells import OWN_LABORATORY, cells_of
from screening.text.counts import counted
from stability.errors import StabilityError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jobs.lab.laboratory import Laboratory, Record
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.measured_cells import Measurement

_NAMED = 5  # Cells that a line names.
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
    current: bool = False
    """Whether the store predicts with it."""


def keep(store: Path, calibration: Calibration) -> None:
    """Keep a calibration in a store, and make it the current one.

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
        newest = lab.newest(Kind.CALIBRATION)
        if newest and newest.id == calibration.id:
            return
        known = lab.history(Kind.CALIBRATION, calibration.id)
        values = (
            known[0].values
            if known
            else {
                "id": calibration.id,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "cells": len({one.cell for one in fitted}),
                "figures": len(fitted),
                _TEXT: saved(calibration),
            }
        )
        reason = "made current again" if known else ""
        lab.add(Kind.CALIBRATION, calibration.id, values, reason=reason)


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
    newest = lab.newest(Kind.CALIBRATION)
    found = lab.current(Kind.CALIBRATION, without=_TEXT)
    return [
        one.values | {"current": newest is not None and one.id == newest.id}
        for one in reversed(found.values())
    ]


def current_calibration(store: Path) -> Calibration:
    """Return the calibration that a store predicts with.

    Parameters
    ----------
    store : Path
        The store.

    Raises
    ------
    StoreError
        If it cannot be read.
    CalibrationError
        If it was made for another version of the model.
    """
    with laboratory(store) as lab:
        newest = lab.newest(Kind.CALIBRATION)
    shipped = default_calibration()
    return shipped if newest is None or newest.id == shipped.id else loaded(newest.values[_TEXT])


def chosen_calibration(store: Path, name: str | None) -> Calibration:
    """Return the calibration that is asked for, or the current one of a store.

    Parameters
    ----------
    store : Path
        The store.
    name : str or None
        As for :func:`kept_calibration`.
    """
    return kept_calibration(store, name) if name else current_calibration(store)


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


def outdated_cells(store: Path, calibration: Calibration) -> tuple[str, ...]:
    """Return the cells of a store that a calibration was fitted to as they no longer are, by id.

    Parameters
    ----------
    store : Path
        The store.
    calibration : Calibration
        What is predicted with.
    """
    fitted = [one for one in calibration.fits if one.laboratory == OWN_LABORATORY]
    if not fitted:
        return ()
    there = {one.id: one for one in measured_cells(store)}
    return tuple(dict.fromkeys(one.cell for one in fitted if there.get(one.id) != one))


def outdated_note(store: Path, calibration: Calibration) -> str:
    """Return in one line that a calibration knows cells as they no longer are; or nothing.

    Parameters
    ----------
    store : Path
        The store.
    calibration : Calibration
        What is predicted with.
    """
    cells = outdated_cells(store, calibration)
    if not cells:
        return ""
    named = ", ".join(cells[:_NAMED]) + (" ..." if len(cells) > _NAMED else "")
    return (
        f"calibration {calibration.id} was fitted to {counted(len(cells), 'cell')} that "
        f"{'has' if len(cells) == 1 else 'have'} been corrected or withdrawn since ({named}): "
        "`catholyte calibrate` fits anew"
    )


def usable_cells(
    found: Sequence[Measurement], own: OwnMaterials = NO_MATERIALS
) -> tuple[list[Measurement], dict[str, str]]:
    """Return the figures of cells that can be fitted, and why each other cell cannot.

    Parameters
    ----------
    found : sequence of Measurement
        From :func:`jobs.lab.experiments.measured_cells`.
    own : OwnMaterials, optional
        Materials of one's own that cells may be made of.
    """
    left_out: dict[str, str] = {}
    for cell in dict.fromkeys(one.cell for one in found):
        try:
            cells = cells_of(one for one in found if one.cell == cell)
            cell_features(cells, reference_phases(), own)
        except (ScreeningError, StabilityError, DescriptorError) as error:
            left_out[cell] = str(error)
    return [one for one in found if one.cell not in left_out], left_out
