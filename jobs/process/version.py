"""Which program makes the numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path


@cache
def code_version() -> str:
    """Return the version of the program, with a hash of all code and data that make a number.

    Results of changed code get a batch of their own, even between two releases.
    """
    digest = hashlib.blake2b(digest_size=4)
    for package in ("descriptors", "screening", "stability"):
        folder = Path(str(files(package)))
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".csv", ".toml"}:
                digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return f"{version('catholyte')}+{digest.hexdigest()}"
