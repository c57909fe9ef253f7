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
    from collections.abc import Callable, Sequence

    from screening.record import Record
    from stability.phases import CompetingPhases

OK, FAILURE, BAD_INPUT, SOME_FAILED, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""Exit codes: all well; our fault; the input's; pairs without an answer; store in use; Ctrl-C."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
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
Exclude = Annotated[
    list[str] | None,
    typer.Option(help="Leave a phase out; may be repeated.", metavar="FORMULA[=REASON]"),
]
Temperature = Annotated[
    float, typer.Option(help="0, or 273.15 to 400 K for free energies.", metavar="KELVIN")
]
Draws = Annotated[
    int, typer.Option(help="Redraw all phase energies N times: intervals.", min=0, max=100_000)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]

_STORE = Path("catholyte-store")


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    """Find the solid electrolyte (SSE) that works inside each cathode."""
    if version:
        from importlib.metadata import version as installed

        print(installed("catholyte"))
        raise typer.Exit


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
    temperature: Annotated[
        float | None,
        typer.Option(help="Temperature, instead of the batch's.", metavar="KELVIN"),
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
    changes = {"table": table, "policy": policy and policy.value, "temperature": temperature}
    chosen = chosen.model_copy(update={key: new for key, new in changes.items() if new is not None})
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
    draws: Draws = 0,
    covers: Annotated[
        tuple[float, float] | None,
        typer.Option(help="With --draws: how likely the window covers it.", metavar="LOW HIGH"),
    ] = None,
    compare_policies: Annotated[
        bool, typer.Option("--compare-policies", help="Show what computed-only phases change.")
    ] = False,
    table: Table = "reference",
    policy: PolicyOption = PolicyName.KNOWN,
    exclude: Exclude = None,
    temperature: Temperature = 0.0,
    as_json: Json = False,
) -> None:
    """Print stability windows with their redox staircases."""
    from jobs.materials import compared_windows, windows
    from jobs.show_materials import print_comparison, print_window
    from screening.errors import BatchError

    phases = _phases(table, policy, exclude, temperature, draws)
    if compare_policies:
        if draws or covers:
            raise BatchError("--compare-policies goes without --draws and --covers; give one")
        everything = _phases(table, PolicyName.ALL, exclude, temperature, 0)
        for comparison in compared_windows(formulas, phases, everything):
            _print(comparison, print_comparison, as_json=as_json)
        return
    for record in windows(formulas, phases, draws=draws, covers=covers):
        _print(record, print_window, as_json=as_json)


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
    draws: Draws = 0,
    sse_energy: Annotated[
        float | None, typer.Option(help="The SSE's own energy, eV/atom.", metavar="EV")
    ] = None,
    sse_above_hull: Annotated[
        float | None, typer.Option(help="The SSE's distance to the hull, eV/atom.", metavar="EV")
    ] = None,
    sse_mixing: Annotated[
        list[str] | None,
        typer.Option(help="Ideal disorder: occupants of one kind of site, as 1,1.", metavar="N,N"),
    ] = None,
    table: Table = "reference",
    policy: PolicyOption = PolicyName.KNOWN,
    exclude: Exclude = None,
    temperature: Temperature = 0.0,
    as_json: Json = False,
) -> None:
    """Print the reactions of an SSE with a cathode: chemical, and open to Li at voltages."""
    from jobs.materials import metastability, reactions
    from jobs.show_materials import print_reactions
    from screening.batch import read_pairs
    from screening.errors import BatchError

    if [sse is None, cathode is None] != [from_file is not None] * 2:
        raise BatchError("pair: give an SSE and a cathode, or --from FILE")
    names = read_pairs(from_file) if from_file else [(str(sse), str(cathode))]
    phases = _phases(table, policy, exclude, temperature, draws)
    known = metastability(sse_energy, sse_above_hull, sse_mixing, temperature)
    found = reactions(names, phases, voltage or (), voltage_range, known=known, draws=draws)
    for record in found:
        _print(record, print_reactions, as_json=as_json)


@app.command()
def describe(
    material: Annotated[str, typer.Argument(help="SSE: formula or label.")],
    *,
    cathode: Annotated[
        str | None, typer.Option(help="Put it into a composite with this cathode.", metavar="NAME")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="Recipe, instead of the cathode's own.", metavar="NAME")
    ] = None,
    pressure: Annotated[float, typer.Option(help="Uniaxial pressure.", metavar="MPA")] = 375.0,
    plot: Annotated[
        Path | None, typer.Option(help="Write density against pressure as .svg.", metavar="FILE")
    ] = None,
    table: Table = "reference",
    policy: PolicyOption = PolicyName.KNOWN,
    temperature: Temperature = 298.15,
    as_json: Json = False,
) -> None:
    """Print everything about one SSE: measured, fitted, predicted or computed."""
    from jobs.materials import described
    from jobs.show_description import print_description, write_plot

    phases = _phases(table, policy, None, temperature, draws=1)
    record = described(material, phases, pressure=pressure, cathode=cathode, recipe=recipe)
    if plot:
        write_plot(record, plot)
    _print(record, print_description, as_json=as_json)


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


def _phases(
    table: str, policy: PolicyName, exclude: list[str] | None, temperature: float, draws: int
) -> CompetingPhases:
    """Return the competing phases that the options ask for."""
    from stability.phase_table import load_phase_table
    from stability.phases import Policy, competing_phases
    from stability.temperature import at_temperature
    from stability.uncertainty import MARGIN

    exclusions = dict(text.partition("=")[::2] for text in exclude or ())
    return competing_phases(
        at_temperature(load_phase_table(table), temperature),
        Policy(policy.value),
        exclude={formula: reason or "no reason given" for formula, reason in exclusions.items()},
        margin=MARGIN if draws else 0.0,
    )


def _print(record: Record, people: Callable[[Record], None], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(record))
    else:
        people(record)


def _style(*, as_json: bool, as_csv: bool) -> str:
    return "json" if as_json else "csv" if as_csv else "table"


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
