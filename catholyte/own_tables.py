"""Energies of compounds, and phase tables of one's own."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from catholyte.arguments import answered
from catholyte.results import Energies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymatgen.core.structure import Structure


@answered()
def energy(*formulas: str, table: str = "reference", energies: str | None = None) -> Energies:
    """Return standard enthalpies of formation at 298.15 K, with their 90 % intervals.

    Parameters
    ----------
    *formulas : str
        Compounds.
    table : str, optional
        Phase table: ``reference``, a snapshot, or a .csv or .parquet file.
    energies : str, optional
        ``dft``: as calculations gave them; ``corrected`` towards measured enthalpies.

    Raises
    ------
    TableError
        If the table cannot be used; a compound without an answer has a row with the reason.

    Examples
    --------
    Measured, -408.3 kJ/mol of two atoms:

    >>> energy("LiCl").rows[0]["kind"], round(energy("LiCl").rows[0]["enthalpy_ev_per_atom"], 2)
    ('measured', -2.12)
    """
    from jobs.work.energy_records import energy_records

    return Energies({"energies": energy_records(formulas, table, energies)})


@answered()
def import_phases(
    given: str | PathLike[str] | Structure,
    name: str,
    *,
    onto: str | None = None,
    products: Sequence[str | PathLike[str] | Structure] = (),
    corrections: str = "mp2020",
    functional: str = "",
    licence: str = "",
    source: str = "",
) -> list[str]:
    """Keep phases, or the compound of a structure, as a table that every question takes by name.

    Parameters
    ----------
    given : str, path or pymatgen.core.Structure
        A CSV, Parquet or JSON file of phases; or a crystal structure, as a file or as it is.
    name : str
        What to call the table.
    onto : str, optional
        Put them on top of this table; a structure goes onto ``reference`` without.
    products : sequence of str, path or pymatgen.core.Structure, optional
        Beside a structure: those of products whose energies the package does not know.
    corrections : str, optional
        Of entries with total energies: ``mp2020``, or ``given``.
    functional, licence, source : str, optional
        Method, terms and origin, where a file does not say.

    Returns
    -------
    list of str
        What was done on the way: for a structure, its energy and its products.

    Raises
    ------
    DataError, TableError
        If something cannot be used, or the extra that a structure needs is not installed.
    """
    from jobs.phase_tables.merging import kept
    from jobs.structures.structure_import import read_structure_or_phases

    def read(one: str | PathLike[str] | Structure) -> Path | Structure:
        return Path(one) if isinstance(one, str | PathLike) else one

    what, others = read(given), [read(one) for one in products]
    own, below = read_structure_or_phases(
        what, onto, others, corrections=corrections, functional=functional, licence=licence
    )
    file = what.name if isinstance(what, Path) else own.rows[0].phase.formula
    return list(kept(own, below, name=name, file=file, source=source).snapshot.manifest.notes)
