"""How kernels are compiled by numba: once for a machine, and again when any of them changes.

numba compiles a function anew for each kind of argument, and a number that stands in the source is
a kind of its own. So a variable that a part is called with begins with one of those given here.
"""

from __future__ import annotations

import functools
import hashlib
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numba import config, njit

from stability.cache import folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

ZERO, ONE, NONE_YET = (cast("int", np.int64(number)) for number in (0, 1, -1))
"""Numbers to begin with, of the type of those that follow; the last stands for no row or column."""
Function = TypeVar("Function", bound="Callable[..., object]")


def jit(function: Function) -> Function:
    """Compile a kernel: cached on disk, without the interpreter lock, types kept for mypy."""
    return _compiled(function)


def jit_without_nan(function: Function) -> Function:
    """Compile a kernel whose numbers are finite: its minima are taken many at a time."""
    return _compiled(function, fastmath={"nnan", "nsz"})


def part(function: Function) -> Function:
    """Compile a part of several kernels into them: handing over all arrays would cost more.

    Only kernels can call it: what Python would call it by is not compiled.
    """
    return _compiled(function, forceinline=True, no_cpython_wrapper=True)


def passage(function: Function) -> Function:
    """Write a passage of one kernel into it before it is compiled.

    By itself it would be compiled as well, and for each kind of argument again.
    """
    return _compiled(function, inline="always")


def _compiled(
    function: Function, *, fastmath: AbstractSet[str] = frozenset(), **options: object
) -> Function:
    """Compile, and keep the machine code where a change of any kernel makes it stale.

    numba compares the file of a function only, but a kernel contains others from other files.
    """
    before = config.CACHE_DIR  # type: ignore[attr-defined]  # numba makes its settings at run time.
    config.CACHE_DIR = str(folder() / f"kernels-{_kernel_hash()}")  # type: ignore[attr-defined]  # Made at run time.
    try:
        compiler = njit(  # type: ignore[call-overload]  # Its stubs lack an option.
            cache=True,
            nogil=True,
            error_model="numpy",
            boundscheck=False,
            no_cfunc_wrapper=True,  # Nobody calls a kernel from C.
            fastmath=set(fastmath) or False,
            **options,
        )
        kernel = compiler(function)
        kernel._cache.save_overload = _kept_if_there_is_room(kernel._cache.save_overload)  # noqa: SLF001  # numba says by no other way that a disk is full.
        return cast("Function", kernel)
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]  # Made at run time.


def _kept_if_there_is_room(keep: Callable[..., None]) -> Callable[..., None]:
    """Return what keeps machine code; a full disk costs time, not results."""

    def kept(*compiled: object) -> None:
        with suppress(OSError):
            keep(*compiled)

    return kept


@functools.cache
def _kernel_hash() -> str:
    """Return the hash of all files with kernels."""
    digest = hashlib.blake2b(digest_size=8)
    sources = [one for one in files("stability.kernels").iterdir() if one.name.endswith(".py")]
    for source in sorted(sources, key=lambda one: one.name):
        digest.update(source.read_bytes())
    return digest.hexdigest()
