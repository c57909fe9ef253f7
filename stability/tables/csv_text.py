"""The text of a CSV file: what separates its columns, and how a message repeats what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_SHOWN = 60  # Characters of what a file says that a message repeats.
_NAMES = {";": "semicolons", "\t": "tabs", "|": "bars"}


def separator_fault(header: Sequence[str]) -> str:
    """Return what is wrong with how a file begins, and separates its columns; empty if nothing is.

    Parameters
    ----------
    header : sequence of str
        The first line, split at commas.

    Examples
    --------
    >>> separator_fault(["formula;energy"])
    'semicolons separate the columns; separate them with commas, and write decimals with a point'
    >>> separator_fault(["formula", "energy"])
    ''
    >>> separator_fault([])
    'the first line is empty; write the names of the columns there'
    """
    if not any(name.strip() for name in header):
        return "the first line is empty; write the names of the columns there"
    for mark, name in _NAMES.items():
        if len(header) == 1 and mark in header[0]:
            return (
                f"{name} separate the columns; separate them with commas, "
                "and write decimals with a point"
            )
    return ""


def shown(said: object) -> str:
    r"""Return what a file says as a message repeats it: on one line, printable, not too long.

    Parameters
    ----------
    said : object
        A cell of the file.

    Examples
    --------
    >>> shown("Li2O\n\x1b[31m")
    'Li2O ?[31m'
    """
    line = "".join(c if c.isprintable() else "?" for c in " ".join(str(said).split()))
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}..."
