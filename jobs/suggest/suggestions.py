"""Suggested cells: chosen from stored results and experiments, and what has become of them."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from jobs.errors import SuggestionError
from jobs.lab.experiments import experiments
from jobs.ranking.ranked import SCORE, objective_draws
from jobs.ranking.stored_pairs import numeric_columns, pairs
from jobs.store.control import control, prepare
from jobs.suggest.control_cells import CONTROLS
from jobs.suggest.outcomes import half_cycle_needed, measured_by
from screening.catalogue.properties import chemistry
from screening.order.next_cells import belief, suggestions
from screening.order.objective import objective

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from jobs.ranking.stored_pairs import Pairs
    from screening.order.next_cells import Suggestion
    from screening.pairs.features import Drawn

Record = dict[str, Any]


class State(StrEnum):
    """What has become of a suggestion."""

    SUGGESTED = "suggested"
    PENDING = "pending"
    DONE = "done"
    REJECTED = "rejected"


MOST = 1000
"""Suggestions at a time."""
HALF_CYCLES = ("first_charge_mah_per_g", "first_discharge_mah_per_g", "efficiency_percent")
"""Columns that a measured cell replaces."""
_LIKELY = 0.5  # Probability from which a pair is called the likely best.
_COLUMNS = (
    "id", "suggested_at", "batch_id", "objective", "sse", "cathode", "recipe", "kind", "state",
    "gain", "best_probability", "reason", "outcome", "experiment_id", "changed_at", "note",
)  # fmt: skip
MIGRATIONS = (
    """CREATE TABLE suggestion (
        id TEXT PRIMARY KEY, suggested_at TEXT NOT NULL, batch_id TEXT NOT NULL,
        objective TEXT NOT NULL, sse TEXT NOT NULL, cathode TEXT NOT NULL, recipe TEXT NOT NULL,
        kind TEXT NOT NULL, state TEXT NOT NULL, gain REAL, best_probability REAL,
        reason TEXT NOT NULL, outcome TEXT NOT NULL, experiment_id TEXT,
        changed_at TEXT NOT NULL, note TEXT NOT NULL)""",
)
"""SQL of each version of this part of the control file."""
_FROM = {
    State.PENDING: (State.SUGGESTED, State.REJECTED),
    State.DONE: (State.PENDING, State.SUGGESTED),
    State.REJECTED: (State.SUGGESTED, State.PENDING),
}
"""From which states each one is reached."""


def suggest(
    store: Path,
    n: int,
    *,
    batch_id: str | None = None,
    cathode: str | None = None,
    by: str = "score",
    exclude: Sequence[str] = (),
    group_by_sse: bool = False,
    controls: bool = False,
) -> list[Record]:
    """Choose the cells to make next, keep them as suggested, and return their rows.

    Parameters
    ----------
    store : Path
        The store: results, experiments and earlier suggestions.
    n : int
        How many; controls come on top.
    batch_id : str, optional
        The batch; the one run last without.
    cathode : str, optional
        Only its pairs.
    by : str, optional
        Objective that is to become larger.
    exclude : sequence of str, optional
        SSEs, cathodes or recipes, or pairs as ``SSE/cathode``.
    group_by_sse : bool, optional
        Whether one SSE in several cells is worth more than several SSEs.
    controls : bool, optional
        Whether to add the reference cells of the thesis for the cathodes at hand.

    Raises
    ------
    SuggestionError
        If nothing is left to suggest, or an excluded name excludes nothing.
    StoreError, QueryError, ObjectiveError
        As :func:`jobs.ranking.ranked.ranked`.

    Notes
    -----
    Measured pairs, those of the thesis among them, and pairs under way count as had: what is
    suggested is to be better than they are. Rejected pairs are not suggested again.
    """
    if not 1 <= n <= MOST:
        raise SuggestionError(f"{n} suggestions are outside 1 to {MOST}; ask for others")
    there = numeric_columns(store)
    chosen = objective(by, there)
    wanted = {*chosen.columns, *HALF_CYCLES, SCORE, "factor_capacity"} & there
    found = pairs(store, sorted(wanted), batch_id=batch_id, cathode=cathode)
    values = objective_draws(chosen, found)
    made = experiments(store)
    cells = measured_by(made, chosen, found)
    kinship = [
        [f"{chemistry(sse)} {name}" for sse, name, _ in found.names],
        [sse for sse, _, _ in found.names],
    ]
    believed = belief(values, kinship, cells, fraction=chosen.expression == SCORE)
    with _suggestions(store) as connection:
        _answer(connection)
        taken = _names(connection, State.PENDING, State.DONE, State.REJECTED)
        pending = _names(connection, State.PENDING)
        measured = {(one.sse, one.cathode, one.recipe) for one in made}
        measured |= {(one.sse, one.cathode, one.recipe) for one in CONTROLS}
        had = np.array(
            [i for i, name in enumerate(found.names) if name in measured | pending], np.int64
        )
        allowed = ~_excluded(found.names, exclude)
        allowed &= np.array([name not in measured | taken for name in found.names])
        if not allowed.any():
            raise SuggestionError(
                "every pair is measured, under way, rejected or excluded; screen more pairs, or "
                "exclude less"
            )
        picked = suggestions(
            believed, found.cathode, n, allowed=allowed, had=had,
            group=[sse for sse, _, _ in found.names] if group_by_sse else None,
        )  # fmt: skip
        if not picked:
            raise SuggestionError(
                f"no pair has a value of {chosen.text!r} to be suggested by; choose another"
            )
        known = {kinship[0][row] for row in cells.rows}
        rows = [
            _row(one, found, believed, chosen.text, new_class=kinship[0][one.row] not in known)
            for one in picked
        ]
        if controls:
            rows += _control_rows(found, chosen.text)
        return [_keep(connection, row) for row in rows]


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
    with _suggestions(store, make=False) as connection:
        row = connection.execute("SELECT * FROM suggestion WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise SuggestionError(f"no suggestion {name!r}; see `catholyte suggest --list`")
        if row["state"] == state:
            return dict(row)
        if row["state"] not in _FROM[state]:
            raise SuggestionError(
                f"suggestion {name} is {row['state']}; only {' or '.join(_FROM[state])} becomes "
                f"{state}"
            )
        connection.execute(
            "UPDATE suggestion SET state = ?, note = ?, changed_at = ?, experiment_id = ? "
            "WHERE id = ?",
            (state.value, note or row["note"], _now(), experiment_id, name),
        )
        return dict(connection.execute("SELECT * FROM suggestion WHERE id = ?", (name,)).fetchone())


def listed(store: Path) -> list[Record]:
    """Return all suggestions, the newest first; those that an experiment answers become done.

    Parameters
    ----------
    store : Path
        The store.
    """
    with _suggestions(store, make=False) as connection:
        _answer(connection)
        return rows(connection)


def rows(connection: sqlite3.Connection) -> list[Record]:
    """Return all suggestions, the newest first, for the published tables.

    Parameters
    ----------
    connection : Connection
        From :func:`jobs.store.control.control`.
    """
    prepare(connection, "suggestions", MIGRATIONS)
    found = connection.execute("SELECT * FROM suggestion ORDER BY suggested_at DESC, rowid")
    return [dict(row) for row in found]


@contextmanager
def _suggestions(store: Path, *, make: bool = True) -> Iterator[sqlite3.Connection]:
    with control(store, make=make) as connection:
        prepare(connection, "suggestions", MIGRATIONS)
        yield connection


def _answer(connection: sqlite3.Connection) -> None:
    """Mark as done what was suggested or under way and has an experiment now."""
    is_there = connection.execute("SELECT 1 FROM part WHERE name = 'experiments'").fetchone()
    if is_there:
        connection.execute(
            """UPDATE suggestion SET state = 'done', changed_at = ?, experiment_id =
                (SELECT min(id) FROM current_experiment AS e WHERE NOT e.withdrawn AND
                 (e.sse, e.cathode, e.recipe) = (suggestion.sse, suggestion.cathode,
                 suggestion.recipe) AND e.entered_at >= suggestion.suggested_at)
            WHERE state IN ('pending', 'suggested') AND EXISTS
                (SELECT 1 FROM current_experiment AS e WHERE NOT e.withdrawn AND
                 (e.sse, e.cathode, e.recipe) = (suggestion.sse, suggestion.cathode,
                 suggestion.recipe) AND e.entered_at >= suggestion.suggested_at)""",
            (_now(),),
        )


def _names(connection: sqlite3.Connection, *states: State) -> set[tuple[str, str, str]]:
    """Return the pairs that are suggested as candidates and in some states."""
    marks = ", ".join("?" for _ in states)
    found = connection.execute(
        f"SELECT sse, cathode, recipe FROM suggestion WHERE state IN ({marks}) "  # noqa: S608  # Question marks.
        "AND kind = 'candidate'",
        [state.value for state in states],
    )
    return {(row["sse"], row["cathode"], row["recipe"]) for row in found}


def _excluded(
    names: Sequence[tuple[str, str, str]], exclude: Sequence[str]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which pairs are excluded.

    Raises
    ------
    SuggestionError
        If a name excludes nothing.
    """
    out = np.zeros(len(names), bool)
    for text in exclude:
        hit = np.array([text in {*name, f"{name[0]}/{name[1]}"} for name in names])
        if not hit.any():
            raise SuggestionError(
                f"--exclude {text}: no pair of the batch has it; give an SSE, a cathode, a recipe, "
                "or SSE/cathode, as `catholyte rank` prints them"
            )
        out |= hit
    return out


def _row(one: Suggestion, found: Pairs, believed: Drawn, by: str, *, new_class: bool) -> Record:
    """Return the row of a suggestion."""
    sse, cathode, recipe = found.names[one.row]
    low, high = np.quantile(believed.draws[one.row], [0.05, 0.95])
    chance = f"{100 * one.wins:.0f} %" if one.wins >= 0.01 else "less than 1 %"  # noqa: PLR2004  # A per cent.
    place = "the likely best" if one.wins >= _LIKELY else f"the best with a probability of {chance}"
    reason = f"{place} for {cathode}; {by} {believed.value[one.row]:.3g} ({low:.3g} to {high:.3g})"
    if new_class:
        reason += f"; this store has no cell of its class with {cathode} ({chemistry(sse)})"
    if found.calibration is None:
        reason += "; draws from stored intervals"
    return _base(found, sse, cathode, recipe, by) | {
        "kind": "candidate",
        "gain": one.gain,
        "best_probability": one.wins,
        "reason": reason,
        "outcome": _outcome(one, found, believed, by),
    }


def _outcome(one: Suggestion, found: Pairs, believed: Drawn, by: str) -> str:
    """Return in words which outcome would change the order, as a lab would measure it."""
    cathode = found.names[one.row][1]
    if one.rival == one.row:
        return f"none: it is the only pair of {cathode}"
    sse, _, recipe = found.names[one.rival]
    mine = found.names[one.row]
    rival = sse if sse != mine[0] else f"{sse} in {recipe}"
    chance = f"probability {100 * one.changes:.0f} %"
    leads = believed.value[one.row] >= one.threshold
    side = "below" if leads else "above"
    what = f"{by} {side} {one.threshold:.3g}"
    if by == "score":
        what += half_cycle_needed(found, one.row, one.threshold, side)
    if leads:
        return f"{what}: {rival} takes the first place of {cathode} ({chance})"
    return f"{what}: it takes the first place of {cathode} from {rival} ({chance})"


def _control_rows(found: Pairs, by: str) -> list[Record]:
    """Return the rows of the controls for the cathodes at hand."""
    cathodes = set(found.cathode)
    return [
        _base(found, one.sse, one.cathode, one.recipe, by)
        | {
            "kind": "control",
            "gain": None,
            "best_probability": None,
            "reason": f"control: efficiency {one.efficiency:g} % on record ({one.place})",
            "outcome": "efficiency more than 5 points off: cells made here differ from those "
            "behind the calibration; calibrate again before the order is trusted",
        }
        for one in CONTROLS
        if one.cathode in cathodes
    ]


def _base(found: Pairs, sse: str, cathode: str, recipe: str, by: str) -> Record:
    """Return what every row has."""
    key = "\n".join([found.batch["batch_id"], by, sse, cathode, recipe])
    return {
        "id": "s-" + hashlib.blake2b(key.encode(), digest_size=4).hexdigest(),
        "suggested_at": _now(),
        "batch_id": found.batch["batch_id"],
        "objective": by,
        "sse": sse,
        "cathode": cathode,
        "recipe": recipe,
        "state": State.SUGGESTED.value,
        "experiment_id": None,
        "changed_at": _now(),
        "note": "",
    }


def _keep(connection: sqlite3.Connection, row: Mapping[str, Any]) -> Record:
    """Keep a suggestion; one that is there has its figures renewed and keeps its state."""
    renewed = ", ".join(
        f"{name} = excluded.{name}" for name in ("gain", "best_probability", "reason", "outcome")
    )
    marks = ", ".join(f":{name}" for name in _COLUMNS)
    connection.execute(
        f"INSERT INTO suggestion ({', '.join(_COLUMNS)}) VALUES ({marks}) "  # noqa: S608  # Our names.
        f"ON CONFLICT (id) DO UPDATE SET {renewed}",
        dict(row),
    )
    kept = connection.execute("SELECT * FROM suggestion WHERE id = ?", (row["id"],)).fetchone()
    return dict(kept)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
