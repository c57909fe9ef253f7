"""Places at which a test can make the program fail, to prove that nothing is lost there.

Nothing happens unless ``CATHOLYTE_FAULT`` says so, as ``point:n`` or ``point:n:kind``, several of
them with commas: at the ``n``-th pass over that point (at every pass, if ``n`` is 0) the process is
killed. A kind makes it fail in another way: it violates its memory (``crash``), the disk is full
(``enospc``), it computes for ever (``hang``), takes all memory (``memory``), fails in a way that
nobody foresaw (``error``), or takes half a second (``slow``).
"""

from __future__ import annotations

import errno
import os
import signal
import time
from collections import Counter

VARIABLE = "CATHOLYTE_FAULT"
"""Name of the environment variable."""
_TOO_MUCH = 1 << 46  # [bytes] More than any process may have.

_passes: Counter[str] = Counter()


def reached(point: str) -> None:
    """Fail here, if the environment asks for it.

    Parameters
    ----------
    point : str
        Name of the place, such as ``chunk-committed``.

    Raises
    ------
    OSError
        If a full disk is asked for.
    MemoryError
        If more memory than there is, is asked for.
    ZeroDivisionError
        If an error that nobody foresaw is asked for.
    """
    asked = os.environ.get(VARIABLE)
    if not asked:
        return
    _passes[point] += 1
    for one in asked.split(","):
        name, number, kind = (*one.split(":"), "kill")[:3]
        if name == point and int(number) in {0, _passes[point]}:
            _fail(kind)


def _fail(kind: str) -> None:
    """Fail in one of the ways.

    Raises
    ------
    OSError
        For a full disk.
    MemoryError
        For too much memory.
    ZeroDivisionError
        For an error that nobody foresaw.
    """
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif kind == "enospc":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    elif kind == "memory":
        raise MemoryError(f"{len(bytearray(_TOO_MUCH))} bytes")
    elif kind == "error":
        raise ZeroDivisionError("asked for by " + VARIABLE)
    elif kind == "slow":
        time.sleep(0.5)
    while kind == "hang":
        pass
