"""One experiment: a cell that was made, checked field by field as it comes from a person or a CSV.

Every fault is one line with the value, the limit and the remedy. Nothing is converted in silence:
a number that looks like another unit is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from descriptors.errors import DescriptorError
from jobs.errors import ExperimentError
from jobs.lab.experiment_numbers import (
    LOADING,
    efficiency,
    experiment_number,
    retention_cycles,
    with_areal_capacity,
)
from jobs.lab.pair_names import pair_names
from jobs.lab.possible_capacity import capacity_fault
from jobs.schema.experiment_fields import FIELDS, NUMBERS, Experiment
from screening.catalogue.anodes import (
    against_lithium,
    anode,
    assumed_reference,
    cutoff_fault,
    inventory_fault,
)
from screening.catalogue.conditions import stated_conditions
from screening.catalogue.layers import BARE, with_layers
from screening.catalogue.materials import recipe, recipes
from screening.catalogue.own_materials import NO_MATERIALS
from screening.coating.coatings import made_coating
from screening.errors import ScreeningError
from screening.first_cycle.measured_cells import Measurement, known_recipe
from stability.errors import StabilityError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from descriptors.recipe import Recipe
    from screening.catalogue.conditions import Conditions
    from screening.catalogue.layers import Layers
    from screening.catalogue.materials import Cathode
    from screening.catalogue.own_materials import OwnMaterials


TEXTS = tuple(name for name in FIELDS if name not in NUMBERS)
"""Fields of text."""
REQUIRED = ("date", "sse", "cathode", "source")
"""Fields that cannot be empty."""
OUTCOMES = (
    "first_charge_mah_per_g", "first_discharge_mah_per_g", "efficiency_percent",
    "retention_percent",
)  # fmt: skip
"""At least one of these was measured."""
_LONGEST = 500  # Characters of a text.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_SPREAD = 0.05  # Relative standard deviation from cell to cell, where nobody says.


INPUTS = (*FIELDS, "voltage_reference", LOADING)
"""What people may write: all fields, against what the cutoffs are given, and the mass per area."""


def composite_of(one: Experiment) -> Recipe:
    """Return the composite of an experiment."""
    if one.recipe in recipes():
        return recipe(one.recipe)
    parts = [one.cathode_parts, one.sse_parts, one.carbon_parts]
    return known_recipe(one.cathode, parts, one.carbon, one.mixing, one.pressure_mpa)


def layers_of(one: Experiment) -> Layers:
    """Return what an experiment states beside its composite."""
    found = BARE._replace(coating=one.coating, separator=one.separator, anode=one.anode)
    if one.coating is None:
        return found
    thickness, share = one.coating_thickness_nm, one.coating_coverage_percent
    return found._replace(
        thickness=found.thickness if thickness is None else thickness,
        coverage=found.coverage if share is None else share / 100.0,
    )


def conditions_of(one: Experiment) -> Conditions:
    """Return at which rate and loading an experiment was run, with what is usual."""
    return stated_conditions(one.rate_c, one.areal_capacity_mah_per_cm2)


def ranked_recipes(one: Experiment) -> tuple[str, ...]:
    """Return what rankings may call the composite of an experiment: they may state less of it."""
    stated = layers_of(one).title
    return pair_names(f"{one.recipe} with {stated}" if stated else one.recipe)


def experiment(
    given: Mapping[str, str], own: OwnMaterials = NO_MATERIALS, *, made: bool = True
) -> Experiment:
    """Return an experiment from texts, checked.

    Parameters
    ----------
    given : mapping of str to str
        Texts by field; those that are missing or empty are not known.
    own : OwnMaterials, optional
        Materials of one's own, which cells may be made of.
    made : bool, optional
        Whether the cell was made: a planned one has no date, no source and no results.

    Raises
    ------
    ExperimentError
        With every fault on its own line.
    """
    texts = {name: value.strip() for name, value in given.items() if value and value.strip()}
    numbers = _numbers(texts, made=made)
    try:
        one = own.cathode(texts["cathode"])
        formula = own.conductor_formula(texts["sse"])
        composite = _composite(texts, numbers, one, own)
        numbers = with_areal_capacity(numbers, one)
        stack = _stack(texts, numbers, own)
        low, high = _cutoffs(texts, numbers, one)
        if fault := inventory_fault(stack["anode"], one):
            raise ExperimentError(fault)
    except (ScreeningError, StabilityError, DescriptorError) as error:
        raise ExperimentError(str(error)) from error
    measured: dict[str, Any] = {name: numbers.get(name) for name in _AS_MEASURED}
    found = Experiment(
        id=texts.get("id", ""),
        date=texts.get("date", ""),
        sse=formula,
        cathode=one.name,
        voltage_low_v=low,
        voltage_high_v=high,
        retention_cycles=retention_cycles(numbers),
        efficiency_percent=efficiency(numbers, one),
        protocol=texts.get("protocol"),
        source=texts.get("source", ""),
        operator=texts.get("operator"),
        note=texts.get("note"),
        **measured,
        **_of_composite(composite),
        **stack,
    )
    if fault := capacity_fault(found, one):
        raise ExperimentError(fault)
    if found.id:
        return found
    return found.model_copy(update={"id": f"cell-{found.content}"})


def reference_note(given: Mapping[str, str]) -> str:
    """Return what the cutoffs of a cell are taken to be against, if it does not say; or nothing.

    Parameters
    ----------
    given : mapping of str to str
        Texts by field, of a cell that :func:`experiment` takes.
    """
    texts = {name: value.strip() for name, value in given.items()}
    if not texts.get("voltage_low_v") and not texts.get("voltage_high_v"):
        return ""
    return assumed_reference(texts.get("anode"), texts.get("voltage_reference"))


def measurements(one: Experiment) -> list[Measurement]:
    """Return what an experiment tells the calibration: its first cycle, where it was measured.

    Parameters
    ----------
    one : Experiment
        The experiment.

    Notes
    -----
    The standard deviation from cell to cell is taken as 5 % where nobody says. An efficiency
    follows from both capacities, so it is fitted only where one of them is missing.
    """
    told = {
        "charge": one.first_charge_mah_per_g,
        "discharge": one.first_discharge_mah_per_g,
        "efficiency": one.efficiency_percent,
    }
    both = told["charge"] is not None and told["discharge"] is not None
    return [
        Measurement(
            id=f"{one.id} {quantity}",
            cell=one.id,
            sse=one.sse,
            cathode=one.cathode,
            recipe=with_layers(composite_of(one), layers_of(one)),
            coverage=layers_of(one).covered,
            rate=one.rate_c,
            areal_capacity=one.areal_capacity_mah_per_cm2,
            cutoff_low=one.voltage_low_v,
            cutoff_high=one.voltage_high_v,
            quantity=quantity,
            value=value,
            unit="%" if quantity == "efficiency" else "mAh/g",
            spread=_SPREAD * value,
            place=one.source,
            used_for="derived" if quantity == "efficiency" and both else "fit",
        )
        for quantity, value in told.items()
        if value is not None
    ]


_AS_MEASURED = (
    "rate_c", "temperature_k", "first_charge_mah_per_g", "first_discharge_mah_per_g",
    "retention_percent",
)  # fmt: skip
_OF_STACK = (
    "coating_thickness_nm", "coating_coverage_percent", "areal_capacity_mah_per_cm2",
    "cathode_size_um", "sse_size_um", "cycling_pressure_mpa",
)  # fmt: skip


def _stack(
    texts: Mapping[str, str], numbers: Mapping[str, float], own: OwnMaterials
) -> dict[str, Any]:
    """Return what else the cell is made of: coating, separator and anode, by their names.

    Raises
    ------
    FormulaError, UnknownNameError
        If one of them is not known.
    """
    return {name: numbers.get(name) for name in _OF_STACK} | {
        "coating": made_coating(texts["coating"], own) if "coating" in texts else None,
        "separator": own.conductor_formula(texts["separator"]) if "separator" in texts else None,
        "anode": anode(texts["anode"]).name if "anode" in texts else None,
    }


def _of_composite(composite: Recipe) -> dict[str, Any]:
    """Return what is kept of a composite."""
    return {
        "recipe": composite.name,
        "cathode_parts": _parts(composite.cathode_fraction),
        "sse_parts": _parts(composite.sse_fraction),
        "carbon_parts": _parts(composite.carbon_fraction),
        "carbon": composite.carbon,
        "mixing": composite.mixing.value,
        "pressure_mpa": composite.pressure,
    }


def _parts(fraction: float) -> float:
    return round(100.0 * fraction, 6)


def _cutoffs(
    texts: Mapping[str, str], numbers: Mapping[str, float], one: Cathode
) -> tuple[float, float]:
    """Return both cutoffs against lithium: those that are given are against the reference. [V].

    Raises
    ------
    ExperimentError
        If the lower is not below the upper, or the cathode works outside of them.
    UnknownNameError
        If the reference or the anode is none of the catalogue.
    """
    ends = {"voltage_low_v": one.voltage_low, "voltage_high_v": one.voltage_high}
    reference, held = texts.get("voltage_reference"), texts.get("anode")
    low, high = (
        against_lithium(numbers[name], reference) if name in numbers else of_cathode
        for name, of_cathode in ends.items()
    )
    if not low < high:
        raise ExperimentError(
            f"voltage_low_v {low:g} is not below voltage_high_v {high:g}; swap them"
        )
    if fault := cutoff_fault(low, high, one, reference=reference, held=held):
        raise ExperimentError(
            f"voltage_low_v to voltage_high_v, {low:g} to {high:g} V against Li, do not hold "
            f"{fault}"
        )
    return low, high


def _numbers(texts: Mapping[str, str], *, made: bool) -> dict[str, float]:
    """Return the numbers among the texts.

    Raises
    ------
    ExperimentError
        With every fault of a text or a number.
    """
    faults = list(_text_faults(texts, made=made))
    numbers: dict[str, float] = {}
    for name in (*NUMBERS, LOADING):
        if name in texts:
            try:
                numbers[name] = experiment_number(name, texts[name])
            except ExperimentError as error:
                faults.append(str(error))
    if faults:
        raise ExperimentError("\n".join(faults))
    return numbers


def _text_faults(texts: Mapping[str, str], *, made: bool) -> Iterator[str]:
    """Yield what is wrong with the texts."""
    for name in REQUIRED if made else ("sse", "cathode"):
        if name not in texts:
            yield f"{name} is empty; fill it in"
    if unknown := sorted(set(texts) - set(INPUTS)):
        yield f"no field {', '.join(unknown)}; known: {', '.join(INPUTS)}"
    for name in TEXTS:
        text = texts.get(name, "")
        if len(text) > _LONGEST:
            yield f"{name} has {len(text)} characters, at most {_LONGEST} are kept; shorten it"
        if any(not character.isprintable() for character in text):
            yield f"{name} holds a line break or a control character; write one line"
    if "id" in texts and not _ID.fullmatch(texts["id"]):
        yield (
            f"id {texts['id'][:60]!r} is no name; write up to 60 letters, digits, '.', '_' or '-'"
        )
    if "date" in texts:
        yield from _date_faults(texts["date"])
    if made and not set(OUTCOMES) & set(texts):
        yield f"nothing was measured; give one of {', '.join(OUTCOMES)}"


def _date_faults(text: str) -> Iterator[str]:
    """Yield what is wrong with a date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        yield f"date {text!r} is no day; write it as 2026-03-31"
        return
    if text != day.isoformat():
        yield f"date {text!r} is written unusually; write {day.isoformat()}"
    elif day > datetime.now(UTC).date():
        yield f"date {text} is in the future; give the day on which the cell was measured"
    elif day.year < 1970:  # noqa: PLR2004  # Solid-state cells of this kind are younger.
        yield f"date {text} is before 1970; check the year"


def _composite(
    texts: Mapping[str, str], numbers: Mapping[str, float], one: Cathode, own: OwnMaterials
) -> Recipe:
    """Return the composite: a recipe of the catalogue, or parts.

    Raises
    ------
    ExperimentError
        If it is neither, or both and they differ.
    """
    fields = ("cathode_parts", "sse_parts", "carbon_parts", "mixing", "pressure_mpa")
    there = [name for name in fields if name in numbers or name in texts]
    if not there:
        return recipe(texts.get("recipe", one.recipe))
    if missing := [name for name in fields if name not in there]:
        raise ExperimentError(
            f"the composite lacks {', '.join(missing)}; give all of {', '.join(fields)} (0 for "
            "no carbon), or a recipe of the catalogue instead"
        )
    if texts["mixing"] not in {"hand", "milled"}:
        raise ExperimentError(f"mixing {texts['mixing']!r} is unknown; write hand or milled")
    carbon = own.carbon_name(texts.get("carbon", "none"))
    made = known_recipe(
        one.name,
        [numbers["cathode_parts"], numbers["sse_parts"], numbers["carbon_parts"]],
        carbon,
        texts["mixing"],
        numbers["pressure_mpa"],
    )
    if texts.get("recipe", made.name) != made.name:
        raise ExperimentError(
            f"recipe {texts['recipe']!r} differs from the parts, which are {made.name!r}; "
            "give one of both"
        )
    return made
