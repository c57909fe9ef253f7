"""Cells that are described as experiments are, before they are made: what each should show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.errors import ExperimentError
from jobs.lab.experiment_file import experiment_rows, row_name
from jobs.lab.experiment_numbers import LOADING
from jobs.lab.experiment_row import (
    composite_of,
    conditions_of,
    experiment,
    layers_of,
    reference_note,
)
from jobs.schema.experiment_fields import RESULTS
from screening.catalogue.anodes import assumed_inventory
from screening.catalogue.conditions import USUAL
from screening.catalogue.layers import THICKNESS, with_layers
from screening.catalogue.own_materials import NO_MATERIALS
from screening.pairs.features import Pair
from screening.results.columns import pair_records
from screening.results.evaluation import evaluate_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jobs.lab.experiment_file import Rows
    from jobs.schema.experiment_fields import Experiment
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.calibration import Calibration
    from screening.results.evaluation import Block
    from stability.phases import CompetingPhases

Record = dict[str, Any]

PREDICTED = (
    *(
        f"{name}_{end}{unit}"
        for name, unit in (
            ("first_charge", "mah_per_g"), ("first_discharge", "mah_per_g"),
            ("efficiency", "percent"), ("sse_share", "percent"), ("oxygen_release", "mah_per_g"),
        )
        for end in ("", "low_", "high_")
    ),
    "rate_c", "areal_capacity_mah_per_cm2", "loading_mg_per_cm2", "reached_fraction",
    "area_resistance_ohm_cm2", "effective_conductivity_s_per_cm", "coating", "separator", "anode",
    "worst_contact", "worst_contact_ev", "outside_domain", "reason", "calibration", "gaps",
)  # fmt: skip
"""Columns of the ranking that a prediction has."""
_NOT_USED = (
    "temperature_k",
    "protocol",
    "cathode_size_um",
    "sse_size_um",
    "cycling_pressure_mpa",
)


class PlannedCell(NamedTuple):
    """A row of the file: a cell, or why it is none."""

    id: str
    """Its id, or the line on which it stands."""
    cell: Experiment | None
    """The cell, with what is usual where nothing is said."""
    assumed: str
    """What was not said."""
    fault: str
    """Why it cannot be computed; empty if it can."""


def planned_cells(
    source: Rows,
    own: OwnMaterials = NO_MATERIALS,
    *,
    rate: float | None = None,
    areal_capacity: float | None = None,
) -> list[PlannedCell]:
    """Return cells that are described and not yet made, in order.

    Parameters
    ----------
    source : Path or iterable of mapping
        A CSV file with the columns of an experiment, but for its results; or rows by field.
    own : OwnMaterials, optional
        Materials of one's own.
    rate, areal_capacity : float, optional
        Rate [1/h] and loading [mAh/cm2] of the cells that state none.

    Raises
    ------
    ExperimentError
        If the file cannot be read at all, or two cells have one id.
    """
    stated = {"rate_c": rate, "areal_capacity_mah_per_cm2": areal_capacity}
    usual = {name: repr(value) for name, value in stated.items() if value is not None}
    rows = [(row_name(source, number), texts) for number, texts in experiment_rows(source)]
    _refuse_namesakes(rows)
    return [_planned(place, _filled(texts, usual), own) for place, texts in rows]


def _refuse_namesakes(rows: Sequence[tuple[str, dict[str, str] | str]]) -> None:
    """Refuse two cells of one id: nobody could tell their answers apart.

    Raises
    ------
    ExperimentError
        If there are such.
    """
    seen: dict[str, str] = {}
    for place, texts in rows:
        name = "" if isinstance(texts, str) else texts.get("id", "").strip()
        if name and seen.setdefault(name, place) != place:
            raise ExperimentError(
                f"id {name} stands in {seen[name]} and in {place}; give each cell its own, or none"
            )


def _filled(texts: dict[str, str] | str, usual: Mapping[str, str]) -> dict[str, str] | str:
    """Return the texts of a row, with what is usual where it states nothing."""
    if isinstance(texts, str):
        return texts
    given = {name for name, text in texts.items() if text.strip()}
    loaded = {"areal_capacity_mah_per_cm2"} if LOADING in given else set()
    return texts | {name: text for name, text in usual.items() if name not in given | loaded}


def _planned(place: str, texts: dict[str, str] | str, own: OwnMaterials) -> PlannedCell:
    if isinstance(texts, str):
        return PlannedCell(place, None, "", texts)
    given = {name for name, text in texts.items() if text.strip()}
    name = texts.get("id", "").strip() or place
    if results := sorted(given & set(RESULTS)):
        said = f"{', '.join(results)}: a prediction takes no results; leave them out"
        return PlannedCell(name, None, "", said)
    try:
        cell = experiment(texts, own, made=False)
    except ExperimentError as error:
        return PlannedCell(name, None, "", "; ".join(str(error).splitlines()))
    return PlannedCell(name, cell, "; ".join(_assumed(texts, cell, own)), "")


def _assumed(texts: Mapping[str, str], cell: Experiment, own: OwnMaterials) -> Iterator[str]:
    given = {name for name, text in texts.items() if text.strip()}
    if not {"recipe", "cathode_parts"} & given:
        yield f"recipe {cell.recipe}"
    if "cathode_parts" in given and "carbon" not in given and cell.carbon is None:
        yield "no carbon"
    for name in ("voltage_low_v", "voltage_high_v"):
        if name not in given:
            yield f"{name} {getattr(cell, name):g}"
    yield from _assumed_stack(texts, cell, own)
    if "rate_c" not in given:
        yield f"rate_c {USUAL.rate:g}"
    if not {"areal_capacity_mah_per_cm2", LOADING} & given:
        yield f"areal_capacity_mah_per_cm2 {USUAL.areal_capacity:g}"


def _assumed_stack(texts: Mapping[str, str], cell: Experiment, own: OwnMaterials) -> Iterator[str]:
    found = reference_note(texts), assumed_inventory(cell.anode, own.cathode(cell.cathode))
    yield from filter(None, found)
    for name, usual in (("coating_thickness_nm", THICKNESS), ("coating_coverage_percent", 100)):
        if cell.coating and not texts.get(name, "").strip():
            yield f"{name} {usual:g}"


def predicted_cells(
    planned: Sequence[PlannedCell],
    phases: CompetingPhases,
    *,
    draws: int,
    calibration: Calibration,
    own: OwnMaterials = NO_MATERIALS,
) -> list[Record]:
    """Return what each cell should show, in order; a cell without an answer says why.

    Parameters
    ----------
    planned : sequence of PlannedCell
        From :func:`planned_cells`.
    phases : CompetingPhases
        What may form.
    draws : int
        How often phase energies are redrawn.
    calibration : Calibration
        Parameters of the model of the cell.
    own : OwnMaterials, optional
        Materials of one's own.

    Notes
    -----
    Capacities are those at the stated rate and loading; so is the area resistance.
    """
    pairs = {row: planned_pair(one.cell, own) for row, one in enumerate(planned) if one.cell}
    answers: dict[int, Record] = {}
    faults: dict[int, str] = {}
    for rows in _rounds(pairs):
        asked = [pairs[row] for row in rows]
        block, failures = evaluate_all(asked, phases, draws=draws, calibration=calibration, own=own)
        why = {id(one.pair): one.reason for one in failures}
        faults |= {row: why[id(pairs[row])] for row in rows if id(pairs[row]) in why}
        sound = [row for row in rows if row not in faults]
        answers |= dict(zip(sound, _in_order(block, [pairs[row] for row in sound]), strict=True))
    return [
        _record(one, answers.get(row), faults.get(row, one.fault))
        for row, one in enumerate(planned)
    ]


def compared_cells(
    cells: Sequence[Experiment],
    phases: CompetingPhases,
    *,
    draws: int,
    calibration: Calibration,
    own: OwnMaterials = NO_MATERIALS,
) -> list[Record]:
    """Return what cells have shown beside what they should show, one row for each figure.

    Parameters
    ----------
    cells : sequence of Experiment
        Cells that were made.
    phases, draws, calibration, own
        As for :func:`predicted_cells`.
    """
    planned = [PlannedCell(one.id, one, "", "") for one in cells]
    fitted = {one.cell for one in calibration.fits}
    found = predicted_cells(planned, phases, draws=draws, calibration=calibration, own=own)
    rows = []
    for cell, predicted in zip(cells, found, strict=True):
        for name, unit in _COMPARED:
            measured = getattr(cell, f"{name}_{unit}")
            if measured is not None:
                rows.append(_compared(cell, predicted, name, unit) | {"fitted": cell.id in fitted})
    return rows


_COMPARED = (
    ("first_charge", "mah_per_g"),
    ("first_discharge", "mah_per_g"),
    ("efficiency", "percent"),
)


def _compared(cell: Experiment, predicted: Record, name: str, unit: str) -> Record:
    measured = getattr(cell, f"{name}_{unit}")
    value, low, high = (predicted[f"{name}_{end}{unit}"] for end in ("", "low_", "high_"))
    return {
        "id": cell.id,
        "sse": cell.sse,
        "cathode": cell.cathode,
        "quantity": f"{name}_{unit}",
        "measured": measured,
        "predicted": value,
        "predicted_low": low,
        "predicted_high": high,
        "inside": None if low is None else bool(low <= measured <= high),
        "outside_domain": predicted["outside_domain"],
        "reason": predicted["reason"] if low is None else "",
    }


def _in_order(block: Block | None, asked: Sequence[Pair]) -> list[Record]:
    """Return the records of a block in the order of pairs that were asked for."""
    if block is None:
        return []
    of_pair = dict(zip(map(id, block.pairs), pair_records(block), strict=True))
    return [of_pair[id(one)] for one in asked]


def planned_pair(cell: Experiment, own: OwnMaterials) -> Pair:
    """Return the pair that a cell is of, in its own window and composite.

    Parameters
    ----------
    cell : Experiment
        The cell.
    own : OwnMaterials
        Materials of one's own.
    """
    cathode = replace(
        own.cathode(cell.cathode),
        voltage_low=cell.voltage_low_v,
        voltage_high=cell.voltage_high_v,
        voltage_source="as described",
    )
    layers = layers_of(cell)
    made = own.with_carbon(with_layers(composite_of(cell), layers))
    return Pair(cell.sse, cathode, made, layers, conditions_of(cell))


def _rounds(pairs: Mapping[int, Pair]) -> Iterator[list[int]]:
    """Yield rows in rounds in which each cathode has one window: a block knows it by name."""
    rest = dict(pairs)
    while rest:
        windows: dict[str, tuple[float, float]] = {}
        rows = [
            row
            for row, one in rest.items()
            if windows.setdefault(one.cathode.name, _window(one)) == _window(one)
        ]
        yield rows
        for row in rows:
            del rest[row]


def _window(one: Pair) -> tuple[float, float]:
    return one.cathode.voltage_low, one.cathode.voltage_high


def _record(one: PlannedCell, answer: Record | None, fault: str) -> Record:
    """Return the row of a cell, as it is printed."""
    if one.cell is None or answer is None:
        blank = dict.fromkeys(PREDICTED)
        told = {"id": one.id, "status": "failed"}
        return told | _named(one.cell) | blank | {"reason": fault, "assumed": "", "not_used": ""}
    unused = [name for name in _NOT_USED if getattr(one.cell, name) is not None]
    return (
        {"id": one.id, "status": "ok"}
        | _named(one.cell)
        | {name: answer[name] for name in PREDICTED}
        | {
            "assumed": one.assumed,
            "not_used": ", ".join(unused),
        }
    )


def _named(cell: Experiment | None) -> Record:
    names = ("sse", "cathode", "recipe", "voltage_low_v", "voltage_high_v")
    return {name: None if cell is None else getattr(cell, name) for name in names}
