"""Run a batch here and now, and keep its results."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from descriptors.errors import DescriptorError
from jobs import schema
from jobs.rows import detail_rows, failure_row
from jobs.store import writing
from screening.errors import ScreeningError
from screening.evaluate import Evaluation, evaluate_pair
from screening.rank import best_probabilities
from screening.record import Record, pair_record
from stability.errors import SolverError, StabilityError
from stability.phase_table import load_phase_table
from stability.phases import Policy, competing_phases
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from screening.batch import Batch
    from stability.phase_table import PhaseTable
    from stability.phases import CompetingPhases


class Outcome(NamedTuple):
    """What became of a batch."""

    batch_id: str
    """Its id."""
    pairs: int
    """Pairs asked for."""
    failed: int
    """Pairs without an answer."""


def run(
    batch: Batch, store: Path, *, progress: Callable[[int, int], None] | None = None
) -> Outcome:
    """Evaluate every pair of a batch, store the results and publish them.

    Parameters
    ----------
    batch : Batch
        What to evaluate.
    store : Path
        Folder that keeps the results.
    progress : callable, optional
        Called before each pair with the pairs done and the pairs in all.

    Raises
    ------
    StabilityError, DescriptorError, ScreeningError, JobsError
        If the batch cannot be run at all; then nothing is written. A single pair that has no
        answer becomes a failed row.
    """
    pairs = batch.pairs()
    phases = competing_phases(_table(batch), Policy(batch.policy), margin=MARGIN)
    batch_id = _batch_id(batch, phases)
    evaluations: list[Evaluation] = []
    failures: list[Record] = []
    with writing(store) as writer:
        for done, (sse, cathode, recipe) in enumerate(pairs):
            if progress:
                progress(done, len(pairs))
            try:
                evaluations.append(evaluate_pair(sse, cathode, recipe, phases))
            except (StabilityError, DescriptorError, ScreeningError, SolverError) as error:
                failures.append(failure_row(sse, cathode.name, recipe.name, error, phases))
        best = best_probabilities(evaluations)
        rows = [
            {"status": "ok", "best_in_cathode_probability": probability, **pair_record(pair)}
            for pair, probability in zip(evaluations, best, strict=True)
        ]
        outcome = Outcome(batch_id, len(pairs), len(failures))
        writer.insert(
            {
                schema.BATCHES: [_batch_row(batch, phases, outcome)],
                schema.PAIRS: [{"batch_id": batch_id, **row} for row in rows + failures],
                **detail_rows(batch_id, evaluations),
            }
        )
        writer.publish()
    return outcome


def _table(batch: Batch) -> PhaseTable:
    return at_temperature(load_phase_table(batch.table), batch.temperature)


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


def _batch_id(batch: Batch, phases: CompetingPhases) -> str:
    content = json.dumps(
        [batch.model_dump(mode="json"), phases.table.id, code_version()], sort_keys=True
    )
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()


def _batch_row(batch: Batch, phases: CompetingPhases, outcome: Outcome) -> Record:
    return {
        "batch_id": outcome.batch_id,
        "name": batch.name,
        "spec": batch.model_dump_json(),
        "phase_table": phases.table.id,
        "policy": phases.policy.value,
        "version": code_version(),
        "pairs_total": outcome.pairs,
        "pairs_failed": outcome.failed,
        "run_at": datetime.now(UTC).replace(tzinfo=None),
    }
