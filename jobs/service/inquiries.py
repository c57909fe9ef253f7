"""What can be asked of the process that computes: records as commands print them, and pictures."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jobs.errors import MaterialError
from jobs.figures.curves import density_picture
from jobs.figures.cycles import changed_cycle_picture, cycle_picture, differential_picture
from jobs.figures.intervals import (
    Estimate,
    agreement_picture,
    factors_picture,
    ranking_picture,
)
from jobs.figures.parity import parity_picture
from jobs.figures.reactions import reaction_picture
from jobs.figures.teaching import teaching_picture
from jobs.figures.tiles import tile_picture
from jobs.figures.windows import window_picture
from jobs.lab.calibrations import current_calibration
from jobs.lab.experiments import experiments
from jobs.lab.kept_materials import own_in
from jobs.ranking.ranked import ranked
from jobs.ranking.stored_composites import stored_composites
from jobs.service.kept_ranking import coded, packed
from jobs.store.published import snapshot
from jobs.studies.batch_plan import funnel, plan_record
from jobs.studies.relatives import conductivity_relatives, obstacles_of
from jobs.studies.renewal import renewal, renewed
from jobs.studies.table_comparison import compared_tables
from jobs.studies.what_if import changed_cells, what_if
from jobs.work.cell_predictions import compared_cells
from jobs.work.competitors import competitors
from jobs.work.cycle_curve import cycle_curve
from jobs.work.material_records import described, reactions, windows
from screening.batch.batch_tables import Composite
from screening.catalogue.materials import recipe
from screening.first_cycle.validation import comparisons
from screening.pairs.drawn import N_DRAWS
from screening.pairs.features import Pair
from stability.phases import CompetingPhases  # noqa: TC001  # A cache shows its types.
from stability.tables.phase_table import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jobs.figures.picture import Picture
    from jobs.ranking.ranked import Ranked
    from jobs.studies.what_if import Asked
    from screening.results.records import Record

_UNITS = {"mah_per_g": "capacity [mAh/g]", "percent": "efficiency [%]"}


@cache
def _phases(*, redrawn: bool = True) -> CompetingPhases:
    return competitors(REFERENCE, redrawn=redrawn)


def _window(store: Path, name: str) -> Record:
    return windows([name], _phases(), own=own_in(store))[0]


def _pair(store: Path, sse: str, cathode: str, voltages: Sequence[float]) -> Record:
    return reactions([(sse, cathode)], _phases(), voltages, own=own_in(store))[0]


def _description(store: Path, name: str, pressure: float) -> Record:
    return described(name, _phases(), pressure=pressure, own=own_in(store))


def _window_drawn(store: Path, name: str) -> Picture:
    return window_picture(windows([name], _phases(), draws=N_DRAWS, own=own_in(store)))


def _pair_drawn(store: Path, sse: str, cathode: str) -> Picture:
    own = own_in(store)
    one = own.cathode(cathode)
    ends = (one.voltage_low, one.voltage_high)
    return reaction_picture(reactions([(sse, cathode)], _phases(), ends, own=own)[0])


def _tiles_drawn(store: Path, sse: str, cathode: str) -> Picture:
    own = own_in(store)
    one = own.cathode(cathode)
    window = (one.voltage_low, one.voltage_high)
    return tile_picture(reactions([(sse, cathode)], _phases(), (), window, own=own)[0])


def _cycle(store: Path, sse: str, cathode: str, composite: str, batch: str = "") -> Record:
    """Return the first cycle of a pair of a batch; of the catalogue's recipe without a batch."""
    own = own_in(store)
    known = stored_composites(store, batch) if batch else {}
    made = known.get((cathode, composite)) or Composite(
        own.cathode(cathode), own.with_carbon(recipe(composite))
    )
    pair = Pair(own.sse_formula(sse), *made)
    calibration = current_calibration(store)
    return cycle_curve(pair, _phases(), calibration=calibration, own=own)


def _cycle_drawn(store: Path, *about: str) -> Picture:
    return cycle_picture(_cycle(store, *about))


def _differential_drawn(store: Path, *about: str) -> Picture:
    return differential_picture(_cycle(store, *about))


def _change_drawn(store: Path, asked: Asked) -> Picture:
    calibration = current_calibration(store)
    before, after = (
        cycle_curve(one.pair, one.phases, calibration=calibration, own=one.own)
        for one in changed_cells(store, asked)
    )
    return changed_cycle_picture(before, after)


def _density_drawn(store: Path, name: str) -> Picture:
    return density_picture(_description(store, name, 375.0))


def _ranking_drawn(_: Path, rows: Sequence[Record], objective: str) -> Picture:
    return ranking_picture(rows, objective)


def _factors_drawn(_: Path, rows: Sequence[Record]) -> Picture:
    return factors_picture(rows)


def _teaching_drawn(_: Path, rows: Sequence[Record]) -> Picture:
    return teaching_picture(rows)


def _cells_drawn(store: Path, unit: str) -> Picture:
    """Return what cells of the laboratory have shown beside what was predicted of them.

    Raises
    ------
    MaterialError
        If there is none.
    """
    found = compared_cells(
        experiments(store),
        _phases(),
        draws=N_DRAWS,
        calibration=current_calibration(store),
        own=own_in(store),
    )
    estimates = [
        Estimate(
            f"{row['id']}: {row['quantity'].removesuffix('_' + unit).replace('_', ' ')}",
            row["predicted"],
            row["predicted_low"],
            row["predicted_high"],
            row["measured"],
        )
        for row in found
        if row["quantity"].endswith(unit) and row["predicted"] is not None
    ]
    if not estimates:
        raise MaterialError("no cell with this figure yet")
    return agreement_picture(estimates, title="Cells made here", axis=_UNITS[unit])


def _calibration_drawn(store: Path) -> Picture:
    return parity_picture(comparisons(current_calibration(store)))


def _ranking(store: Path, batch: str, cathode: str | None, by: str | None) -> tuple[Ranked, bytes]:
    """Return a ranking without its table, and the table packed."""
    with snapshot(store) as there:
        found = ranked(there, batch=batch, cathode=cathode, by=by)
    return found._replace(table=None), packed(coded(found.table))


def _drawn(store: Path, kind: str, *given: Any) -> str:
    return PICTURES[kind](store, *given).svg()


PICTURES: Mapping[str, Callable[..., Picture]] = {
    "window": _window_drawn,
    "pair": _pair_drawn,
    "tiles": _tiles_drawn,
    "cycle": _cycle_drawn,
    "differential": _differential_drawn,
    "what if": _change_drawn,
    "density": _density_drawn,
    "ranking": _ranking_drawn,
    "factors": _factors_drawn,
    "suggestions": _teaching_drawn,
    "cells": _cells_drawn,
    "calibration": _calibration_drawn,
}
"""What can be drawn."""
QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "window": _window,
    "pair": _pair,
    "description": _description,
    "picture": _drawn,
    "ranking": _ranking,
    "renewal": renewal,
    "renewed": renewed,
    "what if": what_if,
    "funnel": funnel,
    "relatives": conductivity_relatives,
    "why not": obstacles_of,
    "tables": compared_tables,
    "plan": plan_record,
}
"""What can be asked."""
