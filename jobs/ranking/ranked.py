"""Stored pairs in the order of an objective, with how sure that order is: the one ranking.

The command line, JSON, CSV, pictures, pages and notebooks take its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from jobs.lab.calibrations import chosen_calibration
from jobs.lab.experiments import measured_cells
from jobs.ranking.batch_pairs import BatchPairs
from jobs.ranking.measured_values import CELLS, MEASURED, measured_values
from screening.errors import ObjectiveError
from screening.first_cycle.measured_cells import OWN_LABORATORY
from screening.first_cycle.predicted_cycle import summary
from screening.order.objective import (
    LEAST_DELIVERED,
    Objective,
    objective,
    objective_values,
)
from screening.order.pareto import front_probability, pareto_front
from screening.order.ranking import TOP, Order, leaders, places, ranking, rivalries, worth
from screening.pairs.drawn import interval
from screening.pairs.features import Drawn
from screening.results.columns import NUMBERS, PAIR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from jobs.store.batch_choice import StoredBatch
    from jobs.store.published import Snapshot
    from screening.first_cycle.calibration import Calibration
    from screening.results.prediction import Prediction

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

Record = dict[str, Any]

AXES = (
    ("efficiency_percent", 1.0),
    ("composite_energy_wh_per_kg", 1.0),
    ("ionic_conductivity_s_per_cm", 1.0),
    ("composite_cost_usd_per_kg", -1.0),
)
"""Columns of the Pareto front, and whether they are to be large (1) or small (-1)."""
DELIVERED = "factor_capacity"
"""Column of what comes back of the theoretical capacity."""
MOST_COMPARED = 1000
"""Pairs of each cathode that are compared draw by draw: those with the best values. How sure the
places of the others are is null."""
SCORE = "score_0_to_1"
"""Column of the score."""
_FACTORS = ("factor_capacity", "factor_interface", "factor_transport")
_LEAST = 1e-12  # A factor below this counts as this much in a logarithm.


class Ranked(NamedTuple):
    """A ranking."""

    batch: StoredBatch
    """The batch."""
    objective: Objective
    """What its pairs are ranked by."""
    table: pa.Table
    """Pairs, the best first: columns of the ranking, what was measured, all columns of the pair."""
    top: int
    """How many places count as the top in ``top_probability``."""
    axes: tuple[str, ...]
    """Columns of the Pareto front; empty where none was asked for."""
    calibration: str
    """Calibration behind the predictions."""
    renewed: bool
    """Whether that is another one than the batch's own."""

    @property
    def rows(self) -> list[Record]:
        """The table as plain rows."""
        rows: list[Record] = self.table.to_pylist()
        return rows


def ranked(
    there: Snapshot,
    *,
    batch: str | None = None,
    cathode: str | None = None,
    top: int | None = None,
    by: str | None = None,
    pareto: bool = False,
    explain: bool = False,
    calibration: str | Calibration | None = None,
    order: str | None = None,
    rate: float | None = None,
    areal_capacity: float | None = None,
) -> Ranked:
    """Return stored pairs in the order of an objective.

    Parameters
    ----------
    there : Snapshot
        The published results.
    batch : str, optional
        Id, name or unique beginning of the id of the batch; the current one without.
    cathode : str, optional
        Only its pairs; places stay those among all.
    top : int, optional
        Only the best of each cathode; also what counts as the top in ``top_probability``.
    by : str, optional
        Objective: a name or an expression (docs/ranking.md); what the file of the batch asks for
        without, or else the score.
    pareto : bool, optional
        Whether to say which pairs are on the Pareto front of their cathode.
    explain : bool, optional
        Whether to say what each factor adds to the distance from the best score of the cathode.
    calibration : str or Calibration, optional
        Predict with this one, or the one of this id; without, with the current one of the store.
    order : str, optional
        By which number of its draws a pair takes its place: expected, cautious or central; what the
        file of the batch asks for without.
    rate, areal_capacity : float, optional
        Rate [1/h] and loading [mAh/cm2] at which cells are predicted again, in place of those of
        the batch.

    Raises
    ------
    QueryError
        If there is no such batch or cathode.
    StoreError
        If there is no such calibration, or the results are damaged.
    ObjectiveError
        If the objective cannot be read or computed, or the order is none.

    Notes
    -----
    Where the calibration is not that of the batch, all that it predicts is predicted again from
    stored features.
    """
    chosen_batch = there.batch(batch)
    used = (
        chosen_calibration(there.folder, calibration)
        if calibration is None or isinstance(calibration, str)
        else calibration
    )
    pairs = BatchPairs(there, chosen_batch, used, rate, areal_capacity)
    chosen = objective(by or chosen_batch.objective or "score", NUMBERS)
    of_cathode = pairs.of_cathode(cathode)
    places_ = BatchPlaces(pairs, chosen, top or TOP, order_of(order or chosen_batch.order))
    kept = places_.kept(of_cathode, top)
    columns = places_.columns(kept)
    if pareto:
        columns |= _front(pairs, kept)
    # Cells of one's own come from the laboratory: a calibration may know withdrawn ones.
    others = [one for one in used.measurements if one.laboratory != OWN_LABORATORY]
    figures = [*others, *measured_cells(there.folder)]
    columns |= _measured(pairs, kept, measured_values(figures))
    own = _own_columns(pairs, kept)
    if explain:
        columns |= _contributions(own)
    return Ranked(
        batch=chosen_batch,
        objective=chosen,
        table=pa.table({name: _nullable(column) for name, column in (columns | own).items()}),
        top=top or TOP,
        axes=tuple(name for name, _ in AXES) if pareto else (),
        calibration=used.id,
        renewed=pairs.renewed,
    )


class BatchPlaces:
    """Places of all pairs of a batch by an objective, and how sure those of the leaders are."""

    def __init__(self, pairs: BatchPairs, chosen: Objective, top: int, order: Order) -> None:
        self._pairs, self._by = pairs, order
        self._chosen = chosen
        self._values = objective_values(chosen, pairs.values(chosen.columns))
        first = self._cautious() if order is Order.CAUTIOUS else self._values
        rows = leaders(_last(first), pairs.cathode, MOST_COMPARED)
        self._draws = objective_draws(chosen, pairs.drawn(chosen.columns, rows)).draws
        self._row_of = {int(row): number for number, row in enumerate(rows)}
        drawn = Drawn(self._values[rows], self._draws)
        names = [pairs.cathode[row] for row in rows]
        self._order = ranking(drawn, names, top=top, order=order)
        standing, self._shift = _standing(_last(first), rows, worth(drawn, order))
        self._standing, self._leads = standing, np.isin(np.arange(len(standing)), rows)
        self._place = places(standing)
        self._in_cathode = np.zeros(len(self._place), np.int64)
        for rivals in rivalries(pairs.cathode):
            self._in_cathode[rivals] = places(standing[rivals])

    def would_be(self, pair: tuple[str, str, str], changed: Drawn) -> tuple[int, int]:
        """Return the places, among all and in its cathode, that a pair with other values has.

        Parameters
        ----------
        pair : tuple of str
            SSE, cathode and recipe of the pair of the batch that it takes the place of.
        changed : Drawn
            What it is ranked by.
        """
        others = np.arange(len(self._standing)) != self._pairs.names.index(pair)
        rivals = others & (np.array(self._pairs.cathode) == pair[1])
        own = _last(worth(changed, self._by))[0]
        if not self._leads[rivals].all() and own < self._standing[rivals & self._leads].min():
            central = changed.value[0] if self._by is Order.EXPECTED else own
            own = central + self._shift
        above = self._standing > own
        return 1 + int(above[others].sum()), 1 + int(above[rivals].sum())

    def _cautious(self) -> Floats:
        """Return the stored lower ends where the objective is a column that has them."""
        low = f"{self._chosen.text}_low"
        if self._pairs.renewed or low not in NUMBERS:
            return self._values
        return self._pairs.values([low])[low]

    def kept(self, rows: Rows, top: int | None) -> Rows:
        """Return those of some pairs that are shown, the best first."""
        if top is not None:
            rows = rows[self._in_cathode[rows] <= top]
        cathodes = np.array(self._pairs.cathode)[rows]
        return rows[np.lexsort((rows, cathodes, self._place[rows]))]

    def columns(self, kept: Rows) -> dict[str, Any]:
        """Return the columns of the ranking."""
        order = self._order
        compared = [self._row_of.get(int(row)) for row in kept]

        def sure(values: Sequence[Any] | Floats) -> list[Any]:
            return [None if row is None else values[row] for row in compared]

        low, high = interval(self._draws, axis=1)
        return {
            "rank": self._place[kept],
            "rank_in_cathode": self._in_cathode[kept],
            "objective": [self._chosen.text] * len(kept),
            "objective_value": self._values[kept],
            "objective_low": sure(low),
            "objective_high": sure(high),
            "best_probability": sure(order.best),
            "top_probability": sure(order.top),
            "gap_to_next": sure(order.gap),
            "order_holds_probability": sure(order.holds),
            "tied_with_best": sure(order.tied.tolist()),
            "group": sure(order.group),
        }


def order_of(asked: str) -> Order:
    """Return an order by its name.

    Parameters
    ----------
    asked : str
        One of :class:`screening.order.ranking.Order`.

    Raises
    ------
    ObjectiveError
        If it is none.
    """
    if asked not in set(Order):
        raise ObjectiveError(f"order {asked!r} is none; write {', '.join(Order)}")
    return Order(asked)


def _standing(values: Floats, rows: Rows, own: Floats) -> tuple[Floats, float]:
    """Return what places go by: of leaders their own number, of others one shifted below them."""
    own = _last(own)
    most = values[np.isfinite(values)].max(initial=0.0)
    shift = float(own[np.isfinite(own)].min(initial=0.0) - most - 1.0)
    standing = values + shift
    standing[rows] = own
    return standing, shift


def objective_draws(chosen: Objective, columns: Mapping[str, Drawn]) -> Drawn:
    """Return an objective of pairs, with draws.

    Parameters
    ----------
    chosen : Objective
        The objective.
    columns : mapping of str to Drawn
        The columns that it reads.

    Raises
    ------
    ObjectiveError
        If it has no value for any pair.
    """
    n = len(next(iter(columns.values())).value)
    value = objective_values(chosen, {name: columns[name].value for name in chosen.columns})
    draws = objective_values(chosen, {name: columns[name].draws for name in chosen.columns})
    return Drawn(np.broadcast_to(value, n), np.broadcast_to(draws, (n, draws.shape[-1])))


def _own_columns(pairs: BatchPairs, kept: Rows) -> dict[str, Any]:
    """Return the columns of the pairs, predicted anew where the calibration is another one."""
    names = ["batch_id", "status", *(column.name for column in PAIR_COLUMNS)]
    stored = pairs.stored(names, kept)
    columns = {name: stored[name] for name in names}
    if not pairs.renewed:
        return columns
    blocks = list(pairs.predicted(kept))
    for column in PAIR_COLUMNS:
        if column.predicted and column.drawn and column.ends:
            found = [summary(column.drawn(block)) for block in blocks]
            for name, part in zip(
                (column.name, *column.ends), zip(*found, strict=True), strict=True
            ):
                columns[name] = np.concatenate(part)
        elif column.predicted and column.drawn:
            columns[column.name] = np.concatenate([column.drawn(one).value for one in blocks])
    columns["reason"] = _reasons(
        blocks, stored["interphase_products"].to_pylist(), stored["stated_contacts"].to_pylist()
    )
    columns["outside_domain"] = [text for block in blocks for text in block.domain.reasons]
    columns["calibration"] = [pairs.calibration.id] * len(kept)
    return columns


def _reasons(
    blocks: Sequence[Prediction], made: Sequence[str], contacts: Sequence[str]
) -> list[str]:
    found: list[str] = []
    for block in blocks:
        these = slice(len(found), len(found) + len(block.pairs))
        found += block.reasons(made[these], contacts[these])
    return found


def _measured(
    pairs: BatchPairs,
    kept: Rows,
    known: Mapping[tuple[str, str, str], Mapping[str, float | int]],
) -> dict[str, Any]:
    """Return what was measured of pairs, null for those that nobody has made."""
    told = [known.get(pairs.names[row], {}) for row in kept]
    columns: dict[str, Any] = {
        name: pa.array([one.get(name) for one in told], pa.float64()) for name in MEASURED.values()
    }
    return columns | {CELLS: [one.get(CELLS, 0) for one in told]}


def _contributions(own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the logarithm of each factor over that of the best score shown of its cathode."""
    cathode, sse = own["cathode"].to_pylist(), own["sse"].to_pylist()
    score = np.asarray(own[SCORE], float)
    best = np.zeros(len(cathode), np.int64)
    for rivals in rivalries(cathode):
        best[rivals] = rivals[score[rivals].argmax()]
    logs = {name: np.log(np.maximum(np.asarray(own[name], float), _LEAST)) for name in _FACTORS}
    return {"contributions_against": [sse[row] for row in best]} | {
        f"contribution_{name.removeprefix('factor_')}": values - values[best]
        for name, values in logs.items()
    }


def _front(pairs: BatchPairs, kept: Rows) -> dict[str, Any]:
    """Return whether each pair is on the front of its cathode, and how likely: no dead one is."""
    names = [name for name, _ in AXES]
    signs = np.array([sign for _, sign in AXES])
    values = pairs.values([*names, DELIVERED])
    dead = values[DELIVERED] < LEAST_DELIVERED
    on_front = np.zeros(len(pairs.names), bool)
    likely = np.full(len(pairs.names), np.nan)
    for rivals in rivalries(pairs.cathode):
        there = np.stack([values[name][rivals] for name in names], axis=1) * signs
        on_front[rivals] = pareto_front(np.where(dead[rivals, None], np.nan, there))
        if len(rivals) <= MOST_COMPARED:
            drawn = pairs.drawn([*names, DELIVERED], rivals)
            width = max(one.draws.shape[1] for one in drawn.values())
            joint = [np.broadcast_to(drawn[name].draws, (len(rivals), width)) for name in names]
            alive = drawn[DELIVERED].draws >= LEAST_DELIVERED
            joint = np.stack(joint, axis=1) * signs[:, None]
            likely[rivals] = front_probability(np.where(alive[:, None], joint, np.nan))
    return {"pareto_front": on_front[kept], "pareto_probability": likely[kept]}


def _nullable(column: Any) -> Any:
    """Return a column in which what has no finite value is null."""
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return column
    if isinstance(column, np.ndarray) and column.dtype.kind == "f":
        return pa.array(np.where(np.isfinite(column), column, np.nan), from_pandas=True)
    return pa.array(column, from_pandas=True)


def _last(values: Floats) -> Floats:
    """Return values in which those that are missing come last."""
    return np.where(np.isnan(values), -np.inf, values)
