"""A cell with every input that made it, as plain data with units in the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.results.cell_design import CellDesign, Input
    from screening.results.records import Record


def cell_record(design: CellDesign) -> Record:
    """Return a cell as ``catholyte cell --json`` prints it.

    Parameters
    ----------
    design : CellDesign
        From :func:`screening.results.cell_design.cell_design`.
    """
    energy = design.energy
    return {
        "sse": design.sse,
        "cathode": design.cathode.name,
        **_of_recipe(design),
        "anode": design.anode.value,
        "areal_capacity_mah_per_cm2": design.areal_capacity,
        "loading_mg_per_cm2": design.layer.loading,
        "cell_energy_wh_per_kg": energy.specific_energy,
        "cell_energy_wh_per_l": energy.energy_density,
        "composite_energy_wh_per_kg": design.composite_energy,
        "composite_energy_wh_per_l": design.composite_energy * design.layer.density,
        "composite_thickness_um": design.layer.thickness,
        "composite_density_g_per_cm3": design.layer.density,
        "cell_thickness_charged_um": energy.thickness_charged,
        "cell_thickness_discharged_um": energy.thickness_discharged,
        "masses_mg_per_cm2": {
            "cathode": energy.cathode_mass,
            "separator": energy.separator_mass,
            "anode": energy.anode_mass,
            "collectors": energy.collector_mass,
            "packaging": energy.packaging_mass,
        },
        **{
            f"{name}_volume_percent": 100.0 * share
            for name, share in zip(
                ("cathode", "sse", "carbon", "pore"), design.composite, strict=True
            )
        },
        "effective_conductivity_s_per_cm": design.conductivity.value,
        "effective_conductivity_low_s_per_cm": design.conductivity.low,
        "effective_conductivity_high_s_per_cm": design.conductivity.high,
        **_of_supply(design),
        "inputs": [_of_input(one) for one in design.inputs],
    }


def _of_recipe(design: CellDesign) -> Record:
    recipe = design.recipe
    return {
        "recipe": recipe.name,
        "cathode_fraction": recipe.cathode_fraction,
        "sse_fraction": recipe.sse_fraction,
        "carbon_fraction": recipe.carbon_fraction,
        "carbon": recipe.carbon,
        "pressure_mpa": recipe.pressure,
    }


def _of_supply(design: CellDesign) -> Record:
    """Return what the elements of the composite cost, None without a price, and the scarce ones."""
    cost = design.cost.value if design.cost else None
    return {
        "composite_cost_usd_per_kg": cost,
        "composite_cost_usd_per_kwh": (
            None if cost is None else 1e3 * cost / design.composite_energy
        ),
        "supply_flags": list(design.flags),
    }


def _of_input(one: Input) -> Record:
    return {
        "group": one.group,
        "name": one.name,
        "value": one.quantity.value,
        "low": one.quantity.low,
        "high": one.quantity.high,
        "unit": one.quantity.unit,
        "origin": one.quantity.kind.value,
        "source": one.quantity.source,
    }
