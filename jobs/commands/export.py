"""The command that writes results to a file for other programs."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.options import DEFAULT_STORE, BatchChoice, Json, Store


class FormatName(StrEnum):
    """What a file is written as."""

    PARQUET = "parquet"
    CSV = "csv"
    ARROW = "arrow"
    XLSX = "xlsx"


def export(
    file: Annotated[
        Path | None, typer.Argument(help="The file, as --output names it.", metavar="FILE")
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file; it is replaced.", metavar="FILE"),
    ] = None,
    lab: Annotated[
        Path | None,
        typer.Option(help="Write a backup of the laboratory instead.", metavar="FILE"),
    ] = None,
    table: Annotated[
        str, typer.Option(help="Table or view of docs/schema.md.", metavar="NAME")
    ] = "ranked_pairs",
    batch: BatchChoice = None,
    form: Annotated[
        FormatName | None, typer.Option("--format", help="By default, what the ending says.")
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Write stored results to a file, with units and comments; or a backup of the laboratory."""
    if file is not None and output is not None:
        raise typer.BadParameter("the file is named twice; name it once", param_hint="--output")
    output = output or file
    if lab is not None:
        _back_up(store, lab)
    if output is None:
        if lab is None:
            raise typer.BadParameter("name a file", param_hint="--output")
        return
    from jobs.query.result_file import Format
    from jobs.query.result_file import export as write

    written = write(
        store, output, table=table, batch=batch, form=Format(form.value) if form else None
    )
    batch_id = written.batch.id if written.batch else None
    if as_json:
        told = {"file": str(output), "batch_id": batch_id}
        print(json.dumps(told | {"rows": written.rows, "columns": written.columns}))
    else:
        of = written.batch.title if written.batch else "all batches"
        print(f"{output}: {written.rows} rows of {table}, {written.columns} columns, of {of}")


def _back_up(store: Path, lab: Path) -> None:
    """Write a backup of the laboratory, and say so."""
    from jobs.lab.backup import export_laboratory

    count = export_laboratory(store, lab)
    print(f"{lab}: {count} versions; `catholyte lab import {lab}` restores them")
