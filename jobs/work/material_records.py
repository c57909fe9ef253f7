"""What the commands ``window`` and ``pair`` compute: materials by name, results as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.catalogue import materials as catalogue
from screening.catalogue.names import cathode_formula, refuse_swapped
from screening.catalogue.own_materials import NO_MATERIALS
from screening.errors import BatchError, UnknownNameError
from screening.results.description import description, description_record, supply_flags
from screening.results.records import Record, finite, reaction_record, window_record
from stability.arrays import hull_energies
from stability.errors import StabilityError, VoltageError
from stability.formula import composition
from stability.hull import Metastability, reactant
from stability.interface import PAIR, chemical_reaction, electrochemical_reactions, stacked
from stability.quantities import written
from stability.staircase import redox_staircase
from stability.tables.gaps import gaps
from stability.uncertainty import (
    ErrorModel,
    interval,
    probability_covers,
    redrawn_reactions,
    redrawn_windows,
)
from stability.voltage_range import reaction_over_range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from screening.catalogue.own_materials import OwnMaterials
    from stability.hull import Reactant
    from stability.phases import CompetingPhases


def windows(
    names: Sequence[str],
    phases: CompetingPhases,
    *,
    draws: int = 0,
    covers: tuple[float, float] | None = None,
    own: OwnMaterials = NO_MATERIALS,
) -> list[Record]:
    """Return the window of each material, with intervals if draws are wanted.

    Parameters
    ----------
    names : sequence of str
        Formulas, or names and labels of the catalogue.
    phases : CompetingPhases
        What they are compared with.
    draws : int, optional
        How often to redraw the phase energies.
    covers : (float, float), optional
        Range of voltage: how likely each window covers it. [V]
    own : OwnMaterials, optional
        Materials of one's own, by their labels.

    Raises
    ------
    BatchError
        If `covers` is given without draws.
    VoltageError
        If the range does not rise.
    """
    check_covers(covers, draws)
    materials = [reactant(_formula(name, own), phases, _stated(name, own)) for name in names]
    records = [window_record(redox_staircase(one, phases), phases) for one in materials]
    if draws:
        for record, material in zip(records, materials, strict=True):
            record.update(_window_intervals(material, phases, draws, covers))
    return records


def check_covers(covers: tuple[float, float] | None, draws: int) -> None:
    """Refuse a range of which nobody can say how likely it is covered.

    Parameters
    ----------
    covers : (float, float) or None
        The range. [V]
    draws : int
        How often the phase energies are redrawn.

    Raises
    ------
    BatchError
        If there are no draws.
    VoltageError
        If the range does not rise.
    """
    if covers and not draws:
        raise BatchError("--covers is a matter of chance: give --draws N too")
    if covers and covers[0] >= covers[1]:
        raise VoltageError(
            f"voltages {covers[0]:g} to {covers[1]:g} V do not rise; give the lower one first"
        )


def compared_windows(
    names: Sequence[str],
    phases: CompetingPhases,
    everything: CompetingPhases,
    own: OwnMaterials = NO_MATERIALS,
) -> Iterator[Record]:
    """Yield for each material its window under a policy and among all phases.

    ``only_with_all`` names the products that appear in the staircase only if all phases compete.
    """
    reasons = dict(zip(phases.table.formulas, phases.table.reasons, strict=True))
    for chosen, other in zip(
        windows(names, phases, own=own), windows(names, everything, own=own), strict=True
    ):
        new = sorted(_products(other) - _products(chosen))
        yield {
            "formula": chosen["formula"],
            "policies": [chosen, other],
            "only_with_all": new,
            "reasons": {formula: reasons[formula] for formula in new if reasons[formula]},
        }


def _products(window: Record) -> set[str]:
    return {product["formula"] for step in window["steps"] for product in step["products"]}


def metastability(
    energy: float | None,
    above_hull: float | None,
    mixing: Sequence[str] | None,
    temperature: float,
) -> Metastability | None:
    """Return what the options say of a material's energy; None if they say nothing.

    Raises
    ------
    BatchError
        If an energy and a distance to the hull are both given.
    QuantityError
        If disorder is no list of numbers.
    """
    if energy is None and above_hull is None and not mixing:
        return None
    if energy is not None and above_hull is not None:
        raise BatchError("--sse-energy and --sse-above-hull exclude each other; give one")
    sites = tuple(
        tuple(written(n, "occupants", called="--sse-mixing") for n in text.split(","))
        for text in mixing or ()
    )
    return Metastability(energy, above_hull or 0.0, sites, *([temperature] if temperature else []))


def reactions(
    names: Sequence[tuple[str, str]],
    phases: CompetingPhases,
    voltages: Sequence[float] = (),
    voltage_range: tuple[float, float] | None = None,
    *,
    known: Metastability | None = None,
    draws: int = 0,
    own: OwnMaterials = NO_MATERIALS,
) -> list[Record]:
    """Return the reactions of pairs of an SSE and a cathode, by name.

    Parameters
    ----------
    names : sequence of (str, str)
        SSE and cathode: formulas, or names and labels of the catalogue.
    phases : CompetingPhases
        What may form.
    voltages : sequence of float, optional
        Voltages for reactions open to lithium. [V]
    voltage_range : (float, float), optional
        Range for the worst case. [V]
    known : Metastability, optional
        What the user knows of the SSE's energy.
    draws : int, optional
        How often to redraw the phase energies.
    own : OwnMaterials, optional
        Materials of one's own, by their labels.
    """
    for sse, cathode in names:
        refuse_swapped(sse, cathode)
    formulas = [(own.sse_formula(sse), _cathode_formula(cathode, own)) for sse, cathode in names]
    records = []
    for sse, cathode in formulas:
        a = reactant(sse, phases, known or _stated(sse, own))
        b = reactant(cathode, phases)
        record = reaction_record(
            a,
            b,
            chemical_reaction(a, b, phases),
            electrochemical_reactions(a, b, phases, voltages),
            reaction_over_range(a, b, phases, *voltage_range) if voltage_range else None,
            phases,
        )
        if draws:
            record["intervals"] = _reaction_intervals(a, b, phases, voltages, draws)
        records.append(record)
    return records


def described(
    name: str,
    phases: CompetingPhases,
    *,
    pressure: float,
    cathode: str | None = None,
    recipe: str | None = None,
    own: OwnMaterials = NO_MATERIALS,
) -> Record:
    """Return everything about one solid electrolyte, by name.

    Parameters
    ----------
    name : str
        Formula or label.
    phases : CompetingPhases
        With a margin above the hull.
    pressure : float
        Uniaxial pressure for its density. [MPa]
    cathode, recipe : str, optional
        A composite to put it into; the recipe is the cathode's own by default.
    own : OwnMaterials, optional
        Materials of one's own, by their labels.

    Raises
    ------
    BatchError
        If a recipe is given without a cathode.
    """
    if recipe and not cathode:
        raise BatchError("--recipe says how much, not of what: give --cathode too")
    formula = own.sse_formula(name)
    composite = None
    if cathode:
        chosen = own.cathode(cathode)
        composite = (catalogue.recipe(recipe or chosen.recipe), chosen)
    staircase = redox_staircase(reactant(formula, phases, _stated(formula, own)), phases)
    lines = description(formula, staircase, phases, pressure=pressure, composite=composite, own=own)
    record = description_record(formula, lines, supply_flags(formula))
    other = composition(composite[1].formula).amounts if composite else ()
    return record | {"gaps": list(gaps(phases.table, [*composition(formula).amounts, *other]))}


def _formula(name: str, own: OwnMaterials) -> str:
    """Return the formula of a material by any name: an SSE, or a cathode as assembled."""
    try:
        return own.cathode(name).formula
    except UnknownNameError:
        return own.sse_formula(name)


def _cathode_formula(name: str, own: OwnMaterials) -> str:
    """Return the formula of a cathode by a name of one's own, of the catalogue, or a formula."""
    try:
        return own.cathode(name).formula
    except UnknownNameError:
        return cathode_formula(name)


def _stated(sse: str, own: OwnMaterials) -> Metastability | None:
    """Return what a laboratory has stated of the energy of an SSE, None if nothing."""
    try:
        above = own.above_hull(own.sse_formula(sse))
    except StabilityError:  # The label of a cathode.
        return None
    return None if above is None else Metastability(above_hull=above)


def _window_intervals(
    material: Reactant,
    phases: CompetingPhases,
    draws: int,
    covers: tuple[float, float] | None,
) -> Record:
    drawn = redrawn_windows(phases, material.fractions[None, :], draws=draws)
    record = (
        _model(draws)
        | _ends("reduction_limit", "v", drawn.reduction[0])
        | _ends("oxidation_limit", "v", drawn.oxidation[0])
    )
    if covers:
        low, high = covers
        record["covers"] = {
            "voltage_low_v": low,
            "voltage_high_v": high,
            "probability": float(probability_covers(drawn, low, high)[0]),
        }
    return record


def _reaction_intervals(
    sse: Reactant,
    cathode: Reactant,
    phases: CompetingPhases,
    voltages: Sequence[float],
    draws: int,
) -> Record:
    fractions, energies = stacked(sse, cathode)
    above = energies - hull_energies(phases, fractions).energy
    drawn = redrawn_reactions(phases, fractions, *PAIR, voltages, draws=draws, above_hull=above)
    return _model(draws) | {
        "chemical": _ends("energy", "ev_per_atom", drawn.chemical[0]),
        "electrochemical": [
            {"voltage_v": voltage}
            | _ends("total", "ev_per_non_li_atom", drawn.total[0, v])
            | _ends("self", "ev_per_non_li_atom", drawn.sse_alone[0, v])
            | _ends("mutual", "ev_per_non_li_atom", drawn.mutual[0, v])
            for v, voltage in enumerate(voltages)
        ],
    }


def _model(draws: int) -> Record:
    model = ErrorModel()
    return {
        "draws": draws,
        "error_model": {
            "independent_ev_per_atom": model.independent,
            "shared_ev_per_atom": model.shared,
            "seed": model.seed,
        },
    }


def _ends(name: str, unit: str, drawn: NDArray[np.float64]) -> Record:
    ends = interval(drawn)
    return {
        f"{name}_low_{unit}": finite(float(ends.low)),
        f"{name}_high_{unit}": finite(float(ends.high)),
    }
