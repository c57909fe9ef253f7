"""How many of something there are, in words."""

from __future__ import annotations


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with its noun or verb.

    Parameters
    ----------
    n : int
        How many.
    one : str
        The word for one of them.
    many : str, optional
        The word for others; that for one with an s without.

    Examples
    --------
    >>> counted(1, "cell"), counted(0, "cell"), counted(2, "was", "were")
    ('1 cell', '0 cells', '2 were')
    """
    return f"{n} {one if n == 1 else many or f'{one}s'}"
