"""A batch on its way in this process, with what people see of it; or in a process of its own.

``python -m jobs.batches.driven STORE BATCH OPTIONS`` is what `catholyte work` starts, so that an
engine that takes its driver along does not take the queue along.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.engines.choice import Wanted, chosen
from jobs.engines.engine_name import EngineName
from jobs.errors import BusyError
from jobs.process.ending import OK, SOME_FAILED, say, told
from jobs.work.engine import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jobs.batches.driver import Outcome
    from jobs.store.spec import Spec

_IDLE = 1.0  # [s] Between looks at a store that another process writes.
_MOST_REASONS = 5  # Why pairs have failed: so many are told.


def driven(
    store: Path, spec: Spec, wanted: Wanted, limits: Limits, *, recompute: bool = False
) -> Outcome:
    """Compute what is left of a batch, with a line or a bar that says how far it is.

    Parameters
    ----------
    store : Path
        The store.
    spec : Spec
        The batch.
    wanted : Wanted
        What is to compute it.
    limits : Limits
        What its workers may use.
    recompute : bool, optional
        Whether to compute again what the store has lost, and what has failed.
    """
    from jobs.batches.driver import drive  # noqa: PLC0415  # So that a wrong option is told at once.
    from jobs.show.batch_progress import BatchProgress  # noqa: PLC0415  # So that a wrong option is told at once.

    choice = chosen(wanted)
    with BatchProgress() as progress:
        return drive(
            store, spec, choice, limits=limits, recompute=recompute, progress=progress.report
        )


def ended(outcome: Outcome, store: Path) -> int:
    """Say how a batch ended, if not as one would wish, and return the exit code.

    Parameters
    ----------
    outcome : Outcome
        What became of it.
    store : Path
        The store.
    """
    go_on = f"go on with: catholyte resume {outcome.batch_id} --store {store}"
    if outcome.unanswered:
        say(
            f"{outcome.unanswered} of {outcome.pairs} pairs are unanswered: {outcome.why}; "
            f"the others are kept; {go_on}"
        )
        return SOME_FAILED
    if outcome.done < outcome.pairs:
        say(f"{outcome.state.value}: {outcome.done} of {outcome.pairs} pairs are kept; {go_on}")
        return outcome.exit_code or 1
    if outcome.failed:
        say(f"{outcome.failed} of {outcome.pairs} pairs failed:")
        for line in _reasons(store, outcome.batch_id):
            say(line)
        return SOME_FAILED
    return OK


def _reasons(store: Path, batch_id: str) -> Iterator[str]:
    """Yield why pairs of a batch have failed, the commonest reasons first, with some SSEs."""
    from jobs.store.published import snapshot  # noqa: PLC0415  # Only where pairs have failed.

    with snapshot(store) as there:
        found = there.rows(
            """SELECT reason, count(*) AS pairs, count(DISTINCT sse) AS sses,
                      array_to_string(list(DISTINCT sse ORDER BY sse)[:3], ', ') AS some
               FROM pairs WHERE batch_id = ? AND status = 'failed'
               GROUP BY reason ORDER BY pairs DESC, reason""",
            [batch_id],
        )
    for row in found[:_MOST_REASONS]:
        more = f" and {row['sses'] - 3} more SSEs" if row["sses"] > 3 else ""  # noqa: PLR2004  # As in the query.
        yield f"{row['pairs']:>9} {row['reason']} ({row['some']}{more})"
    if len(found) > _MOST_REASONS:
        rest = sum(row["pairs"] for row in found[_MOST_REASONS:])
        yield f"{rest:>9} for {len(found) - _MOST_REASONS} other reasons, in the rows of `pairs`"


def command(store: Path, batch_id: str, wanted: Wanted, limits: Limits) -> list[str]:
    """Return the command that drives a batch in a process of its own.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str
        Which of its batches.
    wanted : Wanted
        What is to compute it.
    limits : Limits
        What its workers may use.
    """
    options = json.dumps([wanted._asdict(), asdict(limits)])
    return [sys.executable, "-m", __name__, str(store), batch_id, options]


def main() -> None:
    """Drive the batch that the command line names, as soon as nobody else writes its store."""
    from jobs.store.spec import read_spec  # noqa: PLC0415  # It loads much.

    store, (batch_id, options) = Path(sys.argv[1]), sys.argv[2:]
    wish, bounds = json.loads(options)
    wanted = Wanted(**wish | {"engine": EngineName(wish["engine"])})
    try:
        spec = read_spec(store, batch_id)
        outcome = _when_free(lambda: driven(store, spec, wanted, Limits(**bounds)))
    except Exception as error:  # noqa: BLE001  # No traceback reaches a user.
        sys.exit(told(error))
    sys.exit(ended(outcome, store))


def _when_free(drive: Callable[[], Outcome]) -> Outcome:
    """Return what becomes of a batch, after waiting for others that write its store."""
    waits = False
    while True:
        try:
            return drive()
        except BusyError as error:
            if not waits:
                say(f"waiting: {error}")
            waits = True
            time.sleep(_IDLE)


if __name__ == "__main__":
    main()
