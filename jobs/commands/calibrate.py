"""The command that calibrates the model of the first cycle on measured cells."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from jobs.commands.options import DEFAULT_STORE, Json, Plot, Store
from jobs.process.ending import SOME_FAILED


def calibrate(
    *,
    with_experiments: Annotated[
        bool, typer.Option("--with-experiments", help="Fit the cells of the store as well.")
    ] = False,
    leave_one_out: Annotated[
        bool, typer.Option(help="Leave each cell out in turn, and predict it.")
    ] = True,
    plot: Plot = None,
    show_list: Annotated[
        bool, typer.Option("--list", help="List the calibrations of the store, and stop.")
    ] = False,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Fit the first cycle to measured cells; print parameters, predictions and what is unknown."""
    from jobs.lab.calibrations import experiments_as_cells, keep, kept, usable_cells
    from jobs.show.calibration_report import as_record, print_calibration, print_kept

    if show_list:
        print_kept(kept(store), as_json=as_json)
        return
    from screening.first_cycle.calibration import calibrate as calibrated
    from screening.first_cycle.measured_cells import thesis_cells
    from screening.first_cycle.validation import comparisons
    from screening.first_cycle.validation import leave_one_out as left_out

    found = calibrated(thesis_cells())
    not_fitted: dict[str, str] = {}
    if with_experiments:
        cells, not_fitted = usable_cells(experiments_as_cells(store))
        if cells:
            found = found.with_cells(cells)
    compared = comparisons(found)
    if plot:
        from jobs.figures.parity import parity_picture

        parity_picture(compared).save(plot)
    keep(store, found)
    record = as_record(found, compared, left_out(found) if leave_one_out else ())
    record["experiments_left_out"] = [
        {"experiment": name, "reason": reason} for name, reason in not_fitted.items()
    ]
    print_calibration(record, as_json=as_json)
    for name, reason in not_fitted.items():
        print(f"experiment {name} is left out: {reason}", file=sys.stderr)
    if not_fitted:
        raise typer.Exit(SOME_FAILED)
