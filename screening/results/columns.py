"""Every column of a result row: its name with the unit, what it holds, and its values for a block.

The one list of what a pair is to the outside: the store makes its table from it, the documentation
its page, and the command line its output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from screening.catalogue.materials import CHARGED, DISCHARGED
from screening.pairs.features import Drawn
from screening.results.column import Column, number, with_ends
from stability.formula import composition
from stability.tables.gaps import gaps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from descriptors.quantity import Quantity
    from screening.results.column import Values
    from screening.results.evaluation import Block
    from screening.results.prediction import Prediction
    from stability.hull import Product, Reactant

REDRAWN = {
    "limit": "oxidation_limit_v",
    "reduction_limit": "reduction_limit_v",
    "oxidation": "oxidation_capacity_mah_per_g",
    "reduction": "reduction_capacity_mah_per_g",
    "reversible": "returning_capacity_mah_per_g",
    "interface": "interface_ev",
}
"""Column of each field of :class:`screening.pairs.features.Energetics`, in rows and in redraws."""
PARTS = {
    "relative_density": ("relative_density", "percent"),
    "true_density": ("true_density", "g_per_cm3"),
    "area": ("carbon_area", "m2_per_g"),
    "ionic_conductivity": ("ionic_conductivity", "s_per_cm"),
    "conducting": ("interphase_conducting", "fraction"),
    "film": ("coating_resistance", "ohm_cm2"),
}
"""Name and unit, as in columns, of each field of :class:`screening.pairs.features.Parts`."""
_ENDS = ("", "_low", "_high")
STORED = (
    *(f"{name}{end}_{unit}" for name, unit in PARTS.values() for end in _ENDS),
    *(f"{name}_{what}" for name, _ in PARTS.values() for what in ("kind", "source")),
    *REDRAWN.values(),
    "gives_off_gas",
)
"""Columns that :func:`screening.results.stored_features.stored_features` takes."""


def column_values(block: Block) -> dict[str, Values]:
    """Return all columns of a block by name; None for what has none, or no finite number.

    Parameters
    ----------
    block : Block
        From :func:`screening.results.evaluation.evaluate_block`.
    """
    return {column.name: column.values(block) for column in PAIR_COLUMNS}


def pair_records(block: Block) -> list[dict[str, Any]]:
    """Return a block as rows: a mapping of names to values for each pair.

    Parameters
    ----------
    block : Block
        From :func:`screening.results.evaluation.evaluate_block`.
    """
    columns = {name: _plain(values) for name, values in column_values(block).items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def product_text(products: Iterable[Product]) -> str:
    """Return the formulas of products in one line, most atoms first; empty for none."""
    return " + ".join([product.formula for product in products])


def _plain(values: Values) -> list[Any]:
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        found = values.astype(object)
        found[~np.isfinite(values)] = None
        return list(found)
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _drawn(
    name: str,
    unit: str,
    what: str,
    drawn: Callable[[Prediction], Drawn],
    *,
    predicted: bool = False,
) -> tuple[Column, Column, Column]:
    """Return the columns of what follows from the features of a pair, with its 90 % interval."""

    def end(place: int) -> Callable[[Block], Values]:
        return lambda b: b.summary(drawn(b.prediction))[place]

    column = number(name, unit, what, end(0), drawn=drawn, predicted=predicted)
    return with_ends(name, unit, column, end(1), end(2))


def _predicted(
    name: str, unit: str, what: str, drawn: Callable[[Prediction], Drawn]
) -> tuple[Column, Column, Column]:
    """Return the columns of what a calibration predicts, with its 90 % interval."""
    return _drawn(name, unit, what, drawn, predicted=True)


def _stated(
    name: str, unit: str, what: str, values: Callable[[Prediction], NDArray[Any]]
) -> Column:
    """Return the column of what follows from rate and loading, without an interval."""

    def drawn(prediction: Prediction) -> Drawn:
        found = values(prediction)
        return Drawn(found, found[:, None])

    return number(name, unit, what, lambda b: values(b.prediction), drawn=drawn, predicted=True)


def _factor(name: str, what: str, drawn: Callable[[Prediction], Drawn]) -> Column:
    """Return the column of a factor of the score."""
    return Column(
        f"factor_{name}", "DOUBLE", what, lambda b: drawn(b.prediction).value, "1",
        drawn=drawn, predicted=True,
    )  # fmt: skip


def _quantity(
    name: str,
    unit: str,
    what: str,
    quantities: Callable[[Block], Iterable[Quantity]],
    drawn: Callable[[Prediction], Drawn] | None = None,
) -> tuple[Column, ...]:
    """Return the columns of a quantity with interval, kind and source."""

    def of(part: str) -> Callable[[Block], Values]:
        return lambda b: [getattr(quantity, part) for quantity in quantities(b)]

    column = number(name, unit, what, of("value"), drawn=drawn)
    return (
        *with_ends(name, unit, column, of("low"), of("high")),
        Column(f"{name}_kind", "VARCHAR", f"how {name} came about: measured, fitted, predicted ...", of("kind")),
        Column(f"{name}_source", "VARCHAR", f"source of {name}", of("source")),
    )  # fmt: skip


def _limit(
    name: str, what: str, drawn: Callable[[Prediction], Drawn]
) -> tuple[Column, Column, Column]:
    """Return the columns of a limit of the window, which may have no end."""

    def end(place: int) -> Callable[[Block], Values]:
        return lambda b: b.ends(drawn(b.prediction))[place]

    column = number(f"{name}_limit", "v", what, lambda b: drawn(b.prediction).value, drawn=drawn)
    value, low, high = with_ends(f"{name}_limit", "v", column, end(0), end(1))
    return value, low, high._replace(description=f"{high.description}; null if without end")


def _side(state: int, name: str, end: str) -> tuple[Column, ...]:
    """Return the columns of the SSE against one state of the cathode; `end` names the voltage."""

    def at_end(kind: str) -> Callable[[Block], Values]:
        return lambda b: b.contacts.end_energy(state, kind)[b.contact]

    return (
        number(f"chemical_{name}", "ev_per_atom", f"most negative reaction energy with the {name} cathode on contact", lambda b: b.contacts.chemical_energy(state)[b.contact]),
        Column(f"chemical_{name}_products", "VARCHAR", "what forms there; empty if nothing reacts", lambda b: _texts(b, b.contacts.chemical_products[state])),
        number(f"mutual_{name}", "ev_per_non_li_atom", f"mutual reaction energy with the {name} cathode at the {end} end of its window", at_end("mutual")),
        number(f"self_{name}", "ev_per_non_li_atom", f"SSE alone at the {end} end of the window", at_end("first_alone")),
        number(f"total_{name}", "ev_per_non_li_atom", f"total reaction energy with the {name} cathode at the {end} end of its window", at_end("total")),
    )  # fmt: skip


def _texts(block: Block, products: Iterable[Iterable[Product]]) -> list[str]:
    """Return what forms in each pair, made once for each contact."""
    texts = [product_text(one) for one in products]
    return [texts[row] for row in block.contact.tolist()]


def _of_contact(values: Callable[[Block, int], Any]) -> Callable[[Block], list[Any]]:
    """Return the values of contacts for their pairs."""

    def spread(block: Block) -> list[Any]:
        made = [values(block, row) for row in range(len(block.contacts))]
        return [made[row] for row in block.contact.tolist()]

    return spread


def _of_sse(value: Callable[[Reactant], object]) -> Callable[[Block], list[Any]]:
    return _of_contact(lambda b, row: value(b.contacts.staircases[row].reactant))


def _of_state(state: int) -> Callable[[Block], list[Any]]:
    return _of_contact(lambda b, row: b.contacts.states[row][state].energy_source.value)


PAIR_COLUMNS: tuple[Column, ...] = (
    Column("sse", "VARCHAR", "solid electrolyte, by formula", lambda b: b.features.sse),
    Column("cathode", "VARCHAR", "cathode as assembled, by formula", lambda b: b.features.cathode),
    Column("recipe", "VARCHAR", "composite recipe, with what else is stated of the cell", lambda b: b.features.recipe),
    Column("coating", "VARCHAR", "coating of the cathode, by formula; null without", lambda b: [one.layers.coating for one in b.pairs]),
    Column("separator", "VARCHAR", "SSE between composite and anode; null if that of the composite", lambda b: [one.layers.separator for one in b.pairs]),
    Column("anode", "VARCHAR", "anode; null if not stated", lambda b: [one.layers.anode for one in b.pairs]),
    *_predicted("score", "0_to_1", "score: capacity x interface x transport", lambda p: p.scores.value),
    _factor("capacity", "does the capacity come back, 0 to 1", lambda p: p.scores.capacity),
    _factor("interface", "does the contact hold, 0 to 1", lambda p: p.scores.interface),
    _factor("transport", "does the lithium get through, 0 to 1", lambda p: p.scores.transport),
    Column("reason", "VARCHAR", "what limits the pair, in one line", lambda b: b.reasons),
    *_predicted("first_charge", "mah_per_g", "first charge per gram of cathode", lambda p: p.observables.charge),
    *_predicted("first_discharge", "mah_per_g", "first discharge per gram of cathode", lambda p: p.observables.discharge),
    *_predicted("efficiency", "percent", "second half-cycle over the first", lambda p: p.observables.efficiency),
    *_predicted("sse_share", "percent", "share of the first charge that is the SSE's", lambda p: p.observables.sse_share),
    *_predicted("reversible_capacity", "mah_per_g", "what comes back in the second half-cycle, per gram of cathode", lambda p: p.observables.reversible_capacity),
    *_drawn("oxygen_release", "mah_per_g", "part of the charge beyond the onset of oxygen release of the cathode, as its doubt has it in the mean", lambda p: p.oxygen),
    _stated("rate", "c", "rate at which capacities are predicted", lambda p: np.array([one.rate for one in p.run])),
    _stated("areal_capacity", "mah_per_cm2", "theoretical capacity of the cathode layer at which they are", lambda p: np.array([one.areal_capacity for one in p.run])),
    _stated("loading", "mg_per_cm2", "the same as mass of cathode", lambda p: p.loading),
    *_predicted("reached", "fraction", "share of the cathode that transport lets take part at this rate and loading: judged", lambda p: p.reached),
    Column("interphase_growth", "VARCHAR", "stable, passivating, mixed_conducting or unknown", lambda b: [one.growth.value for one in b.limiting]),
    *_quantity("interphase_conducting", "fraction", "share of the interphase whose phases conduct electrons", lambda b: [one.conducting for one in b.limiting], lambda p: p.features.conducting),
    Column("interphase_products", "VARCHAR", "what the most negative reaction adds to the interphase; empty if nothing reacts", lambda b: b.products),
    Column("interphase_statement", "VARCHAR", "which of its products are listed, predicted or assumed to conduct", lambda b: [one.statement for one in b.limiting]),
    Column("calibration", "VARCHAR", "calibration behind the predictions", lambda b: [b.calibration.id] * len(b)),
    Column("outside_domain", "VARCHAR", "why the calibration does not cover the pair, and its intervals are wide; empty if it does", lambda b: b.prediction.domain.reasons),
    number("voltage_low", "v", "lower end of the cathode's window", lambda b: b.features.low),
    number("voltage_high", "v", "upper end of the cathode's window", lambda b: b.features.high),
    number("mean_voltage", "v", "mean discharge voltage of the cathode", lambda b: b.features.voltage),
    *_limit("reduction", "highest voltage at which the SSE takes up Li; 0 for none", lambda p: p.features.reduction_limit),
    *_limit("oxidation", "lowest voltage at which the SSE loses Li; null for none", lambda p: p.features.limit),
    number("window_covers", "probability", "probability that the SSE's window covers the cathode's; null without draws", _of_contact(lambda b, row: r.covers if (r := b.contacts.redraws[row]) else None)),
    Column("gaps", "VARCHAR", "what the phase table lacks for the pair; empty if nothing", lambda b: ["; ".join(gaps(b.phases.table, {*composition(one.sse).amounts, *composition(one.cathode.discharged).amounts})) for one in b.pairs]),
    Column("sse_energy_source", "VARCHAR", "energy of the SSE: entry, hull or user", _of_sse(lambda s: s.energy_source.value)),
    number("sse_energy_above_hull", "ev_per_atom", "the SSE's own entry above the hull; null without one", _of_sse(lambda s: s.energy_above_hull)),
    Column("discharged_energy_source", "VARCHAR", "energy of the discharged cathode: entry, hull or user", _of_state(DISCHARGED)),
    Column("charged_energy_source", "VARCHAR", "energy of the charged cathode: entry, hull or user", _of_state(CHARGED)),
    *_drawn("oxidation_capacity", "mah_per_g", "what the SSE's oxidation can give up to the upper voltage, per gram of SSE", lambda p: p.features.oxidation),
    *_drawn("reduction_capacity", "mah_per_g", "what its reduction can take down to the lower voltage, per gram of SSE", lambda p: p.features.reduction),
    *_drawn("returning_capacity", "mah_per_g", "part of the oxidation that comes back, per gram of SSE", lambda p: p.features.reversible),
    Column("gives_off_gas", "BOOLEAN", "whether the first step of the SSE's oxidation gives off a gas", lambda b: b.features.gas),
    *_side(DISCHARGED, "discharged", "lower"),
    *_side(CHARGED, "charged", "upper"),
    number("worst_mutual", "ev_per_non_li_atom", "most negative mutual reaction with either state anywhere in the window", lambda b: b.contacts.worst_mutual_energy[b.contact]),
    number("worst_mutual_voltage", "v", "voltage of it; null if nothing reacts", lambda b: b.contacts.worst_mutual_voltage[b.contact]),
    Column("worst_mutual_products", "VARCHAR", "what forms there; empty if nothing reacts", lambda b: _texts(b, b.contacts.worst_mutual_products)),
    *_drawn("interface", "ev", "most negative reaction of both kinds, per atom on contact, per non-Li atom at a voltage; with a coating, what is left of it", lambda p: p.features.interface),
    Column("worst_contact", "VARCHAR", "contact whose reaction counts most, of those that are stated, and that with the bare cathode", lambda b: [one.name for one in b.worst]),
    number("worst_contact", "ev", "most negative reaction there, per atom on contact, per non-Li atom at a voltage", lambda b: [one.energy for one in b.worst]),
    Column("worst_contact_products", "VARCHAR", "what forms there; empty if nothing reacts", lambda b: [one.products for one in b.worst]),
    Column("stated_contacts", "VARCHAR", "all contacts of coating, separator and anode with their energies, the worst first; empty without", lambda b: [one.text for one in b.cell_contacts]),
    *_quantity("coating_resistance", "ohm_cm2", "of the coating, per area of film; 0 without one", lambda b: b.films, lambda p: p.features.film),
    _stated("area_resistance", "ohm_cm2", "for lithium, of a composite of this areal capacity and its coating, per area of electrode", lambda p: p.area_resistance),
    *_quantity("ionic_conductivity", "s_per_cm", "of the SSE at room temperature, as processed: ceramics pressed cold", lambda b: [f.ionic_conductivity for f in b.figures], lambda p: p.features.conductivity),
    *_quantity("relative_density", "percent", "of an SSE pellet at the recipe's pressure", lambda b: [f.relative_density for f in b.figures]),
    *_quantity("true_density", "g_per_cm3", "of the SSE without pores", lambda b: [f.true_density for f in b.figures], lambda p: p.features.density),
    *_quantity("carbon_area", "m2_per_g", "electron-conducting surface per gram of SSE", lambda b: b.areas, lambda p: p.features.area),
    *_drawn("pore_volume", "percent", "voids in the composite, by volume", lambda p: p.electrode.pore_volume),
    number("cathode_volume", "percent", "cathode in the composite, by volume", lambda b: b.prediction.electrode.cathode_volume),
    number("sse_volume", "percent", "SSE in the composite, by volume", lambda b: b.prediction.electrode.sse_volume),
    number("carbon_volume", "percent", "carbon in the composite, by volume", lambda b: b.prediction.electrode.carbon_volume),
    *_drawn("composite_density", "g_per_cm3", "of the composite, pores included", lambda p: p.electrode.density),
    *_drawn("effective_conductivity", "s_per_cm", "ionic, of the composite, after Bruggeman", lambda p: p.electrode.conductivity),
    *_predicted("composite_energy", "wh_per_kg", "of the first discharge, per mass of composite", lambda p: p.energies.composite),
    *_predicted("cell_energy", "wh_per_kg", "per mass of a cell with the default stack (docs/cell-energy.md)", lambda p: p.energies.cell),
    *_predicted("cell_energy", "wh_per_l", "per volume of the same cell; null where the growth is unknown", lambda p: p.energies.cell_volume),
    *_drawn("composite_cost", "usd_per_kg", "of the elements of the composite; null where one has no price", lambda p: p.electrode.cost),
    number("supply_concentration", "hhi", "Herfindahl-Hirschman index of the supply, by mass; 10000 is one country", lambda b: b.prediction.electrode.concentration),
    Column("elements_to_avoid", "VARCHAR", "scarce or costly elements in it, the largest mass first; empty for none", lambda b: b.prediction.electrode.flags),
    Column("draws", "BIGINT", "how often phase energies were redrawn; with 0 the intervals leave their errors out", lambda b: [b.draws] * len(b)),
    Column("phase_table", "VARCHAR", "phase table with its content hash", lambda b: [b.phases.table.id] * len(b)),
    number("temperature", "k", "temperature of the energies; 0 for energies as they are", lambda b: [b.phases.table.temperature] * len(b)),
    Column("energies", "VARCHAR", "which energies of the table: corrected, or dft", lambda b: [b.phases.table.energies_used] * len(b)),
    Column("policy", "VARCHAR", "which phases may compete: known or all", lambda b: [b.phases.policy.value] * len(b)),
    Column("policy_statement", "VARCHAR", "the same in words, with the number left out", lambda b: [b.phases.statement] * len(b)),
)  # fmt: skip
"""Every column of a pair, in the order in which people read them."""
BY_NAME = {column.name: column for column in PAIR_COLUMNS}
"""The same by name."""
NUMBERS = frozenset(name for name, one in BY_NAME.items() if one.type in {"DOUBLE", "BIGINT"})
"""Columns that an objective may read."""
