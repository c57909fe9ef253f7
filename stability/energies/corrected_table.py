"""Phase tables whose energies agree with the calorimeter, as far as anybody knows."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from stability.energies.anchors import anchors
from stability.energies.correction import (
    CORRECTIONS,
    MP2019,
    Correction,
    correction,
    corrections_of,
)
from stability.energies.pairs import Terms, pair_terms
from stability.energies.placed_energies import PhaseErrors, with_products
from stability.errors import TableError
from stability.formula import composition
from stability.tables.applied_correction import AppliedCorrection
from stability.tables.phase_table import load_phase_table
from stability.tables.reference_rows import REFERENCE, unphysical_energies
from stability.tables.snapshots import find_snapshot, selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stability.tables.phase_table import PhaseTable

_FUNCTIONALS: Mapping[str, tuple[str, ...]] = {
    "GGA_GGA+U": (MP2019, "gga_gga_u"),
    "R2SCAN": ("r2scan",),
    "GGA_GGA+U_R2SCAN": ("mixed",),
}
"""Corrections that may fit each thermo type of the Materials Project; the last one is of today."""
_SHARED = 5  # Compounds that must be known in a table to tell how it was computed.
_SAME = 0.002  # [eV/atom] Energies of the same calculation differ by rounding.
_MOSTLY = 0.75  # Of the shared compounds; polymorphs and later versions may differ.


class Energies(StrEnum):
    """Which energies of a table are used."""

    CORRECTED = "corrected"
    """Measured where they were, corrected towards the measured ones elsewhere."""
    DFT = "dft"
    """As they were computed."""


def loaded_table(name: str, energies: str | None = None) -> PhaseTable:
    """Return the phase table that a name or path stands for, with the energies asked for.

    Parameters
    ----------
    name : str
        As :func:`stability.tables.phase_table.load_phase_table` takes it.
    energies : str, optional
        One of :class:`Energies`; corrected by default, where a correction fits the table.

    Raises
    ------
    TableError
        If there is no such table, or corrected energies are asked for and no correction fits.
    """
    table = load_phase_table(name)
    wanted = None if energies is None else Energies(energies)
    if wanted is Energies.DFT:
        return table
    found = fitting_correction(table, functional=_functional(name))
    if found is not None:
        return corrected_table(table, found)
    if wanted is Energies.CORRECTED:
        raise TableError(
            f"phase table {table.name}: no correction fits its energies (there are "
            f"{', '.join(CORRECTIONS)}); use them as they are, with --energies dft"
        )
    return table


def fitting_correction(table: PhaseTable, *, functional: str = "") -> Correction | None:
    """Return the correction that was fitted to energies of the same kind, or None.

    Parameters
    ----------
    table : PhaseTable
        Computed energies.
    functional : str, optional
        Method of the energies as a snapshot names it; without, compounds with known computed
        energies tell.
    """
    if table.name == REFERENCE:
        return correction(MP2019)
    names = _FUNCTIONALS.get(functional, CORRECTIONS)
    for name in names:
        found = correction(name)
        rows = _rows(table, found.formulas)
        there = rows >= 0
        if there.sum() >= _SHARED:
            off = np.abs(table.energies[rows[there]] - found.computed[there])
            if (off < _SAME).mean() >= _MOSTLY:
                return found
    # A snapshot names its method; its energies may be later ones than those that were fitted.
    return correction(names[-1]) if functional in _FUNCTIONALS else None


def corrected_table(table: PhaseTable, found: Correction) -> PhaseTable:
    """Return a table with measured enthalpies where there are any, and corrected ones elsewhere.

    Parameters
    ----------
    table : PhaseTable
        Computed energies at 0 K.
    found : Correction
        Fitted to energies of the same kind.

    Notes
    -----
    Elements stay at 0. A phase that was flagged because its computed energy is unphysical competes
    again where its energy is now the measured one.
    """
    n_elements = len(table.elements)
    terms = pair_terms(table.fractions, table.elements)
    energies = table.energies + corrections_of(found, terms)
    own = found.own[terms.leading]
    energies[:n_elements], own[:n_elements] = 0.0, 0.0
    measured = np.zeros(len(energies), bool)
    known, reasons = table.known.copy(), list(table.reasons)
    trusted = [anchor for anchor in anchors().values() if anchor.replaces]
    rows = _rows(table, [anchor.formula for anchor in trusted])
    for row, anchor in zip(rows.tolist(), trusted, strict=True):
        if row < n_elements:
            continue
        energies[row], own[row], measured[row] = anchor.enthalpy, anchor.spread, True
        if reasons[row] and composition(anchor.formula).shares in unphysical_energies():
            known[row], reasons[row] = True, ""
    fixed = measured.copy()
    fixed[:n_elements] = True
    energies, own, starts, numbers, shares = with_products(
        table, PhaseErrors(energies, own, *_without(terms, fixed)), measured
    )
    for array in (energies, own, measured, known, starts, numbers, shares):
        array.setflags(write=False)
    return replace(
        table,
        energies=energies,
        known=known,
        reasons=tuple(reasons),
        correction=AppliedCorrection(
            found.id, table.energies, measured, own, starts, numbers, shares
        ),
    )


def _rows(table: PhaseTable, formulas: Sequence[str]) -> NDArray[np.int64]:
    """Return the row of each compound in a table, or -1."""
    fractions = np.zeros((len(formulas), len(table.elements)))
    there = np.ones(len(formulas), bool)
    for number, formula in enumerate(formulas):
        material = composition(formula)
        for element, amount in material.amounts.items():
            column = table.element_index.get(element)
            if column is None:
                there[number] = False
                break
            fractions[number, column] = amount / material.n_atoms
    return np.where(there, table.rows(fractions), -1)


def _without(
    terms: Terms, fixed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the terms of the phases that are not fixed."""
    counts = np.where(fixed, 0, np.diff(terms.starts))
    kept = np.repeat(~fixed, np.diff(terms.starts))
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts, terms.numbers[kept], terms.shares[kept]


def _functional(name: str) -> str:
    """Return the method of a snapshot's energies, or nothing."""
    if name == REFERENCE:
        return ""
    found = find_snapshot(selection(name).name)
    return found.manifest.functional if found is not None else ""
