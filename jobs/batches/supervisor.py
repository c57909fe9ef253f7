"""Works through the queue of a store: a driver process for each batch, started anew if it dies.

Ray ends the process that uses it when its head dies; the batch goes on in the next process.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import StoreError
from jobs.process.interruption import interruptible
from jobs.store import ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jobs.process.interruption import Interruption

_POLL = 0.1  # [s] Between looks at the driver.
_IDLE = 2.0  # [s] Between looks at an empty queue.
_STARTS = 5  # Of a driver that dies without adding a pair.
_ENDED = (0, 2, 3, 75, 130, 143)  # Exit codes with which a driver says itself how it ended.
_BUSY = 75


class Worked(NamedTuple):
    """What became of the queue."""

    batches: int
    """Batches that were taken up."""
    failed: int
    """Those of them that could not be finished."""
    exit_code: int
    """Exit code of an interruption; 0 without one."""


def work(store: Path, options: Sequence[str] = (), *, watch: bool = False) -> Worked:
    """Compute all batches of a store that wait, one after the other.

    Parameters
    ----------
    store : Path
        The store.
    options : sequence of str, optional
        What each driver is told about its engine.
    watch : bool, optional
        Whether to wait for more when the queue is empty.

    Raises
    ------
    StoreError
        If there is no such store.
    """
    taken: set[str] = set()
    failed = 0
    with interruptible() as interruption:
        while not interruption:
            waiting = [
                one
                for one in ledger.batches(store)
                if one.state in ledger.WAITING and one.id not in taken
            ]
            if not waiting:
                if not watch:
                    break
                taken.clear()
                time.sleep(_IDLE)
                continue
            batch_id = waiting[0].id
            if not watch:
                taken.add(batch_id)
            code = _driven(store, batch_id, options, interruption)
            if code == _BUSY and watch:
                time.sleep(_IDLE)
            elif code not in {0, 3}:
                failed += not interruption
                taken.add(batch_id)
        return Worked(len(taken), failed, interruption.exit_code)


def _driven(store: Path, batch_id: str, options: Sequence[str], interruption: Interruption) -> int:
    """Run drivers for a batch until one says how it ended, and return its exit code.

    Raises
    ------
    StoreError
        If they die one after the other and get no further.
    """
    command = [sys.executable, "-m", "jobs.cli", "resume", batch_id, "--store", str(store)]
    starts, done = 0, -1
    while True:
        before = ledger.batch(store, batch_id).pairs_done
        starts = 1 if before > done else starts + 1
        done = before
        code = _ended([*command, *options], interruption)
        if code in _ENDED or interruption:
            return code
        if starts == _STARTS:
            reason = f"its driver died {_STARTS} times, the last time with exit code {code}"
            ledger.finish(store, batch_id, ledger.State.FAILED, reason)
            raise StoreError(f"batch {batch_id}: {reason}; see `catholyte doctor`")


def _ended(command: Sequence[str], interruption: Interruption) -> int:
    """Run a driver to its end, and pass on a signal to stop."""
    told = False
    with subprocess.Popen(command) as driver:  # noqa: S603  # Our own interpreter and module.
        while driver.poll() is None:
            if interruption and not told:
                driver.terminate()
                told = True
            time.sleep(_POLL)
    return driver.returncode
