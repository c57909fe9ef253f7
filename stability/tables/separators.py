"""What separates the columns of a CSV file, told from a header that came out as one column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = {";": "semicolons", "\t": "tabs", "|": "bars"}


def separator_fault(header: Sequence[str]) -> str:
    """Return what is wrong with how a file separates its columns; empty if nothing is.

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
    """
    for mark, name in _NAMES.items():
        if len(header) == 1 and mark in header[0]:
            return (
                f"{name} separate the columns; separate them with commas, "
                "and write decimals with a point"
            )
    return ""
