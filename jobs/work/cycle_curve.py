"""The predicted first cycle of one pair as a voltage curve, ready to be printed or drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.errors import MaterialError
from screening.catalogue.materials import recipe
from screening.catalogue.own_materials import NO_MATERIALS
from screening.first_cycle.voltage_curve import Passed, voltage_curve
from screening.pairs.drawn import N_DRAWS
from screening.pairs.features import Pair
from screening.results.evaluation import evaluate_all

if TYPE_CHECKING:
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.calibration import Calibration
    from screening.first_cycle.voltage_curve import Half
    from stability.phases import CompetingPhases

Record = dict[str, Any]


def cycle_curve(
    sse: str,
    cathode: str,
    recipe_name: str,
    phases: CompetingPhases,
    *,
    calibration: Calibration,
    own: OwnMaterials = NO_MATERIALS,
) -> Record:
    """Return the first cycle of a pair as voltage against capacity, the part of the SSE apart.

    Parameters
    ----------
    sse, cathode : str
        Names or formulas.
    recipe_name : str
        Recipe of the catalogue.
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
    What the SSE gives back of its oxidation is drawn where it was given; what it takes up below its
    reduction limit from there on.
    """
    one = own.cathode(cathode)
    pair = Pair(own.sse_formula(sse), one, own.with_carbon(recipe(recipe_name)))
    block, failures = evaluate_all([pair], phases, draws=N_DRAWS, calibration=calibration, own=own)
    if block is None:
        raise MaterialError(failures[0].reason)
    made = block.prediction.observables
    charge, discharge, oxidised, reversible, reduced = (
        float(getattr(made, name).value[0])
        for name in ("charge", "discharge", "oxidised", "reversible", "reduced")
    )
    features = block.features
    oxidation, reduction = (
        float(features.limit.value[0]), float(features.reduction_limit.value[0])
    )  # fmt: skip
    taken = reversible + reduced
    halves = voltage_curve(
        one,
        Passed(charge - oxidised, max(discharge - taken, 0.0), oxidised, taken),
        oxidation_onset=oxidation,
        reduction_onset=max(oxidation, reduction) if reversible > reduced else reduction,
    )
    return {
        "sse": pair.sse,
        "cathode": one.name,
        "recipe": recipe_name,
        "oxidation_limit_v": oxidation,
        "reduction_limit_v": reduction,
        "charge": _half(halves[0]),
        "discharge": _half(halves[1]),
    }


def _half(one: Half) -> Record:
    return {
        "voltage_v": one.voltage.tolist(),
        "capacity_mah_per_g": one.capacity.tolist(),
        "sse_mah_per_g": one.sse.tolist(),
    }
