"""What the doctor looks at in the laboratory's own file, which nothing can make again."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from jobs.errors import StoreError
from jobs.health.finding import Finding, Health
from jobs.lab.laboratory import (
    LABORATORY,
    Kind,
    is_there,
    laboratory,
    published_laboratory,
    reading,
)

if TYPE_CHECKING:
    from pathlib import Path

_CHECK = "laboratory"


def laboratory_finding(store: Path) -> Finding:
    """Return what there is to say about the laboratory of a store.

    Parameters
    ----------
    store : Path
        The store.
    """
    if not is_there(store):
        if shown := published_laboratory(store):
            said = f"{LABORATORY} is missing; the published copy shows that it held {shown}"
            step = (
                "put it back, or `catholyte lab import BACKUP`; without a backup, `catholyte lab "
                f"import {store / 'results.duckdb'}` takes what is shown there"
            )
            return Finding(_CHECK, Health.PROBLEM, said, step)
        return Finding(_CHECK, Health.OK, "nothing entered yet")
    try:
        faults = _faults(store)
        with laboratory(store) as lab:
            held = {kind: len(lab.current(kind, without="text")) for kind in Kind}
    except (OSError, sqlite3.Error, StoreError, ValueError) as error:
        faults = [str(error)]
    if faults != ["ok"]:
        said = f"{LABORATORY} is damaged: {faults[0]}"
        step = (
            "stop all programs that use the store, move it away and restore it: `catholyte lab "
            "import BACKUP`, of a file that `catholyte export --lab` has written"
        )
        return Finding(_CHECK, Health.PROBLEM, said, step)
    told = ", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in held.items())
    return Finding(_CHECK, Health.OK, f"{LABORATORY} is sound: {told}")


def _faults(store: Path) -> list[str]:
    """Return what SQLite itself finds, ``ok`` alone for nothing."""
    with reading(store) as connection:
        return [row[0] for row in connection.execute("PRAGMA integrity_check")]
