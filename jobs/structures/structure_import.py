"""A structure in, a row of a snapshot out: an energy on the hull of the table below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jobs.phase_tables.errors import DataError
from jobs.phase_tables.importing import Corrections, Import, read_phases
from jobs.phase_tables.merging import base
from jobs.phase_tables.row_table import Row
from jobs.structures.chgnet_model import MODEL, relaxed_cell
from jobs.structures.decomposition_energy import placed, products_on_hull
from jobs.structures.product_energies import product_energies
from jobs.structures.structure_file import (
    checked_structure,
    is_structure_file,
    read_structure,
)
from stability.energies.corrected_table import loaded_table
from stability.formula import composition
from stability.tables.gaps import gaps
from stability.tables.phase_rows import Phase
from stability.tables.reference_rows import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymatgen.core.structure import Structure

    from stability.tables.phase_table import PhaseTable
    from stability.tables.placed_phase import PlacedPhase

_DALTON = 1.66053907  # [g/cm3 Angstrom^3] One dalton in one cubic Angstrom, CODATA 2018.


class _Cell(NamedTuple):
    """A structure that was read."""

    formula: str
    file: str
    structure: object


def read_structure_or_phases(
    given: Path | Structure,
    onto: str | None,
    others: Sequence[Path | Structure],
    *,
    corrections: str,
    functional: str,
    licence: str,
) -> tuple[Import, str | None]:
    """Return what a file holds, and the table that it is put onto; a structure needs one.

    Parameters
    ----------
    given : Path or pymatgen.core.Structure
        A structure, or a file that :func:`jobs.phase_tables.importing.read_phases` takes.
    onto : str or None
        The table; of a structure the built-in one, where None is named.
    others : sequence of Path or pymatgen.core.Structure
        Structures of products, beside a structure.
    corrections, functional, licence : str
        As for files of phases.

    Raises
    ------
    DataError
        If the file cannot be used, or structures of products stand beside a file of phases.
    TableError
        If the table cannot be used, or a row of the file.
    """
    if not isinstance(given, Path) or is_structure_file(given):
        table = onto or REFERENCE
        return structure_phases(given, table, base(table).functional, others), table
    if others:
        raise DataError("--with gives structures of products: leave it out, or import a CIF")
    found = read_phases(
        given, corrections=Corrections(corrections), functional=functional, licence=licence
    )
    return found, onto


def structure_phases(
    given: Path | Structure, onto: str, functional: str, others: Sequence[Path | Structure] = ()
) -> Import:
    """Return the compound of a structure as a row for a snapshot on top of a table.

    Parameters
    ----------
    given : Path or pymatgen.core.Structure
        Structure of a compound of lithium.
    onto : str
        The table: ``reference``, or a snapshot.
    functional : str
        Method of its energies.
    others : sequence of Path or pymatgen.core.Structure, optional
        Structures of products that the package does not know.

    Raises
    ------
    DataError
        If a structure cannot be used, or that of a product is missing.
    TableError
        If the table cannot be used.
    """
    cells = [_cell(one) for one in (given, *others)]
    own = cells[0]
    if "Li" not in composition(own.formula).amounts:
        raise DataError(f"{own.file}: {own.formula} holds no lithium; give a compound of it")
    table = loaded_table(onto)
    products = products_on_hull(own.formula, table)
    energies = {key: one.energy for key, one in product_energies().items()}
    own_products = {composition(one.formula).shares for one in cells[1:]}
    # What is missing is said before minutes are spent.
    placed(own.formula, products, 0.0, dict.fromkeys({*energies, *own_products}, 0.0))
    relaxed = [relaxed_cell(one.structure, one.file) for one in cells]
    for one, result in zip(cells[1:], relaxed[1:], strict=True):
        key = composition(one.formula).shares
        energies[key] = min(result.energy, energies.get(key, result.energy))
    found = placed(own.formula, products, relaxed[0].energy, energies)
    row = Row(
        _phase(found, own, relaxed[0].volume, loaded_table(onto, "dft")), own.file, placed=found
    )
    above, half = 1000 * found.energy, 1645 * found.error
    note = (
        f"{own.formula}: {above:+.0f} +- {half:.0f} meV/atom (90 %) against {products}, by {MODEL}"
    )
    notes = (note, *gaps(table, composition(own.formula).amounts))
    return Import((row,), functional, notes)


def _cell(given: Path | Structure) -> _Cell:
    if isinstance(given, Path):
        structure, file = read_structure(given), given.name
    else:
        file = given.composition.reduced_formula
        structure = checked_structure(given, file)
    return _Cell(structure.composition.reduced_formula, file, structure)


def _phase(found: PlacedPhase, own: _Cell, volume: float, computed: PhaseTable) -> Phase:
    """Return the row: its energy as the table below would have computed it."""
    energy = found.energy
    for part in found.shares:
        row = computed.row(computed.atom_fractions(part.material))
        energy += part.share * float(computed.energies[row])
    material = composition(own.formula)
    return Phase(
        own.formula,
        energy,
        source=f"structure {own.file}, {MODEL} against {found.products}",
        density=material.molar_mass / material.n_atoms / volume * _DALTON,
        volume=volume,
    )
