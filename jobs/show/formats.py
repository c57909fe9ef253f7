"""How results look on a terminal; numbers are rounded here and nowhere else."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from jobs.process.printable import printable
from jobs.show import query_rows as shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from screening.results.records import Record

_WIDE = 200  # Characters of a line where the output is no terminal.
_EVERY = 5.0  # Seconds between plain lines of progress.


class Progress:
    """A bar on a terminal, a plain line now and then elsewhere; always on standard error."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._said = time.monotonic()
        self._bar: RichProgress | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = RichProgress(
                TextColumn(self._what),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._bar.add_task(self._what, total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def report(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        elif time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            print(f"{done} of {total} {self._what}", file=sys.stderr)


def print_rows(found: Sequence[Record], *, style: str = "table") -> None:
    """Print rows as a table, as CSV, or as one JSON list; the first names the columns."""
    if found or style == "json":
        shown.print_rows(list(found[0]) if found else [], found, style=style)
    else:
        print("no rows", file=sys.stderr)


class PlainConsole(Console):
    """A console on which text of data cannot steer the terminal."""

    def render_str(self, text: str, **choices: Any) -> Text:
        """Return a text to print, without what would steer the terminal."""
        return super().render_str(printable(text), **choices)


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for every column."""
    return PlainConsole() if sys.stdout.isatty() else PlainConsole(width=_WIDE)
