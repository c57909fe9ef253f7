"""Files that are there as a whole, on the disk, or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that no crash leaves a part of it: draft, flush, rename, flush the folder.

    Parameters
    ----------
    path : Path
        Where; what stood there before is replaced.
    content : bytes
        What.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        move_whole(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def move_whole(draft: Path, path: Path) -> None:
    """Put a finished draft in its place, durably.

    Parameters
    ----------
    draft : Path
        In the same folder as the place.
    path : Path
        The place.
    """
    synced(draft)
    draft.replace(path)
    synced(path.parent)


def synced(path: Path) -> None:
    """Flush a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
