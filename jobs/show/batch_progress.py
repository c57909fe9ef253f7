"""How batches look on a terminal: how far they are, how fast, and what a new one would take."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table

from jobs.process.printable import printable
from jobs.show.formats import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.engines.choice import Choice
    from jobs.engines.estimate import Estimate
    from jobs.store.ledger import BatchState
    from jobs.store.spec import Spec

_EVERY = 5.0  # [s] Between plain lines of progress.
_MINUTE, _HOUR = 60.0, 3600.0


class BatchProgress:
    """A bar with rate and time left on a terminal, plain lines elsewhere; on standard error."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None
        self._said = time.monotonic()
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = RichProgress(
                TextColumn("pairs"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("pairs", total=None, rate="")
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def report(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        now = time.monotonic()
        if self._began is None:
            self._began = now, done
        since, before = self._began
        rate = (done - before) / (now - since) if done > before and now > since else 0.0
        if self._bar and self._task is not None:
            text = f"{rate:.0f}/s" if rate else ""
            self._bar.update(self._task, completed=done, total=total, rate=text)
        elif now - self._said > _EVERY:
            self._said = now
            speed = f", {rate:.3g}/s, {duration((total - done) / rate)} left" if rate else ""
            print(f"{done} of {total} pairs{speed}", file=sys.stderr)


def print_batch(one: BatchState) -> None:
    """Print how far a batch came that is not computed any more, in one line."""
    failed = f", {one.pairs_failed} failed" if one.pairs_failed else ""
    why = f": {one.error}" if one.error else ""
    state = "" if one.state.value == "done" else f", {one.state.value}"
    told = f"batch {one.id}: {one.pairs_done} of {one.pairs_total} pairs done{failed}{state}{why}"
    print(printable(told))


def print_status(found: Sequence[BatchState], *, as_json: bool) -> None:
    """Print batches, each with its state, rate and time left."""
    if as_json:
        print(json.dumps([one._asdict() for one in found]))
        return
    if not found:
        print("no batches", file=sys.stderr)
        return
    table = Table(
        "batch", "name", "state", "done", "of", "failed", "rate", "left", "engine", "why",
        box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for one in found:
        table.add_row(
            one.id,
            one.name,
            one.state.value,
            str(one.pairs_done),
            str(one.pairs_total),
            str(one.pairs_failed) if one.pairs_failed else "",
            f"{one.pairs_per_s:.3g}/s" if one.pairs_per_s else "",
            duration(one.seconds_left) if one.seconds_left is not None else "",
            one.engine or "",
            one.error or "",
        )
    console().print(table)


def print_plan(spec: Spec, choice: Choice, done: int, estimate: Estimate) -> None:
    """Print what a batch would take, and with which engine."""
    there = f"; {done} are there already" if done else ""
    print(
        f"batch {spec.batch_id}: {spec.n_pairs} pairs of {len(spec.sses)} SSEs in "
        f"{len(spec.composites)} composites, in {spec.n_chunks} chunks of {spec.chunk_size}{there}"
    )
    where = f" at {choice.address}" if choice.address else f", {choice.cpus} at a time"
    print(f"engine {choice.engine.value}{where}")
    print(
        f"about {duration(estimate.seconds)} on processors that are free, by a sample of "
        f"{estimate.per_pair * 1000:.3g} ms a pair, and {choice.memory} MB of memory here"
    )


def duration(seconds: float) -> str:
    """Return a time as people say it.

    Parameters
    ----------
    seconds : float
        The time. [s]

    Examples
    --------
    >>> duration(95), duration(7000), duration(3)
    ('2 min', '1.9 h', '3 s')
    """
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
