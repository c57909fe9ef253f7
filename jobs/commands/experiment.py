"""Commands on experiments: cells that were made come in, are listed and corrected."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.options import (
    DEFAULT_STORE,
    Csv,
    Json,
    PolicyName,
    Store,
    Table,
    style,
)
from jobs.process.ending import SOME_FAILED

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Add, import, list, show and correct measured cells.",
)
"""The group ``catholyte experiment``."""

Fields = Annotated[
    list[str] | None,
    typer.Option("--set", help="A field and its value; may be repeated.", metavar="FIELD=VALUE"),
]
Name = Annotated[str, typer.Argument(help="Id of the experiment.", metavar="ID")]


@app.command("add")
def add(
    fields: Annotated[
        list[str],
        typer.Argument(help="Fields as docs/experiments.md lists.", metavar="FIELD=VALUE"),
    ],
    *,
    store: Store = DEFAULT_STORE,
) -> None:
    """Keep one measured cell."""
    from jobs.lab.experiment_row import experiment, reference_note
    from jobs.lab.experiments import add as keep
    from jobs.lab.kept_materials import own_in

    texts = texts_of(fields)
    one = experiment(texts, own_in(store))
    new = keep(store, one)
    if new and (said := reference_note(texts)):
        print(f"taken, for nothing says otherwise: {said}", file=sys.stderr)
    print(f"experiment {one.id} {'added' if new else 'was there already, exactly so'}")


@app.command("import")
def import_(
    path: Annotated[
        Path | None, typer.Argument(help="CSV file; docs/experiments.md tells the header.")
    ] = None,
    *,
    template: Annotated[
        Path | None, typer.Option(help="Write a file to fill in, and stop.", metavar="FILE")
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Keep the good rows of a file with bad ones.")
    ] = False,
    store: Store = DEFAULT_STORE,
) -> None:
    """Keep the cells of a CSV file: all of them, or none."""
    from jobs.lab.experiments import import_experiments
    from screening.text.counts import counted

    if template is not None:
        from jobs.lab.experiment_file import template as to_fill_in
        from jobs.process.output_file import write_template

        write_template(template, to_fill_in(), store=store)
        print(f"{template}: fill it in, then `catholyte experiment import {template}`")
        return
    if path is None:
        raise typer.BadParameter("name a CSV file, or --template FILE to write one")
    done = import_experiments(store, path, skip_bad_rows=skip_bad_rows)
    added = counted(len(done.added), "experiment")
    print(f"{added} added, {counted(len(done.known), 'was', 'were')} there already")
    for said in done.assumed:
        print(f"taken, for the row does not say: {said}", file=sys.stderr)
    for fault in done.faults:
        print(f"left out: {fault}", file=sys.stderr)
    if done.faults:
        raise typer.Exit(SOME_FAILED)


@app.command("list")
def list_(
    *,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Also those that no longer count.")
    ] = False,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List the cells that are kept."""
    from jobs.lab.experiments import listed
    from jobs.show.suggestion_list import print_experiments

    print_experiments(
        listed(store, withdrawn=withdrawn), style=style(as_json=as_json, as_csv=as_csv)
    )


@app.command("show")
def show(name: Name, *, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Print one cell with all its versions."""
    from jobs.lab.experiments import history
    from jobs.show.suggestion_list import print_history

    print_history(history(store, name), style=style(as_json=as_json, as_csv=False))


@app.command("compare")
def compare(
    *,
    table: Table = "reference",
    calibration: Annotated[
        str | None, typer.Option(help="Id of a calibration; the store's own without.", metavar="ID")
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print what cells have shown beside what was predicted, and how many intervals held."""
    from jobs.lab.calibrations import chosen_calibration
    from jobs.lab.experiments import experiments
    from jobs.lab.kept_materials import own_in
    from jobs.material_commands.window import competing
    from jobs.show.predicted_cells import print_compared
    from jobs.work.cell_predictions import compared_cells
    from screening.pairs.drawn import N_DRAWS
    from stability.quantities import ROOM_TEMPERATURE

    used = chosen_calibration(store, calibration)
    phases = competing(table, None, PolicyName.KNOWN, None, ROOM_TEMPERATURE, N_DRAWS)
    found = compared_cells(
        experiments(store), phases, draws=N_DRAWS, calibration=used, own=own_in(store)
    )
    print_compared(found, used.id, style=style(as_json=as_json, as_csv=as_csv))


@app.command("correct")
def correct(
    name: Name,
    changes: Fields = None,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept with the new version.")],
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="The cell no longer counts.")
    ] = False,
    store: Store = DEFAULT_STORE,
) -> None:
    """Add a corrected version of a cell; what stood before is kept."""
    from jobs.lab.experiments import correct as keep

    keep(store, name, texts_of(changes or []), reason=reason, withdraw=withdraw)
    print(f"experiment {name} {'withdrawn' if withdraw else 'corrected'}")


def texts_of(fields: list[str]) -> dict[str, str]:
    """Return fields and values.

    Raises
    ------
    ExperimentError
        If one has no value, or stands twice.
    """
    from jobs.errors import ExperimentError

    texts: dict[str, str] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals:
            raise ExperimentError(
                f"{field!r} has no '='; write a field and its value, as sse=LPSCl"
            )
        if name.strip() in texts:
            raise ExperimentError(f"{name.strip()} stands twice; give it once")
        texts[name.strip()] = value
    return texts
