"""Suggestions that are kept, and what has become of them: accepted, rejected, done."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from jobs.errors import SuggestionError
from jobs.lab.experiment_row import ranked_recipes
from jobs.lab.experiments import rows as experiment_rows
from jobs.lab.laboratory import Kind, is_there, laboratory
from jobs.schema.experiment_fields import Experiment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jobs.lab.laboratory import Laboratory, Record

    Pair = tuple[str, str, str]


class State(StrEnum):
    """What has become of a suggestion."""

    SUGGESTED = "suggested"
    PENDING = "pending"
    DONE = "done"
    REJECTED = "rejected"


_FROM = {
    State.PENDING: (State.SUGGESTED, State.REJECTED),
    State.DONE: (State.PENDING, State.SUGGESTED),
    State.REJECTED: (State.SUGGESTED, State.PENDING),
}
"""From which states each one is reached."""


def change(
    store: Path, name: str, state: State, *, note: str = "", experiment_id: str | None = None
) -> Record:
    """Move a suggestion to another state, and return its row.

    Parameters
    ----------
    store : Path
        The store.
    name : str
        Id of the suggestion.
    state : State
        The new state: pending, done or rejected.
    note : str, optional
        Why.
    experiment_id : str, optional
        The experiment that answers it.

    Raises
    ------
    SuggestionError
        If there is no such suggestion, or it cannot go there from where it is.
    """
    (row,) = changes(store, [(name, state)], note=note, experiment_id=experiment_id)
    return row


def changes(
    store: Path,
    moves: Sequence[tuple[str, State]],
    *,
    note: str = "",
    experiment_id: str | None = None,
) -> list[Record]:
    """Move suggestions to other states, all of them or none, and return their rows.

    Parameters
    ----------
    store : Path
        The store.
    moves : sequence of (str, State)
        Id and new state of each.
    note, experiment_id
        As for :func:`change`.

    Raises
    ------
    SuggestionError
        As for :func:`change`; or if one of them stands twice.
    """
    names = [name for name, _ in moves]
    for name in names:
        if names.count(name) > 1:
            raise SuggestionError(f"suggestion {name} stands twice; give it once")
    if not is_there(store):
        raise SuggestionError(f"no suggestion {names[0]!r}; see `catholyte suggest --list`")
    with laboratory(store, write=True) as lab:
        there = {row["id"]: row for row in rows(lab)}
        return [
            _moved(lab, there.get(name), name, state, note, experiment_id) for name, state in moves
        ]


def _moved(
    lab: Laboratory, row: Record | None, name: str, state: State, note: str,
    experiment_id: str | None,
) -> Record:  # fmt: skip
    """Move one suggestion; one that is there already takes a new note.

    Raises
    ------
    SuggestionError
        If there is no such suggestion, or it cannot go there from where it is.
    """
    if row is None:
        raise SuggestionError(f"no suggestion {name!r}; see `catholyte suggest --list`")
    if row["state"] == state:
        if note in {"", row["note"]}:
            return row
        moved: Record = {"note": note}
    elif row["state"] in _FROM[state]:
        moved = {
            "state": state.value,
            "note": note or row["note"],
            "changed_at": now(),
            "experiment_id": experiment_id,
        }
    else:
        raise SuggestionError(
            f"suggestion {name} is {row['state']}; only {' or '.join(_FROM[state])} becomes {state}"
        )
    return lab.add(Kind.SUGGESTION, name, row | moved, reason=note).values


def listed(store: Path) -> list[Record]:
    """Return all suggestions, the newest first; those that an experiment answers are done.

    Parameters
    ----------
    store : Path
        The store.
    """
    with laboratory(store) as lab:
        return rows(lab)


def rows(lab: Laboratory) -> list[Record]:
    """Return all suggestions, the newest first; those that an experiment answers are done.

    Parameters
    ----------
    lab : Laboratory
        From :func:`jobs.lab.laboratory.laboratory`.
    """
    answers: dict[Pair, list[Record]] = {}
    for cell in experiment_rows(lab):
        if not cell["withdrawn"]:
            for name in ranked_recipes(Experiment.model_construct(**cell)):
                answers.setdefault((cell["sse"], cell["cathode"], name), []).append(cell)
    found = [
        _answered(one.values, answers.get(pair_of(one.values), ()))
        for one in lab.current(Kind.SUGGESTION).values()
    ]
    return sorted(found, key=lambda row: str(row["suggested_at"]), reverse=True)


def pair_of(row: Record) -> Pair:
    """Return SSE, cathode and recipe of a suggestion."""
    return row["sse"], row["cathode"], row["recipe"]


def _answered(row: Record, cells: Sequence[Record]) -> Record:
    """Return a suggestion, done if a cell of its pair was entered after it was suggested."""
    later = [one for one in cells if one["entered_at"] >= row["suggested_at"]]
    if row["state"] not in {State.SUGGESTED, State.PENDING} or not later:
        return row
    return row | {
        "state": State.DONE.value,
        "experiment_id": min(one["id"] for one in later),
        "changed_at": min(one["entered_at"] for one in later),
    }


def keep(lab: Laboratory, row: Record) -> Record:
    """Keep a suggestion, and return it; one that is there has its figures renewed only.

    Parameters
    ----------
    lab : Laboratory
        From :func:`jobs.lab.laboratory.laboratory`, open for writing.
    row : dict
        The suggestion.
    """
    there = lab.history(Kind.SUGGESTION, row["id"])
    if there:
        renewed = {name: row[name] for name in ("gain", "best_probability", "reason", "outcome")}
        before, row = there[-1].values, there[-1].values | renewed
        if row == before:
            return row
    return lab.add(Kind.SUGGESTION, row["id"], row).values


def now() -> str:
    """Return the time as suggestions state it, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
