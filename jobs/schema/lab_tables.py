"""The tables of the laboratory beside the results: experiments, suggestions, calibrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.schema.experiment_fields import Experiment
from jobs.schema.table import Field, Table
from screening.catalogue.own_material import UNITS, Material

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_TEXT, _NUMBER, _WHOLE, _FLAG = "VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN"

_UNITS = {
    **UNITS,
    "parts": "%",
    "c": "C",
    "k": "K",
    "nm": "nm",
    "um": "um",
    "mah_per_cm2": "mAh/cm2",
}


def _fields(model: type[BaseModel]) -> tuple[Field, ...]:
    """Return the columns of a model, with what its fields say of themselves."""
    return tuple(
        Field(name, kind, _comment(field), _unit(name) if kind == _NUMBER else "")
        for name, field in model.model_fields.items()
        for kind in (_kind(str(field.annotation)),)
    )


def _kind(annotation: str) -> str:
    if "float" in annotation:
        return _NUMBER
    return _WHOLE if "int" in annotation else _TEXT


def _comment(field: FieldInfo) -> str:
    said: str = (field.description or "").strip().rstrip(".")
    return said[0].lower() + said[1:] if said[1:2].islower() else said


def _unit(name: str) -> str:
    return next(str(unit) for end, unit in _UNITS.items() if name.endswith(f"_{end}"))


EXPERIMENTS = Table(
    "experiments",
    "A cell that was made, in its present version.",
    (
        *_fields(Experiment),
        Field("version", _WHOLE, "1, and one more for each correction"),
        Field("entered_at", _TEXT, "when this version was entered (UTC)"),
        Field("reason", _TEXT, "reason of the correction; empty in the first version"),
        Field("withdrawn", _FLAG, "whether it no longer counts"),
    ),
    ("id",),
)
SUGGESTIONS = Table(
    "suggestions",
    "A cell that was suggested, and what became of it.",
    (
        Field("id", _TEXT, "name of the suggestion"),
        Field("suggested_at", _TEXT, "when (UTC)"),
        Field("batch_id", _TEXT, "batch whose results it rests on"),
        Field("objective", _TEXT, "what it was to improve"),
        Field("sse", _TEXT, "solid electrolyte, by formula"),
        Field("cathode", _TEXT, "cathode, as assembled"),
        Field("recipe", _TEXT, "recipe of the composite"),
        Field("kind", _TEXT, "candidate, or control"),
        Field("state", _TEXT, "suggested, pending, done or rejected"),
        Field(
            "gain", _NUMBER, "what it adds to the expected best of its cathode, over that best", "1"
        ),
        Field("best_probability", _NUMBER, "probability that it is the best of its cathode", "1"),
        Field("reason", _TEXT, "why it was suggested, in one line"),
        Field("outcome", _TEXT, "which outcome would change the ranking"),
        Field("experiment_id", _TEXT, "experiment that answered it; null before"),
        Field("changed_at", _TEXT, "when its state last changed (UTC)"),
        Field("note", _TEXT, "why it was rejected, say"),
    ),
    ("id",),
)

CALIBRATIONS = Table(
    "calibrations",
    "A calibration that was made here.",
    (
        Field("id", _TEXT, "hash of all that it holds"),
        Field("made_at", _TEXT, "when (UTC)"),
        Field("cells", _WHOLE, "measured cells behind it"),
        Field("figures", _WHOLE, "figures of these cells that were fitted"),
        Field("current", _FLAG, "whether the store predicts with it"),
    ),
    ("id",),
)

OWN_MATERIALS = Table(
    "own_materials",
    "A material of the laboratory's own, in its present version.",
    (
        Field("id", _TEXT, "its label, as it was first written"),
        *_fields(Material),
        Field("version", _WHOLE, "1, and one more for each correction"),
        Field("entered_at", _TEXT, "when this version was entered (UTC)"),
        Field("reason", _TEXT, "reason of the correction; empty in the first version"),
        Field("withdrawn", _FLAG, "whether it is no longer used"),
    ),
    ("id",),
)

LAB_TABLES = (EXPERIMENTS, SUGGESTIONS, CALIBRATIONS, OWN_MATERIALS)
"""All of them, in order of creation."""
