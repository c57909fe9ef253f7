"""Anodes that take lithium into a host: how much they hold, weigh and grow."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from descriptors.cell.volume_change import FARADAY, Anode, anode_growth, anode_states, molar_volume
from descriptors.tables import Figure, figures
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from descriptors.cell.stack import Stack

POROSITY: Mapping[Anode, float] = MappingProxyType(
    {Anode.GRAPHITE: 0.2, Anode.TITANATE: 0.2, Anode.INDIUM: 0.0, Anode.HALF_INDIUM: 0.0}
)
"""Pores of the layer: of a calendered one, assumed; none in a foil. [1]"""


class Host(NamedTuple):
    """What takes up lithium, by itself: the SSE and the carbon that it may need are left out."""

    capacity: float
    """When full. [mAh/g of the host without lithium]"""
    density: float
    """True density without lithium. [g/cm3]"""
    porosity: float
    """Pores of the layer. [1]"""
    voltage: float
    """Mean while lithium leaves. [V vs. Li/Li+]"""
    growth: float
    """Growth without pores, per areal capacity. [um per mAh/cm2]"""


def anode_host(anode: Anode, stack: Stack) -> Host | None:
    """Return the host of an anode, None where lithium is plated.

    Parameters
    ----------
    anode : Anode
        The anode.
    stack : Stack
        Its figures of silicon are used.

    Raises
    ------
    NoMeasurement
        If a molar volume is missing from ``volume_change.csv``.

    Examples
    --------
    26801 mAh/mol over 72.07 g/mol of C6.

    >>> from descriptors.cell.stack import default_stack
    >>> round(anode_host(Anode.GRAPHITE, default_stack()).capacity, 1)
    371.9
    """
    if anode is Anode.SILICON:
        return Host(
            stack.silicon_capacity,
            stack.silicon_density,
            stack.silicon_porosity,
            stack.silicon_voltage,
            anode_growth(anode).value,
        )
    return _hosts().get(anode)


def lithium_share(anode: Anode, np_ratio: float, *, brings_lithium: bool) -> float:
    """Return the lithium that an anode has when the cell is made, over what is cycled [1].

    Parameters
    ----------
    anode : Anode
        The anode.
    np_ratio : float
        Capacity of the charged anode over that of the cathode.
    brings_lithium : bool
        Whether the cathode is assembled discharged.

    Examples
    --------
    >>> lithium_share(Anode.GRAPHITE, 1.1, brings_lithium=False)
    1.0
    """
    if anode is Anode.ANODE_FREE:
        return 0.0
    if anode is Anode.HALF_INDIUM:  # As much room as lithium, whichever way the cell begins.
        return np_ratio
    if anode in {Anode.LITHIUM, Anode.INDIUM}:
        return np_ratio - brings_lithium
    return float(not brings_lithium)


def host_share(anode: Anode, np_ratio: float) -> float:
    """Return the capacity of a host over what is cycled: Li0.5In is half full of the excess [1].

    Parameters
    ----------
    anode : Anode
        The anode.
    np_ratio : float
        Capacity of the charged anode over that of the cathode.
    """
    return 2.0 * np_ratio if anode is Anode.HALF_INDIUM else np_ratio


def host_voltage(anode: Anode) -> Figure:
    """Return the mean voltage of a host while lithium leaves, with its source [V vs. Li/Li+].

    Parameters
    ----------
    anode : Anode
        Graphite, titanate or indium.
    """
    name = Anode.INDIUM if anode is Anode.HALF_INDIUM else anode
    return figures("anode_hosts")[name][0]


@cache
def _hosts() -> Mapping[Anode, Host]:
    return MappingProxyType({anode: _host(anode) for anode in POROSITY})


def _host(anode: Anode) -> Host:
    empty, full = anode_states(anode)
    mass = composition(empty).molar_mass
    lithium = composition(full).amounts["Li"] - composition(empty).amounts.get("Li", 0.0)
    return Host(
        lithium * FARADAY / mass,
        mass / molar_volume(empty).value,
        POROSITY[anode],
        host_voltage(anode).value,
        anode_growth(anode).value,
    )
