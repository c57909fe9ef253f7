"""Results as plain values with the unit in each name, for JSON, CSV, SQL and HTTP."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from stability.energies.doubtful import doubtful
from stability.tables.gaps import gaps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stability.hull import Product, Reactant
    from stability.interface import ChemicalReaction, ElectrochemicalReaction
    from stability.phases import CompetingPhases
    from stability.staircase import Staircase
    from stability.voltage_range import RangeReaction

Record = dict[str, Any]

_NO_LITHIUM = (
    "holds no lithium: these are voltages against Li/Li+ of taking lithium up; it is no "
    "electrolyte of a lithium cell, and its own ion is not considered"
)
_NO_CONDUCTOR = "holds no lithium: it is no electrolyte of a lithium cell"


def _rounding_statement(staircase: Staircase) -> str:
    """Return which steps come from the digits of the formula; empty if none does."""
    small = staircase.rounding
    if not any(staircase.trace < abs(step.li_change) <= small for step in staircase.steps):
        return ""
    window = staircase.window_beyond(small)
    oxidised = (
        f"oxidised from {window.oxidation:.3f} V"
        if isfinite(window.oxidation)
        else "never oxidised"
    )
    return (
        f"rounded amounts leave {small:.2g} Li open, and steps of less than that are rounding; "
        f"without them reduced below {window.reduction:.3f} V, {oxidised}"
    )


def window_record(staircase: Staircase, phases: CompetingPhases) -> Record:
    """Return a window with its staircase, as ``catholyte window --json`` prints it."""
    material = staircase.reactant
    return {
        "formula": material.material.formula,
        "phase_table": phases.table.id,
        "energies": phases.table.energies_used,
        "policy": phases.policy.value,
        "policy_statement": phases.statement,
        "temperature_k": phases.table.temperature,
        "gaps": list(gaps(phases.table, material.material.amounts)),
        "energy_source": material.energy_source.value,
        "energy_statement": material.statement,
        "lithium_statement": "" if "Li" in material.material.amounts else _NO_LITHIUM,
        "rounding_statement": _rounding_statement(staircase),
        "doubtful_products": list(
            doubtful(
                phases.table,
                (product.formula for step in staircase.steps for product in step.products),
            )
        ),
        "energy_above_hull_ev_per_atom": material.energy_above_hull,
        "reduction_limit_v": staircase.window.reduction,
        "oxidation_limit_v": finite(staircase.window.oxidation),
        "steps": [
            {
                "voltage_low_v": step.voltage_low,
                "voltage_high_v": finite(step.voltage_high),
                "li_change": step.li_change,
                "capacity_mah_per_g": step.capacity,
                "rounding": 0.0 < abs(step.li_change) <= staircase.rounding,
                "products": product_records(step.products),
            }
            for step in staircase.steps
        ],
    }


def reaction_record(
    sse: Reactant,
    cathode: Reactant,
    chemical: ChemicalReaction,
    electrochemical: Iterable[ElectrochemicalReaction],
    over_range: RangeReaction | None,
    phases: CompetingPhases,
) -> Record:
    """Return the reactions of a pair, as ``catholyte pair --json`` prints them."""
    record: Record = {
        "sse": sse.material.formula,
        "cathode": cathode.material.formula,
        "phase_table": phases.table.id,
        "energies": phases.table.energies_used,
        "policy": phases.policy.value,
        "policy_statement": phases.statement,
        "temperature_k": phases.table.temperature,
        "gaps": list(gaps(phases.table, {*sse.material.amounts, *cathode.material.amounts})),
        "sse_energy_source": sse.energy_source.value,
        "sse_energy_statement": sse.statement,
        "sse_lithium_statement": "" if "Li" in sse.material.amounts else _NO_CONDUCTOR,
        "sse_energy_above_hull_ev_per_atom": sse.energy_above_hull,
        "cathode_energy_source": cathode.energy_source.value,
        "cathode_energy_statement": cathode.statement,
        "cathode_energy_above_hull_ev_per_atom": cathode.energy_above_hull,
        "chemical": {
            "energy_ev_per_atom": chemical.energy,
            "sse_fraction": chemical.sse_fraction,
            "products": product_records(chemical.products),
            "kinks": [
                {
                    "sse_fraction": kink.sse_fraction,
                    "energy_ev_per_atom": kink.energy,
                    "products": product_records(kink.products),
                }
                for kink in chemical.kinks
            ],
        },
        "electrochemical": [electrochemical_record(one) for one in electrochemical],
    }
    if over_range:
        record["worst_over_range"] = range_record(over_range)
    record["doubtful_products"] = list(doubtful(phases.table, _formulas(record)))
    return record


def _formulas(record: Record) -> list[str]:
    """Return the products of all reactions of a pair."""
    found = [record["chemical"], *record["electrochemical"]]
    worst = record.get("worst_over_range", {})
    lists = [
        products for one in found for products in (one["products"], one.get("mutual_products"))
    ]
    lists += [products for name, products in worst.items() if name.endswith("_products")]
    return [product["formula"] for products in lists for product in products or ()]


def electrochemical_record(reaction: ElectrochemicalReaction) -> Record:
    """Return a reaction at one voltage with plain names and units."""
    return {
        "voltage_v": reaction.voltage,
        "total_ev_per_non_li_atom": reaction.total,
        "self_ev_per_non_li_atom": reaction.sse_alone,
        "cathode_alone_ev_per_non_li_atom": reaction.cathode_alone,
        "mutual_ev_per_non_li_atom": reaction.mutual,
        "sse_fraction": reaction.sse_fraction,
        "products": product_records(reaction.products),
        "mutual_sse_fraction": reaction.mutual_sse_fraction,
        "mutual_products": product_records(reaction.mutual_products),
        "kinks": [
            {
                "sse_fraction": kink.sse_fraction,
                "total_ev_per_non_li_atom": kink.total,
                "mutual_ev_per_non_li_atom": kink.mutual,
                "products": product_records(kink.products),
            }
            for kink in reaction.kinks
        ],
    }


def range_record(reaction: RangeReaction) -> Record:
    """Return the reaction over a range of voltage: worst cases, envelope and tiles."""
    record: Record = {
        "voltage_low_v": reaction.envelope[0].voltage,
        "voltage_high_v": reaction.envelope[-1].voltage,
    }
    for name, extreme in reaction.worst._asdict().items():
        record |= {
            f"{name}_ev_per_non_li_atom": extreme.energy,
            f"{name}_voltage_v": extreme.voltage,
            f"{name}_sse_fraction": extreme.sse_fraction,
            f"{name}_products": product_records(extreme.products),
        }
    record["envelope"] = [
        {
            "voltage_v": point.voltage,
            "total_ev_per_non_li_atom": point.total,
            "mutual_ev_per_non_li_atom": point.mutual,
        }
        for point in reaction.envelope
    ]
    record["tiles"] = [
        {
            "sse_fraction_low": tile.sse_fraction_low,
            "sse_fraction_high": tile.sse_fraction_high,
            "voltage_low_v": tile.voltage_low,
            "voltage_high_v": tile.voltage_high,
            "products": list(tile.products),
        }
        for tile in reaction.tiles
    ]
    return record


def product_records(products: Iterable[Product]) -> list[Record]:
    """Return products as objects with formula and amount."""
    return [product._asdict() for product in products]


def finite(number: float) -> float | None:
    """Return the number, or None for an end that stays open."""
    return number if isfinite(number) else None
