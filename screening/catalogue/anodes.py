"""Anodes: at which potential they hold a cell, and whether they bring lithium into it.

Cutoffs are often given against them.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, overload

from screening.catalogue.materials import State
from screening.catalogue.spelling import named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.catalogue.materials import Cathode


class Inventory(StrEnum):
    """Whether an anode brings lithium into a cell whose cathode brings none."""

    LITHIUM = "lithium"
    """It is lithium, or an alloy of it."""
    PRELITHIATED = "if prelithiated"
    """As bought it holds none."""
    NONE = "none"
    """It holds what the cathode has given."""


class Anode(NamedTuple):
    """A counter electrode."""

    name: str
    """What results call it."""
    labels: tuple[str, ...]
    """What people write."""
    potential: float
    """Where it holds while a cell is charged and discharged slowly. [V vs. Li/Li+]"""
    doubt: float
    """Half of the 90 % interval of it. [V]"""
    inventory: Inventory
    """Whether it brings lithium."""
    source: str
    """Who says so."""


_INDIUM = "LiIn beside In, Santhosha et al., Batteries Supercaps 2, 524 (2019), from memory"
_LITHIUM, _IF_CHARGED, _EMPTY = Inventory
_ALL = (
    Anode("Li", ("lithium", "Li metal"), 0.0, 0.0, _LITHIUM, "the reference itself"),
    Anode("Li-In", ("LiIn", "InLi", "In", "In/InLi", "indium"), 0.62, 0.01, _LITHIUM, _INDIUM),
    Anode("Li0.5In", ("LiIn0.5", "Li0.5In alloy"), 0.62, 0.01, _LITHIUM, _INDIUM),
    Anode(
        "Si", ("silicon", "uSi", "micro silicon"), 0.35, 0.15, _IF_CHARGED,
        "middle of a slope, from memory",
    ),
    Anode(
        "graphite", ("C6", "Gr"), 0.1, 0.05, _IF_CHARGED,
        "main plateaus 0.08 to 0.12 V, from memory",
    ),
    Anode(
        "Ag-C", ("AgC", "silver carbon"), 0.0, 0.05, _EMPTY,
        "lithium metal forms behind it, from memory",
    ),
    Anode(
        "anode-free", ("none", "anodeless", "bare collector"), 0.0, 0.02, _EMPTY,
        "lithium is plated",
    ),
    Anode(
        "Li4Ti5O12", ("LTO",), 1.55, 0.02, _IF_CHARGED, "plateau of 1.55 to 1.57 V, from memory",
    ),
)  # fmt: skip


def anodes() -> Mapping[str, Anode]:
    """Return the anodes of the catalogue by name."""
    return MappingProxyType({one.name: one for one in _ALL})


def anode(name: str) -> Anode:
    """Return the anode that a name means.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it.

    Examples
    --------
    2.4 V against Li-In are 3.02 V against lithium.

    >>> 2.4 + anode("LiIn").potential
    3.02
    """
    rows = anodes()
    return named(name, rows, "anode", labels={one.name: one.labels for one in _ALL})


@overload
def against_lithium(volts: float, reference: str | None) -> float: ...
@overload
def against_lithium(volts: None, reference: str | None) -> None: ...
def against_lithium(volts: float | None, reference: str | None) -> float | None:
    """Return a voltage against lithium that is given against an anode. [V vs. Li/Li+].

    Parameters
    ----------
    volts : float or None
        The voltage; None for none. [V vs. the anode]
    reference : str or None
        The anode; None for lithium.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it.

    Examples
    --------
    >>> against_lithium(2.4, "LiIn")
    3.02
    """
    potential = anode(reference or "Li").potential
    return None if volts is None else round(volts + potential, 6)


def range_against_lithium(
    ends: tuple[float, float] | None, reference: str | None
) -> tuple[float, float] | None:
    """Return both ends of a range as :func:`against_lithium` does each; None for no range.

    Parameters
    ----------
    ends : (float, float) or None
        The voltages. [V vs. the anode]
    reference : str or None
        The anode; None for lithium.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it, without a range too.
    """
    anode(reference or "Li")
    if ends is None:
        return None
    return against_lithium(ends[0], reference), against_lithium(ends[1], reference)


def cutoff_fault(
    low: float, high: float, cathode: Cathode, *, reference: str | None, held: str | None
) -> str:
    """Return what cutoffs of a cathode do not hold, with the remedy; nothing if they are right.

    Parameters
    ----------
    low, high : float
        The cutoffs. [V vs. Li/Li+]
    cathode : Cathode
        The cathode.
    reference : str or None
        Anode against which they were given; None for lithium.
    held : str or None
        Anode of the cell, if that is stated.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold an anode.
    """
    if low < cathode.voltage < high:
        return ""
    remedy = "widen them"
    for name in ("Li", held or "Li"):
        shift = anode(name).potential - anode(reference or "Li").potential
        if low + shift < cathode.voltage < high + shift:
            remedy = f"if they are against {anode(name).name}, say so in voltage_reference"
    return f"{cathode.voltage:g} V, where {cathode.name} discharges; {remedy}"


def assumed_reference(held: str | None, reference: str | None) -> str:
    """Return what cutoffs are taken to be against where nobody says; nothing if that is plain.

    Parameters
    ----------
    held : str or None
        Anode of the cell, if that is stated.
    reference : str or None
        Anode against which the cutoffs are given, if that is stated.

    Examples
    --------
    >>> assumed_reference("In", None), assumed_reference("Li", None)
    ('cutoffs against Li/Li+, not Li-In', '')
    """
    if not held or reference or not anode(held).potential:
        return ""
    return f"cutoffs against Li/Li+, not {anode(held).name}"


def inventory_fault(held: str | None, cathode: Cathode) -> str:
    """Return why a cell has no lithium to cycle, nothing if it has some.

    Parameters
    ----------
    held : str or None
        Anode of the cell, if that is stated.
    cathode : Cathode
        The cathode.
    """
    if not _needs_lithium(held, cathode, Inventory.NONE):
        return ""
    return (
        f"no lithium to cycle: anode {anode(str(held)).name} holds none and {cathode.name} is "
        "assembled charged; state an anode that brings some, as Li or Li-In, or a discharged "
        "cathode"
    )


def assumed_inventory(held: str | None, cathode: Cathode) -> str:
    """Return what an anode is taken to be so that the cell has lithium; nothing if it has some.

    Parameters
    ----------
    held : str or None
        Anode of the cell, if that is stated.
    cathode : Cathode
        The cathode.
    """
    if not _needs_lithium(held, cathode, Inventory.PRELITHIATED):
        return ""
    return f"{anode(str(held)).name} prelithiated"


def _needs_lithium(held: str | None, cathode: Cathode, inventory: Inventory) -> bool:
    """Return whether a stated anode of that kind meets a cathode without lithium to give."""
    return bool(held) and (
        cathode.assembled is State.CHARGED and anode(str(held)).inventory is inventory
    )
