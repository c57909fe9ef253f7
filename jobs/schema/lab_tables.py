"""The tables of the laboratory beside the results: experiments, suggestions, calibrations."""

from __future__ import annotations

from jobs.schema.table import Field, Table
from screening.catalogue.own_material import UNITS, Material

_TEXT, _NUMBER, _WHOLE, _FLAG = "VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN"

EXPERIMENTS = Table(
    "experiments",
    "A cell that was made, in its present version.",
    (
        Field("id", _TEXT, "name of the cell"),
        Field("date", _TEXT, "day on which its first cycle ended"),
        Field("sse", _TEXT, "solid electrolyte, by formula"),
        Field("cathode", _TEXT, "cathode, as assembled"),
        Field("recipe", _TEXT, "recipe: of the catalogue, or named by its parts"),
        Field("cathode_parts", _NUMBER, "cathode in the composite, per cent by mass", "%"),
        Field("sse_parts", _NUMBER, "solid electrolyte in the composite, per cent by mass", "%"),
        Field("carbon_parts", _NUMBER, "carbon in the composite, per cent by mass", "%"),
        Field("carbon", _TEXT, "kind of carbon; null without"),
        Field("mixing", _TEXT, "hand or milled"),
        Field("pressure_mpa", _NUMBER, "fabrication pressure", "MPa"),
        Field("voltage_low_v", _NUMBER, "lower cutoff", "V vs. Li/Li+"),
        Field("voltage_high_v", _NUMBER, "upper cutoff", "V vs. Li/Li+"),
        Field("rate_c", _NUMBER, "rate of the first cycle, in units of C; null if not known", "C"),
        Field("temperature_k", _NUMBER, "temperature of cycling; null if not known", "K"),
        Field("first_charge_mah_per_g", _NUMBER, "first charge per gram of cathode", "mAh/g"),
        Field("first_discharge_mah_per_g", _NUMBER, "first discharge per gram of cathode", "mAh/g"),
        Field("efficiency_percent", _NUMBER, "second half-cycle over the first", "%"),
        Field("retention_percent", _NUMBER, "capacity left after retention_cycles", "%"),
        Field("retention_cycles", _WHOLE, "cycles after which retention_percent is left"),
        Field("protocol", _TEXT, "how it was cycled, in words"),
        Field("source", _TEXT, "notebook or paper"),
        Field("operator", _TEXT, "who made it"),
        Field("note", _TEXT, "anything else"),
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
        *(
            Field(
                name,
                _NUMBER if "float" in str(field.annotation) else _TEXT,
                str(field.description).strip().splitlines()[0].rstrip(".").lower(),
                next((unit for end, unit in UNITS.items() if name.endswith(f"_{end}")), ""),
            )
            for name, field in Material.model_fields.items()
        ),
        Field("version", _WHOLE, "1, and one more for each correction"),
        Field("entered_at", _TEXT, "when this version was entered (UTC)"),
        Field("reason", _TEXT, "reason of the correction; empty in the first version"),
        Field("withdrawn", _FLAG, "whether it is no longer used"),
    ),
    ("id",),
)

LAB_TABLES = (EXPERIMENTS, SUGGESTIONS, CALIBRATIONS, OWN_MATERIALS)
"""All of them, in order of creation."""
