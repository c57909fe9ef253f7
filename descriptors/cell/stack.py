"""The layers of a cell around its cathode: separator, anode and foils.

All inputs stand in ``data/cell_stack.csv`` and in docs/cell-energy.md, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING

from descriptors.errors import DescriptorError
from descriptors.tables import figures

if TYPE_CHECKING:
    from collections.abc import Iterator

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
