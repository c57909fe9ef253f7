"""One cell, with everything that goes into its energy: what ``catholyte cell`` shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from descriptors.cell.cell_energy import cell_energy
from descriptors.cell.stack import default_stack
from descriptors.cell.supply import composite_supply
from descriptors.cell.volume_change import Anode, composite_thickness_change, volume_change
from descriptors.composite.carbon import carbon_area, carbon_of
from descriptors.composite.electrode import electrode
from descriptors.composite.porosity import composite_porosity
from descriptors.composite.transport import bruggeman_conductivity
from descriptors.composite.volume import VolumeFractions, volume_fractions
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind, Quantity, weakest
from descriptors.tables import figures
from screening.catalogue.materials import State
from screening.catalogue.own_materials import NO_MATERIALS, OwnMaterials
from screening.catalogue.properties import properties
from screening.results.cell_anode import anode_lithium, host_figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from descriptors.cell.cell_energy import CellEnergy
    from descriptors.cell.stack import Stack
    from descriptors.composite.electrode import Electrode
    from descriptors.recipe import Recipe
    from screening.catalogue.materials import Cathode

_GIVEN = "given by the user"
_PERCENT = 100.0
_MOST_OVER = 2.0  # An active SSE adds hardly more than the cathode has.
_MOST_AREAL = 100.0  # [mAh/cm2] Ten times the thickest layers that are made.


@dataclass(frozen=True)
class Wishes:
    """What the user sets; None leaves the choice to the catalogue or to a model."""

    areal_capacity: float
    """Of the cathode layer. [mAh/cm2]"""
    capacity: float | None = None
    """Discharge per gram of cathode as assembled. [mAh/g]"""
    voltage: float | None = None
    """Mean discharge voltage. [V vs. Li/Li+]"""
    porosity: float | None = None
    """Voids per volume of composite. [%]"""
    sse_density: float | None = None
    """True density of the SSE. [g/cm3]"""
    cathode_density: float | None = None
    """True density of the cathode. [g/cm3]"""
    separator: float | None = None
    """Thickness of the separator. [um]"""
    packaging: float | None = None
    """Share of the cell's mass and volume that is packaging. [%]"""
    own: OwnMaterials = NO_MATERIALS
    """Materials of one's own: their figures go before all others."""


class Input(NamedTuple):
    """One input of a cell."""

    group: str
    """What it belongs to: composite, cathode or stack."""
    name: str
    """What it is."""
    quantity: Quantity
    """Its value with interval, unit, kind and source."""


@dataclass(frozen=True)
class CellDesign:
    """A cell with every input that made it."""

    sse: str
    """Formula of the SSE."""
    cathode: Cathode
    """The cathode."""
    recipe: Recipe
    """The composite."""
    anode: Anode
    """The anode."""
    inputs: tuple[Input, ...]
    """Everything that went in."""
    areal_capacity: float
    """Of the cathode layer. [mAh/cm2]"""
    voltage: float
    """Mean discharge voltage of the cathode. [V vs. Li/Li+]"""
    composite: VolumeFractions
    """Volume fractions as pressed."""
    layer: Electrode
    """The cathode layer."""
    energy: CellEnergy
    """Energies, and masses of the layers."""
    conductivity: Quantity
    """Effective ionic conductivity of the composite. [S/cm]"""
    cost: Quantity | None
    """Elements of the composite; None where one has no price. [USD/kg]"""
    flags: tuple[str, ...]
    """Elements to avoid."""

    @property
    def composite_energy(self) -> float:
        """Energy per mass of composite, against lithium. [Wh/kg]."""
        return 1e3 * self.areal_capacity * self.voltage / self.layer.areal_mass


def cell_design(
    sse: str, cathode: Cathode, recipe: Recipe, anode: Anode, wishes: Wishes
) -> CellDesign:
    """Return a cell of one SSE, cathode and recipe.

    Parameters
    ----------
    sse : str
        Formula of the solid electrolyte.
    cathode : Cathode
        The cathode.
    recipe : Recipe
        The composite.
    anode : Anode
        The anode.
    wishes : Wishes
        What the user sets.

    Raises
    ------
    ImpossibleValueError
        If a density, a porosity, a share or a capacity is impossible.
    InvalidStackError, UnknownCarbonError
        If a layer is impossible, nothing brings lithium, or a carbon is not on record.
    FormulaError
        If the SSE cannot be read.

    Notes
    -----
    What is not wished for is predicted, the capacity as in a liquid cell.
    """
    _refuse_impossible(wishes)
    inputs = _composite_inputs(sse, cathode, recipe, wishes)
    chosen = {one.name: one.quantity for one in inputs}
    stack, stack_inputs = _stack(wishes)
    brought = anode_lithium(anode, cathode, stack, wishes.areal_capacity)
    stack_inputs.append(Input("anode", "lithium it brings", brought))
    stack_inputs += [Input("anode", *one) for one in host_figures(anode, stack).items()]
    volumes, layer = _pressed(cathode, recipe, chosen, wishes.areal_capacity)
    growth = _growth(cathode, volumes)
    energy = cell_energy(
        recipe,
        anode,
        areal_capacity=wishes.areal_capacity,
        capacity=chosen["discharge capacity"].value,
        voltage=chosen["voltage"].value,
        composite_density=layer.density,
        brings_lithium=cathode.assembled is State.DISCHARGED,
        growth=growth.value,
        stack=stack,
    )
    cost, flags = _supply(recipe, sse, cathode)
    return CellDesign(
        sse=sse,
        cathode=cathode,
        recipe=recipe,
        anode=anode,
        inputs=(*inputs, Input("composite", "thickness change", growth), *stack_inputs),
        areal_capacity=wishes.areal_capacity,
        voltage=chosen["voltage"].value,
        composite=volumes,
        layer=layer,
        energy=energy,
        conductivity=_conductivity(chosen["ionic conductivity"], volumes.sse),
        cost=cost,
        flags=flags,
    )


def _refuse_impossible(wishes: Wishes) -> None:
    """Refuse what no cell has.

    Raises
    ------
    ImpossibleValueError
        If a porosity, a share or the areal capacity is impossible.
    """
    for name, percent in (("porosity", wishes.porosity), ("packaging", wishes.packaging)):
        if percent is not None and not 0 <= percent < _PERCENT:
            raise ImpossibleValueError(f"{name} {percent:g} % is outside 0 to below 100 %")
    if not 0 < wishes.areal_capacity <= _MOST_AREAL:  # Refuses nan as well.
        text = f"areal capacity {wishes.areal_capacity:g} mAh/cm2 is outside 0 to {_MOST_AREAL:g}"
        raise ImpossibleValueError(f"{text}; 5 is usual")


def _composite_inputs(
    sse: str, cathode: Cathode, recipe: Recipe, wishes: Wishes
) -> tuple[Input, ...]:
    """Return the inputs of the composite and of its cathode.

    Raises
    ------
    ImpossibleValueError
        If a density or a porosity is impossible.
    UnknownCarbonError
        If the recipe names a carbon that is not on record.
    """
    carbon_area(recipe, cathode_area=0.0)  # Refuses an unknown carbon, with the nearest name.
    known = properties(sse, pressure=recipe.pressure, own=wishes.own)
    sse_density = _given(wishes.sse_density, "g/cm3") or known.true_density
    cathode_density = _given(wishes.cathode_density, "g/cm3") or cathode.density
    carbon = carbon_of(recipe).density if recipe.carbon else None
    porosity = _given(wishes.porosity, "%") or composite_porosity(
        recipe,
        sse,
        cathode_density=cathode_density.value,
        sse_density=sse_density.value,
        carbon_density=carbon.value if carbon else None,
    )
    found = [
        Input("composite", "SSE density", sse_density),
        Input("composite", "cathode density", cathode_density),
        Input("composite", "porosity", porosity),
        Input("composite", "ionic conductivity", known.ionic_conductivity),
        Input("cathode", "discharge capacity", _capacity(cathode, wishes.capacity)),
        Input("cathode", "voltage", _voltage(cathode, wishes.voltage)),
    ]
    if carbon:
        found.insert(2, Input("composite", "carbon density", carbon))
    return tuple(found)


def _pressed(
    cathode: Cathode, recipe: Recipe, chosen: Mapping[str, Quantity], areal_capacity: float
) -> tuple[VolumeFractions, Electrode]:
    """Return the volume fractions of a composite as pressed, and a layer of it.

    Raises
    ------
    ImpossibleValueError
        If a density, the porosity or the capacity is impossible.
    """
    pores = chosen["porosity"].value / _PERCENT
    cathode_density, sse_density = chosen["cathode density"].value, chosen["SSE density"].value
    carbon_density = chosen["carbon density"].value if recipe.carbon else None
    volumes = volume_fractions(
        recipe,
        cathode_density=cathode_density,
        sse_density=sse_density,
        carbon_density=carbon_density,
        porosity=pores,
    )
    capacity = chosen["discharge capacity"].value
    most = _MOST_OVER * cathode.theoretical_capacity
    if not 0 < capacity <= most:  # Refuses nan as well.
        text = f"capacity {capacity:g} mAh/g is outside 0 to {most:.0f}, twice that of the cathode"
        raise ImpossibleValueError(f"{text}; give the discharge per gram of it")
    layer = electrode(
        recipe,
        1e3 * areal_capacity / capacity,
        capacity=capacity,
        cathode_density=cathode_density,
        sse_density=sse_density,
        carbon_density=carbon_density,
        porosity=pores,
    )
    return volumes, layer


def _given(value: float | None, unit: str) -> Quantity | None:
    return None if value is None else Quantity(value, value, value, unit, Kind.ASSUMED, _GIVEN)


def _capacity(cathode: Cathode, given: float | None) -> Quantity:
    """Return the first discharge of the cathode itself in a liquid cell [mAh/g as assembled]."""
    if given is not None:
        return Quantity(given, given, given, "mAh/g", Kind.ASSUMED, _GIVEN)
    use, back = cathode.utilisation, cathode.return_fraction
    theory = cathode.theoretical_capacity
    if cathode.assembled is State.CHARGED:
        ends = (use.value, use.low, use.high)
        source = f"{theory:.5g} mAh/g x utilisation in a liquid cell: {use.source}"
        kind = use.kind
    else:
        ends = (use.value * back.value, use.low * back.low, use.high * back.high)
        source = (
            f"{theory:.5g} mAh/g x utilisation x return in a liquid cell: "
            f"{use.source}; {back.source}"
        )
        kind = weakest(use.kind, back.kind)
    value, low, high = (theory * end for end in ends)
    return Quantity(value, low, high, "mAh/g", weakest(kind, Kind.COMPUTED), source)


def _voltage(cathode: Cathode, given: float | None) -> Quantity:
    volts = cathode.voltage
    catalogued = Quantity(volts, volts, volts, "V", Kind.ESTIMATED, cathode.voltage_source)
    return _given(given, "V") or catalogued


def _growth(cathode: Cathode, volumes: VolumeFractions) -> Quantity:
    """Return the thickness change of the composite from assembly to the other state [1].

    Raises
    ------
    ImpossibleValueError
        If the two states are none of one cathode.
    """
    states = cathode.charged, cathode.discharged
    start, end = states if cathode.assembled is State.CHARGED else states[::-1]
    try:
        return composite_thickness_change(volumes, volume_change(start, end))
    except NoMeasurement as error:
        source = f"left out: {error}"
        return Quantity(0.0, 0.0, 0.0, "1", Kind.ASSUMED, source)


def _stack(wishes: Wishes) -> tuple[Stack, list[Input]]:
    """Return the stack with what the user has set, and every row of it.

    Raises
    ------
    InvalidStackError
        If a layer is impossible.
    """
    changes = {
        name: value
        for name, value in (
            ("separator_thickness", wishes.separator),
            ("packaging_fraction", wishes.packaging and wishes.packaging / _PERCENT),
        )
        if value is not None
    }
    stack = replace(default_stack(), **changes)
    rows = []
    for name, (row, *_) in figures("cell_stack").items():
        value = getattr(stack, name)
        kind, source = (Kind.ASSUMED, _GIVEN) if name in changes else (row.kind, row.source)
        quantity = Quantity(value, value, value, _stack_unit(name), kind, source)
        rows.append(Input("stack", name.replace("_", " "), quantity))
    return stack, rows


def _stack_unit(name: str) -> str:
    ends = {"thickness": "um", "density": "g/cm3", "capacity": "mAh/g", "voltage": "V"}
    return ends.get(name.rpartition("_")[2], "1")


def _conductivity(sigma: Quantity, share: float) -> Quantity:
    value, low, high = (float(bruggeman_conductivity(end, share)) for end in sigma[:3])
    kind = weakest(Kind.COMPUTED, sigma.kind)
    source = f"Bruggeman at {_PERCENT * share:.0f} % SSE by volume; of {sigma.source}"
    return Quantity(value, low, high, "S/cm", kind, source)


def _supply(recipe: Recipe, sse: str, cathode: Cathode) -> tuple[Quantity | None, tuple[str, ...]]:
    try:
        found = composite_supply(recipe, sse=sse, cathode=cathode.formula)
    except NoMeasurement as error:
        return None, (str(error),)
    return found.cost, found.flags
