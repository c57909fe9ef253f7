"""The rows of one chunk: the only place where jobs meet the evaluation of pairs.

A chunk is a pure function of its spec, the phases and the numbers of its pairs. It runs in a worker
process, which writes nothing: it sends the rows as Arrow tables to the driver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.errors import StoreError
from jobs.process import failure_points as fault
from jobs.work.pair_rows import block_tables, failed_pairs, joined_rows
from screening.batch.composite_rows import composite
from screening.pairs.features import Pair
from screening.results.evaluation import evaluate_all
from stability.energies.corrected_table import loaded_table
from stability.phases import Policy, competing_phases
from stability.temperature import at_temperature
from stability.uncertainty import MARGIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from jobs.store.spec import Span, Spec
    from screening.batch.batch_tables import Composite
    from stability.phases import CompetingPhases


def phases_of(spec: Spec, temperature: float | None = None) -> CompetingPhases:
    """Return the phases that a batch is computed among.

    Parameters
    ----------
    spec : Spec
        The batch.
    temperature : float, optional
        Another temperature than that of the batch. [K]

    Raises
    ------
    TableError
        If the phase table cannot be read.
    StoreError
        If its content is no longer what it was when the batch was submitted.
    """
    cold = loaded_table(spec.table, spec.batch["energies"])
    table = at_temperature(cold, spec.batch["temperature"])
    if table.id != spec.phase_table:
        raise StoreError(
            f"phase table {spec.table} is {table.id} now and was {spec.phase_table} when the batch "
            "was submitted; restore it, or submit the batch again"
        )
    if temperature is not None:
        table = at_temperature(cold, temperature)
    margin = MARGIN if spec.draws else 0.0
    policy = Policy(spec.batch["policy"])
    return competing_phases(table, policy, exclude=spec.exclusions, margin=margin)


def composites_of(spec: Spec) -> dict[tuple[str, str], Composite]:
    """Return the composites of a batch by the names of cathode and recipe."""
    return {(row["cathode"], row["recipe"]): composite(row) for row in spec.composites}


def evaluate_chunk(
    spec: Spec,
    phases: CompetingPhases,
    composites: Mapping[tuple[str, str], Composite],
    span: Span,
) -> dict[str, pa.Table]:
    """Return the rows of some pairs of a batch, by table.

    Parameters
    ----------
    spec : Spec
        The batch.
    phases : CompetingPhases
        From :func:`phases_of`.
    composites : mapping
        From :func:`composites_of`.
    span : Span
        Which pairs.
    """
    names = [spec.pair(number) for number in range(*span)]
    fault.reached("span")
    for sse in dict.fromkeys(name.sse for name in names):
        fault.reached(f"pair-{sse}")
    pairs = [Pair(name.sse, *composites[name.cathode, name.recipe]) for name in names]
    block, failures = evaluate_all(
        pairs, phases, draws=spec.draws, calibration=spec.used_calibration, own=spec.own
    )
    parts = [failed_pairs(spec.batch_id, failures, phases)]
    if block:
        parts.append(block_tables(spec.batch_id, block, details=spec.details))
    return joined_rows(parts)
