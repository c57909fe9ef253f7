"""The command that writes results to a file for other programs."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.commands.options import DEFAULT_STORE, Json, Store


class FormatName(StrEnum):
    """What a file is written as."""

    PARQUET = "parquet"
    CSV = "csv"
    ARROW = "arrow"


def export(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file; it is replaced.", metavar="FILE"),
    ] = None,
    *,
    lab: Annotated[
        Path | None,
        typer.Option(help="Write a backup of the laboratory instead.", metavar="FILE"),
    ] = None,
    table: Annotated[
        str, typer.Option(help="Table or view of docs/schema.md.", metavar="NAME")
    ] = "ranked_pairs",
    batch: Annotated[
        str | None, typer.Option(help="Only this batch; all without.", metavar="ID")
    ] = None,
    form: Annotated[
        FormatName | None, typer.Option("--format", help="By default, what the ending says.")
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Write stored results to a file, with units and comments; or a backup of the laboratory."""
    if lab is not None:
        _back_up(store, lab)
    if output is None:
        if lab is None:
            raise typer.BadParameter("name a file", param_hint="--output")
        return
    from jobs.query.result_file import Format
    from jobs.query.result_file import export as write

    written = write(
        store, output, table=table, batch_id=batch, form=Format(form.value) if form else None
    )
    if as_json:
        print(json.dumps({"file": str(output), **written._asdict()}))
    else:
        print(f"{output}: {written.rows} rows of {table}, {written.columns} columns")


def _back_up(store: Path, lab: Path) -> None:
    """Write a backup of the laboratory, and say so."""
    from jobs.lab.backup import export_laboratory

    count = export_laboratory(store, lab)
    print(f"{lab}: {count} versions; `catholyte lab import {lab}` restores them")
