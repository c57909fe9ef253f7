"""What the command ``coat`` computes: coatings for a pair, as records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screening.coating.coating_order import passed_by, ranked_coatings
from screening.coating.coating_search import lithium_compounds
from screening.coating.coatings import coating_formula, coatings, stated_coating
from screening.errors import BatchError
from screening.results.records import finite
from stability.errors import StabilityError
from stability.formula import composition
from stability.tables.gaps import gaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from descriptors.quantity import Quantity
    from screening.catalogue.materials import Cathode
    from screening.catalogue.own_materials import OwnMaterials
    from screening.coating.coating_order import CoatingRules, RankedCoating
    from screening.results.records import Record
    from stability.phases import CompetingPhases


def coated(
    sse: str,
    cathode: Cathode,
    phases: CompetingPhases,
    rules: CoatingRules,
    *,
    names: Sequence[str] = (),
    search: bool = False,
    voltage_range: tuple[float, float] | None = None,
) -> Record:
    """Return the coatings for a pair in order, with the funnel that they went through.

    Parameters
    ----------
    sse : str
        Formula of the catholyte.
    cathode : Cathode
        The cathode.
    phases : CompetingPhases
        What may form, with a margin above the hull.
    rules : CoatingRules
        What is asked of a coating.
    names : sequence of str, optional
        Coatings by formula or label; those of the catalogue and one's own by default.
    search : bool, optional
        Look through all lithium compounds of the phase table too.
    voltage_range : (float, float), optional
        Window in which the cathode is cycled, instead of its own. [V vs. Li/Li+]

    Raises
    ------
    BatchError
        If nothing is left to rank, the window does not rise, or a rule is impossible.
    FormulaError, MissingElementError, LithiumReactantError
        If a material cannot be read, or cannot be computed from this phase table.
    """
    if voltage_range:
        cathode = _cycled(cathode, *voltage_range)
    chosen, funnel = _candidates(names, phases, rules.own, search=search)
    uncovered = {name: why for name in chosen if (why := _uncovered(name, phases))}
    if uncovered:
        chosen = [name for name in chosen if name not in uncovered]
        funnel.append({"step": "with elements that the phase table holds", "left": len(chosen)})
    ranked, gates, contacts = ranked_coatings(chosen, sse, cathode, phases, rules=rules)
    funnel += [
        {"step": gate.name, "left": left}
        for gate, left in zip(gates, passed_by(gates), strict=True)
    ]
    met = [*composition(sse).amounts], [*composition(cathode.formula).amounts]
    return {
        "sse": sse,
        "cathode": cathode.name,
        "voltage_low_v": cathode.voltage_low,
        "voltage_high_v": cathode.voltage_high,
        "phase_table": phases.table.id,
        "policy": phases.policy.value,
        "temperature_k": phases.table.temperature,
        "gaps": list(gaps(phases.table, [*met[0], *met[1]])),
        "thickness_nm": rules.thickness,
        "coverage_fraction": rules.coverage,
        "bare_reaction_ev_per_atom": contacts.bare,
        "bare_over_window_ev_per_non_li_atom": contacts.open_bare,
        "funnel": funnel,
        "coatings": [
            _record(place, one) | {"gaps": _gaps(one.formula, met, phases)}
            for place, one in enumerate(ranked, start=1)
        ],
        "not_computed": [{"coating": name, "reason": reason} for name, reason in uncovered.items()],
    }


def _candidates(
    names: Sequence[str], phases: CompetingPhases, own: OwnMaterials, *, search: bool
) -> tuple[list[str], list[Record]]:
    """Return the coatings to rank, and how many each step has left."""
    if names:
        chosen = list(dict.fromkeys(stated_coating(name, own) for name in names))
        funnel: list[Record] = [{"step": "named", "left": len(chosen)}]
    else:
        mine = [stated_coating(one.label, own) for one in own.materials if one.kind == "coating"]
        chosen = list(dict.fromkeys([*coatings(), *mine]))
        step = "coatings of the catalogue" + (", and your own" if mine else "")
        funnel = [{"step": step, "left": len(chosen)}]
    if search:
        found, counts = lithium_compounds(phases)
        chosen = list(dict.fromkeys([coating_formula(one) for one in found] + chosen))
        funnel = [count._asdict() for count in counts]
        funnel.append({"step": "with those of the catalogue", "left": len(chosen)})
    return chosen, funnel


def _cycled(cathode: Cathode, low: float, high: float) -> Cathode:
    """Return a cathode in another window.

    Raises
    ------
    BatchError
        If that does not rise.
    """
    if not low < high:
        raise BatchError(f"voltage range {low:g} to {high:g} V does not rise; swap the ends")
    return replace(cathode, voltage_low=low, voltage_high=high)


def _uncovered(formula: str, phases: CompetingPhases) -> str:
    """Return why a coating cannot be computed from a phase table, or nothing."""
    try:
        phases.table.atom_fractions(composition(formula))
    except StabilityError as error:
        return str(error)
    return ""


def _gaps(
    coating: str, met: tuple[Sequence[str], Sequence[str]], phases: CompetingPhases
) -> list[str]:
    """Return what a phase table lacks for the contacts of a coating with each side."""
    own = composition(coating).amounts
    return list(dict.fromkeys(gap for other in met for gap in gaps(phases.table, [*own, *other])))


def _record(place: int, one: RankedCoating) -> Record:
    discharged, charged, catholyte = one.contacts
    low, high = one.contact_ends or (None, None)
    return {
        "rank": None if one.refused_by else place,
        "coating": one.formula,
        "score": one.score,
        "score_low": one.score_low,
        "score_high": one.score_high,
        "discharged_cathode_ev_per_atom": discharged,
        "charged_cathode_ev_per_atom": charged,
        "sse_ev_per_atom": catholyte,
        "worst_contact_low_ev_per_atom": low,
        "worst_contact_high_ev_per_atom": high,
        "cathode_over_window_ev_per_non_li_atom": one.open_cathode,
        "reduction_limit_v": one.window[0],
        "oxidation_limit_v": finite(one.window[1]),
        **_figure("area_resistance", "ohm_cm2", one.resistance),
        **_figure("conducts_electrons", "probability", one.conducts),
        "refused_by": one.refused_by or None,
        "reason": one.reason,
    }


def _figure(name: str, unit: str, quantity: Quantity | None) -> Record:
    if quantity is None:
        ends = dict.fromkeys((f"{name}_{unit}", f"{name}_low_{unit}", f"{name}_high_{unit}"))
        return {**ends, f"{name}_kind": None, f"{name}_source": None}
    return {
        f"{name}_{unit}": quantity.value,
        f"{name}_low_{unit}": quantity.low,
        f"{name}_high_{unit}": quantity.high,
        f"{name}_kind": quantity.kind.value,
        f"{name}_source": quantity.source,
    }
