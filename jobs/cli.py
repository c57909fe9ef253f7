"""The command ``catholyte``: reads arguments, calls, prints. Physics and storage live below.

Everything heavy is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stability.phases import CompetingPhases

OK, FAILURE, BAD_INPUT, SOME_FAILED, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""Exit codes: all well; our fault; the input's; pairs without an answer; store in use; Ctrl-C."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Find the solid electrolyte (SSE) that works inside each cathode.",
)


class PolicyName(StrEnum):
    """Which phases may compete."""

    KNOWN = "known"
    ALL = "all"


Table = Annotated[
    str, typer.Option(help="Phase table: reference, or a .csv or .parquet file.", metavar="NAME")
]
PolicyOption = Annotated[
    PolicyName, typer.Option(help="Competing phases: those experiment knows, or all.")
]
Store = Annotated[Path, typer.Option(help="Folder that keeps results.", envvar="CATHOLYTE_STORE")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]

_STORE = Path("catholyte-store")


@app.command()
def screen(
    batch: Annotated[
        Path | None, typer.Argument(help="Batch file (TOML); the reference batch without one.")
    ] = None,
    *,
    table: Annotated[
        str | None, typer.Option(help="Phase table, instead of the batch's.", metavar="NAME")
    ] = None,
    policy: Annotated[
        PolicyName | None, typer.Option(help="Competing phases, instead of the batch's.")
    ] = None,
    store: Store = _STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Evaluate every pair of a batch, keep the results, print the ranking."""
    from jobs.run import run
    from jobs.show import Progress, print_ranking
    from screening.batch import Batch, read_batch

    chosen = read_batch(batch) if batch else Batch()
    changes = {"table": table, "policy": policy and policy.value}
    chosen = chosen.model_copy(update={key: new for key, new in changes.items() if new})
    with Progress("pairs") as progress:
        outcome = run(chosen, store, progress=progress.report)
    if outcome.failed < outcome.pairs:
        print_ranking(
            store,
            batch_id=outcome.batch_id,
            style=_style(as_json=as_json, as_csv=as_csv),
        )
    if outcome.failed:
        _say(f"{outcome.failed} of {outcome.pairs} pairs failed; their rows in `pairs` say why")
        raise typer.Exit(SOME_FAILED)


@app.command()
def rank(
    cathode: Annotated[
        str | None, typer.Option(help="Only this cathode, as assembled.", metavar="NAME")
    ] = None,
    top: Annotated[
        int | None, typer.Option(help="Only the best N of each cathode.", min=1, metavar="N")
    ] = None,
    *,
    batch: Annotated[
        str | None, typer.Option(help="Batch id; the last one run without.", metavar="ID")
    ] = None,
    store: Store = _STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the ranking of a stored batch."""
    from jobs.show import print_ranking

    print_ranking(
        store,
        batch_id=batch,
        cathode=cathode,
        top=top,
        style=_style(as_json=as_json, as_csv=as_csv),
    )


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; docs/schema.md lists the tables.")],
    *,
    store: Store = _STORE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Ask the stored results in SQL, read-only."""
    from jobs.show import print_rows
    from jobs.store import rows

    print_rows(rows(store, sql), style=_style(as_json=as_json, as_csv=as_csv))


@app.command()
def window(
    formulas: Annotated[list[str], typer.Argument(help="Formulas, or labels such as LPSCl.")],
    *,
    table: Table = "reference",
    policy: PolicyOption = PolicyName.KNOWN,
    as_json: Json = False,
) -> None:
    """Print stability windows with their redox staircases."""
    from jobs.show import print_window
    from screening.batch import cathode_formula, sse_formula
    from screening.catalogue import cathodes
    from screening.record import window_record
    from stability.hull import reactant
    from stability.staircase import redox_staircase

    phases = _phases(table, policy)
    named = [cathode_formula(f) if f in cathodes() else sse_formula(f) for f in formulas]
    staircases = [redox_staircase(reactant(formula, phases), phases) for formula in named]
    for staircase in staircases:
        if as_json:
            print(json.dumps(window_record(staircase, phases)))
        else:
            print_window(staircase, phases)


@app.command()
def pair(
    sse: Annotated[str | None, typer.Argument(help="SSE: formula or label.")] = None,
    cathode: Annotated[str | None, typer.Argument(help="Cathode: formula.")] = None,
    *,
    voltage: Annotated[
        list[float] | None, typer.Option(help="Voltage against Li/Li+; may be repeated.")
    ] = None,
    voltage_range: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Worst case over a range of voltage, exactly.", metavar="LOW HIGH"),
    ] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="CSV with columns sse,cathode.", metavar="FILE")
    ] = None,
    table: Table = "reference",
    policy: PolicyOption = PolicyName.KNOWN,
    as_json: Json = False,
) -> None:
    """Print the reactions of an SSE with a cathode: chemical, and open to Li at voltages."""
    from jobs.show import print_reactions
    from screening.batch import cathode_formula, read_pairs, sse_formula
    from screening.errors import BatchError
    from screening.record import reaction_record
    from stability.hull import reactant
    from stability.interface import chemical_reaction, electrochemical_reactions
    from stability.voltage_range import reaction_over_range

    if [sse is None, cathode is None] != [from_file is not None] * 2:
        raise BatchError("pair: give an SSE and a cathode, or --from FILE")
    names = read_pairs(from_file) if from_file else [(str(sse), str(cathode))]
    phases = _phases(table, policy)
    formulas = [(sse_formula(one), cathode_formula(other)) for one, other in names]
    found = []
    for one, other in formulas:
        a, b = reactant(one, phases), reactant(other, phases)
        chemical = chemical_reaction(a, b, phases)
        at_voltages = electrochemical_reactions(a, b, phases, voltage or ())
        over_range = reaction_over_range(a, b, phases, *voltage_range) if voltage_range else None
        found.append((a, b, chemical, at_voltages, over_range))
    for result in found:
        if as_json:
            print(json.dumps(reaction_record(*result, phases)))
        else:
            print_reactions(*result, phases)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and turn every refusal into one line and an exit code."""
    try:
        app(args=arguments, standalone_mode=True)
    except SystemExit as ended:  # By typer, which answers a signal and a closed pipe by itself.
        if ended.code == INTERRUPTED:
            _say("interrupted; nothing of this run was kept")
        if isinstance(ended.__context__, BrokenPipeError):
            sys.exit(OK)  # The reader of our output has left; nothing went wrong.
        raise
    except Exception as error:  # noqa: BLE001  # No traceback reaches a user.
        sys.exit(_exit_code(error))


def _exit_code(error: Exception) -> int:
    """Print one line about an error, and return the exit code that it stands for."""
    from jobs.errors import REFUSALS, BusyError

    if isinstance(error, REFUSALS):
        _say(f"error: {error}")
        return BUSY if isinstance(error, BusyError) else BAD_INPUT
    if os.environ.get("CATHOLYTE_DEBUG"):
        raise error
    _say(
        f"internal error: {type(error).__name__}: {error}; "
        "please report it with the output of CATHOLYTE_DEBUG=1"
    )
    return FAILURE


def _phases(table: str, policy: PolicyName) -> CompetingPhases:
    from stability.phase_table import load_phase_table
    from stability.phases import Policy, competing_phases

    return competing_phases(load_phase_table(table), Policy(policy.value))


def _style(*, as_json: bool, as_csv: bool) -> str:
    return "json" if as_json else "csv" if as_csv else "table"


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
