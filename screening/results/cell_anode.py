"""The anode of a cell whose energy is computed, and the lithium that it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from descriptors.cell.anode_host import anode_host, host_voltage, lithium_share
from descriptors.cell.volume_change import Anode, anode_states, molar_volume
from descriptors.quantity import Kind, Quantity
from screening.catalogue.anodes import anode, anodes
from screening.catalogue.materials import State
from screening.catalogue.spelling import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from descriptors.cell.stack import Stack
    from screening.catalogue.materials import Cathode

_ANODES: Mapping[str, Anode] = {
    "Li": Anode.LITHIUM,
    "Si": Anode.SILICON,
    "Li-In": Anode.INDIUM,
    "Li0.5In": Anode.HALF_INDIUM,
    "graphite": Anode.GRAPHITE,
    "Li4Ti5O12": Anode.TITANATE,
    "Ag-C": Anode.ANODE_FREE,
    "anode-free": Anode.ANODE_FREE,
}
"""Anodes of the catalogue in a stack; the layer of Ag-C is in it too."""


def cell_anode(name: str) -> Anode:
    """Return the anode of a cell whose energy is computed, by a name of the catalogue or its own.

    Parameters
    ----------
    name : str
        Such as ``li`` or ``Ag-C``.

    Raises
    ------
    UnknownNameError
        If the catalogue does not hold it.

    Examples
    --------
    >>> cell_anode("si"), cell_anode("Ag-C")
    (<Anode.SILICON: 'silicon'>, <Anode.ANODE_FREE: 'anode-free'>)
    """
    spelled = {folded(one): one for one in (*anodes(), *Anode)}
    return _ANODES[anode(spelled.get(folded(name), name)).name]


def host_figures(of_cell: Anode, stack: Stack) -> Mapping[str, Quantity]:
    """Return the figures of the host of an anode; none for silicon, which the stack has.

    Parameters
    ----------
    of_cell : Anode
        The anode.
    stack : Stack
        The other layers.
    """
    host = anode_host(of_cell, stack)
    if host is None or of_cell is Anode.SILICON:
        return {}
    empty, full = anode_states(of_cell)
    alone = f"of {empty}, full as {full}, by itself: SSE and carbon in the anode are left out"
    volts = host_voltage(of_cell)
    found = {
        "host capacity": (host.capacity, "mAh/g", Kind.COMPUTED, alone),
        "host density": (host.density, "g/cm3", Kind.COMPUTED, molar_volume(empty).source),
        "host porosity": (host.porosity, "1", Kind.ASSUMED, "calendered layer; none in a foil"),
        "host voltage": (host.voltage, "V", volts.kind, volts.source),
    }
    return {
        name: Quantity(value, value, value, unit, kind, source)
        for name, (value, unit, kind, source) in found.items()
    }


def anode_lithium(of_cell: Anode, cathode: Cathode, stack: Stack, cycled: float) -> Quantity:
    """Return the lithium that an anode brings into a cell, with what is said of it. [mAh/cm2].

    Parameters
    ----------
    of_cell : Anode
        The anode.
    cathode : Cathode
        The cathode.
    stack : Stack
        The other layers.
    cycled : float
        Capacity of the cathode layer. [mAh/cm2]
    """
    brings = cathode.assembled is State.DISCHARGED
    share = lithium_share(of_cell, stack.np_ratio, brings_lithium=brings)
    if share == 0.0:
        said = "none: the cathode brings all"
    elif of_cell is Anode.HALF_INDIUM:
        said = "half of what its indium holds"
    elif share == 1.0:
        said = "prelithiated with all that is cycled: the cathode brings none"
    else:
        said = "the excess of np ratio" if brings else "all that is cycled, and the excess"
    value = share * cycled
    return Quantity(value, value, value, "mAh/cm2", Kind.COMPUTED, said)
