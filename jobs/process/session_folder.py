"""Folders for the sockets of a session, with a note whose they are, so that remains are found."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.process.processes import alive, started

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "catholyte-ray-"
_OWNER = "owner"
_LONGEST = 38  # [bytes] Sockets below it must stay under 107 bytes.
_RANDOM = 8  # Characters that make the name its own.
_BEING_MADE = 60.0  # [s] For this long a folder may be without its note.


def new_session_folder() -> Path | None:
    """Make a folder for a session of this process; None where no place is short enough.

    The folder for temporary files is the first choice; on clusters its path is often too long.
    """
    for place in _places():
        if len(os.fsencode(place / _PREFIX)) + _RANDOM > _LONGEST:
            continue
        with suppress(OSError):  # Full, or not ours to write: the next one.
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
            note = f"{os.getpid()} {started(os.getpid())}"
            (folder / _OWNER).write_text(note, encoding="ascii")
            return folder
    return None


def session_folders(*, living: bool) -> Iterator[Path]:
    """Yield this user's folders of sessions whose owner lives, or those whose owner has died.

    Parameters
    ----------
    living : bool
        Which of them; one that is just being made is neither.
    """
    for place in _places():
        for folder in place.glob(f"{_PREFIX}*"):
            with suppress(OSError, ValueError):  # Another user's, or gone meanwhile.
                if folder.stat().st_uid == os.getuid() and _lives(folder) is living:
                    yield folder


def _places() -> list[Path]:
    named = [tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR"), "/tmp", "/dev/shm"]  # noqa: S108  # Made by mkdtemp.
    return [Path(one) for one in dict.fromkeys(filter(None, named)) if Path(one).is_dir()]


def _lives(folder: Path) -> bool | None:
    """Say whether the owner of a folder lives; None if it is just being made."""
    try:
        pid, _, since = (folder / _OWNER).read_text(encoding="ascii").partition(" ")
    except FileNotFoundError:
        return None if time.time() - folder.stat().st_mtime < _BEING_MADE else False
    return alive(int(pid), since)
