"""The command ``energy``: enthalpies of formation, measured or corrected."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003  # typer reads annotations when it runs.
from typing import Annotated

import typer

from jobs.options import EnergiesOption, Json, Table  # noqa: TC001  # typer reads annotations when it runs.
from jobs.process.ending import SOME_FAILED


def energy(
    formulas: Annotated[list[str] | None, typer.Argument(help="Formulas of compounds.")] = None,
    *,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="CSV with a column formula.", metavar="FILE")
    ] = None,
    table: Table = "reference",
    energies: EnergiesOption = None,
    as_json: Json = False,
) -> None:
    """Print standard enthalpies of formation at 298.15 K, with their 90 % intervals."""
    from jobs.show.energy_table import print_energies
    from jobs.work.energy_records import energy_records, listed_formulas
    from screening.errors import BatchError

    names = list(formulas or ())
    if bool(names) == (from_file is not None):
        raise BatchError("energy: give formulas, or --from FILE")
    if from_file is not None:
        names = listed_formulas(from_file)
    records = energy_records(names, table, energies.value if energies else None)
    if as_json:
        for record in records:
            print(json.dumps(record))
    else:
        print_energies(records)
    if any("reason" in record for record in records):
        raise typer.Exit(SOME_FAILED)
