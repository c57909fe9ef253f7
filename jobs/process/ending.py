"""How a process of ours speaks and ends: streams that take any text, one line, an exit code."""

from __future__ import annotations

import io
import os
import sys

from jobs.errors import REFUSALS, BusyError
from jobs.process.printable import printable

OK, FAILURE, BAD_INPUT, SOME_FAILED, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""All well; our fault; the input's; pairs without an answer; store in use; Ctrl-C."""


def prepare_streams() -> None:
    """Make standard streams that take whatever is printed.

    A stream that is closed leads nowhere, instead of to the next file that is opened, which takes
    its number. A terminal that lacks a character gets a question mark.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # The lowest free number: this one.
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # To the end.
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def told(error: Exception) -> int:
    """Print one line about an error, and return the exit code that it stands for.

    Parameters
    ----------
    error : Exception
        What ends the process.
    """
    if isinstance(error, REFUSALS):
        say(f"error: {error}")
        return BUSY if isinstance(error, BusyError) else BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        # A file that people name, and that no reader of ours expected to be like this.
        say(f"error: {error.filename}: {error.strerror}; see what it is and who may use it")
        return BAD_INPUT
    if os.environ.get("CATHOLYTE_DEBUG"):
        raise error
    say(
        f"internal error: {type(error).__name__}: {error}; "
        "please report it with the output of CATHOLYTE_DEBUG=1"
    )
    return FAILURE


def say(line: str) -> None:
    """Print a line for people, away from results; where nobody can read it, say nothing."""
    if sys.stderr:
        print(printable(line), file=sys.stderr)  # noqa: T201  # What a process says at its end.
