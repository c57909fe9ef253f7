"""Specific energy and energy density of a cell whose every layer is stated.

One cathode layer, one separator and one anode, with their shares of the current collectors. All
inputs stand in ``data/cell_stack.csv`` and in docs/cell-energy.md, each with its source.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from descriptors.cell.anode_host import anode_host, host_share, lithium_share
from descriptors.cell.stack import InvalidStackError, Stack, default_stack
from descriptors.cell.volume_change import FARADAY, UM_PER_CM, Anode
from stability.elements import ATOMIC_WEIGHT

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from descriptors.recipe import Recipe

    Floats = NDArray[np.float64]

_Number = TypeVar("_Number", float, "Floats")
LITHIUM_CAPACITY = FARADAY / ATOMIC_WEIGHT["Li"]
"""Charge of lithium metal: 3862 mAh/g. [mAh/g]"""

MG = 1e3
"""Milligrams in a gram; mWh/cm2 over mg/cm2 are kWh/kg, over cm are Wh/L."""


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
    """Anode as assembled: lithium, a host, or the plating layer. [mg/cm2]"""
    collector_mass: float
    """This layer's share of both foils. [mg/cm2]"""
    packaging_mass: float
    """The rest. [mg/cm2]"""
    thickness_charged: float
    """All layers when charged, packaging included. [um]"""
    thickness_discharged: float
    """The same when discharged. [um]"""


class CellEnergies(NamedTuple):
    """Energy of many cells; arrays of one shape."""

    specific_energy: Floats
    """Energy per mass of the cell. [Wh/kg]"""
    energy_density: Floats
    """Energy per volume of the cell in the thicker of its two states. [Wh/L]"""


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

        E         = q (voltage - host_voltage if there is a host)
        m_cathode = q / (w Q)
        m_lithium = (np_ratio - 1, or np_ratio if the cathode brings none) q / 3862
        m_host    = np_ratio q / host_capacity, plus q / 3862 of lithium if the cathode has none
        specific_energy = E / (sum of m + foils / sides) (1 - packaging_fraction)

    Indium has the lithium of the metal, Li0.5In twice the host, half full. Thickness: plated
    lithium and lithiated hosts by their molar volumes. An estimate of what
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
        "voltage of the cathode less that of the anode [V]": voltage - _anode_voltage(anode, stack),
        "cathode_fraction of the recipe": recipe.cathode_fraction,
        "growth + 1": growth + 1,
    }
    _require_positive(numbers)
    _require_lithium(anode, brings_lithium=brings_lithium)

    energy = areal_capacity * (voltage - _anode_voltage(anode, stack))
    cathode = MG * areal_capacity / (recipe.cathode_fraction * capacity)
    separator = _layer_mass(stack.separator_thickness, stack.separator_density)
    anode_mass = _anode_mass(anode, areal_capacity, stack, brings_lithium=brings_lithium)
    collectors = _foils(stack)
    content = 1 - stack.packaging_fraction
    mass = (cathode + separator + anode_mass + collectors) / content

    assembled = UM_PER_CM * cathode / MG / composite_density
    turned = assembled * (1 + growth)
    charged, discharged = (turned, assembled) if brings_lithium else (assembled, turned)
    full, empty = _anode_thickness(anode, areal_capacity, stack, brings_lithium=brings_lithium)
    charged, discharged = charged + full, discharged + empty
    rest = stack.separator_thickness + _foil_thickness(stack)
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


def cell_energies(
    anode: Anode,
    *,
    cathode_fraction: ArrayLike,
    areal_capacity: ArrayLike,
    capacity: ArrayLike,
    voltage: ArrayLike,
    composite_density: ArrayLike,
    brings_lithium: ArrayLike,
    growth: ArrayLike = 0.0,
    stack: Stack | None = None,
) -> CellEnergies:
    """Return the energies of many cells in one stack; all arrays broadcast.

    Parameters
    ----------
    anode : Anode
        The anode of all of them.
    cathode_fraction : array_like
        Mass of cathode per mass of composite, above 0.
    areal_capacity : array_like
        Capacity of one cathode layer, above 0. [mAh/cm2]
    capacity : array_like
        Reversible capacity per gram of cathode as assembled. [mAh/g]
    voltage : array_like
        Mean discharge voltage of the cathode. [V vs. Li/Li+]
    composite_density : array_like
        Density of the pressed composite as assembled, pores included, above 0. [g/cm3]
    brings_lithium : array_like of bool
        Whether the cathode is assembled discharged.
    growth : array_like
        Relative thickness change of the composite; nan where nobody knows it. [1]
    stack : Stack, optional
        The other layers; `default_stack` if left out.

    Raises
    ------
    InvalidStackError
        If an areal capacity, a fraction or a density is not above 0.

    Notes
    -----
    The equations of `cell_energy`. A cell that cannot work has no energy: 0 where the capacity or
    the voltage of the cell is not above 0, nan for an anode-free cell without lithium, and for
    the energy density where the growth is nan.

    Examples
    --------
    21 mWh/cm2 over 33.33 composite, 3.36 separator, 1.00 plating layer and 4.04 foils, mg/cm2.

    >>> cells = cell_energies(Anode.ANODE_FREE, cathode_fraction=0.3, areal_capacity=10.0,
    ...     capacity=[1000.0, 0.0], voltage=2.1, composite_density=1.7, brings_lithium=True)
    >>> np.round(cells.specific_energy, 1)
    array([503.2,   0. ])
    """
    stack = stack or default_stack()
    for name, array in (
        ("areal_capacity [mAh/cm2]", areal_capacity),
        ("cathode_fraction", cathode_fraction),
        ("composite_density [g/cm3]", composite_density),
    ):
        _require_positive({name: float(np.min(array, initial=np.inf))} if np.size(array) else {})
    areal, share = np.asarray(areal_capacity, float), np.asarray(cathode_fraction, float)
    held = np.maximum(np.asarray(capacity, float), 0.0)
    brings = np.asarray(brings_lithium, bool)
    volts = np.maximum(np.asarray(voltage, float) - _anode_voltage(anode, stack), 0.0)
    energy = areal * volts
    if anode is Anode.ANODE_FREE:
        energy = np.where(brings, energy, np.nan)

    # Per gram of cathode the cathode layer divides by the capacity, which may be 0: so all is
    # multiplied by it.
    composite = MG * areal / share
    inactive = (
        _layer_mass(stack.separator_thickness, stack.separator_density)
        + _anode_masses(anode, areal, brings, stack)
        + _foils(stack)
    )
    content = 1 - stack.packaging_fraction
    given = energy * (MG * content) * held
    specific = given / (composite + held * inactive)

    assembled = (UM_PER_CM / MG * composite) / np.asarray(composite_density, float)
    turned = 1 + np.asarray(growth, float)
    ends = (_anode_thickness(anode, areal, stack, brings_lithium=one) for one in (True, False))
    full, empty = (np.where(brings, one, other) for one, other in zip(*ends, strict=True))
    rest = stack.separator_thickness + _foil_thickness(stack)
    charged = assembled * np.where(brings, turned, 1.0) + held * (full + rest)
    discharged = assembled * np.where(brings, 1.0, turned) + held * (empty + rest)
    density = (UM_PER_CM / MG) * given / np.maximum(charged, discharged)
    return CellEnergies(*np.broadcast_arrays(specific, density))


def _foils(stack: Stack) -> float:
    """Return the mass of this layer's share of both foils [mg/cm2]."""
    return (
        _layer_mass(stack.cathode_collector_thickness, stack.cathode_collector_density)
        + _layer_mass(stack.anode_collector_thickness, stack.anode_collector_density)
    ) / stack.sides_per_collector


def _foil_thickness(stack: Stack) -> float:
    return (
        stack.cathode_collector_thickness + stack.anode_collector_thickness
    ) / stack.sides_per_collector


def _anode_masses(anode: Anode, areal: Floats, brings: NDArray[np.bool_], stack: Stack) -> Floats:
    with_lithium = _anode_mass(anode, areal, stack, brings_lithium=True)
    without = _anode_mass(anode, areal, stack, brings_lithium=False)
    return np.where(brings, with_lithium, without)


def _anode_voltage(anode: Anode, stack: Stack) -> float:
    host = anode_host(anode, stack)
    return host.voltage if host else 0.0


def _anode_mass(
    anode: Anode, areal_capacity: _Number, stack: Stack, *, brings_lithium: bool
) -> _Number | float:
    if anode is Anode.ANODE_FREE:
        return _layer_mass(stack.plating_layer_thickness, stack.plating_layer_density)
    brought = lithium_share(anode, stack.np_ratio, brings_lithium=brings_lithium)
    lithium = MG * areal_capacity / LITHIUM_CAPACITY * brought
    host = anode_host(anode, stack)
    if host is None:
        return lithium
    return lithium + MG * areal_capacity * host_share(anode, stack.np_ratio) / host.capacity


def _anode_thickness(
    anode: Anode, areal_capacity: _Number, stack: Stack, *, brings_lithium: bool
) -> tuple[_Number, _Number]:
    """Return the thickness of the anode in a charged and in a discharged cell [um]."""
    brought = lithium_share(anode, stack.np_ratio, brings_lithium=brings_lithium)
    left = brought - (not brings_lithium)  # Lithium in the anode of a discharged cell.
    host = anode_host(anode, stack)
    if host is None:
        layer = stack.plating_layer_thickness if anode is Anode.ANODE_FREE else 0.0
        per_capacity = UM_PER_CM / LITHIUM_CAPACITY / stack.lithium_density
        left = max(left, 0.0)  # A cell without any lithium is refused elsewhere.
        discharged = layer + per_capacity * areal_capacity * left
    else:
        pores = 1 - host.porosity
        empty = UM_PER_CM * host_share(anode, stack.np_ratio) / host.capacity / host.density
        per_capacity = host.growth / pores
        discharged = (empty / pores + per_capacity * left) * areal_capacity
    return discharged + per_capacity * areal_capacity, discharged


def _layer_mass(thickness: float, density: float) -> float:
    return MG * thickness / UM_PER_CM * density


def _require_positive(numbers: dict[str, float]) -> None:
    for name, number in numbers.items():
        if not (isfinite(number) and number > 0):
            raise InvalidStackError(f"{name} is {number:g}, it must be above 0")


def _require_lithium(anode: Anode, *, brings_lithium: bool) -> None:
    if anode is Anode.ANODE_FREE and not brings_lithium:
        raise InvalidStackError(
            "an anode-free cell takes its lithium from the cathode, but the cathode is assembled "
            "without; choose lithium, silicon (prelithiated) or the discharged cathode"
        )
