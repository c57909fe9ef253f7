"""Users' own phases: CSV, Parquet and pymatgen entries in, rows of a snapshot out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jobs.phase_tables.corrections import corrected, one_functional
from jobs.phase_tables.entry_file import ENDINGS, read_entries
from jobs.phase_tables.errors import DataError
from jobs.phase_tables.row_table import Row
from stability.errors import StabilityError
from stability.formula import composition
from stability.tables.csv_text import shown
from stability.tables.entries import Total, formation_phases, lowest, total_of
from stability.tables.phase_rows import (
    COLUMNS,
    MOST_FAULTS_SHOWN,
    READERS,
    Phase,
    column_names,
    phases_of_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jobs.phase_tables.entry_file import PlainEntry

FORMATION = COLUMNS[1]
"""Column of energies that are against the elements already."""
TOTAL_PER_ATOM, TOTAL = "energy_ev_per_atom", "energy_ev"
"""Columns of total energies: per atom, and of the formula as written."""
UNCORRECTED = "uncorrected"
"""Last word of the note on total energies that nobody corrected."""
_ZERO = 1e-6  # [eV/atom] As for elements of every phase table.


class Corrections(StrEnum):
    """What is done to total energies before they are taken against the elements."""

    MP2020 = "mp2020"
    """Corrected by the scheme of the Materials Project, where the run parameters allow it."""
    GIVEN = "given"
    """Taken as they are, with the corrections that the entries hold."""


@dataclass(frozen=True)
class Import:
    """What a file holds, ready for a snapshot."""

    rows: tuple[Row, ...]
    """All rows, with formation energies."""
    functional: str
    """Method of the energies; empty where nobody said."""
    notes: tuple[str, ...]
    """What was done to rows on the way."""
    uncorrected: bool = False
    """Whether they are total energies taken against the elements without any correction."""


def read_phases(
    path: Path,
    *,
    corrections: Corrections = Corrections.MP2020,
    functional: str = "",
    licence: str = "",
) -> Import:
    """Return the phases of a file.

    Parameters
    ----------
    path : Path
        .csv or .parquet with formula and an energy; .json or .json.gz with pymatgen's entries.
    corrections : Corrections, optional
        What is done to the total energies of entries.
    functional : str, optional
        Method of the energies, where the file does not say.
    licence : str, optional
        Terms of rows that do not name their own.

    Raises
    ------
    DataError
        If the file cannot be used; the message names file, row and field.
    TableError
        The same.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file; check the path")
    if path.name.lower().endswith(ENDINGS):
        phases, said, notes = _of_entries(path, corrections)
    elif path.suffix.lower() in READERS:
        phases, said, notes = _of_table(path)
    else:
        raise DataError(
            f"{path.name}: neither .csv nor .parquet nor .json nor .json.gz; name another file"
        )
    method = one_functional([*said, functional], of=path.name)
    uncorrected = any(note.endswith(UNCORRECTED) for note in notes)
    if mapped := sorted({str(one) for one in (*said, functional) if one} - {method}):
        notes.append(f"functional {' and '.join(mapped)} kept as {method}")
    once = lowest(phases, name=path.name)
    if once.higher:
        notes.append(
            f"{once.higher} of {len(phases)} rows are above another of the same composition; "
            "the lowest counts"
        )
    rows = tuple(Row(one._replace(licence=one.licence or licence), path.name) for one in phases)
    return Import(rows, method, tuple(notes), uncorrected)


def _of_entries(
    path: Path, corrections: Corrections
) -> tuple[list[Phase], Sequence[object], list[str]]:
    """Return the phases of a file of entries, their methods, and what was done.

    Raises
    ------
    DataError, TableError
        If an entry cannot be used.
    """
    entries = read_entries(path)
    said = [one.parameters.get("run_type") for one in entries]
    notes: list[str] = []
    energies = [one.energy + one.correction for one in entries]
    if _are_totals(entries, energies):
        one_functional(said, of=path.name)
        if corrections is Corrections.MP2020:
            energies = corrected(entries, name=path.name)
            notes.append(f"{len(entries)} total energies corrected by MaterialsProject2020")
        else:
            notes.append(f"{len(entries)} total energies taken with the corrections they hold")
    totals = [
        total_of(one.formula, one.amounts, energy / one.n_atoms, one.data, source=one.entry_id)
        for one, energy in zip(entries, energies, strict=True)
    ]
    return formation_phases(totals, name=path.name), said, notes


def _are_totals(entries: Sequence[PlainEntry], energies: Sequence[float]) -> bool:
    """Say whether energies are totals: pure elements are not at 0."""
    return any(
        len(entry.amounts) == 1 and abs(energy) > _ZERO * entry.n_atoms
        for entry, energy in zip(entries, energies, strict=True)
    )


def _of_table(path: Path) -> tuple[list[Phase], Sequence[object], list[str]]:
    """Return the phases of a CSV or Parquet file, their methods, and what was done.

    Raises
    ------
    DataError
        If a column is missing or a row cannot be used.
    """
    wanted = (*COLUMNS, TOTAL_PER_ATOM, TOTAL, "functional")
    rows = READERS[path.suffix.lower()](path, wanted)
    there = set(rows[0]) if rows else set()
    energies = [name for name in (FORMATION, TOTAL_PER_ATOM, TOTAL) if name in there]
    if "formula" not in there or len(energies) != 1:
        found = ", ".join(map(shown, column_names(path))) if rows else "no rows"
        raise DataError(
            f"{path.name}: write rows with a column formula and one of {FORMATION}, "
            f"{TOTAL_PER_ATOM} and {TOTAL}; it has {found}"
        )
    said = [row.get("functional") for row in rows]
    unread = [shown(name) for name in column_names(path) if name not in wanted]
    notes = [f"columns that are not read: {', '.join(unread)}"] if unread else []
    if energies[0] == FORMATION:
        return phases_of_rows(rows, name=path.name), said, notes
    plain = [{**row, FORMATION: row[energies[0]]} for row in rows]
    phases = phases_of_rows(plain, name=path.name, energy="total_energy_ev")
    totals = _totals(phases, per_formula=energies[0] == TOTAL, name=path.name)
    notes += [f"{len(rows)} total energies taken against the elements of the file, {UNCORRECTED}"]
    return formation_phases(totals, name=path.name), said, notes


def _totals(phases: Sequence[Phase], *, per_formula: bool, name: str) -> list[Total]:
    """Return total energies with their amounts.

    Raises
    ------
    DataError
        If a formula cannot be read.
    """
    totals: list[Total] = []
    faults: list[str] = []
    for number, phase in enumerate(phases, start=1):
        try:
            material = composition(phase.formula)
        except StabilityError as error:
            faults.append(f"row {number}: {error}")
            continue
        share = phase.energy / material.n_atoms if per_formula else phase.energy
        totals.append(Total(phase._replace(energy=share), material.amounts))
    if faults:
        raise DataError(f"{name}: {'; '.join(faults[:MOST_FAULTS_SHOWN])}")
    return totals
