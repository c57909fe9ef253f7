"""Anodes, and the potential at which they hold a cell: cutoffs are often given against them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from screening.catalogue.spelling import named

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    source: str
    """Who says so."""


_INDIUM = "LiIn beside In, Santhosha et al., Batteries Supercaps 2, 524 (2019), from memory"
_ALL = (
    Anode("Li", ("lithium", "Li metal"), 0.0, 0.0, "the reference itself"),
    Anode("Li-In", ("LiIn", "InLi", "In", "In/InLi", "indium"), 0.62, 0.01, _INDIUM),
    Anode("Li0.5In", ("LiIn0.5", "Li0.5In alloy"), 0.62, 0.01, _INDIUM),
    Anode("Si", ("silicon", "uSi", "micro silicon"), 0.35, 0.15, "middle of a slope, from memory"),
    Anode("graphite", ("C6", "Gr"), 0.1, 0.05, "main plateaus 0.08 to 0.12 V, from memory"),
    Anode(
        "Ag-C", ("AgC", "silver carbon"), 0.0, 0.05, "lithium metal forms behind it, from memory"
    ),
    Anode("anode-free", ("none", "anodeless", "bare collector"), 0.0, 0.02, "lithium is plated"),
    Anode("Li4Ti5O12", ("LTO",), 1.55, 0.02, "plateau of 1.55 to 1.57 V, from memory"),
)


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
