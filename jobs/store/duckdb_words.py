"""What DuckDB says about a store, in words that tell who must do what."""

from __future__ import annotations

import re
from pathlib import Path

from jobs.errors import StoreError

_HELD = re.compile(r"Conflicting lock is held in .*?\(PID (\d+)\)", re.DOTALL)
_OPTIONS = "?"  # DuckDB reads what stands behind it as options of the database.


def refuse_path(folder: Path) -> None:
    """Refuse a store at a path that DuckDB would take apart.

    Parameters
    ----------
    folder : Path
        The store.

    Raises
    ------
    StoreError
        If it is one.
    """
    if _OPTIONS in str(folder.absolute()):
        raise StoreError(
            f"store {folder}: DuckDB takes the '?' in its path for the start of options; rename "
            "the folder, or choose another with --store"
        )


def plain_words(said: object) -> str:
    r"""Return one line of what DuckDB says, with the holder of a lock by name.

    Parameters
    ----------
    said : object
        Error, or its text.

    Examples
    --------
    >>> plain_words("Parser Error: near SELEC\nLINE 1")
    'Parser Error: near SELEC'
    """
    text = str(said).strip()
    if not (held := _HELD.search(text)):
        return text.splitlines()[0] if text else "DuckDB says nothing"
    number = int(held[1])
    try:
        name = f" ({Path(f'/proc/{number}/comm').read_text(encoding='utf-8').strip()})"
    except (OSError, ValueError):  # No Linux, or gone meanwhile.
        name = ""
    return (
        f"results.duckdb is open for writing in process {number}{name}, such as a notebook; close "
        "it there, or open it with read_only=True, then ask again"
    )
