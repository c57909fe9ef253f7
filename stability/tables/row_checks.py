"""What a row of a phase table must be, to be taken in."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from stability.errors import TableError

if TYPE_CHECKING:
    from stability.formula import Composition
    from stability.tables.phase_rows import Phase

    _Key = frozenset[tuple[str, float]]

_LARGEST_ENERGY = 20.0  # [eV/atom] No compound forms with more than about 5 eV/atom.
_ELEMENT_TOLERANCE = 1e-6  # [eV/atom] Elements are the zero of the scale, within rounding.


def check(phase: Phase, material: Composition) -> None:
    """Refuse an energy that no compound has.

    Parameters
    ----------
    phase : Phase
        The row.
    material : Composition
        Its formula, read.

    Raises
    ------
    TableError
        If its energy is not finite or absurd, or an element is not at 0.
    """
    if not isfinite(phase.energy):
        raise TableError(f"{phase.formula}: energy {phase.energy} is not finite; give eV/atom")
    if abs(phase.energy) > _LARGEST_ENERGY:
        raise TableError(
            f"{phase.formula}: energy {phase.energy:g} eV/atom is beyond {_LARGEST_ENERGY:g}; "
            "give formation energies per atom, not totals"
        )
    if len(material.amounts) == 1 and abs(phase.energy) > _ELEMENT_TOLERANCE:
        raise TableError(
            f"{phase.formula}: an element at {phase.energy:g} eV/atom; elements are 0 by definition"
        )


def check_unique(phase: Phase, material: Composition, seen: dict[_Key, str]) -> None:
    """Refuse a composition that stands twice.

    Parameters
    ----------
    phase : Phase
        The row.
    material : Composition
        Its formula, read.
    seen : dict
        Formulas of the rows before, by composition; this one is added.

    Raises
    ------
    TableError
        If it is there already.
    """
    key = material.shares
    if key in seen:
        raise TableError(
            f"{phase.formula} stands twice (also as {seen[key]}); keep the lowest energy"
        )
    seen[key] = phase.formula
