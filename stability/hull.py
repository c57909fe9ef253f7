"""Distance to the hull, and the energy with which a material enters a reaction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from stability.batch import hull_energies
from stability.formula import Composition, composition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from stability.phase_table import PhaseTable
    from stability.phases import CompetingPhases

_ON_HULL = 1e-6  # [eV/atom] Rounding of tables, far below any energy that matters.


class EnergySource(StrEnum):
    """Where the energy of a reactant comes from."""

    ENTRY = "entry"
    """Its own entry of the phase table, which is on the hull."""
    HULL = "hull"
    """The hull at its composition: it has no entry, or its entry is above the hull."""
    USER = "user"
    """Given by the user."""


class Product(NamedTuple):
    """One product of a decomposition or a reaction."""

    formula: str
    """Formula as the phase table writes it."""
    amount: float
    """Formula units of it, per formula unit or per atom as the owner says."""


@dataclass(frozen=True, eq=False)
class Reactant:
    """A material with the energy that it brings into a reaction."""

    material: Composition
    """Its composition."""
    fractions: NDArray[np.float64]
    """Atom fractions in the order of the table's elements."""
    energy: float
    """Formation energy used. [eV/atom]"""
    energy_source: EnergySource
    """Where that energy comes from."""
    energy_above_hull: float | None
    """Its own entry against the hull; None without an entry. [eV/atom]"""
    decomposition: tuple[Product, ...]
    """Phases on the hull at its composition, per formula unit."""


def reactant(formula: str, phases: CompetingPhases) -> Reactant:
    """Return a material with its hull energy, and say where that energy comes from.

    Parameters
    ----------
    formula : str
        Its formula.
    phases : CompetingPhases
        The phases it is compared with.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    MissingElementError
        If the phase table lacks one of its elements.

    Notes
    -----
    A composition that is not in the table, or is above its hull, enters with its hull energy, as
    in [1]_; the result carries the source and the distance, so that nobody is misled.

    References
    ----------
    .. [1] W. D. Richards et al., Chem. Mater. 28, 266 (2016), doi:10.1021/acs.chemmater.5b04082.
    """
    material = composition(formula)
    table = phases.table
    fractions = table.atom_fractions(material)
    hull = hull_energies(phases, fractions[None, :])
    energy = float(hull.energy[0])
    row = table.row(fractions)
    above = None if row is None else float(table.energies[row]) - energy
    on_hull = above is not None and abs(above) < _ON_HULL and row in phases.rows
    if above is not None and abs(above) < _ON_HULL:
        above = 0.0
    return Reactant(
        material=material,
        fractions=fractions,
        energy=energy,
        energy_source=EnergySource.ENTRY if on_hull else EnergySource.HULL,
        energy_above_hull=above,
        decomposition=named_products(table, hull.product[0], hull.amount[0] * material.n_atoms),
    )


def named_products(
    table: PhaseTable, rows: NDArray[np.int64], atoms: NDArray[np.float64]
) -> tuple[Product, ...]:
    """Return products by name, most atoms first.

    Parameters
    ----------
    table : PhaseTable
        The table that the rows belong to.
    rows : ndarray, shape (n,)
        Table rows; negative ones are skipped.
    atoms : ndarray, shape (n,)
        Atoms in each of them.
    """
    present = sorted(
        (-atom, row) for row, atom in zip(rows.tolist(), atoms.tolist(), strict=True) if row >= 0
    )
    return tuple(
        Product(table.formulas[row], float(-atom / table.atoms[row])) for atom, row in present
    )
