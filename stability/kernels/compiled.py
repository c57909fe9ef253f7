"""How kernels are compiled by numba: once for a machine, and again when any of them changes."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar, cast

from numba import config, njit

from stability.cache import folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

Function = TypeVar("Function", bound="Callable[..., object]")


def jit(function: Function) -> Function:
    """Compile a kernel: cached on disk, without the interpreter lock, types kept for mypy."""
    return _compiled(function, forceinline=False)


def jit_without_nan(function: Function) -> Function:
    """Compile a kernel whose numbers are finite: its minima are taken many at a time."""
    return _compiled(function, forceinline=False, fastmath={"nnan", "nsz"})


def part(function: Function) -> Function:
    """Compile a part of a kernel into its callers: handing over all arrays would cost more."""
    return _compiled(function, forceinline=True)


def _compiled(
    function: Function, *, forceinline: bool, fastmath: AbstractSet[str] = frozenset()
) -> Function:
    """Compile, and keep the machine code where a change of any kernel makes it stale.

    numba compares the file of a function only, but a kernel contains others from other files.
    """
    before = config.CACHE_DIR  # type: ignore[attr-defined]  # numba makes its settings at run time.
    config.CACHE_DIR = str(folder() / f"kernels-{_kernel_hash()}")  # type: ignore[attr-defined]  # Made at run time.
    try:
        compiler = njit(
            cache=True,
            nogil=True,
            error_model="numpy",
            boundscheck=False,
            forceinline=forceinline,
            fastmath=set(fastmath) or False,
        )
        return cast("Function", compiler(function))
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]  # Made at run time.


@functools.cache
def _kernel_hash() -> str:
    """Return the hash of all files with kernels."""
    digest = hashlib.blake2b(digest_size=8)
    sources = [one for one in files("stability.kernels").iterdir() if one.name.endswith(".py")]
    for source in sorted(sources, key=lambda one: one.name):
        digest.update(source.read_bytes())
    return digest.hexdigest()
