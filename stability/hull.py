"""Distance to the hull, and the energy with which a material enters a reaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import constants

from stability.arrays import hull_energies
from stability.energies.placed_energies import placed_phase
from stability.errors import EnergyError
from stability.formula import Composition, composition
from stability.quantities import ROOM_TEMPERATURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stability.phases import CompetingPhases
    from stability.tables.phase_table import PhaseTable

BOLTZMANN = constants.k / constants.e
"""Boltzmann constant, CODATA 2018 (exact). [eV/K]"""
_FARTHEST = 1.0  # [eV/atom] No solid that exists is farther from its hull.
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
    statement: str
    """The same in words, with all that the user has put in."""
    energy_above_hull: float | None
    """Its own entry against the hull; None without an entry. [eV/atom]"""
    decomposition: tuple[Product, ...]
    """Phases on the hull at its composition, per formula unit."""


class Metastability(NamedTuple):
    """What the user knows about the energy of a material that the phase table does not."""

    energy: float | None = None
    """Its formation energy, instead of any other. [eV/atom]"""
    above_hull: float = 0.0
    """How far it is above the hull, where no energy is given. [eV/atom]"""
    mixing: tuple[tuple[float, ...], ...] = ()
    """Ideal disorder: for each kind of site, the occupants per formula unit, a vacancy being one.
    Li6PS5Cl with S and Cl mixed over two sites: ``((1, 1),)``."""
    temperature: float = ROOM_TEMPERATURE
    """At which the disorder counts. [K]"""


def mixing_entropy(mixing: Sequence[Sequence[float]]) -> float:
    """Return the ideal configurational entropy of disordered sites [eV/K per formula unit].

    Parameters
    ----------
    mixing : sequence of sequences of float
        For each kind of site, how many of each occupant a formula unit holds.

    Raises
    ------
    EnergyError
        If an occupancy is negative or not finite.

    Notes
    -----
    ``S = -k sum_sites N sum_i x_i ln x_i`` with N the sites of a kind and x_i their occupancies;
    short-range order makes the true entropy smaller.

    Examples
    --------
    One atom each of two kinds on two sites: 2 k ln 2.

    >>> round(mixing_entropy([(1, 1)]) / (2 * BOLTZMANN), 6)
    0.693147
    """
    total = 0.0
    for occupants in mixing:
        if not all(isfinite(n) and n >= 0.0 for n in occupants):
            raise EnergyError(
                f"occupancies {tuple(occupants)} are not all finite and from 0; "
                "give atoms per formula unit"
            )
        sites = sum(occupants)
        total -= BOLTZMANN * sum(n * log(n / sites) for n in occupants if n > 0.0)
    return total


def reactant(formula: str, phases: CompetingPhases, known: Metastability | None = None) -> Reactant:
    """Return a material with the energy it brings along, and say where that comes from.

    Parameters
    ----------
    formula : str
        Its formula.
    phases : CompetingPhases
        The phases it is compared with.
    known : Metastability, optional
        What the user knows of its energy; the hull energy is used otherwise.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    MissingElementError
        If the phase table lacks one of its elements.
    EnergyError
        If the user's energy is not finite, or absurd.

    Notes
    -----
    A composition that is not in the table, or is above its hull, enters with its hull energy, as
    in [1]_; the result carries the source and the distance, so that nobody is misled.

    References
    ----------
    .. [1] W. D. Richards et al., Chem. Mater. 28, 266 (2016), doi:10.1021/acs.chemmater.5b04082.
    """
    return reactants([formula], phases, known)[0]


def reactants(
    formulas: Sequence[str], phases: CompetingPhases, known: Metastability | None = None
) -> list[Reactant]:
    """Return many materials as :func:`reactant` does, with their hulls computed at once.

    Parameters
    ----------
    formulas, phases, known
        As for :func:`reactant`; what is known holds for each of them.

    Raises
    ------
    FormulaError, MissingElementError, EnergyError
        As for :func:`reactant`.
    """
    materials = [composition(formula).meant for formula in formulas]
    fractions = [phases.table.atom_fractions(material) for material in materials]
    hull = hull_energies(phases, np.reshape(fractions, (-1, len(phases.table.elements))))
    atoms = np.array([material.n_atoms for material in materials])
    products = many_named_products(phases.table, hull.product, hull.amount * atoms[:, None])
    return [
        _reactant(material, one, phases, known, energy, made)
        for material, one, energy, made in zip(
            materials, fractions, hull.energy.tolist(), products, strict=True
        )
    ]


def lifted(known: Reactant, above_hull: float, why: str) -> Reactant:
    """Return a material that is taken to be above the hull.

    Parameters
    ----------
    known : Reactant
        The material with the energy of the hull.
    above_hull : float
        Distance. [eV/atom]
    why : str
        Who says so.
    """
    return replace(
        known,
        energy=known.energy + above_hull,
        energy_source=EnergySource.USER,
        statement=f"hull + {1000 * above_hull:.1f} meV/atom: {why}",
    )


def _reactant(
    material: Composition,
    fractions: NDArray[np.float64],
    phases: CompetingPhases,
    known: Metastability | None,
    on_hull: float,
    decomposition: tuple[Product, ...],
) -> Reactant:
    table = phases.table
    row = table.row(fractions)
    above = None if row is None else float(table.energies[row]) - on_hull
    if above is not None and abs(above) < _ON_HULL:
        above = 0.0
    if known:
        energy, statement = _user_energy(known, material, on_hull)
        source = EnergySource.USER
    else:
        energy = on_hull
        source = EnergySource.ENTRY if above == 0.0 and row in phases.rows else EnergySource.HULL
        statement = _hull_statement(source, above)
        if row is not None and placed_phase(table, material.formula):
            statement += f" ({table.sources[row]})"
    return Reactant(
        material=material,
        fractions=fractions,
        energy=energy,
        energy_source=source,
        statement=statement,
        energy_above_hull=above,
        decomposition=decomposition,
    )


def _hull_statement(source: EnergySource, above: float | None) -> str:
    if source is EnergySource.ENTRY:
        return "energy of its own entry, on the hull"
    if above is None:
        return "energy of the hull: not in the table"
    return f"energy of the hull: its entry is {1000 * above:.1f} meV/atom from it"


def _user_energy(known: Metastability, material: Composition, on_hull: float) -> tuple[float, str]:
    """Return the energy that the user's figures make, and say how.

    Raises
    ------
    EnergyError
        If it is not finite, or absurd.
    """
    if known.energy is None:
        energy, said = on_hull + known.above_hull, f"hull + {1000 * known.above_hull:.1f} meV/atom"
    else:
        energy, said = known.energy, f"{known.energy:.4f} eV/atom"
    if known.mixing:
        gain = known.temperature * mixing_entropy(known.mixing) / material.n_atoms
        energy -= gain
        said += f" - {1000 * gain:.1f} meV/atom of ideal disorder at {known.temperature:g} K"
    if not (isfinite(energy) and abs(energy - on_hull) <= _FARTHEST):
        raise EnergyError(
            f"{material.formula}: energy {energy:g} eV/atom is more than {_FARTHEST:g} from its "
            f"hull at {on_hull:.4f}; give a formation energy per atom"
        )
    return energy, f"energy given by the user: {said}"


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
    return many_named_products(table, rows[None, :], atoms[None, :])[0]


def many_named_products(
    table: PhaseTable, rows: NDArray[np.int64], atoms: NDArray[np.float64]
) -> list[tuple[Product, ...]]:
    """Return the products of many reactions, each as :func:`named_products`.

    Parameters
    ----------
    table : PhaseTable
        The table that the rows belong to.
    rows, atoms : ndarray, shape (n_reactions, n)
        Table rows, and atoms in each of them.
    """
    present = rows >= 0
    order = np.lexsort((rows, np.where(present, -atoms, np.inf)), axis=-1)
    there = np.take_along_axis(present, order, axis=1)
    row = np.take_along_axis(rows, order, axis=1)[there]
    amount = np.take_along_axis(atoms, order, axis=1)[there] / table.atoms[row]
    formulas = table.formulas
    names = [formulas[one] for one in row.tolist()]
    products = list(map(Product._make, zip(names, amount.tolist(), strict=True)))
    ends = np.cumsum(there.sum(axis=1)).tolist()
    return [tuple(products[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
