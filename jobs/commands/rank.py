"""The command that ranks stored pairs."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.commands.options import DEFAULT_STORE, Csv, Json, Plot, Store, amount, style


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
    pareto: Annotated[
        bool,
        typer.Option(
            "--pareto", help="Mark the Pareto front: efficiency, energy, conductivity, cost."
        ),
    ] = False,
    plot: Plot = None,
    calibration: Annotated[
        str | None,
        typer.Option(help="Predict with this calibration, or `shipped`.", metavar="ID"),
    ] = None,
    batch: Annotated[
        str | None, typer.Option(help="Batch id; the last one run without.", metavar="ID")
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the ranking of a stored batch."""
    form = style(as_json=as_json, as_csv=as_csv)
    objective = _objective(store, batch) if objective is None else objective
    if objective is None and not (explain or pareto or plot or calibration):
        from jobs.show.formats import print_ranking

        print_ranking(store, batch_id=batch, cathode=cathode, top=top, style=form)
        return
    from jobs.ranking.ranked import ranked
    from jobs.show.ranking_table import print_ranked

    found = ranked(
        store,
        batch_id=batch,
        cathode=cathode,
        top=top,
        by="score" if objective is None else objective,
        pareto=pareto,
        calibration=calibration,
    )
    if plot:
        from jobs.figures.intervals import ranking_picture

        ranking_picture(found.rows, found.objective.text).save(plot)
    print_ranked(found, style=form, explain=explain)


def _objective(store: Path, batch: str | None) -> str | None:
    """Return what the file of a batch asks to be ranked by."""
    from jobs.store.published import rows

    found = rows(
        store,
        "SELECT spec FROM batches WHERE coalesce(batch_id = ?, true) ORDER BY run_at DESC LIMIT 1",
        [batch],
    )
    return json.loads(found[0]["spec"]).get("objective") if found else None
