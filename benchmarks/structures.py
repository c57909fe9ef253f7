"""Energies of crystal structures beside those of the table, and the time that they take."""

from __future__ import annotations

import sys
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Figure
from jobs.phase_tables.errors import DataError
from jobs.structures.chgnet_model import relaxed_cell
from jobs.structures.decomposition_energy import placed, products_on_hull
from jobs.structures.product_energies import product_energies
from stability.energies.corrected_table import loaded_table
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Iterator

_KNOWN = (
    ("Er", "Cl", "4h"), ("In", "Cl", "4g"), ("Sc", "Cl", "4g"),
    ("In", "Br", "4g"), ("Y", "Br", "4g"),
)  # fmt: skip
"""Metal and halogen of Li3MX6 in the table, and where its lithium is besides 2d."""
_LITHIUM = {"4g": (0.0, 1 / 3, 0.0), "4h": (0.0, 1 / 6, 0.5)}
_CHLORIDE = "Cl"


def figures(table: str) -> Iterator[Figure]:
    """Yield differences from the computed energies of a table, and processor seconds."""
    computed, corrected = loaded_table(table, "dft"), loaded_table(table)
    energies = {key: one.energy for key, one in product_energies().items()}
    yield Figure("structure_products_known", float(len(energies)), "1")
    off, seconds = [], []
    for metal, halogen, place in _KNOWN:
        formula = f"Li3{metal}{halogen}6"
        try:
            cell = _cell(metal, halogen, place)
            if not seconds:
                relaxed_cell(cell, formula)  # Loads the model, which is not what is timed.
            start = process_time()
            found = relaxed_cell(cell, formula)
        except (DataError, ImportError) as error:
            print(f"structures: not computed: {error}", file=sys.stderr)
            return
        seconds.append(process_time() - start)
        row = computed.row(computed.atom_fractions(composition(formula)))
        if row is None:
            continue
        above = placed(formula, products_on_hull(formula, corrected), found.energy, energies)
        there = above.energy + sum(
            one.share
            * float(computed.energies[computed.row(computed.atom_fractions(one.material))])
            for one in above.shares
        )
        yield Figure(
            f"structure_{formula}_minus_table", there - float(computed.energies[row]), "eV/atom"
        )
        if halogen == _CHLORIDE:
            off.append(abs(there - float(computed.energies[row])))
    yield Figure("structure_Li3MCl6_farthest", max(off), "eV/atom")
    yield Figure("structure_seconds", median(seconds), "s")


def _cell(metal: str, halogen: str, place: str) -> Any:
    """Return Li3MX6 with full sites in C2/m, close packed halogens, as in Li3InCl6."""
    from pymatgen.core.lattice import Lattice  # noqa: PLC0415  # Without the extra pymatgen may not be there.
    from pymatgen.core.structure import Structure  # noqa: PLC0415  # Without the extra pymatgen may not be there.

    size = 1.0 if halogen == _CHLORIDE else 1.07
    lattice = Lattice.from_parameters(6.41 * size, 11.1 * size, 6.37 * size, 90, 109.8, 90)
    sites = [(0, 0, 0), _LITHIUM[place], (0, 0.5, 0.5), (0.25, 0, 0.77), (0.25, 0.16, 0.23)]
    names = [metal, "Li", "Li", halogen, halogen]
    return Structure.from_spacegroup("C2/m", lattice, names, sites).get_primitive_structure()
