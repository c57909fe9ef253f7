"""The lock of a store: its holder writes the results, and the system frees it with the process."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jobs.errors import BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "work.lock"
"""Name of the file in a store."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a store, which is made if it is missing.

    Parameters
    ----------
    folder : Path
        The store.

    Raises
    ------
    BusyError
        If another process holds it.
    StoreError
        If the folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(
            f"store {folder}: {error.strerror}; choose another with --store"
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, 20, 0).decode().strip() or "unknown"
            raise BusyError(
                f"store {folder} is being written by process {holder}; wait, or name another "
                "--store"
            ) from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)
