"""Cells that a spreadsheet shows and does not run."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet takes for a formula."""


def spreadsheet_safe(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula.

    Text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return gets an apostrophe
    in front; numbers are left as they are.

    Parameters
    ----------
    value : object
        A cell.

    Examples
    --------
    >>> spreadsheet_safe("=cmd()"), spreadsheet_safe("Li2S"), spreadsheet_safe(-0.1)
    ("'=cmd()", 'Li2S', -0.1)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS) else value
