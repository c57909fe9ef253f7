"""Suggested cells: chosen from stored results and experiments."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from jobs.errors import SuggestionError
from jobs.lab.calibrations import chosen_calibration
from jobs.lab.experiment_row import ranked_recipes
from jobs.lab.experiments import experiments
from jobs.lab.laboratory import laboratory
from jobs.ranking.batch_pairs import BatchPairs, DrawnPairs
from jobs.ranking.ranked import SCORE, objective_draws
from jobs.store.published import snapshot
from jobs.suggest.control_cells import CONTROLS
from jobs.suggest.kept_suggestions import State, keep, now, pair_of, rows
from jobs.suggest.outcomes import half_cycle_needed, measured_by
from screening.catalogue.gates import refused_names
from screening.catalogue.materials import cathode as catalogued
from screening.catalogue.names import sse_formula
from screening.catalogue.properties import chemistry
from screening.errors import UnknownNameError
from screening.order.next_cells import belief, suggestions
from screening.order.objective import objective
from screening.results.columns import NUMBERS
from stability.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from jobs.lab.laboratory import Record
    from jobs.schema.experiment_fields import Experiment
    from screening.first_cycle.calibration import Calibration
    from screening.order.next_cells import Suggestion
    from screening.pairs.features import Drawn

    Pair = tuple[str, str, str]


MOST = 1000
"""Suggestions at a time."""
HALF_CYCLES = ("first_charge_mah_per_g", "first_discharge_mah_per_g", "efficiency_percent")
"""Columns that a measured cell replaces."""
_LIKELY = 0.5  # Probability from which a pair is called the likely best.


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
    calibration: str | None = None,
) -> list[Record]:
    """Choose the cells to make next, keep them as suggested, and return their rows.

    Parameters
    ----------
    store : Path
        The store: results, experiments and earlier suggestions.
    n : int
        How many; controls come on top.
    batch_id : str, optional
        Id, name or unique beginning of the id of the batch; the current one without.
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
    calibration : str, optional
        Predict with this one; without, with the current one of the store.

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
    chosen = objective(by, NUMBERS)
    names = {*chosen.columns, *HALF_CYCLES, SCORE, "factor_capacity"}
    found = _drawn_pairs(store, names, batch_id, cathode, chosen_calibration(store, calibration))
    values = objective_draws(chosen, found.columns)
    made = experiments(store)
    cells = measured_by(made, chosen, found)
    kinship = [
        [f"{chemistry(sse)} {name}" for sse, name, _ in found.names],
        [sse for sse, _, _ in found.names],
    ]
    believed = belief(values, kinship, cells, fraction=chosen.expression == SCORE)
    with laboratory(store, write=True) as lab:
        allowed, had = _allowed(found.names, made, rows(lab), exclude)
        picked = suggestions(
            believed, found.cathode, n, allowed=allowed, had=had,
            group=[sse for sse, _, _ in found.names] if group_by_sse else None,
        )  # fmt: skip
        if not picked:
            raise SuggestionError(
                f"no pair has a value of {chosen.text!r} to be suggested by; choose another"
            )
        known = {kinship[0][row] for row in cells.rows}
        picks = [
            _row(one, found, believed, chosen.text, new_class=kinship[0][one.row] not in known)
            for one in picked
        ]
        if controls:
            picks += _control_rows(found, chosen.text)
        return [keep(lab, row) for row in picks]


def _allowed(
    names: Sequence[Pair], made: Sequence[Experiment], before: Sequence[Record],
    exclude: Sequence[str],
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:  # fmt: skip
    """Return which pairs may be suggested, and rows of those that are measured or under way.

    Raises
    ------
    SuggestionError
        If none may, or an excluded name excludes nothing.
    """
    taken = _names(before, State.PENDING, State.DONE, State.REJECTED)
    pending = _names(before, State.PENDING)
    measured = {(one.sse, one.cathode, name) for one in made for name in ranked_recipes(one)}
    measured |= {(one.sse, one.cathode, one.recipe) for one in CONTROLS}
    had = np.array([i for i, name in enumerate(names) if name in measured | pending], np.int64)
    allowed = ~_excluded(names, exclude)
    allowed &= np.array([name not in measured | taken for name in names])
    refused = refused_names(sse for sse, _, _ in names)
    allowed &= np.array([sse not in refused for sse, _, _ in names])
    if not allowed.any():
        raise SuggestionError(
            "every pair is measured, under way, rejected, excluded or refused by a gate; "
            "screen more pairs, or exclude less"
        )
    return allowed, had


def _drawn_pairs(
    store: Path,
    names: set[str],
    batch_id: str | None,
    cathode: str | None,
    calibration: Calibration,
) -> DrawnPairs:
    """Return columns of the pairs of a batch, with draws."""
    with snapshot(store) as there:
        batch = there.batch(batch_id)
        pairs = BatchPairs(there, batch, calibration)
        rows = pairs.of_cathode(cathode)
        columns = pairs.drawn(sorted(names), rows)
        return DrawnPairs(batch, [pairs.names[row] for row in rows], columns, calibration.id)


def _names(found: Iterable[Record], *states: State) -> set[Pair]:
    """Return the pairs that are suggested as candidates and in some states."""
    return {pair_of(row) for row in found if row["state"] in states and row["kind"] == "candidate"}


def _excluded(names: Sequence[Pair], exclude: Sequence[str]) -> NDArray[np.bool_]:
    """Return which pairs are excluded.

    Raises
    ------
    SuggestionError
        If a name excludes nothing.
    """
    out = np.zeros(len(names), bool)
    for text in exclude:
        sse, slash, cathode = text.partition("/")
        if slash:
            sses, cathodes = _meant(sse), _meant(cathode)
            hit = np.array([name[0] in sses and name[1] in cathodes for name in names])
        else:
            hit = np.array([not _meant(text).isdisjoint(name) for name in names])
        if not hit.any():
            raise SuggestionError(
                f"--exclude {text}: no pair of the batch has it; give an SSE, a cathode, a recipe, "
                "or SSE/cathode, as `catholyte rank` prints them"
            )
        out |= hit
    return out


def _meant(text: str) -> set[str]:
    """Return a name, and those of the catalogue that it means, as LZC does Li2ZrCl6."""
    found = {text}
    with suppress(FormulaError, UnknownNameError):
        found.add(sse_formula(text))
    with suppress(UnknownNameError):
        found.add(catalogued(text).name)
    return found


def _row(
    one: Suggestion, found: DrawnPairs, believed: Drawn, by: str, *, new_class: bool
) -> Record:
    """Return the row of a suggestion."""
    sse, cathode, recipe = found.names[one.row]
    low, high = np.quantile(believed.draws[one.row], [0.05, 0.95])
    chance = f"{100 * one.wins:.0f} %" if one.wins >= 0.01 else "less than 1 %"  # noqa: PLR2004  # A per cent.
    place = "the likely best" if one.wins >= _LIKELY else f"the best with a probability of {chance}"
    reason = f"{place} for {cathode}; {by} {believed.value[one.row]:.3g} ({low:.3g} to {high:.3g})"
    if new_class:
        reason += f"; this store has no cell of its class with {cathode} ({chemistry(sse)})"
    return _base(found, sse, cathode, recipe, by) | {
        "kind": "candidate",
        "gain": one.gain,
        "best_probability": one.wins,
        "reason": reason,
        "outcome": _outcome(one, found, believed, by),
    }


def _outcome(one: Suggestion, found: DrawnPairs, believed: Drawn, by: str) -> str:
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


def _control_rows(found: DrawnPairs, by: str) -> list[Record]:
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


def _base(found: DrawnPairs, sse: str, cathode: str, recipe: str, by: str) -> Record:
    """Return what every row has."""
    key = f"{found.batch.id}\n{by}\n{sse}\n{cathode}\n{recipe}"
    return {
        "id": "s-" + hashlib.blake2b(key.encode(), digest_size=4).hexdigest(),
        "suggested_at": now(),
        "batch_id": found.batch.id,
        "objective": by,
        "sse": sse,
        "cathode": cathode,
        "recipe": recipe,
        "state": State.SUGGESTED.value,
        "experiment_id": None,
        "changed_at": now(),
        "note": "",
    }
