"""The command that puts a laboratory back: what `catholyte export --lab` has written."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.options import DEFAULT_STORE, Store

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Restore experiments, suggestions, calibrations and materials from a backup.",
)
"""The group ``catholyte lab``."""


@app.callback()
def group() -> None:
    """Restore experiments, suggestions, calibrations and materials from a backup."""


@app.command("import")
def import_(
    path: Annotated[
        Path,
        typer.Argument(help="File of `catholyte export --lab`, or results.duckdb of a store."),
    ],
    *,
    store: Store = DEFAULT_STORE,
) -> None:
    """Put a laboratory into a store: all of it, or nothing; what is there stays."""
    from jobs.lab.backup import import_laboratory
    from screening.text.counts import counted

    done = import_laboratory(store, path)
    added = counted(done.added, "version")
    print(f"{added} added, {counted(done.known, 'was', 'were')} there already")
