"""The command that asks the stored results in SQL."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from jobs.options import DEFAULT_STORE, BatchChoice, Csv, Json, Store, amount, style


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; docs/schema.md lists the tables.")],
    *,
    timeout: Annotated[float, amount("timeout_s", "Processor time it may take.", "SECONDS")] = 5.0,
    max_rows: Annotated[int, amount("rows", "More rows are refused.", "N")] = 100_000,
    batch: BatchChoice = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Ask the stored results in SQL, read-only."""
    from jobs.query.sandbox import answer
    from jobs.show.query_rows import print_rows

    found = answer(store, sql, batch=batch, timeout=timeout, max_rows=max_rows)
    if found.batch and re.search(r"\branked_pairs\b", sql):
        print(f"ranked_pairs: {found.batch}", file=sys.stderr)
    print_rows(found.columns, found.rows, style=style(as_json=as_json, as_csv=as_csv))
