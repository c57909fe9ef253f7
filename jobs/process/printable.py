"""Text that does nothing to a terminal but appear on it."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Return a text in which what would steer a terminal is shown as a replacement character.

    Parameters
    ----------
    text : str
        Any text; line ends and tabs are left.

    Examples
    --------
    >>> print(printable("Li" + chr(27) + "[2JCl"))
    Li�[2JCl
    """
    return _CONTROL.sub("\ufffd", text)
