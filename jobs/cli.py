"""The command ``catholyte``: its commands, and how each way to end becomes an exit code.

Everything heavy is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from jobs.commands import (
    calibrate,
    data,
    doctor,
    experiment,
    export,
    lab,
    material,
    query,
    schema,
    serve,
    suggest,
)
from jobs.commands import rank as ranking
from jobs.commands import screen as batches
from jobs.errors import CommandError
from jobs.material_commands import cell as composite
from jobs.material_commands import coat, energy, predict, why_not
from jobs.material_commands import window as materials
from jobs.process.ending import INTERRUPTED, OK, prepare_streams, say, told
from jobs.process.one_thread import ONE_THREAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_UsageError: Any = typer.BadParameter.__mro__[1]  # Of the click that typer uses, its own or not.


class _Commands(TyperGroup):
    """Commands whose wrong use is refused in one line, as all that is refused."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Return the context; options of the program itself are read here."""
        with _in_one_line():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; its arguments are read here."""
        with _in_one_line():
            return super().invoke(ctx)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn a usage error into a refusal; that of no arguments at all prints help instead.

    Raises
    ------
    CommandError
        If the command line cannot be understood.
    """
    try:
        yield
    except _UsageError as error:
        said = error.format_message()
        if "\n" in said:  # No arguments at all: it is the help.
            raise
        asked = error.ctx.command_path if error.ctx else "catholyte"
        joined = said if said.endswith("?") else f"{said.rstrip('.')};"
        raise CommandError(f"{joined} see `{asked} --help`") from error


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Find the solid electrolyte (SSE) that works inside each cathode.",
)
for command in (
    batches.screen,
    ranking.rank,
    query.query,
    export.export,
    materials.window,
    materials.pair,
    materials.describe,
    why_not.why_not,
    energy.energy,
    coat.coat,
    composite.cell,
    composite.microstructure,
    batches.submit,
    batches.work,
    batches.status,
    batches.cancel,
    batches.resume,
    predict.predict,
    suggest.suggest,
    calibrate.calibrate,
    schema.schema,
    serve.serve,
    doctor.doctor,
):
    app.command()(command)
app.add_typer(experiment.app, name="experiment")
app.add_typer(material.app, name="material")
app.add_typer(lab.app, name="lab")
app.add_typer(data.data, name="data")


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version, with a hash of code and data, and stop.",
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Find the solid electrolyte (SSE) that works inside each cathode."""
    if version:
        from jobs.process.version import code_version

        print(code_version())
        raise typer.Exit


@cache
def _program() -> Any:
    """Return all commands with their options, which take a while to be put together."""
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and turn every refusal into one line and an exit code."""
    prepare_streams()
    os.environ.update(ONE_THREAD)
    try:
        _program()(args=arguments, standalone_mode=True)
    except SystemExit as ended:  # By typer, which answers a signal and a closed pipe by itself.
        # A command that ends with this code by itself has said how to go on.
        by_signal = ended.__context__ and isinstance(
            ended.__context__.__context__, KeyboardInterrupt
        )
        if ended.code == INTERRUPTED and by_signal:
            say("interrupted; what was committed is kept")
        if isinstance(ended.__context__, BrokenPipeError):
            sys.exit(OK)  # The reader of our output has left; nothing went wrong.
        raise
    except Exception as error:  # noqa: BLE001  # No traceback reaches a user.
        sys.exit(told(error))


if __name__ == "__main__":
    main()
