"""A worker process: reads which pairs, computes them, sends their rows. It writes no file.

It is a process of its own so that a pair that crashes it, hangs or eats all memory takes nothing
else along; ``python -m jobs.engines.worker STORE BATCH MEMORY`` is started by
:mod:`jobs.engines.workers`.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

FRAME = Struct(">cQ")
"""Head of what a worker sends: which kind, and how many bytes follow."""
READY, ROWS, FAILURE, REFUSAL = b"R", b"A", b"F", b"X"
"""Ready for work; packed rows; why a span has none; why this worker cannot work at all."""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2).
_NICE = 10  # People who ask for the state of a batch go first.
_STATM = Path("/proc/self/statm")


def main() -> None:
    """Serve until there is no more to do; the driver's death is ours."""
    _follow_parent()
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # Whatever prints must not get between the rows.
    store, batch_id, memory = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    from jobs.errors import REFUSALS  # noqa: PLC0415  # As late as the rest.

    try:
        # Imported here so that the parent's death is noticed from the beginning.
        from jobs.store.spec import Span, read_spec  # noqa: PLC0415  # See above.
        from jobs.work.chunk import composites_of, evaluate_chunk, phases_of  # noqa: PLC0415  # See above.
        from jobs.work.packed_tables import packed  # noqa: PLC0415  # See above.

        spec = read_spec(store, batch_id)
        composites = composites_of(spec)
        phases = phases_of(spec)
    except REFUSALS as error:
        _send(output, REFUSAL, str(error).encode())
        return
    limit_memory(memory)
    os.nice(_NICE)
    gc.freeze()  # The phases live as long as the worker: nothing of them is garbage.
    _send(output, READY)
    for line in sys.stdin:
        start, stop = map(int, line.split())
        try:
            parcel = packed(evaluate_chunk(spec, phases, composites, Span(start, stop)))
        except MemoryError:
            _send(output, FAILURE, f"needs more than {memory / 2**30:.3g} GB of memory".encode())
        except Exception as error:  # noqa: BLE001  # One pair must not stop the others.
            _send(output, FAILURE, f"internal error: {type(error).__name__}: {error}".encode())
        else:
            _send(output, ROWS, parcel)


def limit_memory(memory: int) -> None:
    """Let this process take so much more memory than it has now, and no more.

    Parameters
    ----------
    memory : int
        How much. [bytes]
    """
    now = int(_STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = now + memory
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _follow_parent() -> None:
    """Die when the driver dies, even in the middle of a pair that never ends."""
    parent = os.getppid()
    with suppress(OSError, AttributeError):  # Not on this system; the closed pipe will do.
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


def _send(output: BinaryIO, kind: bytes, content: bytes = b"") -> None:
    output.write(FRAME.pack(kind, len(content)))
    output.write(content)
    output.flush()


if __name__ == "__main__":
    main()
