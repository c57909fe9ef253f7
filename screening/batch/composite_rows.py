"""Composites of a batch as plain rows, and back: what was settled when the batch was submitted.

Of a cathode only the window is the batch's; its other figures are those of the catalogue, or of the
material of one's own that the row holds.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from descriptors.recipe import Mixing, Recipe
from screening.batch.batch_tables import Composite
from screening.catalogue.conditions import stated_conditions
from screening.catalogue.layers import BARE, Layers
from screening.catalogue.own_materials import NO_MATERIALS, stated_materials
from screening.catalogue.spelling import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.catalogue.own_materials import OwnMaterials

Record = dict[str, Any]


def composite_row(one: Composite, own: OwnMaterials = NO_MATERIALS) -> Record:
    """Return a composite as a plain row.

    Parameters
    ----------
    one : Composite
        The composite.
    own : OwnMaterials, optional
        Materials of one's own.
    """
    names = {folded(name) for name in (one.cathode.name, one.recipe.carbon) if name}
    used = [
        made
        for made in own.materials
        if (folded(made.label) in names and made.kind != "sse")
        or (made.kind == "coating" and made.formula == one.layers.coating)
    ]
    recipe = one.recipe
    return {
        "cathode": one.cathode.name,
        "recipe": recipe.name,
        "voltage_low_v": one.cathode.voltage_low,
        "voltage_high_v": one.cathode.voltage_high,
        "voltage_source": one.cathode.voltage_source,
        "cathode_mass_fraction": recipe.cathode_fraction,
        "sse_mass_fraction": recipe.sse_fraction,
        "carbon_mass_fraction": recipe.carbon_fraction,
        "carbon": recipe.carbon,
        "mixing": recipe.mixing.value,
        "pressure_mpa": recipe.pressure,
        "recipe_source": recipe.source,
        "coating": one.layers.coating,
        "coating_thickness_nm": one.layers.thickness if one.layers.coating else None,
        "coating_coverage_percent": 100.0 * one.layers.covered if one.layers.coating else None,
        "separator": one.layers.separator,
        "anode": one.layers.anode,
        "rate_c": one.conditions.rate,
        "areal_capacity_mah_per_cm2": one.conditions.areal_capacity,
        "own_materials": json.dumps([made.model_dump(mode="json") for made in used]),
    }


def composite(row: Mapping[str, Any]) -> Composite:
    """Return the composite of a row.

    Parameters
    ----------
    row : mapping
        As :func:`composite_row` makes it.

    Raises
    ------
    UnknownNameError
        If the cathode is no longer in the catalogue.
    """
    own = stated_materials({"materials": json.loads(row["own_materials"])})
    return Composite(
        replace(
            own.cathode(row["cathode"]),
            voltage_low=row["voltage_low_v"],
            voltage_high=row["voltage_high_v"],
            voltage_source=row["voltage_source"],
        ),
        own.with_carbon(
            Recipe(
                name=row["recipe"],
                cathode_fraction=row["cathode_mass_fraction"],
                sse_fraction=row["sse_mass_fraction"],
                carbon_fraction=row["carbon_mass_fraction"],
                carbon=row["carbon"],
                mixing=Mixing(row["mixing"]),
                pressure=row["pressure_mpa"],
                source=row["recipe_source"],
            )
        ),
        _layers(row),
        stated_conditions(row.get("rate_c"), row.get("areal_capacity_mah_per_cm2")),
    )


def _layers(row: Mapping[str, Any]) -> Layers:
    """Return what else a row states; nothing in those of the first stores."""
    found = BARE._replace(separator=row.get("separator"), anode=row.get("anode"))
    if not row.get("coating"):
        return found
    return found._replace(
        coating=row["coating"],
        thickness=row["coating_thickness_nm"],
        coverage=row["coating_coverage_percent"] / 100.0,
    )
