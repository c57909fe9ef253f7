"""Prepared arrays on disk, so that reading and filtering a whole database is done once.

A cache can be deleted at any time, and where none can be kept the work is done again: it never
changes a result. Names carry the hash of all that went in.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]


def cached(name: str, make: Callable[[], Arrays]) -> Arrays:
    """Return the arrays kept under a name, or make and keep them.

    Parameters
    ----------
    name : str
        File name without suffix; it must hold a hash of everything that `make` depends on.
    make : callable
        Called without arguments if nothing usable is kept.
    """
    path = folder() / f"{name}.npz"
    # Whatever is missing or damaged is made again.
    damage = suppress(OSError, ValueError, KeyError, EOFError, BadZipFile)
    with damage, path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return {key: kept[key] for key in kept.files}
    arrays = make()
    with suppress(OSError):  # A read-only or full disk costs time, not results.
        _keep(path, arrays)
    return arrays


def folder() -> Path:
    """Return the folder of the cache: CATHOLYTE_CACHE, or the user's cache folder."""
    if chosen := os.environ.get("CATHOLYTE_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "catholyte"


def _keep(path: Path, arrays: Arrays) -> None:
    """Write a file under another name and rename it: readers never see half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as draft:
        try:
            np.savez(draft, allow_pickle=False, **arrays)
            draft.close()
            Path(draft.name).replace(path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
