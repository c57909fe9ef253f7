"""The standard enthalpy of formation of one compound, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.energies.anchors import anchors
from stability.energies.correction import correction, shared_errors
from stability.energies.pairs import Terms
from stability.energies.placed_energies import placed_phase
from stability.errors import MissingPhaseError
from stability.formula import composition

if TYPE_CHECKING:
    from stability.tables.phase_table import PhaseTable

_NORMAL_90 = 1.6449  # [1] Half width of a 90 % interval of a normal error, in standard errors.
_NO_TERMS = np.zeros(0, np.int64)


class FormationEnergy(NamedTuple):
    """Standard enthalpy of formation at 298.15 K, which energies at 0 K stand for."""

    formula: str
    """Formula as asked for."""
    enthalpy: float
    """Enthalpy of formation against the elements. [eV/atom]"""
    low: float | None
    """Lower end of its 90 % interval; None where nobody has estimated one. [eV/atom]"""
    high: float | None
    """Upper end of it. [eV/atom]"""
    kind: str
    """``measured``, ``corrected``, ``structure``: placed on the hull of the table by its crystal
    structure, or ``dft``: as it was computed."""
    computed: float | None
    """Computed energy; None where the table has no such phase. [eV/atom]"""
    source: str
    """Where it comes from."""


def formation_energy(formula: str, table: PhaseTable) -> FormationEnergy:
    """Return the enthalpy of formation of a compound.

    Parameters
    ----------
    formula : str
        Any formula.
    table : PhaseTable
        Energies at 0 K, corrected or as they were computed.

    Raises
    ------
    FormulaError
        If the text is no formula.
    MissingPhaseError
        If neither the table nor a measurement has the compound.
    """
    material = composition(formula)
    applied = table.correction
    row = None
    if table.element_index.keys() >= material.amounts.keys():
        row = table.row(table.atom_fractions(material))
    if len(material.amounts) == 1:
        return FormationEnergy(formula, 0.0, 0.0, 0.0, "measured", 0.0, "definition")
    anchor = anchors().get(material.shares)
    computed = None
    if row is not None:
        computed = float((table.energies if applied is None else applied.computed)[row])
    if applied is not None and anchor is not None and anchor.replaces:
        value, half = anchor.enthalpy, _NORMAL_90 * anchor.spread
        return FormationEnergy(
            formula, value, value - half, value + half, "measured", computed, anchor.source
        )
    if row is None:
        raise MissingPhaseError(
            f"{formula}: the phase table {table.name} has no such compound, and no measured "
            "enthalpy is known; choose another table, or use its hull (`catholyte window`)"
        )
    placed = placed_phase(table, formula)
    if applied is not None:
        error = standard_error(table, row)
    elif placed is not None:
        error = placed.error
    else:
        return FormationEnergy(formula, computed, None, None, "dft", computed, table.sources[row])  # type: ignore[arg-type]  # The row is there.
    value, half = float(table.energies[row]), _NORMAL_90 * error
    kind = "structure" if placed else "corrected"
    source = f"{table.sources[row]}, correction {applied.id}" if applied else table.sources[row]
    return FormationEnergy(
        formula, value, value - half, value + half, kind, None if placed else computed,
        source.removeprefix(", "),
    )  # fmt: skip


def standard_error(table: PhaseTable, row: int) -> float:
    """Return the standard error of a phase of a corrected table [eV/atom].

    Parameters
    ----------
    table : PhaseTable
        With corrected energies.
    row : int
        Which phase.
    """
    applied = table.correction
    if applied is None:
        return 0.0
    span = slice(*applied.term_starts[row : row + 2])
    terms = Terms(
        np.array([0, span.stop - span.start]),
        applied.term_numbers[span],
        applied.term_shares[span],
        _NO_TERMS,
    )
    shared = 0.0
    if len(terms.numbers):
        found = correction(applied.id.rpartition("-")[0])
        shared = float(shared_errors(found, terms)[0])
    return float(np.hypot(shared, applied.own_errors[row]))
