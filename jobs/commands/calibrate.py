"""The command that calibrates the model of the first cycle on measured cells."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from jobs.options import DEFAULT_STORE, Json, Plot, Store
from jobs.process.ending import SOME_FAILED


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
    from jobs.lab.calibrations import current_calibration, keep, kept, outdated_note
    from jobs.ranking.recalibration import Recalibration, moved_by, recalibration
    from jobs.show.calibration_report import as_record, print_calibration, print_kept, print_moved

    if show_list:
        print_kept(kept(store), as_json=as_json)
        if note := outdated_note(store, current_calibration(store)):
            print(note, file=sys.stderr)
        return
    from screening.first_cycle.calibration import default_calibration
    from screening.first_cycle.validation import comparisons
    from screening.first_cycle.validation import leave_one_out as left_out

    fit = Recalibration(default_calibration(), (), {}) if shipped else recalibration(store)
    found, not_fitted = fit.calibration, fit.left_out
    compared = comparisons(found)
    if plot:
        from jobs.figures.parity import parity_picture

        parity_picture(compared).save(plot)
    moves = moved_by(store, found)
    keep(store, found)
    record = as_record(
        found,
        compared,
        left_out(found) if leave_one_out else (),
        not_fitted=not_fitted,
        moved=moves and moves.places,
    )
    print_calibration(record, as_json=as_json)
    if moves and not as_json:
        print_moved(moves.places, moves.batch)
    for name, reason in not_fitted.items():
        print(f"experiment {name} is left out: {reason}", file=sys.stderr)
    if not_fitted:
        raise typer.Exit(SOME_FAILED)
