"""Phases whose energy in a table is far from what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stability.energies.anchors import anchors
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stability.tables.phase_table import PhaseTable

FAR = 0.25
"""An energy this far from the measured one is named: more than computed ones err by on average.
[eV/atom]"""


def doubtful(table: PhaseTable, formulas: Iterable[str]) -> tuple[str, ...]:
    """Return one statement for each phase whose energy is far from its measured enthalpy.

    Parameters
    ----------
    table : PhaseTable
        Energies at any temperature.
    formulas : iterable of str
        Phases, as SO2 or SCl2 among the products of a reaction.

    Examples
    --------
    >>> from stability.tables.phase_table import Phase, phase_table
    >>> table = phase_table([Phase("SO2", -1.759), Phase("LiCl", -2.1)], name="hand")
    >>> doubtful(table, ["LiCl", "SO2"])
    ('SO2 counts as 0.65 eV/atom more stable than measured',)
    """
    found = []
    for formula in dict.fromkeys(formulas):
        material = composition(formula)
        anchor = anchors().get(material.shares)
        row = table.row(table.atom_fractions(material)) if anchor is not None else None
        if anchor is None or row is None:
            continue
        warm = anchor.gibbs if table.temperature and anchor.gibbs is not None else anchor.enthalpy
        off = float(table.energies[row]) - warm
        if abs(off) > FAR:
            how = "more" if off < 0.0 else "less"
            found.append(f"{formula} counts as {abs(off):.2f} eV/atom {how} stable than measured")
    return tuple(found)
