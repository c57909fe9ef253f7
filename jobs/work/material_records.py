"""What the commands ``window`` and ``pair`` compute: materials by name, results as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.batch.model import cathode_formula, sse_formula
from screening.catalogue import materials as catalogue
from screening.catalogue.materials import known_cathodes
from screening.errors import BatchError
from screening.results.description import description, description_record, supply_flags
from screening.results.records import Record, finite, reaction_record, window_record
from stability.arrays import hull_energies
from stability.errors import VoltageError
from stability.hull import Metastability, reactant
from stability.interface import PAIR, chemical_reaction, electrochemical_reactions, stacked
from stability.quantities import written
from stability.staircase import redox_staircase
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

    from stability.hull import Reactant
    from stability.phases import CompetingPhases


def windows(
    names: Sequence[str],
    phases: CompetingPhases,
    *,
    draws: int = 0,
    covers: tuple[float, float] | None = None,
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

    Raises
    ------
    BatchError
        If `covers` is given without draws.
    VoltageError
        If the range does not rise.
    """
    check_covers(covers, draws)
    materials = [reactant(_formula(name), phases) for name in names]
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
    names: Sequence[str], phases: CompetingPhases, everything: CompetingPhases
) -> Iterator[Record]:
    """Yield for each material its window under a policy and among all phases.

    ``only_with_all`` names the products that appear in the staircase only if all phases compete.
    """
    reasons = dict(zip(phases.table.formulas, phases.table.reasons, strict=True))
    for chosen, other in zip(windows(names, phases), windows(names, everything), strict=True):
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
    """
    formulas = [(sse_formula(sse), cathode_formula(cathode)) for sse, cathode in names]
    records = []
    for sse, cathode in formulas:
        a, b = reactant(sse, phases, known), reactant(cathode, phases)
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

    Raises
    ------
    BatchError
        If a recipe is given without a cathode.
    """
    if recipe and not cathode:
        raise BatchError("--recipe says how much, not of what: give --cathode too")
    formula = sse_formula(name)
    composite = None
    if cathode:
        chosen = catalogue.cathode(cathode)
        composite = (catalogue.recipe(recipe or chosen.recipe), chosen)
    staircase = redox_staircase(reactant(formula, phases), phases)
    lines = description(formula, staircase, phases, pressure=pressure, composite=composite)
    return description_record(formula, lines, supply_flags(formula))


def _formula(name: str) -> str:
    return cathode_formula(name) if name in known_cathodes() else sse_formula(name)


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
