"""What a pair of a batch would show if its cell were made or run otherwise, without a batch.

The cell is described by the fields of a measured one. Both cells are computed among the phases of
the batch and predicted with the calibration in use, with draws that they share where they are
alike; what is told before the change is therefore the row of the ranking.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jobs.errors import ExperimentError, MaterialError
from jobs.lab.calibrations import current_calibration
from jobs.lab.experiment_row import experiment
from jobs.lab.kept_materials import own_in
from jobs.ranking.stored_composites import stored_composites
from jobs.store.spec import read_spec
from jobs.studies.changed_places import changed_places
from jobs.work.cell_predictions import planned_pair
from jobs.work.chunk import phases_of
from screening.batch.composite_rows import composite_row
from screening.catalogue.layers import with_layers
from screening.catalogue.materials import recipe as catalogue_recipe
from screening.catalogue.own_materials import own_materials
from screening.catalogue.spelling import folded
from screening.pairs.drawn import interval
from screening.pairs.features import Pair
from screening.results.columns import NUMBERS, PAIR_COLUMNS, pair_records
from screening.results.evaluation import evaluate_all
from stability.errors import QuantityError
from stability.phases import CompetingPhases  # noqa: TC001  # A cache shows its types.
from stability.quantities import written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from descriptors.recipe import Recipe
    from jobs.store.spec import Spec
    from screening.batch.batch_tables import Composite
    from screening.catalogue.own_materials import OwnMaterials
    from screening.results.column import Column
    from screening.results.evaluation import Block

Record = dict[str, Any]

RECIPE = "other_recipe"
"""Field that names a recipe of the catalogue, whose parts go before those of the batch."""
TEMPERATURE = "temperature_k"
"""Field that says at which temperature phases compete; the model of the cell knows none."""
OF_RECIPE = (
    "cathode_parts", "sse_parts", "carbon_parts", "carbon", "mixing", "pressure_mpa",
)  # fmt: skip
"""Fields that a recipe decides."""
CHANGEABLE = (
    RECIPE, *OF_RECIPE, "voltage_low_v", "voltage_high_v", "rate_c", "areal_capacity_mah_per_cm2",
    "coating", "coating_thickness_nm", "coating_coverage_percent", "separator", "anode",
    TEMPERATURE,
)  # fmt: skip
"""Fields that can be changed, in the order of the form."""


_NOT_OF_CELL = {RECIPE, *OF_RECIPE, TEMPERATURE}
_ENDS = {end for column in PAIR_COLUMNS for end in column.ends or ()}
_OWN_COLUMNS = [column for column in PAIR_COLUMNS if column.name not in _ENDS]


class Asked(NamedTuple):
    """Which cell of a batch, and what is changed of it."""

    batch: str
    """Id of the batch, in full."""
    sse: str
    """SSE, by formula."""
    cathode: str
    """Cathode, as assembled."""
    recipe: str
    """Recipe, as the batch calls it."""
    changes: tuple[tuple[str, str], ...] = ()
    """Fields of :data:`CHANGEABLE` with their new texts; an empty one takes away."""


class Changed(NamedTuple):
    """A cell, and what it is computed among."""

    pair: Pair
    """SSE, cathode, composite, and what else is stated of the cell."""
    phases: CompetingPhases
    """What may form."""
    own: OwnMaterials
    """Materials of one's own of the batch, and of the laboratory."""
    texts: dict[str, str]
    """How it is made and run, by field; empty for the cell of the batch."""


def cell_texts(store: Path, asked: Asked) -> dict[str, str]:
    """Return how a cell of a batch is made and run, by the fields that can be changed.

    Parameters
    ----------
    store : Path
        The store.
    asked : Asked
        Which cell; its changes are left aside.

    Raises
    ------
    MaterialError
        If the batch has no such composite.
    """
    spec = read_spec(store, asked.batch)
    return _texts(_settled(store, asked)) | {TEMPERATURE: _text(float(spec.batch["temperature"]))}


def changed_texts(texts: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """Return those of some texts that change a cell; what a form repeats is left out.

    Parameters
    ----------
    texts : mapping of str to str
        From :func:`cell_texts`.
    asked : mapping of str to str
        Texts by field.

    Raises
    ------
    UnknownNameError
        If the other recipe is none of the catalogue.

    Examples
    --------
    >>> changed_texts({"rate_c": "0.1", "coating": ""}, {"rate_c": "0.10", "coating": "LiNbO3"})
    {'coating': 'LiNbO3'}
    """
    other = asked.get(RECIPE, "").strip()
    made = _recipe_texts(catalogue_recipe(other)) if other else {}
    new = {RECIPE: other} if any(texts[name] != text for name, text in made.items()) else {}
    for name, text in asked.items():
        if name == RECIPE or _alike(text, texts[name]):
            continue
        if not (name in made and _alike(text, made[name])):
            new[name] = text.strip()
    return new


def what_if(store: Path, asked: Asked) -> Record:
    """Return what a cell shows before and after a change, and what moves.

    Parameters
    ----------
    store : Path
        The store.
    asked : Asked
        Which cell of which batch, and what is changed.

    Raises
    ------
    ExperimentError
        If a field is wrong; every fault is a line of its own, with the name of the field.
    MaterialError
        If one of both cells has no answer.
    StoreError
        If the batch is gone, or its phase table is another one now.
    """
    before, after = changed_cells(store, asked)
    calibration = current_calibration(store)
    blocks = []
    for one in (before, after):
        block, failures = evaluate_all(
            [one.pair],
            one.phases,
            draws=read_spec(store, asked.batch).draws,
            calibration=calibration,
            own=one.own,
        )
        if block is None:
            raise MaterialError(failures[0].reason)
        blocks.append(block)
    records = [pair_records(block)[0] for block in blocks]
    found = [(row, block.prediction) for row, block in zip(records, blocks, strict=True)]
    return {
        "batch": asked.batch,
        "sse": asked.sse,
        "cathode": asked.cathode,
        "recipe": asked.recipe,
        "changes": dict(asked.changes),
        "after_texts": after.texts,
        "places": changed_places(store, asked.batch, found),
        "before": records[0],
        "after": records[1],
        "moved": [
            _moved(column, blocks, records) for column in _OWN_COLUMNS if _moves(column, records)
        ],
    }


def changed_cells(store: Path, asked: Asked) -> tuple[Changed, Changed]:
    """Return a cell of a batch as it is, and as it would be.

    Parameters
    ----------
    store : Path
        The store.
    asked : Asked
        Which cell of which batch, and what is changed.

    Raises
    ------
    ExperimentError
        If a field is wrong; every fault is a line of its own, with the name of the field.
    StoreError
        If the batch is gone, or its phase table is another one now.
    """
    spec = read_spec(store, asked.batch)
    own, settled = _materials(store, spec), _settled(store, asked)
    changes = dict(asked.changes)
    stated = changes.pop(TEMPERATURE, "").strip()
    faults, pair, temperature = [], Pair(asked.sse, *settled), None
    try:
        temperature = written(stated, "temperature_k", called=TEMPERATURE) if stated else None
    except QuantityError as error:
        faults.append(str(error))
    try:
        pair = _changed(settled, asked._replace(changes=tuple(changes.items())), own)
    except ExperimentError as error:
        faults.append(str(error))
    if faults:
        raise ExperimentError("\n".join(faults))
    cold = _text(float(spec.batch["temperature"]))
    texts = _new_texts(settled, changes) | {TEMPERATURE: stated or cold}
    usual = _phases(store, asked.batch, None)
    other = usual if temperature is None else _phases(store, asked.batch, temperature)
    return Changed(Pair(asked.sse, *settled), usual, own, {}), Changed(pair, other, own, texts)


@lru_cache(2)
def _phases(store: Path, batch: str, temperature: float | None) -> CompetingPhases:
    return phases_of(read_spec(store, batch), temperature)


def _materials(store: Path, spec: Spec) -> OwnMaterials:
    """Return the materials of one's own of a batch, and those of the laboratory beside them."""
    labels = {folded(one.label) for one in spec.own.materials}
    others = [one for one in own_in(store).materials if folded(one.label) not in labels]
    return own_materials((*spec.own.materials, *others))


def _settled(store: Path, asked: Asked) -> Composite:
    found = stored_composites(store, asked.batch).get((asked.cathode, asked.recipe))
    if found is None:
        raise MaterialError(
            f"batch {asked.batch} has no {asked.cathode} in recipe {asked.recipe!r}; open the pair "
            "from its ranking"
        )
    return found


def _texts(settled: Composite) -> dict[str, str]:
    row = composite_row(settled)
    return {
        RECIPE: "",
        **_recipe_texts(settled.recipe),
        **{name: _text(row[name]) for name in CHANGEABLE if name not in _NOT_OF_CELL},
    }


def _recipe_texts(made: Recipe) -> dict[str, str]:
    return {
        "cathode_parts": _text(100.0 * made.cathode_fraction),
        "sse_parts": _text(100.0 * made.sse_fraction),
        "carbon_parts": _text(100.0 * made.carbon_fraction),
        "carbon": made.carbon or "none",
        "mixing": made.mixing.value,
        "pressure_mpa": _text(made.pressure),
    }


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)


def _alike(a: str, b: str) -> bool:
    """Say whether two texts are the same, or the same number."""
    try:
        return float(a) == float(b)
    except ValueError:
        return a.strip() == b.strip()


def _changed(settled: Composite, asked: Asked, own: OwnMaterials) -> Pair:
    """Return the pair of the changed cell; a composite that stays keeps its name.

    Raises
    ------
    ExperimentError
        If a field is wrong.
    """
    changes = dict(asked.changes)
    if not changes:
        return Pair(asked.sse, *settled)
    texts = _new_texts(settled, changes) | {"sse": asked.sse, "cathode": asked.cathode}
    pair = planned_pair(experiment(texts, own, made=False), own)
    if any(name in {RECIPE, *OF_RECIPE} for name in changes):
        return pair
    title = settled.layers.title
    bare = settled.recipe.name.removesuffix(f" with {title}") if title else settled.recipe.name
    kept = replace(settled.recipe, name=bare)
    return pair._replace(recipe=with_layers(kept, pair.layers))


def _new_texts(settled: Composite, changes: Mapping[str, str]) -> dict[str, str]:
    """Return how the changed cell is made and run, by field."""
    other = changes.get(RECIPE, "")
    made = _texts(settled) | (_recipe_texts(catalogue_recipe(other)) if other else {})
    texts = {name: text for name, text in (made | dict(changes)).items() if name != RECIPE}
    if not texts["coating"]:
        texts |= {"coating_thickness_nm": "", "coating_coverage_percent": ""}
    return texts


def _moves(column: Column, records: list[Record]) -> bool:
    before, after = (one[column.name] for one in records)
    return bool(before != after)


def _moved(column: Column, blocks: list[Block], records: list[Record]) -> Record:
    """Return a column of both cells; of a number with draws, how sure it is that it moves."""
    before, after = (one[column.name] for one in records)
    found: Record = {"column": column.name, "before": before, "after": after}
    if column.name not in NUMBERS or before is None or after is None:
        return found
    found["change"] = after - before
    if column.drawn is None or not blocks[0].draws:
        return found
    drawn = [column.drawn(block.prediction).draws[0] for block in blocks]
    change = np.subtract(*np.broadcast_arrays(*drawn[::-1]))
    change = change[np.isfinite(change)]
    if change.size > 1:
        low, high = interval(change)
        found |= {"change_low": low, "change_high": high, "rises": float((change > 0).mean())}
    return found
