"""The anode of a cell whose energy is computed, and the lithium that it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from descriptors.cell.volume_change import Anode
from descriptors.quantity import Kind, Quantity
from screening.catalogue.anodes import anode, anodes
from screening.catalogue.materials import State
from screening.catalogue.spelling import folded
from screening.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from descriptors.cell.stack import Stack
    from screening.catalogue.materials import Cathode

_ANODES: Mapping[str, Anode] = {
    "Li": Anode.LITHIUM,
    "Si": Anode.SILICON,
    "Ag-C": Anode.ANODE_FREE,
    "anode-free": Anode.ANODE_FREE,
}
"""Anodes of the catalogue whose cells have an energy; the layer of Ag-C is in the stack."""


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
    CatalogueError
        If nobody has stated what it weighs.

    Examples
    --------
    >>> cell_anode("si"), cell_anode("Ag-C")
    (<Anode.SILICON: 'silicon'>, <Anode.ANODE_FREE: 'anode-free'>)
    """
    spelled = {folded(one): one for one in (*anodes(), *Anode)}
    meant = anode(spelled.get(folded(name), name)).name
    if meant not in _ANODES:
        raise CatalogueError(
            f"the energy of a cell with anode {meant} is not computed, for its mass and volume are "
            f"not on record; give {', '.join(_ANODES)}"
        )
    return _ANODES[meant]


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
    share, said = 0.0, "none: the cathode brings all"
    if of_cell is Anode.LITHIUM:
        share = stack.np_ratio - brings
        said = "the excess of np ratio" if brings else "all that is cycled, and the excess"
    elif of_cell is Anode.SILICON and not brings:
        share, said = 1.0, "prelithiated with all that is cycled: the cathode brings none"
    value = share * cycled
    return Quantity(value, value, value, "mAh/cm2", Kind.COMPUTED, said)
