"""The command that calibrates the model of the first cycle on measured cells."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.options import DEFAULT_STORE, Json, Plot, Store
from jobs.process.ending import SOME_FAILED

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.ranking.moved_places import Moved
    from jobs.ranking.ranked import Ranked


def calibrate(
    *,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Take the one that the program ships instead.")
    ] = False,
    leave_one_out: Annotated[
        bool, typer.Option(help="Leave each cell out in turn, and predict it: minutes.")
    ] = False,
    plot: Plot = None,
    show_list: Annotated[
        bool, typer.Option("--list", help="List the calibrations of the store, and stop.")
    ] = False,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Fit the first cycle to published cells and those of the store; predict with it from now on.

    Prints parameters, predictions, what is unknown, and which places of the current batch moved.
    """
    from jobs.lab.calibrations import keep, kept, usable_cells
    from jobs.lab.experiments import measured_cells
    from jobs.lab.kept_materials import own_in
    from jobs.show.calibration_report import as_record, print_calibration, print_kept, print_moved

    if show_list:
        print_kept(kept(store), as_json=as_json)
        return
    from screening.first_cycle.calibration import default_calibration
    from screening.first_cycle.validation import comparisons
    from screening.first_cycle.validation import leave_one_out as left_out

    found, not_fitted = default_calibration(), dict[str, str]()
    if not shipped:
        own = own_in(store)
        cells, not_fitted = usable_cells(measured_cells(store), own)
        found = found.with_cells(cells, own=own) if cells else found
    compared = comparisons(found)
    if plot:
        from jobs.figures.parity import parity_picture

        parity_picture(compared).save(plot)
    before = _ranking(store)
    keep(store, found)
    record = as_record(found, compared, left_out(found) if leave_one_out else ())
    record["experiments_left_out"] = [
        {"experiment": name, "reason": reason} for name, reason in not_fitted.items()
    ]
    moved = _moved(store, before)
    record["moved_places"] = None if moved is None else [one._asdict() for one in moved]
    print_calibration(record, as_json=as_json)
    if before and moved is not None and not as_json:
        print_moved(moved, before.batch.title)
    for name, reason in not_fitted.items():
        print(f"experiment {name} is left out: {reason}", file=sys.stderr)
    if not_fitted:
        raise typer.Exit(SOME_FAILED)


def _ranking(store: Path) -> Ranked | None:
    """Return the ranking of the current batch; None if there is none, or it cannot be made."""
    from jobs.errors import JobsError
    from jobs.ranking.ranked import ranked
    from jobs.store.published import snapshot
    from screening.errors import CalibrationError

    try:
        with snapshot(store) as there:
            return ranked(there)
    except (JobsError, CalibrationError):  # Without results, or of another model: nothing to say.
        return None


def _moved(store: Path, before: Ranked | None) -> list[Moved] | None:
    """Return the pairs that have another place than before; None without a ranking."""
    from jobs.ranking.moved_places import moved_places

    after = _ranking(store) if before else None
    return moved_places(before, after) if before and after else None
