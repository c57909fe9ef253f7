"""What measured cells say about an objective: the pair's row, with what was measured put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from jobs.lab.experiment_row import ranked_recipes
from jobs.ranking.ranked import SCORE
from screening.catalogue.materials import State
from screening.errors import ScreeningError
from screening.order.next_cells import Measured, nothing_measured
from screening.order.objective import objective_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobs.ranking.batch_pairs import DrawnPairs
    from jobs.schema.experiment_fields import Experiment
    from screening.catalogue.own_materials import OwnMaterials
    from screening.order.objective import Objective

SPREAD = 0.05
"""Standard deviation from cell to cell, over the value. [1]"""
_CAPACITY = "factor_capacity"
_ENERGIES = ("composite_energy_wh_per_kg", "cell_energy_wh_per_kg")


def measured_by(made: Sequence[Experiment], chosen: Objective, found: DrawnPairs) -> Measured:
    """Return what experiments say about an objective of pairs.

    Parameters
    ----------
    made : sequence of Experiment
        Cells that were made; those of other pairs are passed over.
    chosen : Objective
        The objective.
    found : Pairs
        The pairs, with the columns of the objective and of the first cycle.

    Notes
    -----
    Measured capacities and efficiency replace the predicted ones. The capacity factor and the
    score change as the second half-cycle does, energies as the discharge does; the factor is at
    most 1. An experiment that changes no column of the objective says nothing about it.
    """
    place = {name: row for row, name in enumerate(found.names)}
    rows, values = [], []
    for one, row in _answered(made, place):
        columns = {name: column.value[row] for name, column in found.columns.items()}
        changed = _with(one, columns, found.batch.own)
        if not {name for name in changed if changed[name] != columns[name]} & chosen.columns:
            continue
        wanted = {name: np.array([changed[name]]) for name in chosen.columns}
        try:
            value = objective_values(chosen, wanted)[0]
        except ScreeningError:  # No value: this cell says nothing about this objective.
            continue
        rows.append(row)
        values.append(value)
    if not rows:
        return nothing_measured()
    made_of = np.array(values, float)
    return Measured(np.array(rows, np.int64), made_of, SPREAD * np.abs(made_of) + 1e-9)


def _answered(
    made: Sequence[Experiment], place: Mapping[tuple[str, str, str], int]
) -> Iterator[tuple[Experiment, int]]:
    """Yield cells with the places of the pairs that they answer for."""
    for one in made:
        for name in ranked_recipes(one):
            if (row := place.get((one.sse, one.cathode, name))) is not None:
                yield one, row


def half_cycle_needed(found: DrawnPairs, row: int, score: float, side: str) -> str:
    """Return in words which second half-cycle stands for a score, as experiments will be read.

    Parameters
    ----------
    found : Pairs
        The pairs, with score, capacity factor and half-cycles.
    row : int
        The pair.
    score : float
        The score. [1]
    side : str
        above or below.
    """
    columns = {name: column.value[row] for name, column in found.columns.items()}
    second, name = _second(found.names[row][1], found.batch.own)
    now, factor = columns.get(SCORE, 0.0), columns.get(_CAPACITY, 0.0)
    half_cycle = columns.get(second, 0.0)
    if not (now > 0.0 and factor > 0.0 and half_cycle > 0.0):
        return ""
    if factor * score / now > 1.0:
        if side == "below":
            return " (whatever its capacity: all of it gives less)"
        return " (more than its capacity alone can reach)"
    return f" (a {name} {side} {half_cycle * score / now:.0f} mAh/g)"


def _second(name: str, own: OwnMaterials) -> tuple[str, str]:
    """Return the column and the name of the second half-cycle of a cathode."""
    if own.cathode(name).assembled is State.CHARGED:
        return "first_charge_mah_per_g", "first charge"
    return "first_discharge_mah_per_g", "first discharge"


def _with(one: Experiment, columns: dict[str, float], own: OwnMaterials) -> dict[str, float]:
    """Return the columns of a pair with what was measured put in."""
    told = {
        "first_charge_mah_per_g": one.first_charge_mah_per_g,
        "first_discharge_mah_per_g": one.first_discharge_mah_per_g,
        "efficiency_percent": one.efficiency_percent,
    }
    changed = columns | {
        name: value for name, value in told.items() if value is not None and name in columns
    }
    second, _ = _second(one.cathode, own)
    part = _ratio(told[second], columns.get(second))
    if part is None:  # The first half-cycle is then taken as predicted.
        part = _ratio(one.efficiency_percent, columns.get("efficiency_percent"))
    if part is not None and _CAPACITY in columns and columns[_CAPACITY] > 0.0:
        factor = min(part * columns[_CAPACITY], 1.0)
        if SCORE in columns:
            changed[SCORE] = columns[SCORE] * factor / columns[_CAPACITY]
        changed[_CAPACITY] = factor
    discharge = "first_discharge_mah_per_g"
    part = _ratio(told[discharge], columns.get(discharge))
    for name in _ENERGIES:
        if part is not None and name in columns:
            changed[name] = part * columns[name]
    return changed


def _ratio(measured: float | None, predicted: float | None) -> float | None:
    if measured is None or predicted is None or not predicted > 0.0:
        return None
    return measured / predicted
