"""Specific energy and energy density of a cell whose every layer is stated.

One cathode layer, one separator and one anode, with their shares of the current collectors. All
inputs stand in ``data/cell_stack.csv`` and in docs/cell-energy.md, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from descriptors.errors import DescriptorError
from descriptors.tables import figures
from descriptors.volume_change import FARADAY, UM_PER_CM, Anode, anode_growth
from stability.elements import ATOMIC_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from descriptors.recipe import Recipe

LITHIUM_CAPACITY = FARADAY / ATOMIC_WEIGHT["Li"]
"""Charge of lithium metal: 3862 mAh/g. [mAh/g]"""

MG = 1e3
"""Milligrams in a gram; mWh/cm2 over mg/cm2 are kWh/kg, over cm are Wh/L."""

SHARES = {"silicon_porosity", "packaging_fraction"}
"""Inputs that are a share, from 0 to below 1."""

MAY_BE_ZERO = {
    *("cathode_collector_thickness", "anode_collector_thickness"),
    *("plating_layer_thickness", "silicon_voltage"),
}
"""Inputs whose absence is a choice; all others are above 0."""


class InvalidStackError(DescriptorError):
    """A cell that cannot be built as stated."""


@dataclass(frozen=True)
class Stack:
    """The layers of a cell around its cathode; refused at construction if impossible.

    Raises
    ------
    InvalidStackError
        With one line for each fault: the value, its limit, the remedy.

    Examples
    --------
    >>> from dataclasses import replace
    >>> replace(default_stack(), separator_thickness=50.0).separator_thickness
    50.0
    """

    cathode_collector_thickness: float
    """Foil of the cathode. [um]"""
    cathode_collector_density: float
    """Its density. [g/cm3]"""
    anode_collector_thickness: float
    """Foil of the anode. [um]"""
    anode_collector_density: float
    """Its density. [g/cm3]"""
    sides_per_collector: float
    """Electrode layers on each foil: 2 in a stacked cell, 1 in a single-layer pouch."""
    separator_thickness: float
    """Electrolyte between the electrodes. [um]"""
    separator_density: float
    """Its density as pressed, pores included. [g/cm3]"""
    np_ratio: float
    """Capacity of the charged anode over that of the cathode; lithium and silicon only."""
    silicon_capacity: float
    """Capacity of silicon when full. [mAh/g]"""
    silicon_density: float
    """True density of silicon. [g/cm3]"""
    silicon_porosity: float
    """Pores of the silicon layer, from 0 to below 1."""
    silicon_voltage: float
    """Mean voltage of silicon during the discharge of the cell. [V vs. Li/Li+]"""
    lithium_density: float
    """Density of lithium metal. [g/cm3]"""
    plating_layer_thickness: float
    """Layer on which an anode-free cell plates its lithium. [um]"""
    plating_layer_density: float
    """Its density, pores included. [g/cm3]"""
    packaging_fraction: float
    """Share of the mass and of the volume of the cell that is none of the above."""

    def __post_init__(self) -> None:
        """Refuse an impossible stack.

        Raises
        ------
        InvalidStackError
            With one line for each fault.
        """
        if faults := "\n".join(_stack_faults(self)):
            raise InvalidStackError(faults)


class CellEnergy(NamedTuple):
    """Energy of a cell per mass and volume, with what its layers weigh."""

    specific_energy: float
    """Energy per mass. [Wh/kg]"""
    energy_density: float
    """Energy per volume in the thicker of the two states. [Wh/L]"""
    areal_energy: float
    """Energy per area of one cathode layer. [mWh/cm2]"""
    cathode_mass: float
    """Composite. [mg/cm2]"""
    separator_mass: float
    """Separator. [mg/cm2]"""
    anode_mass: float
    """Anode as assembled: lithium, silicon, or the plating layer. [mg/cm2]"""
    collector_mass: float
    """This layer's share of both foils. [mg/cm2]"""
    packaging_mass: float
    """The rest. [mg/cm2]"""
    thickness_charged: float
    """All layers when charged, packaging included. [um]"""
    thickness_discharged: float
    """The same when discharged. [um]"""


@cache
def default_stack() -> Stack:
    """Return the stack of ``data/cell_stack.csv``; vary it by `dataclasses.replace`.

    Examples
    --------
    >>> default_stack().separator_thickness
    20.0
    """
    table = figures("cell_stack")
    return Stack(**{field.name: table[field.name][0].value for field in fields(Stack)})


def cell_energy(
    recipe: Recipe,
    anode: Anode,
    *,
    areal_capacity: float,
    capacity: float,
    voltage: float,
    composite_density: float,
    brings_lithium: bool,
    growth: float = 0.0,
    stack: Stack | None = None,
) -> CellEnergy:
    """Return the energy of a cell per mass and per volume.

    Parameters
    ----------
    recipe : Recipe
        The cathode composite by mass.
    anode : Anode
        The anode.
    areal_capacity : float
        Capacity of one cathode layer. [mAh/cm2]
    capacity : float
        Reversible capacity per gram of cathode as assembled; without that of the SSE, unless the
        caller means to count it. [mAh/g]
    voltage : float
        Mean discharge voltage of the cathode. [V vs. Li/Li+]
    composite_density : float
        Density of the pressed composite as assembled, pores included. [g/cm3]
    brings_lithium : bool
        Whether the cathode is assembled discharged, as Li2S is and S is not.
    growth : float
        Relative thickness change of the composite from assembly to the other state, from
        `composite_thickness_change`. [1]
    stack : Stack, optional
        The other layers; `default_stack` if left out.

    Raises
    ------
    InvalidStackError
        If a number is impossible, the recipe has no cathode, or neither electrode brings lithium.

    Notes
    -----
    Per area, with q the areal capacity, Q the capacity, w the mass fraction of the cathode and
    m the masses ::

        E         = q (voltage - silicon_voltage if silicon)
        m_cathode = q / (w Q)
        m_lithium = (np_ratio - 1, or np_ratio if the cathode brings none) q / 3862
        m_silicon = np_ratio q / silicon_capacity, plus q / 3862 of lithium if the cathode has none
        specific_energy = E / (sum of m + foils / sides) (1 - packaging_fraction)

    Thickness: plated lithium and lithiated silicon by their molar volumes. An estimate of what
    the inputs allow, not of what a cell delivers: no loss of lithium, no polarisation beyond the
    mean voltage. It bears no interval, since every input is a choice of the caller or the table.

    Examples
    --------
    10 mAh/cm2 of lithium sulfide (30 wt%, 1000 mAh/g) weigh 33.3 mg/cm2 and give 21 mWh/cm2.

    >>> from descriptors.recipe import Mixing, Recipe
    >>> recipe = Recipe("Li2S", 0.3, 0.5, 0.2, "acetylene black", Mixing.MILLED, 375, "example")
    >>> cell = cell_energy(recipe, Anode.ANODE_FREE, areal_capacity=10.0, capacity=1000.0,
    ...     voltage=2.1, composite_density=1.7, brings_lithium=True)
    >>> round(cell.cathode_mass, 1), round(cell.areal_energy, 1)
    (33.3, 21.0)
    """
    stack = stack or default_stack()
    numbers = {
        "areal_capacity [mAh/cm2]": areal_capacity,
        "capacity [mAh/g]": capacity,
        "composite_density [g/cm3]": composite_density,
        "voltage [V]": voltage - _anode_voltage(anode, stack),
        "cathode_fraction of the recipe": recipe.cathode_fraction,
        "growth + 1": growth + 1,
    }
    _require_positive(numbers)
    if anode is Anode.ANODE_FREE and not brings_lithium:
        raise InvalidStackError(
            "an anode-free cell takes its lithium from the cathode, but the cathode is assembled "
            "without; choose lithium, silicon (prelithiated) or the discharged cathode"
        )

    energy = areal_capacity * (voltage - _anode_voltage(anode, stack))
    cathode = MG * areal_capacity / (recipe.cathode_fraction * capacity)
    separator = _layer_mass(stack.separator_thickness, stack.separator_density)
    anode_mass = _anode_mass(anode, areal_capacity, stack, brings_lithium=brings_lithium)
    collectors = (
        _layer_mass(stack.cathode_collector_thickness, stack.cathode_collector_density)
        + _layer_mass(stack.anode_collector_thickness, stack.anode_collector_density)
    ) / stack.sides_per_collector
    content = 1 - stack.packaging_fraction
    mass = (cathode + separator + anode_mass + collectors) / content

    assembled = UM_PER_CM * cathode / MG / composite_density
    turned = assembled * (1 + growth)
    charged, discharged = (turned, assembled) if brings_lithium else (assembled, turned)
    charged += _anode_thickness(anode, areal_capacity, stack, full=True)
    discharged += _anode_thickness(anode, areal_capacity, stack, full=False)
    rest = stack.separator_thickness + (
        stack.cathode_collector_thickness + stack.anode_collector_thickness
    ) / (stack.sides_per_collector)
    charged, discharged = (charged + rest) / content, (discharged + rest) / content
    return CellEnergy(
        specific_energy=MG * energy / mass,
        energy_density=UM_PER_CM * energy / max(charged, discharged),
        areal_energy=energy,
        cathode_mass=cathode,
        separator_mass=separator,
        anode_mass=anode_mass,
        collector_mass=collectors,
        packaging_mass=mass * stack.packaging_fraction,
        thickness_charged=charged,
        thickness_discharged=discharged,
    )


def _anode_voltage(anode: Anode, stack: Stack) -> float:
    return stack.silicon_voltage if anode is Anode.SILICON else 0.0


def _anode_mass(
    anode: Anode, areal_capacity: float, stack: Stack, *, brings_lithium: bool
) -> float:
    lithium = MG * areal_capacity / LITHIUM_CAPACITY
    if anode is Anode.LITHIUM:
        return lithium * (stack.np_ratio - brings_lithium)
    if anode is Anode.SILICON:
        silicon = MG * stack.np_ratio * areal_capacity / stack.silicon_capacity
        return silicon if brings_lithium else silicon + lithium
    return _layer_mass(stack.plating_layer_thickness, stack.plating_layer_density)


def _anode_thickness(anode: Anode, areal_capacity: float, stack: Stack, *, full: bool) -> float:
    if anode is Anode.SILICON:
        silicon = stack.np_ratio * areal_capacity / stack.silicon_capacity / stack.silicon_density
        lithium = anode_growth(Anode.SILICON).value * areal_capacity if full else 0.0
        return (UM_PER_CM * silicon + lithium) / (1 - stack.silicon_porosity)
    per_capacity = UM_PER_CM / LITHIUM_CAPACITY / stack.lithium_density
    if anode is Anode.LITHIUM:
        return per_capacity * areal_capacity * (stack.np_ratio - (not full))
    return stack.plating_layer_thickness + per_capacity * areal_capacity * full


def _layer_mass(thickness: float, density: float) -> float:
    return MG * thickness / UM_PER_CM * density


def _stack_faults(stack: Stack) -> Iterator[str]:
    for field in fields(stack):
        name, number = field.name, getattr(stack, field.name)
        if name in SHARES:
            if not 0 <= number < 1:
                yield f"{name} {number:g} is outside 0 to below 1; 10 % is 0.1"
        elif name == "np_ratio":
            if not (isfinite(number) and number >= 1):
                yield f"np_ratio {number:g} is below 1; the anode must hold what the cathode gives"
        elif not (isfinite(number) and (number > 0 or (number == 0 and name in MAY_BE_ZERO))):
            yield f"{name} {number:g} is not above 0; compare data/cell_stack.csv"


def _require_positive(numbers: dict[str, float]) -> None:
    for name, number in numbers.items():
        if not (isfinite(number) and number > 0):
            raise InvalidStackError(f"{name} is {number:g}, it must be above 0")
