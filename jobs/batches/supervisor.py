"""Works through the queue of a store: a driver process for each batch, started anew if it dies.

Ray ends the process that uses it when its head dies; the batch goes on in the next process.
"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

from jobs.batches.driven import command
from jobs.errors import StoreError
from jobs.process.ending import BAD_INPUT, FAILURE, OK, SOME_FAILED
from jobs.process.interruption import interruptible
from jobs.store import ledger
from jobs.store.ledger import State
from jobs.store.recovery import relist

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jobs.engines.choice import Wanted
    from jobs.process.interruption import Interruption
    from jobs.store.ledger import BatchState
    from jobs.work.engine import Limits

_POLL = 0.1  # [s] Between looks at the driver.
_IDLE = 2.0  # [s] Between looks at an empty queue; and how long a batch rests for the first time.
_LONGEST_REST = 600.0  # [s]
_STARTS = 5  # Of a driver that dies without adding a pair.
_ENDED = (OK, FAILURE, BAD_INPUT, SOME_FAILED, 130, 143)
"""Exit codes with which a driver says itself how it ended."""


class Worked(NamedTuple):
    """What became of the queue."""

    batches: int
    """Batches that were taken up."""
    failed: int
    """Those of them that could not be finished."""
    exit_code: int
    """Exit code of an interruption; 0 without one."""


class _Rest(NamedTuple):
    """A batch that came back unfinished is left alone for a while."""

    seconds: float
    """How long; each time twice as long as before. [s]"""
    until: float
    """On the monotonic clock. [s]"""


def work(
    store: Path,
    wanted: Wanted,
    limits: Limits,
    *,
    watch: bool = False,
    came_back: Callable[[BatchState], None] | None = None,
) -> Worked:
    """Compute all batches of a store that wait, one after the other.

    Parameters
    ----------
    store : Path
        The store; while another process writes it, this one waits.
    wanted : Wanted
        What is to compute.
    limits : Limits
        What its workers may use.
    watch : bool, optional
        Whether to wait for more when the queue is empty, and to try again what came back
        unfinished.
    came_back : callable, optional
        Told each batch that is not computed any more, done or not.

    Raises
    ------
    StoreError
        If there is no such store.
    """
    rests: dict[str, _Rest] = {}
    taken: set[str] = set()
    relist(store)
    with interruptible() as interruption:
        while not interruption:
            ready = [
                one.id
                for one in ledger.batches(store)
                if one.state in ledger.WAITING and _is_rested(rests.get(one.id), watch=watch)
            ]
            if not ready:
                if not watch:
                    break
                time.sleep(_IDLE)
                continue
            batch_id = ready[0]
            taken.add(batch_id)
            if _driven(store, batch_id, command(store, batch_id, wanted, limits), interruption):
                rests.pop(batch_id, None)
            elif not interruption:
                before = rests.get(batch_id, _Rest(_IDLE / 2.0, 0.0))
                seconds = min(2.0 * before.seconds, _LONGEST_REST)
                rests[batch_id] = _Rest(seconds, time.monotonic() + seconds)
            if came_back:
                came_back(ledger.batch(store, batch_id))
        return Worked(len(taken), len(rests), interruption.exit_code)


def _is_rested(rest: _Rest | None, *, watch: bool) -> bool:
    return rest is None or (watch and rest.until <= time.monotonic())


def _driven(store: Path, batch_id: str, command: Sequence[str], interruption: Interruption) -> bool:
    """Run drivers for a batch until one says how it ended, and return whether it is done.

    Raises
    ------
    StoreError
        If they die one after the other and get no further.
    """
    starts, done = 0, -1
    while True:
        before = ledger.batch(store, batch_id).pairs_done
        starts = 1 if before > done else starts + 1
        done = before
        code = _ended(command, interruption)
        if code in _ENDED or interruption:
            return ledger.batch(store, batch_id).state is State.DONE
        if starts == _STARTS:
            reason = f"its driver died {_STARTS} times, the last time with exit code {code}"
            ledger.finish(store, batch_id, State.FAILED, reason)
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
