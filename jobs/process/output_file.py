"""Text files for users: there as a whole or not at all, never in a store or a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.errors import StoreError
from jobs.process.durable import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def write_output(output: Path, text: str, *, store: Path | None = None) -> None:
    """Write a text file that a user has named.

    Parameters
    ----------
    output : Path
        The file; it is replaced, and a link is followed to the file that it means.
    text : str
        Its content.
    store : Path, optional
        A store, into which nothing is written.

    Raises
    ------
    StoreError
        If it is inside the store, something stands there that is no file, or it cannot be written.
    """
    try:
        place = output.resolve()
        if store is not None and place.is_relative_to(store.resolve()):
            raise StoreError(f"output {output} is inside the store; choose another place")
        if place.exists() and not place.is_file():
            raise StoreError(f"output {output} is no ordinary file; choose another name")
        write_whole(place, text.encode())
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle of links.
        said = getattr(error, "strerror", None) or error
        raise StoreError(f"output {output}: {said}; choose another place") from error
