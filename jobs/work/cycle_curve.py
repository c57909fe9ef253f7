"""Predicted first cycles as voltage curves, ready to be printed or drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from descriptors.errors import NoMeasurement
from jobs.errors import MaterialError
from jobs.work.cell_predictions import planned_pair
from screening.catalogue.materials import State
from screening.catalogue.own_materials import NO_MATERIALS
from screening.first_cycle.equations import inputs
from screening.first_cycle.voltage_curve import Passed, voltage_curve
from screening.results.evaluation import evaluate_all
from stability.staircase import LAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.work.cell_predictions import PlannedCell
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.calibration import Calibration
    from screening.first_cycle.voltage_curve import Half
    from screening.pairs.features import Pair
    from screening.results.evaluation import Block
    from stability.phases import CompetingPhases

Record = dict[str, Any]


class CellCurve(NamedTuple):
    """The first cycle of a cell as voltage against capacity."""

    id: str
    """The cell."""
    charge: Half
    """First charge."""
    discharge: Half
    """First discharge."""


def cycle_curve(
    pair: Pair,
    phases: CompetingPhases,
    *,
    calibration: Calibration,
    own: OwnMaterials = NO_MATERIALS,
) -> Record:
    """Return the first cycle of a pair as voltage against capacity, the part of the SSE apart.

    Parameters
    ----------
    pair : Pair
        SSE, cathode, composite, and what else is stated of the cell.
    phases : CompetingPhases
        What may form.
    calibration : Calibration
        Parameters of the model of the cell.
    own : OwnMaterials, optional
        Materials of one's own.

    Raises
    ------
    MaterialError
        If the pair has no answer.
    NoMeasurement
        If the cathode has no open-circuit curve.

    Notes
    -----
    The SSE is oxidised and reduced from where the model of the cell has it begin. What comes back
    of its oxidation is drawn from :data:`stability.staircase.LAG` below that; where more is reduced
    than comes back, all of it from where reduction begins.
    """
    block, failures = evaluate_all([pair], phases, draws=0, calibration=calibration, own=own)
    if block is None:
        raise MaterialError(failures[0].reason)
    halves = _halves(block)
    features = block.features
    return {
        "sse": pair.sse,
        "cathode": pair.cathode.name,
        "recipe": pair.recipe.name,
        "oxidation_limit_v": float(features.limit.value[0]),
        "reduction_limit_v": float(features.reduction_limit.value[0]),
        "charge": _half(halves[0]),
        "discharge": _half(halves[1]),
    }


def cell_curves(
    planned: Sequence[PlannedCell],
    phases: CompetingPhases,
    *,
    calibration: Calibration,
    own: OwnMaterials = NO_MATERIALS,
) -> list[CellCurve]:
    """Return the voltage curves of cells; one without an answer, or a curve at rest, has none.

    Parameters
    ----------
    planned : sequence of PlannedCell
        From :func:`jobs.work.cell_predictions.planned_cells`.
    phases : CompetingPhases
        What may form.
    calibration : Calibration
        Parameters of the model of the cell.
    own : OwnMaterials, optional
        Materials of one's own.
    """
    found = []
    for one in planned:
        if one.cell is None:
            continue
        pair = planned_pair(one.cell, own)
        block, _ = evaluate_all([pair], phases, draws=0, calibration=calibration, own=own)
        if block is None:
            continue
        try:
            found.append(CellCurve(one.id, *_halves(block)))
        except NoMeasurement:
            continue
    return found


def _halves(block: Block) -> tuple[Half, Half]:
    """Return both half-cycles of the one pair of a block, at central values."""
    cathode, made, x = block.pairs[0].cathode, block.prediction.observables, inputs(block.features)
    charge, discharge, share, returned, reduced = (
        float(getattr(made, name).value[0])
        for name in ("charge", "discharge", "sse_share", "reversible", "reduced")
    )
    by_sse = charge * share / 100.0
    taken = reduced if cathode.assembled is State.CHARGED else returned + reduced
    p = block.calibration.fitted.central
    late = p.sulfide_overpotential if x.sulfide[0].all() else p.reduction_overpotential
    oxidation = x.limit[0].item() + float(p.gas_overpotential) * bool(x.gas[0].all())
    back = taken - reduced
    return voltage_curve(
        cathode,
        Passed(charge - by_sse, max(discharge - taken, 0.0), by_sse, taken),
        oxidation_onset=oxidation,
        reduction_onset=oxidation - LAG if back > reduced else x.reduction_limit[0].item() - late,
    )


def _half(one: Half) -> Record:
    return {
        "voltage_v": one.voltage.tolist(),
        "capacity_mah_per_g": one.capacity.tolist(),
        "sse_mah_per_g": one.sse.tolist(),
    }
