"""The command that says which cells to make next, and keeps what became of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.options import (
    DEFAULT_STORE,
    BatchChoice,
    CalibrationChoice,
    Csv,
    Json,
    Store,
    amount,
    style,
)


class Group(StrEnum):
    """What is made once for several cells."""

    SSE = "sse"


def suggest(
    *,
    n: Annotated[int, amount("cells", "How many cells.", "N", "-n")] = 8,
    cathode: Annotated[
        str | None, typer.Option(help="Only this cathode, as assembled.", metavar="NAME")
    ] = None,
    objective: Annotated[
        str, typer.Option(help="What is to become larger, as for rank.", metavar="TEXT")
    ] = "score",
    group_by: Annotated[Group | None, typer.Option(help="Prefer cells that share an SSE.")] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="SSE, cathode, recipe or SSE/cathode; may be repeated.", metavar="NAME"),
    ] = None,
    controls: Annotated[
        bool, typer.Option("--controls", help="Add the reference cells of the thesis.")
    ] = False,
    mass_mg: Annotated[
        float | None, amount("mass_mg", "Mass of the composite of one cell.", "MG")
    ] = None,
    area_cm2: Annotated[
        float | None, amount("area_cm2", "Area of one cell, with --loading.", "CM2")
    ] = None,
    loading: Annotated[
        float | None,
        amount("areal_capacity_mah_per_cm2", "Theoretical capacity per area.", "MAH_PER_CM2"),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Write a page to print, .html.", metavar="FILE")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="List what was suggested, and its state.")
    ] = False,
    accept: Annotated[
        list[str] | None, typer.Option(help="This one is being made.", metavar="ID")
    ] = None,
    reject: Annotated[
        list[str] | None, typer.Option(help="This one will not be made.", metavar="ID")
    ] = None,
    done: Annotated[list[str] | None, typer.Option(help="This one was made.", metavar="ID")] = None,
    note: Annotated[str, typer.Option(help="Why, with --accept, --reject or --done.")] = "",
    calibration: CalibrationChoice = None,
    batch: BatchChoice = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Say which cells to make next, and keep what became of those suggested."""
    from jobs.errors import SuggestionError
    from jobs.show.suggestion_list import print_suggestions
    from jobs.suggest import kept_suggestions, suggestions
    from jobs.suggest.suggestion_sheet import USUAL_CELL, checked_cell, weighed, write_sheet

    form = style(as_json=as_json, as_csv=as_csv)
    cell = checked_cell(mass_mg, area_cm2, loading)
    wanted = [
        (accept, kept_suggestions.State.PENDING),
        (reject, kept_suggestions.State.REJECTED),
        (done, kept_suggestions.State.DONE),
    ]
    moves = [(name, state) for names, state in wanted for name in names or ()]
    if note and not moves:
        raise SuggestionError("--note goes with --accept, --reject or --done; give one of them")
    if moves:
        found = kept_suggestions.changes(store, moves, note=note)
    elif listing:
        found = kept_suggestions.listed(store)
    else:
        found = suggestions.suggest(
            store,
            n,
            batch_id=batch,
            cathode=cathode,
            by=objective,
            exclude=exclude or (),
            group_by_sse=group_by is Group.SSE,
            controls=controls,
            calibration=calibration,
        )
    rows = weighed(store, found, cell or (USUAL_CELL if sheet else None))
    if sheet:
        write_sheet(rows, sheet, store=store)
    print_suggestions(rows, style=form)
