"""A cell that was made: the one list of its fields, from which CSV, SQL, forms and docs come."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict

from screening.text.limited import Limited

_Parts = Annotated[float, Limited("parts")]
_NoParts = Annotated[float, Limited("parts_or_none")]
_Pressure = Annotated[float, Limited("pressure_mpa")]
_Cutoff = Annotated[float, Limited("cutoff_v")]
_Capacity = Annotated[float, Limited("capacity_mah_per_g")]
_NEVER_CONTENT = {"id"}


class Experiment(BaseModel):
    """A cell that was made; :func:`jobs.lab.experiment_row.experiment` checks what people write."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    id: str
    """Name of the cell, unique in the store."""
    date: str
    """Day on which its first cycle ended, as 2026-03-31."""
    sse: str
    """Solid electrolyte, by formula."""
    cathode: str
    """Cathode, as assembled: of the catalogue, or of one's own."""
    recipe: str
    """Recipe: of the catalogue, or named by its parts."""
    cathode_parts: _Parts
    """Cathode in the composite, per cent by mass."""
    sse_parts: _Parts
    """Solid electrolyte in the composite, per cent by mass."""
    carbon_parts: _NoParts
    """Carbon in the composite, per cent by mass."""
    carbon: str | None = None
    """Kind of carbon; null without."""
    mixing: str
    """How it was mixed: hand or milled."""
    pressure_mpa: _Pressure
    """Fabrication pressure."""
    voltage_low_v: _Cutoff
    """Lower cutoff against lithium."""
    voltage_high_v: _Cutoff
    """Upper cutoff against lithium."""
    rate_c: Annotated[float, Limited("rate_c")] | None = None
    """Rate of the first cycle, in units of C."""
    temperature_k: Annotated[float, Limited("cell_temperature_k")] | None = None
    """Temperature of cycling."""
    first_charge_mah_per_g: _Capacity | None = None
    """First charge per gram of cathode."""
    first_discharge_mah_per_g: _Capacity | None = None
    """First discharge per gram of cathode."""
    efficiency_percent: Annotated[float, Limited("efficiency_percent")] | None = None
    """Second half-cycle over the first."""
    retention_percent: Annotated[float, Limited("retention_percent")] | None = None
    """Capacity left after retention_cycles."""
    retention_cycles: Annotated[int, Limited("cycles")] | None = None
    """Cycles after which retention_percent is left."""
    protocol: str | None = None
    """How it was cycled, in words."""
    source: str
    """Notebook or paper."""
    operator: str | None = None
    """Who made it."""
    note: str | None = None
    """Anything else."""
    coating: str | None = None
    """Coating of the cathode, by formula; null without, or if not known."""
    coating_thickness_nm: Annotated[float, Limited("coating_thickness_nm")] | None = None
    """Thickness of the coating."""
    coating_coverage_percent: Annotated[float, Limited("coverage_percent")] | None = None
    """Share of the cathode that the coating covers."""
    separator: str | None = None
    """SSE between composite and anode, by formula; null if it is that of the composite."""
    anode: str | None = None
    """Anode of the catalogue."""
    areal_capacity_mah_per_cm2: Annotated[float, Limited("areal_capacity_mah_per_cm2")] | None = (
        None
    )
    """Theoretical capacity of the cathode per area."""
    cathode_size_um: Annotated[float, Limited("radius_um")] | None = None
    """Median diameter of the cathode particles."""
    sse_size_um: Annotated[float, Limited("radius_um")] | None = None
    """Median diameter of the SSE particles."""
    cycling_pressure_mpa: Annotated[float, Limited("stack_pressure_mpa")] | None = None
    """Pressure on the cell while it is cycled."""

    @property
    def content(self) -> str:
        """Hash of all but the id: the same cell entered twice has the same."""
        values = self.model_dump(exclude=_NEVER_CONTENT, exclude_none=True)
        text = json.dumps(values, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


FIELDS = tuple(Experiment.model_fields)
"""Names of all fields, in order."""


def _scale(annotation: object, metadata: object) -> str | None:
    """Return the quantity that a field is held to, None for a text."""
    for one in (*get_args(annotation), *(metadata if isinstance(metadata, list) else ())):
        if isinstance(one, Limited):
            return one.scale
        if (inner := _scale(one, None)) is not None:
            return inner
    return None


NUMBERS = {
    name: scale
    for name, field in Experiment.model_fields.items()
    if (scale := _scale(field.annotation, field.metadata)) is not None
}
"""Numeric fields, with their quantities in :data:`stability.quantities.SCALES`."""
RESULTS = (
    "first_charge_mah_per_g", "first_discharge_mah_per_g", "efficiency_percent",
    "retention_percent", "retention_cycles",
)  # fmt: skip
"""Fields that only a cell that was made has."""
