"""Crystal structures from files: CIF, POSCAR and pymatgen's own JSON, checked before they count."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from jobs.phase_tables.errors import DataError
from screening.catalogue.oxidation_states import charge_balanced
from stability.tables.csv_text import shown

if TYPE_CHECKING:
    from pathlib import Path

MOST_ATOMS = 200
"""Atoms of the primitive cell; a larger one takes minutes, and is a model of disorder at best."""
NEEDS_EXTRA = "needs the extra: pip install 'catholyte[structure]'"
"""What to do where the libraries of the extra are missing."""
_ENDINGS = (".cif", ".poscar", ".contcar", ".vasp")
_NAMES = ("POSCAR", "CONTCAR")
_MOST_IN_CELL = 4 * MOST_ATOMS  # A face-centred cell holds four primitive ones.
_SYMMETRIC = 0.01  # [Angstrom] As pymatgen: atoms nearer than this to their image are at it.
_LARGEST_FILE = 20 << 20  # [bytes] A thousand times what a structure of 200 atoms takes.
_SHORTEST = 0.7  # [Angstrom] H2, the shortest bond there is, has 0.74.
_UNREADABLE = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, ArithmeticError,
    OSError, RecursionError,
)  # fmt: skip


def is_structure_file(path: Path) -> bool:
    """Say whether a file holds a crystal structure, by its name, and JSON by its first key.

    Parameters
    ----------
    path : Path
        Any file.
    """
    if path.suffix.lower() in _ENDINGS or path.stem.upper() in _NAMES:
        return True
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_LARGEST_FILE + 1)
    try:
        content = json.loads(head)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and {"lattice", "sites"} <= content.keys()


def read_structure(path: Path) -> Any:
    """Return the structure in a file, as the primitive cell of pymatgen.

    Parameters
    ----------
    path : Path
        A CIF, a POSCAR, or JSON as pymatgen writes a Structure.

    Raises
    ------
    DataError
        If it holds no structure, more than one, or one that cannot be used.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file; check the path")
    size = path.stat().st_size
    if not 0 < size <= _LARGEST_FILE:
        raise DataError(
            f"{path.name}: {'empty' if not size else f'more than {_LARGEST_FILE >> 20} MiB'}; "
            "give one crystal structure"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeError as error:
        raise DataError(f"{path.name}: not a text file; give a CIF or a POSCAR") from error
    return checked_structure(_parsed(text, path), path.name)


def checked_structure(structure: Any, name: str) -> Any:
    """Return the primitive cell of a structure without charges, refused if it cannot be used.

    Parameters
    ----------
    structure : pymatgen.core.Structure
        Any.
    name : str
        What an error calls it.

    Raises
    ------
    DataError
        If it is disordered, too large, has atoms in one place, or does not balance.
    """
    if not structure.is_ordered:
        site = next(one for one in structure if not one.is_ordered)
        raise DataError(
            f"{name}: a site is shared or partly occupied ({site.species_string}); "
            "give an ordered model of it"
        )
    structure = structure.copy(site_properties={})
    structure.remove_oxidation_states()
    if len(structure) > _MOST_IN_CELL:
        raise DataError(_too_large(name, len(structure)))
    if fault := _overlap(structure):
        raise DataError(f"{name}: {fault}")
    cell = _primitive(structure)
    if len(cell) > MOST_ATOMS:
        raise DataError(_too_large(name, len(cell)))
    amounts = cell.composition.get_el_amt_dict()
    if len(amounts) > 1 and not charge_balanced(amounts):
        raise DataError(
            f"{name}: the oxidation states of {cell.composition.reduced_formula} do not add up to "
            "zero; check that no atoms are missing"
        )
    return cell


def _primitive(structure: Any) -> Any:
    """Return the primitive cell, or the one given where no symmetry is found."""
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer  # noqa: PLC0415  # The extra may not be there.

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = SpacegroupAnalyzer(structure, symprec=_SYMMETRIC).find_primitive()
        except _UNREADABLE:
            found = None
    return found or structure


def _too_large(name: str, atoms: int) -> str:
    return f"{name}: {atoms:,} atoms, the limit is {MOST_ATOMS}; give the primitive cell"


def _overlap(structure: Any) -> str:
    """Return what two atoms in one place are, nothing if there are none."""
    distances = structure.distance_matrix
    distances[range(len(structure)), range(len(structure))] = min(structure.lattice.abc)
    nearest = distances.min()
    if nearest >= _SHORTEST:
        return ""
    one, other = divmod(int(distances.argmin()), len(structure))
    pair = f"{structure[one].species_string} and {structure[other].species_string}"
    return f"{pair} are {nearest:.2f} Angstrom apart, the least is {_SHORTEST}; keep one of them"


def _parsed(text: str, path: Path) -> Any:
    """Return what pymatgen reads.

    Raises
    ------
    DataError
        If it reads nothing, or several structures.
    """
    try:
        from pymatgen.core.structure import Structure  # noqa: PLC0415  # The extra may not be there.
        from pymatgen.io.cif import CifParser  # noqa: PLC0415  # The extra may not be there.
    except ImportError as error:
        raise DataError(f"{path.name}: a crystal structure {NEEDS_EXTRA}") from error
    suffix = path.suffix.lower()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if suffix == ".cif":
                found = CifParser.from_str(text).parse_structures(primitive=False, on_error="raise")
            else:
                form: Any = "json" if suffix == ".json" else "poscar"
                found = [Structure.from_str(text, fmt=form)]
        except _UNREADABLE as error:
            said = shown(" ".join(str(error).split())) or type(error).__name__
            raise DataError(
                f"{path.name}: no crystal structure can be read ({said}); give a CIF or a POSCAR"
            ) from error
    if len(found) != 1:
        raise DataError(f"{path.name}: holds {len(found)} structures; keep one")
    return found[0]
