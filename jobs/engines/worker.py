"""Worker processes, as they see it themselves: read which pairs, compute them, send their rows.

``python -m jobs.engines.worker STORE BATCH MEMORY`` is the nursery. It reads the batch, compiles
the kernels, and says that it is ready. From then on each handle that it is sent becomes a worker:
a fork of the nursery, which shares the phase table and the machine code with all others and starts
at once. Workers are processes of their own so that a pair that crashes one, hangs or eats all
memory takes nothing else along. They write no file.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, NoReturn

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobs.store.spec import Span

    Evaluate = Callable[[Span], bytes]

FRAME = Struct(">cdQ")
"""Head of what is sent: its kind, the processor time it took [s], how many bytes follow."""
READY, DIED, REFUSAL = b"R", b"D", b"X"
"""From the nursery: ready for work; who has died, and how; why it cannot work at all."""
BORN, ROWS, FAILURE, TROUBLE = b"B", b"A", b"F", b"T"
"""From a worker: its process; packed rows; why a pair has none; what the machine lacks."""
OBITUARY = Struct(">qq")
"""Process, and exit code: less than 0 for a signal."""
SPAN = Struct(">qq")
"""What a worker is sent: numbers of the first pair, and after the last."""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2).


def main() -> None:
    """Serve until the driver has gone."""
    _follow_parent()
    control = socket.socket(fileno=os.dup(0))
    store, batch_id, memory = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    from jobs.errors import REFUSALS  # noqa: PLC0415  # As late as the rest.

    try:
        evaluate = _evaluation(store, batch_id)
    except REFUSALS as error:
        _send(control, REFUSAL, str(error).encode())
        return
    gc.collect()
    gc.freeze()  # What is here now is shared with all workers, and no garbage.
    gc.disable()  # A sixth of the time would go into searches among rows that are still to be sent.
    _send(control, READY)
    _nurse(control, evaluate, memory)


def failure(error: Exception, memory: int) -> tuple[bytes, str]:
    """Return whether an error is a pair's or may be the machine's, and what to say of it.

    Parameters
    ----------
    error : Exception
        What the evaluation of some pairs has raised.
    memory : int
        How much memory it was allowed. [bytes]
    """
    if isinstance(error, MemoryError):
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft == hard != resource.RLIM_INFINITY or psutil.virtual_memory().available < memory:
            return TROUBLE, "the machine, or its ulimit, gives too little memory"
        return FAILURE, f"needs more than {memory / 2**30:.3g} GB of memory"
    if isinstance(error, OSError):  # No file, no handle, no room: nothing that a pair decides.
        return TROUBLE, f"the machine: {error.strerror or error}"
    said = str(error).splitlines() or [""]
    return FAILURE, f"internal error: {type(error).__name__}: {said[0]}"


def limit_memory(memory: int) -> None:
    """Let this process take so much more memory than it has now, and no more.

    Parameters
    ----------
    memory : int
        How much. [bytes]
    """
    now = psutil.Process().memory_info().vms
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = now + memory
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _evaluation(store: Path, batch_id: str) -> Evaluate:
    """Return what makes packed rows of a span, with everything loaded and compiled."""
    # Imported here so that the parent's death is noticed from the beginning.
    import pyarrow as pa  # noqa: PLC0415  # See above.

    from jobs.store.spec import read_spec  # noqa: PLC0415  # See above.
    from jobs.work.chunk import composites_of, evaluate_chunk, phases_of  # noqa: PLC0415  # See above.
    from jobs.work.packed_tables import packed  # noqa: PLC0415  # See above.
    from screening.results.compiled_ahead import compile_ahead  # noqa: PLC0415  # See above.

    spec = read_spec(store, batch_id)
    composites, phases = composites_of(spec), phases_of(spec)
    # What the first pair and the first column would load in every worker again.
    compile_ahead(spec.own)
    pa.array([0])
    return lambda span: packed(evaluate_chunk(spec, phases, composites, span))


def _nurse(control: socket.socket, evaluate: Evaluate, memory: int) -> None:
    """Fork a worker for each handle that comes, and say when one has died."""
    children: dict[int, int] = {}  # By the handle that tells when a process ends.
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd in children:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    pid = children.pop(key.fd)
                    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    _send(control, DIED, OBITUARY.pack(pid, code))
                    continue
                word, handles, *_ = socket.recv_fds(control, 1, 1)
                if not word:
                    return
                pid = os.fork()
                if not pid:
                    selector.close()
                    control.close()
                    _work(socket.socket(fileno=handles[0]), evaluate, memory)
                os.close(handles[0])
                ended = os.pidfd_open(pid)
                children[ended] = pid
                selector.register(ended, selectors.EVENT_READ)


def _work(driver: socket.socket, evaluate: Evaluate, memory: int) -> NoReturn:
    """Compute the spans that come; never returns, so that nothing of the nursery runs twice."""
    try:
        _follow_parent()
        limit_memory(memory)
        _send(driver, BORN, str(os.getpid()).encode())
        while len(asked := driver.recv(SPAN.size, socket.MSG_WAITALL)) == SPAN.size:
            _answer(driver, asked, evaluate, memory)
            gc.collect()
    finally:
        os._exit(0)


def _answer(driver: socket.socket, asked: bytes, evaluate: Evaluate, memory: int) -> None:
    from jobs.store.spec import Span  # noqa: PLC0415  # Loaded long ago.

    began = time.process_time()
    try:
        parcel = evaluate(Span(*SPAN.unpack(asked)))
    except Exception as error:  # noqa: BLE001  # One pair must not stop the others.
        kind, said = failure(error, memory)
        _send(driver, kind, said.encode())
    else:
        _send(driver, ROWS, parcel, time.process_time() - began)


def _follow_parent() -> None:
    """Die when the parent dies, even in the middle of a pair that never ends."""
    parent = os.getppid()
    with suppress(OSError, AttributeError):  # Not on this system; the closed socket will do.
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _send(to: socket.socket, kind: bytes, content: bytes = b"", seconds: float = 0.0) -> None:
    to.sendall(FRAME.pack(kind, seconds, len(content)) + content)


if __name__ == "__main__":
    main()
