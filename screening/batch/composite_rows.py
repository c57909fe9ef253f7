"""Composites of a batch as plain rows, and back: what was settled when the batch was submitted.

Of a cathode only the window is the batch's; its other figures are those of the catalogue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from descriptors.recipe import Mixing, Recipe
from screening.batch.batch_tables import Composite
from screening.catalogue.materials import cathode

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]


def composite_row(one: Composite) -> Record:
    """Return a composite as a plain row.

    Parameters
    ----------
    one : Composite
        The composite.
    """
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
    return Composite(
        replace(
            cathode(row["cathode"]),
            voltage_low=row["voltage_low_v"],
            voltage_high=row["voltage_high_v"],
            voltage_source=row["voltage_source"],
        ),
        Recipe(
            name=row["recipe"],
            cathode_fraction=row["cathode_mass_fraction"],
            sse_fraction=row["sse_mass_fraction"],
            carbon_fraction=row["carbon_mass_fraction"],
            carbon=row["carbon"],
            mixing=Mixing(row["mixing"]),
            pressure=row["pressure_mpa"],
            source=row["recipe_source"],
        ),
    )
