"""Rows of the store's tables, from evaluated pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jobs.schema import store_schema as schema
from jobs.schema.arrow import arrow_columns, arrow_table
from screening.results.columns import column_values
from screening.results.details import kink_rows, step_rows, window_rows
from screening.results.stored_features import redraw_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobs.store.spec import PairNames, Spec
    from screening.results.evaluation import Block, Failure
    from stability.phases import CompetingPhases

Record = dict[str, Any]

ANSWERED, FAILED, UNANSWERED = "ok", "failed", "unanswered"
"""Status of a pair: it has an answer; it has none, and its row says why; not computed yet, as the
machine got in the way: the batch takes it up again when it goes on."""


def block_tables(batch_id: str, block: Block, *, details: bool) -> dict[str, pa.Table]:
    """Return all rows of pairs that have an answer, by name of the table.

    Parameters
    ----------
    batch_id : str
        Batch that they belong to.
    block : Block
        The pairs.
    details : bool
        Whether steps and kinks are kept.
    """
    contacts = block.contacts
    records = {
        schema.WINDOWS: window_rows(contacts),
        schema.STEPS: step_rows(contacts) if details else [],
        schema.KINKS: kink_rows(contacts) if details else [],
        schema.REDRAWS: redraw_rows(block),
    }
    columns = column_values(block) | {"batch_id": [batch_id] * len(block)}
    columns |= {"status": [ANSWERED] * len(block)}
    columns |= {field.name: [None] * len(block) for field in schema.STANDING}
    return {schema.PAIRS.name: arrow_columns(schema.PAIRS, columns)} | {
        table.name: arrow_table(table, [{"batch_id": batch_id} | row for row in rows])
        for table, rows in records.items()
    }


def failed_pairs(
    batch_id: str, failures: Sequence[Failure], phases: CompetingPhases
) -> dict[str, pa.Table]:
    """Return the rows of pairs without an answer: who, why, and among which phases.

    Parameters
    ----------
    batch_id : str
        Batch that they belong to.
    failures : sequence of Failure
        The pairs.
    phases : CompetingPhases
        What they could not be computed among.
    """
    known = {
        "batch_id": batch_id,
        "phase_table": phases.table.id,
        "energies": phases.table.energies_used,
        "policy": phases.policy.value,
        "policy_statement": phases.statement,
        "temperature_k": phases.table.temperature,
    }
    return _failed(
        [
            known
            | {"sse": pair.sse, "cathode": pair.cathode.name, "recipe": pair.recipe.name}
            | {"reason": reason}
            for pair, reason in failures
        ]
    )


def broken_pairs(
    spec: Spec, pairs: Sequence[PairNames], reason: str, *, status: str = FAILED
) -> dict[str, pa.Table]:
    """Return the rows of pairs that no worker came back from.

    Parameters
    ----------
    spec : Spec
        The batch.
    pairs : sequence of PairNames
        The pairs.
    reason : str
        What happened to the worker.
    status : str, optional
        Whether they have failed, or are unanswered.
    """
    known = {
        "batch_id": spec.batch_id,
        "reason": reason,
        "phase_table": spec.phase_table,
        "policy": spec.batch["policy"],
        "temperature_k": spec.batch["temperature"],
    }
    return _failed([known | pair._asdict() for pair in pairs], status)


def joined_rows(parts: Sequence[Mapping[str, pa.Table]]) -> dict[str, pa.Table]:
    """Return the rows of several parts of a chunk together.

    Parameters
    ----------
    parts : sequence of mapping
        Tables by name, the same in all.
    """
    return {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}


def _failed(records: Sequence[Record], status: str = FAILED) -> dict[str, pa.Table]:
    """Return rows of the table of pairs that hold nothing else, and the other tables empty."""
    none = dict.fromkeys((field.name for field in schema.PAIRS.fields), None)
    pairs = arrow_table(schema.PAIRS, [none | {"status": status} | row for row in records])
    others = (schema.WINDOWS, schema.STEPS, schema.KINKS, schema.REDRAWS)
    return {schema.PAIRS.name: pairs} | {table.name: arrow_table(table, []) for table in others}
