"""What no cell can have shown: more than its cathode and its SSE hold between the cutoffs."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from screening.catalogue.materials import State
from stability.elements import FARADAY
from stability.energies.corrected_table import loaded_table
from stability.errors import StabilityError
from stability.formula import composition
from stability.hull import reactant
from stability.phases import Policy, competing_phases
from stability.quantities import ROOM_TEMPERATURE
from stability.staircase import redox_capacity, redox_staircase
from stability.tables.phase_table import REFERENCE
from stability.temperature import at_temperature

if TYPE_CHECKING:
    from jobs.schema.experiment_fields import Experiment
    from screening.catalogue.materials import Cathode
    from stability.phases import CompetingPhases
    from stability.staircase import Staircase

_OVER = 1.1  # Weighing and rounding.
_OF_SSE = 700.0  # [mAh/g of SSE] More than any sulfide takes up.
_MARGIN = 0.2  # [V] Which computed limits and the voltages of a cell may err together.
_MOST_EFFICIENT = {State.DISCHARGED: 110.0, State.CHARGED: 250.0}  # [%] SSE redox adds to charge.


def capacity_fault(found: Experiment, one: Cathode) -> str:
    """Return why no cell of a cathode can have shown what was measured; nothing if it can.

    Parameters
    ----------
    found : Experiment
        The cell.
    one : Cathode
        Its cathode.

    Notes
    -----
    With Q the theoretical capacity, r the SSE per cathode by mass, and the redox of the SSE between
    the cutoffs (:func:`stability.staircase.redox_capacity`), widened by 0.2 V each ::

        assembled discharged: charge <= 1.1 Q + r Q_ox,  discharge <= 1.1 Q + r (Q_rev + Q_red)
        assembled charged:    charge <= 1.1 Q + r (Q_ox + Q_red),  discharge <= 1.1 Q + r Q_red

    What the phase table cannot tell counts as all the lithium of the SSE, or 700 mAh/g.
    """
    ratio = found.sse_parts / found.cathode_parts
    for name in ("first_charge_mah_per_g", "first_discharge_mah_per_g"):
        capacity, own = getattr(found, name), _OVER * one.theoretical_capacity
        if capacity is None or capacity <= own:
            continue
        charge = name == "first_charge_mah_per_g"
        of_sse = ratio * _of_sse(found, one, charge=charge)
        if capacity > own + of_sse:
            return (
                f"{name} {capacity:g} is more than {own + of_sse:.0f}, all that {one.name} and the "
                f"SSE {'hold' if charge else 'give back'} from {found.voltage_low_v:g} to "
                f"{found.voltage_high_v:g} V ({own:.0f} and {of_sse:.0f}); give mAh per gram of "
                "cathode, or correct the cutoffs"
            )
    limit = _MOST_EFFICIENT[one.assembled]
    if found.efficiency_percent is not None and found.efficiency_percent > limit:
        return (
            f"efficiency_percent {found.efficiency_percent:.1f} is more than {limit:g}: "
            f"{one.name} is assembled {one.assembled.value}; check which half-cycle came first"
        )
    return ""


def _of_sse(found: Experiment, one: Cathode, *, charge: bool) -> float:
    """Return what an SSE can add to a half-cycle at most. [mAh/g of SSE]."""
    begins_charged = one.assembled is State.CHARGED
    staircase = _staircase(found.sse)
    if staircase is None:
        material = composition(found.sse)
        lithium = FARADAY * material.amounts.get("Li", 0.0) / material.molar_mass
        return lithium if charge and not begins_charged else _OF_SSE
    low = max(found.voltage_low_v - _MARGIN, 0.0)
    redox = redox_capacity(staircase, low, found.voltage_high_v + _MARGIN)
    if charge:
        return redox.oxidation + (redox.reduction if begins_charged else 0.0)
    return redox.reduction + (0.0 if begins_charged else redox.reversible)


@lru_cache(maxsize=256)
def _staircase(sse: str) -> Staircase | None:
    """Return the redox of an SSE; None of what the built-in table cannot compute."""
    try:
        return redox_staircase(reactant(sse, _phases()), _phases())
    except StabilityError:
        return None


@cache
def _phases() -> CompetingPhases:
    return competing_phases(at_temperature(loaded_table(REFERENCE), ROOM_TEMPERATURE), Policy.KNOWN)
