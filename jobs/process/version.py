"""Which program makes the numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_PACKAGES = ("descriptors", "screening", "stability")
_LIBRARIES = ("numpy", "scipy", "numba")
"""Libraries whose versions move the last digits of numbers."""
_NO_NUMBERS = {".md", ".typed", ".pyc"}
"""Endings of packaged files that decide none; whatever else is packaged may."""


@cache
def code_version() -> str:
    """Return the version of the program, with a hash of all that makes a number.

    That is every file of the packages that compute, models and calibration included, and the
    versions of the libraries beneath. Results of anything else get a batch of their own.
    """
    folders = [Path(str(files(package))) for package in _PACKAGES]
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    return f"{version('catholyte')}+{content_hash(folders, libraries)}"


def content_hash(folders: Iterable[Path], libraries: Iterable[str]) -> str:
    """Return a hash of the files in folders and of the names of libraries.

    Parameters
    ----------
    folders : iterable of Path
        Folders of packages.
    libraries : iterable of str
        Libraries with their versions.
    """
    digest = hashlib.blake2b("\n".join(libraries).encode(), digest_size=4)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in _NO_NUMBERS:
                name = path.relative_to(folder).as_posix()
                digest.update(f"{name} {path.stat().st_size} ".encode() + path.read_bytes())
    return digest.hexdigest()
