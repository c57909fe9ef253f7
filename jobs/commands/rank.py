"""The command that ranks stored pairs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from jobs.options import (
    DEFAULT_STORE,
    ArealCapacity,
    BatchChoice,
    CalibrationChoice,
    Csv,
    Json,
    Plot,
    Rate,
    Store,
    amount,
    style,
)

_MOST_SHOWN, _BEST = 5000, 20  # Pairs of a batch up to which all are shown; else this many.


def rank(
    cathode: Annotated[
        str | None, typer.Option(help="Only this cathode, as assembled.", metavar="NAME")
    ] = None,
    top: Annotated[int | None, amount("rows", "Only the best N of each cathode.", "N")] = None,
    *,
    objective: Annotated[
        str | None,
        typer.Option(
            help="Rank by this: efficiency, energy ..., or an expression over columns.",
            metavar="TEXT",
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what each factor does to the score.")
    ] = False,
    order: Annotated[
        str | None,
        typer.Option(
            help="By the mean of the draws, the lower end of the interval, or the central value: "
            "expected, cautious or central.",
            metavar="NAME",
        ),
    ] = None,
    pareto: Annotated[
        bool,
        typer.Option(
            "--pareto", help="Mark the Pareto front: efficiency, energy, conductivity, cost."
        ),
    ] = False,
    rate: Rate = None,
    areal_capacity: ArealCapacity = None,
    plot: Plot = None,
    calibration: CalibrationChoice = None,
    batch: BatchChoice = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the ranking of a stored batch."""
    from jobs.lab.calibrations import chosen_calibration, outdated_note
    from jobs.ranking.ranked import ranked
    from jobs.show.ranking_table import print_ranked
    from jobs.store.published import snapshot

    with snapshot(store) as there:
        chosen = there.batch(batch)
        if top is None and chosen.pairs_total > _MOST_SHOWN:
            top = _BEST
            print(
                f"the best {top} of each cathode; --top N shows more, `catholyte export` writes "
                "all",
                file=sys.stderr,
            )
        found = ranked(
            there,
            batch=chosen.id,
            cathode=cathode,
            top=top,
            by=objective,
            pareto=pareto,
            explain=explain,
            calibration=calibration,
            order=order,
            rate=rate,
            areal_capacity=areal_capacity,
        )
    if plot:
        from jobs.figures.intervals import ranking_picture

        ranking_picture(found.rows, found.objective.text).save(plot)
    print_ranked(found, style=style(as_json=as_json, as_csv=as_csv))
    if note := outdated_note(store, chosen_calibration(store, calibration)):
        print(note, file=sys.stderr)
