"""Results as plain values with the unit in each name, for JSON, CSV, SQL and HTTP.

``PAIR_COLUMNS`` is the one list of what a result row holds: the store makes its table from it, the
documentation its page, and the command line its output.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from stability.uncertainty import interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from descriptors.quantity import Quantity
    from screening.evaluate import Contact, Evaluation
    from stability.hull import Product, Reactant
    from stability.interface import ChemicalReaction, ElectrochemicalReaction
    from stability.phases import CompetingPhases
    from stability.staircase import Staircase
    from stability.voltage_range import RangeReaction

Record = dict[str, Any]


class Column(NamedTuple):
    """A column of the table of pairs."""

    name: str
    """Name, with the unit."""
    type: str
    """SQL type."""
    description: str
    """One line for people."""
    value: Callable[[Evaluation], object]
    """Its value for a pair."""


def window_record(staircase: Staircase, phases: CompetingPhases) -> Record:
    """Return a window with its staircase, as ``catholyte window --json`` prints it."""
    material = staircase.reactant
    return {
        "formula": material.material.formula,
        "phase_table": phases.table.id,
        "policy": phases.policy.value,
        "policy_statement": phases.statement,
        "temperature_k": phases.table.temperature,
        "energy_source": material.energy_source.value,
        "energy_statement": material.statement,
        "energy_above_hull_ev_per_atom": material.energy_above_hull,
        "reduction_limit_v": staircase.window.reduction,
        "oxidation_limit_v": finite(staircase.window.oxidation),
        "steps": [
            {
                "voltage_low_v": step.voltage_low,
                "voltage_high_v": finite(step.voltage_high),
                "li_change": step.li_change,
                "capacity_mah_per_g": step.capacity,
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
        "policy": phases.policy.value,
        "policy_statement": phases.statement,
        "temperature_k": phases.table.temperature,
        "sse_energy_source": sse.energy_source.value,
        "sse_energy_statement": sse.statement,
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
    return record


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


def product_text(products: Iterable[Product]) -> str:
    """Return the formulas of products in one line, most atoms first; empty for none."""
    return " + ".join(product.formula for product in products)


def pair_record(pair: Evaluation) -> Record:
    """Return one result row: the value of every column."""
    return {column.name: column.value(pair) for column in PAIR_COLUMNS}


def finite(number: float) -> float | None:
    """Return the number, or None for an end that stays open."""
    return number if isfinite(number) else None


def _quantity(
    name: str, unit: str, what: str, quantity: Callable[[Evaluation], Quantity]
) -> list[Column]:
    """Return the columns of a quantity with its interval."""
    label = f"{name}_{unit}"
    return [
        Column(label, "DOUBLE", what, lambda p: quantity(p).value),
        Column(f"{name}_low_{unit}", "DOUBLE", f"5 % of {label}", lambda p: quantity(p).low),
        Column(f"{name}_high_{unit}", "DOUBLE", f"95 % of {label}", lambda p: quantity(p).high),
    ]


def _measured(
    name: str, unit: str, what: str, quantity: Callable[[Evaluation], Quantity]
) -> list[Column]:
    """Return the columns of a quantity with interval, kind and source."""
    return [
        *_quantity(name, unit, what, quantity),
        Column(
            f"{name}_kind",
            "VARCHAR",
            f"measured, computed, estimated or assumed: {name}",
            lambda p: quantity(p).kind.value,
        ),
        Column(f"{name}_source", "VARCHAR", f"source of {name}", lambda p: quantity(p).source),
    ]


def _limits(name: str, draws: Callable[[Evaluation], NDArray[np.float64]]) -> list[Column]:
    """Return the columns of the interval of a window's limit."""

    def end(place: int) -> Callable[[Evaluation], object]:
        return lambda p: finite(float(interval(draws(p))[place]))

    return [
        Column(f"{name}_limit_low_v", "DOUBLE", f"5 % of {name}_limit_v", end(0)),
        Column(
            f"{name}_limit_high_v", "DOUBLE", f"95 % of {name}_limit_v; null if without end", end(1)
        ),
    ]


def _contact(place: int, state: str, end: str) -> list[Column]:
    """Return the columns of the SSE against one state of the cathode; `end` names the voltage."""

    def contact(pair: Evaluation) -> Contact:
        return pair.contacts[place]

    def at_end(pair: Evaluation) -> ElectrochemicalReaction:
        return contact(pair).electrochemical

    return [
        Column(
            f"chemical_{state}_ev_per_atom",
            "DOUBLE",
            f"most negative reaction energy with the {state} cathode on contact",
            lambda p: contact(p).chemical.energy,
        ),
        Column(
            f"chemical_{state}_products",
            "VARCHAR",
            "what forms there; empty if nothing reacts",
            lambda p: product_text(contact(p).chemical.products),
        ),
        Column(
            f"mutual_{state}_ev_per_non_li_atom",
            "DOUBLE",
            f"mutual reaction energy with the {state} cathode at the {end} end of its window",
            lambda p: at_end(p).mutual,
        ),
        Column(
            f"self_{state}_ev_per_non_li_atom",
            "DOUBLE",
            f"SSE alone at the {end} end of the window",
            lambda p: at_end(p).sse_alone,
        ),
        Column(
            f"total_{state}_ev_per_non_li_atom",
            "DOUBLE",
            f"total reaction energy with the {state} cathode at the {end} end of its window",
            lambda p: at_end(p).total,
        ),
    ]


PAIR_COLUMNS: tuple[Column, ...] = (
    Column("sse", "VARCHAR", "solid electrolyte, by formula", lambda p: p.sse.material.formula),
    Column("cathode", "VARCHAR", "cathode as assembled, by formula", lambda p: p.cathode.name),
    Column("recipe", "VARCHAR", "composite recipe", lambda p: p.recipe.name),
    *_quantity("score", "0_to_1", "score: capacity x interface x transport", lambda p: p.score.value),
    Column("factor_capacity", "DOUBLE", "does the capacity come back, 0 to 1", lambda p: p.score.capacity),
    Column("factor_interface", "DOUBLE", "does the contact hold, 0 to 1", lambda p: p.score.interface),
    Column("factor_transport", "DOUBLE", "does the lithium get through, 0 to 1", lambda p: p.score.transport),
    Column("reason", "VARCHAR", "what limits the pair, in one line", lambda p: p.score.reason),
    *_quantity("first_charge", "mah_per_g", "first charge per gram of cathode", lambda p: p.first_cycle.charge),
    *_quantity("first_discharge", "mah_per_g", "first discharge per gram of cathode", lambda p: p.first_cycle.discharge),
    *_quantity("efficiency", "percent", "second half-cycle over the first", lambda p: p.first_cycle.efficiency),
    *_quantity("sse_share", "percent", "share of the first charge that is the SSE's", lambda p: p.first_cycle.sse_share),
    Column("voltage_low_v", "DOUBLE", "lower end of the cathode's window", lambda p: p.cathode.voltage_low),
    Column("voltage_high_v", "DOUBLE", "upper end of the cathode's window", lambda p: p.cathode.voltage_high),
    Column("reduction_limit_v", "DOUBLE", "highest voltage at which the SSE takes up Li; 0 for none", lambda p: p.staircase.window.reduction),
    Column("oxidation_limit_v", "DOUBLE", "lowest voltage at which the SSE loses Li; null for none", lambda p: finite(p.staircase.window.oxidation)),
    *_limits("reduction", lambda p: p.redraws.reduction),
    *_limits("oxidation", lambda p: p.redraws.oxidation),
    Column("window_covers_probability", "DOUBLE", "probability that the SSE's window covers the cathode's", lambda p: p.redraws.covers),
    Column("sse_energy_source", "VARCHAR", "energy of the SSE: entry, hull or user", lambda p: p.sse.energy_source.value),
    Column("sse_energy_above_hull_ev_per_atom", "DOUBLE", "the SSE's own entry above the hull; null without one", lambda p: p.sse.energy_above_hull),
    Column("discharged_energy_source", "VARCHAR", "energy of the discharged cathode: entry, hull or user", lambda p: p.contacts[0].cathode.energy_source.value),
    Column("charged_energy_source", "VARCHAR", "energy of the charged cathode: entry, hull or user", lambda p: p.contacts[1].cathode.energy_source.value),
    Column("oxidation_capacity_mah_per_g", "DOUBLE", "what the SSE's oxidation can give up to the upper voltage, per gram of SSE", lambda p: p.redox.oxidation),
    Column("reduction_capacity_mah_per_g", "DOUBLE", "what its reduction can take down to the lower voltage, per gram of SSE", lambda p: p.redox.reduction),
    Column("reversible_capacity_mah_per_g", "DOUBLE", "part of the oxidation that comes back, per gram of SSE", lambda p: p.redox.reversible),
    *_contact(0, "discharged", "lower"),
    *_contact(1, "charged", "upper"),
    Column("worst_mutual_ev_per_non_li_atom", "DOUBLE", "most negative mutual reaction with either state anywhere in the window", lambda p: p.worst_mutual.over_window.mutual.energy),
    Column("worst_mutual_voltage_v", "DOUBLE", "voltage of it; null if nothing reacts", lambda p: p.worst_mutual.over_window.mutual.voltage),
    Column("worst_mutual_products", "VARCHAR", "what forms there; empty if nothing reacts", lambda p: product_text(p.worst_mutual.over_window.mutual.products)),
    *_measured("ionic_conductivity", "s_per_cm", "of the SSE at room temperature", lambda p: p.figures.ionic_conductivity),
    *_measured("relative_density", "percent", "of an SSE pellet at the recipe's pressure", lambda p: p.figures.relative_density),
    *_measured("true_density", "g_per_cm3", "of the SSE without pores", lambda p: p.figures.true_density),
    *_measured("carbon_area", "m2_per_g", "electron-conducting surface per gram of SSE", lambda p: p.area),
    Column("cathode_volume_percent", "DOUBLE", "cathode in the composite, by volume", lambda p: 100 * p.volumes.cathode),
    Column("sse_volume_percent", "DOUBLE", "SSE in the composite, by volume", lambda p: 100 * p.volumes.sse),
    Column("carbon_volume_percent", "DOUBLE", "carbon in the composite, by volume", lambda p: 100 * p.volumes.carbon),
    Column("pore_volume_percent", "DOUBLE", "pores, taken as those of an SSE pellet at the same pressure", lambda p: 100 * p.volumes.pores),
    Column("phase_table", "VARCHAR", "phase table with its content hash", lambda p: p.phases.table.id),
    Column("temperature_k", "DOUBLE", "temperature of the energies; 0 for energies as they are", lambda p: p.phases.table.temperature),
    Column("policy", "VARCHAR", "which phases may compete: known or all", lambda p: p.phases.policy.value),
    Column("policy_statement", "VARCHAR", "the same in words, with the number left out", lambda p: p.phases.statement),
)  # fmt: skip
"""Every column of a pair, in the order in which people read them."""
