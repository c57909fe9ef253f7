"""The command that says which cells to make next, and keeps what became of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from jobs.suggest.suggestions import State


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
    from jobs.suggest import suggestions
    from jobs.suggest.suggestion_sheet import USUAL_CELL, checked_cell, weighed, write_sheet

    form = style(as_json=as_json, as_csv=as_csv)
    cell = checked_cell(mass_mg, area_cm2, loading)
    moves: list[tuple[list[str] | None, State]] = [
        (accept, suggestions.State.PENDING),
        (reject, suggestions.State.REJECTED),
        (done, suggestions.State.DONE),
    ]
    if note and not any(names for names, _ in moves):
        raise SuggestionError("--note goes with --accept, --reject or --done; give one of them")
    changed = [
        suggestions.change(store, name, state, note=note)
        for names, state in moves
        for name in names or ()
    ]
    if changed:
        found = changed
    elif listing:
        found = suggestions.listed(store)
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
