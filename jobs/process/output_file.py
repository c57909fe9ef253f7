"""Files that people ask for: whole or not at all, in the place that they name and nowhere else."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jobs.errors import OutputError
from jobs.process.durable import move_whole
from jobs.process.processes import started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PREFIX = ".catholyte-"
_OF_A_STORE = ("jobs.sqlite", "work.lock", "laboratory.sqlite")
"""Files by which a store is known: nothing that people ask for is written beside them."""


@contextmanager
def whole_output(output: Path, *, store: Path | None = None) -> Iterator[Path]:
    """Give the name of a draft, which comes to its place as a whole when the body is done.

    Parameters
    ----------
    output : Path
        The file; an ordinary one that stands there is replaced. The folder of the draft is for
        anything else that is needed meanwhile, and goes with it.
    store : Path, optional
        A store that need not look like one yet.

    Raises
    ------
    OutputError
        If it cannot be written, is no ordinary file, or is inside a store.
    """
    place = _place(output, store)
    try:
        for remains in place.parent.glob(f"{_PREFIX}*"):
            _remove_if_dead(remains)
        folder = place.parent / f"{_PREFIX}{os.getpid()}-{_mark(os.getpid())}"
        folder.mkdir()
        try:
            draft = folder / place.name
            yield draft
            move_whole(draft, place)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise OutputError(
            f"output {output}: {error.strerror or error}; choose another place"
        ) from error


def write_output(output: Path, content: str | bytes, *, store: Path | None = None) -> None:
    """Write a file that people ask for, whole or not at all.

    Parameters
    ----------
    output : Path
        The file.
    content : str or bytes
        What is to stand in it.
    store : Path, optional
        A store that need not look like one yet.
    """
    with whole_output(output, store=store) as draft:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)


def write_template(output: Path, content: str, *, store: Path | None = None) -> None:
    """Write a file to fill in; one that stands there and is not the same is never replaced.

    Parameters
    ----------
    output : Path
        The file.
    content : str
        What is to stand in it.
    store : Path, optional
        A store that need not look like one yet.

    Raises
    ------
    OutputError
        If another file stands there.
    """
    place = _place(output, store)
    try:
        same = not place.exists() or place.read_bytes() == content.encode()
    except OSError:  # Whose it is, nobody can see.
        same = False
    if not same:
        raise OutputError(
            f"output {output} is there already, and may be filled in; choose another name, or "
            "remove it first"
        )
    write_output(output, content, store=store)


def _place(output: Path, store: Path | None) -> Path:
    """Return where a file will stand.

    Raises
    ------
    OutputError
        If something stands there that is no ordinary file, or it is inside a store.
    """
    try:
        folder = output.parent.resolve(strict=True)
        place = folder / output.name
        kind = place.lstat().st_mode if os.path.lexists(place) else stat.S_IFREG
    except FileNotFoundError as error:
        raise OutputError(
            f"output {output}: there is no folder {output.parent}; make it first"
        ) from error
    except OSError as error:
        raise OutputError(f"output {output}: {error.strerror}; choose another place") from error
    except RuntimeError as error:  # A circle of links.
        raise OutputError(f"output {output}: {error}; choose another place") from error
    if stat.S_ISLNK(kind):
        raise OutputError(f"output {output} is a link to {place.readlink()}; name that file itself")
    if not stat.S_ISREG(kind) or not output.name:
        raise OutputError(f"output {output} is no ordinary file; choose another name")
    above = (folder, *folder.parents)
    inside = any((one / name).exists() for one in above for name in _OF_A_STORE)
    if inside or (store and store.resolve() in above):
        raise OutputError(f"output {output} is inside the store; choose another place")
    return place


def _remove_if_dead(folder: Path) -> None:
    """Remove the draft of a process that has died."""
    pid, _, mark = folder.name.removeprefix(_PREFIX).partition("-")
    with suppress(OSError):
        if pid.isdigit() and folder.stat().st_uid == os.getuid() and mark != _mark(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _mark(pid: int) -> str:
    """Return what tells a process from a later one with its number."""
    return hashlib.blake2b(started(pid).encode(), digest_size=4).hexdigest()
