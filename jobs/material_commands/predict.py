"""The command that predicts cells before they are made."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.material_commands.window import competing
from jobs.options import (
    DEFAULT_STORE,
    ArealCapacity,
    Csv,
    EnergiesOption,
    Json,
    Plot,
    PolicyName,
    PolicyOption,
    Rate,
    Store,
    Table,
    Temperature,
    style,
)
from jobs.process.ending import SOME_FAILED


def predict(
    path: Annotated[
        Path, typer.Argument(help="CSV with the columns of `experiment`, without results.")
    ],
    *,
    table: Table = "reference",
    energies: EnergiesOption = None,
    policy: PolicyOption = PolicyName.KNOWN,
    temperature: Temperature = 298.15,
    calibration: Annotated[
        str | None, typer.Option(help="Id of a calibration; the store's own without.", metavar="ID")
    ] = None,
    rate: Rate = None,
    areal_capacity: ArealCapacity = None,
    plot: Plot = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Predict charge, discharge and efficiency of cells that are described and not yet made."""
    from jobs.lab.calibrations import chosen_calibration
    from jobs.lab.kept_materials import own_in
    from jobs.show.predicted_cells import print_predicted
    from jobs.work.cell_predictions import planned_cells, predicted_cells
    from screening.first_cycle.calibration import default_calibration
    from screening.pairs.drawn import N_DRAWS

    own = own_in(store)
    planned = planned_cells(path, own, rate=rate, areal_capacity=areal_capacity)
    phases = competing(table, energies, policy, None, temperature, N_DRAWS)
    chosen = chosen_calibration(store, calibration) or default_calibration()
    found = predicted_cells(planned, phases, draws=N_DRAWS, calibration=chosen, own=own)
    if plot:
        from jobs.figures.cycles import planned_picture
        from jobs.work.cycle_curve import cell_curves

        curves = cell_curves(planned, phases, calibration=chosen, own=own)
        planned_picture(found, curves).save(plot)
    print_predicted(found, style=style(as_json=as_json, as_csv=as_csv))
    if any(row["status"] == "failed" for row in found):
        raise typer.Exit(SOME_FAILED)
