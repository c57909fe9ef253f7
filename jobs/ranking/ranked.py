"""Stored pairs in the order of an objective, with how sure that order is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jobs.ranking.stored_pairs import numeric_columns, pairs, renewed_columns
from jobs.store.published import rows
from screening.order.objective import Objective, objective, objective_values
from screening.order.pareto import front_probability, pareto_front
from screening.order.ranking import TOP, ranking
from screening.pairs.drawn import interval
from screening.pairs.features import Drawn
from screening.results.columns import PAIR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from jobs.ranking.stored_pairs import Pairs

    Floats = NDArray[np.float64]

Record = dict[str, Any]

AXES = (
    ("efficiency_percent", 1.0),
    ("composite_energy_wh_per_kg", 1.0),
    ("ionic_conductivity_s_per_cm", 1.0),
    ("composite_cost_usd_per_kg", -1.0),
)
"""Columns of the Pareto front, and whether they are to be large (1) or small (-1)."""
MOST_FRONTS = 3000
"""Pairs for which the probability to be on the front is computed; above it is null."""
SCORE = "score_0_to_1"
"""Column of the score."""
_ALL = {column.name for column in PAIR_COLUMNS}


class Ranked(NamedTuple):
    """A ranking: rows in order, each with the columns of the ranking and those of the pair."""

    batch: Record
    """Row of the batch."""
    objective: Objective
    """What they are ranked by."""
    rows: list[Record]
    """Rows, the best first."""
    axes: tuple[str, ...]
    """Columns of the Pareto front; empty where none was asked for."""
    statement: str
    """How the draws were made."""


def ranked(
    store: Path,
    *,
    batch_id: str | None = None,
    cathode: str | None = None,
    top: int | None = None,
    by: str = "score",
    pareto: bool = False,
    calibration: str | None = None,
) -> Ranked:
    """Return stored pairs in the order of an objective.

    Parameters
    ----------
    store : Path
        The store.
    batch_id : str, optional
        The batch; the one run last without.
    cathode : str, optional
        Only its pairs.
    top : int, optional
        Only the best of each cathode; also what counts as the top in `top_probability`.
    by : str, optional
        Objective: a name or an expression (docs/ranking.md).
    pareto : bool, optional
        Whether to say which pairs are on the Pareto front.
    calibration : str, optional
        Predict with this one instead of the one that the pairs were stored with; columns that it
        changes are those of the new prediction, but for the reason, which stays as stored.

    Raises
    ------
    StoreError, QueryError
        If there are no results, or no such batch, cathode or calibration.
    ObjectiveError
        If the objective cannot be read or computed.
    """
    there = numeric_columns(store)
    chosen = objective(by, there)
    axes = [(name, sign) for name, sign in AXES if name in there] if pareto else []
    wanted = chosen.columns | {name for name, _ in axes}
    renewed = renewed_columns(store) if calibration else []
    found = pairs(
        store,
        sorted(wanted | set(renewed)),
        batch_id=batch_id,
        cathode=cathode,
        calibration=calibration,
    )
    values = objective_draws(chosen, found)
    order = ranking(values, found.cathode, top=top or TOP)
    low, high = interval(values.draws, axis=1)
    table: list[Record] = [
        {
            "rank": int(order.place[row]),
            "rank_in_cathode": int(order.place_in_cathode[row]),
            "objective": chosen.text,
            "objective_value": _known(values.value[row]),
            "objective_low": _known(low[row]),
            "objective_high": _known(high[row]),
            "best_probability": float(order.best[row]),
            "top_probability": float(order.top[row]),
            "gap_to_next": _known(order.gap[row]),
            "order_holds_probability": _known(order.holds[row]),
            "tied_with_best": bool(order.tied[row]),
            "group": order.group[row],
        }
        for row in range(len(found.names))
    ]
    if axes:
        _add_front(table, found, axes)
    if renewed:
        _add_renewed(table, found, renewed)
    keep = [
        row
        for row in np.lexsort((order.place_in_cathode, order.place))
        if top is None or order.place_in_cathode[row] <= top
    ]
    whole = _whole_rows(store, found, keep)
    shown = [
        table[row] | {k: v for k, v in whole[found.names[row]].items() if k not in table[row]}
        for row in keep
    ]
    front = tuple(name for name, _ in axes)
    return Ranked(found.batch, chosen, shown, front, found.statement)


def objective_draws(chosen: Objective, found: Pairs) -> Drawn:
    """Return an objective of pairs, with draws.

    Parameters
    ----------
    chosen : Objective
        The objective.
    found : Pairs
        Pairs with the columns that it reads.

    Raises
    ------
    ObjectiveError
        If it has no value for any pair.
    """
    n = len(found.names)
    central = {name: found.columns[name].value for name in chosen.columns}
    many = {name: found.columns[name].draws for name in chosen.columns}
    value = np.broadcast_to(objective_values(chosen, central), n)
    draws = objective_values(chosen, many)
    return Drawn(value, np.broadcast_to(draws, (n, draws.shape[-1])))


def _whole_rows(
    store: Path, found: Pairs, keep: Sequence[int]
) -> Mapping[tuple[str, str, str], Record]:
    """Return the stored rows of some pairs by their names."""
    keys = ["\n".join(found.names[row]) for row in keep]
    whole = rows(
        store,
        "SELECT * FROM ranked_pairs WHERE batch_id = ? "
        "AND concat_ws(chr(10), sse, cathode, recipe) IN (SELECT unnest(?::VARCHAR[]))",
        [found.batch["batch_id"], keys],
    )
    return {(row["sse"], row["cathode"], row["recipe"]): row for row in whole}


def _add_renewed(table: list[Record], found: Pairs, columns: Sequence[str]) -> None:
    """Add to each row what another calibration predicts, with intervals, and its id."""
    for name in columns:
        value, draws = found.columns[name]
        low, high = interval(draws, axis=1)
        ends = _end_names(name)
        for row, record in enumerate(table):
            record[name] = _known(value[row])
            for end, numbers in zip(ends, (low, high), strict=False):
                record[end] = _known(numbers[row])
    for record in table:
        record["calibration"] = found.calibration


def _end_names(name: str) -> tuple[str, ...]:
    """Return the names of both ends of the interval of a predicted column, if it has them."""
    words = name.split("_")
    for place in range(1, len(words)):
        low = "_".join([*words[:place], "low", *words[place:]])
        if low in _ALL:
            return low, "_".join([*words[:place], "high", *words[place:]])
    return ()


def _add_front(table: list[Record], found: Pairs, axes: Sequence[tuple[str, float]]) -> None:
    """Add to each row whether it is on the front of its cathode, and how likely."""
    cathodes = np.array(found.cathode)
    for name in np.unique(cathodes):
        mine = np.flatnonzero(cathodes == name)
        values = np.stack([sign * found.columns[axis].value[mine] for axis, sign in axes], axis=1)
        on_front = pareto_front(values)
        likely: Sequence[float | None] = [None] * len(mine)
        if len(mine) <= MOST_FRONTS:
            draws = [sign * found.columns[axis].draws[mine] for axis, sign in axes]
            n_draws = max(many.shape[1] for many in draws)
            joint = [np.broadcast_to(many, (len(mine), n_draws)) for many in draws]
            likely = front_probability(np.stack(joint, axis=1)).tolist()
        for place, row in enumerate(mine):
            table[row] |= {
                "pareto_front": bool(on_front[place]),
                "pareto_probability": likely[place],
            }


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
