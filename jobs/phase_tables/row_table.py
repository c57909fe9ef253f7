"""Rows of a snapshot, one by one and as a table of columns."""

from __future__ import annotations

from math import isfinite, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from stability.elements import ATOMIC_WEIGHT
from stability.errors import FormulaError, TableError
from stability.formula import Composition, composition
from stability.tables.phase_rows import MOST_FAULTS_SHOWN, Phase
from stability.tables.placed_phase import PlacedPhase
from stability.tables.reference_rows import curated_exclusions
from stability.tables.snapshots import PLACED_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SCHEMA = pa.schema(
    [
        ("formula", pa.string()),
        ("formation_energy_ev_per_atom", pa.float64()),
        ("known", pa.bool_()),
        ("reason", pa.string()),
        ("source", pa.string()),
        ("band_gap_ev", pa.float64()),
        ("density_g_per_cm3", pa.float64()),
        ("volume_a3_per_atom", pa.float64()),
        ("licence", pa.string()),
        ("bulk_modulus_gpa", pa.float64()),
        ("shear_modulus_gpa", pa.float64()),
        ("origin", pa.string()),
        ("composition", pa.int32()),
        ("elements", pa.list_(pa.uint8())),
        ("fractions", pa.list_(pa.float64())),
        ("atoms", pa.float64()),
    ]
)
_PLACED = [pa.field(PLACED_COLUMNS[0], pa.string())] + [
    pa.field(name, pa.float64()) for name in PLACED_COLUMNS[1:]
]
_LARGEST_ENERGY = 20.0  # [eV/atom] As for every phase table.
_ELEMENT_TOLERANCE = 1e-6  # [eV/atom] As for every phase table.


class Row(NamedTuple):
    """One entry of a snapshot."""

    phase: Phase
    """What it says as a row of a phase table."""
    origin: str
    """Which file or database it came in with."""
    bulk_modulus: float = nan
    """Bulk modulus, Voigt-Reuss-Hill. [GPa]"""
    shear_modulus: float = nan
    """Shear modulus, Voigt-Reuss-Hill. [GPa]"""
    placed: PlacedPhase | None = None
    """Its energy against what it decomposes into, where it is stated that way."""


def row_table(rows: Sequence[Row], name: str) -> pa.Table:
    """Return rows as columns, checked, with flags settled and compositions numbered.

    Parameters
    ----------
    rows : sequence of Row
        All rows of a snapshot.
    name : str
        What an error calls it.

    Raises
    ------
    TableError
        If a row is faulty, or there is none.
    """
    faults: list[str] = []
    columns: list[tuple[Any, ...]] = []
    numbers: dict[object, int] = {}
    codes = {element: code for code, element in enumerate(ATOMIC_WEIGHT)}
    curated = curated_exclusions()
    for place, (phase, *others) in enumerate(rows, start=1):
        try:
            material = composition(phase.formula)
            _check(phase, material)
        except (FormulaError, TableError) as error:
            faults.append(f"row {place}: {error}")
            continue
        key = material.shares
        known, reason = phase.known, phase.reason
        if known is None:
            reason = curated.get(key, "")
            known = not reason
        n = material.n_atoms
        columns.append((
            phase.formula, phase.energy, known, reason, *phase[4:], *others[1:-1], others[0],
            numbers.setdefault(key, len(numbers)), [codes[element] for element in material.amounts],
            [amount / n for amount in material.amounts.values()], n,
        ))  # fmt: skip
    if faults:
        more = len(faults) - MOST_FAULTS_SHOWN
        shown = "; ".join(faults[:MOST_FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise TableError(f"phase table {name}: {shown}")
    if not any(len(column[-3]) > 1 for column in columns):
        raise TableError(f"phase table {name} holds no compound; give at least one")
    arrays = [
        pa.array(values, field.type)
        for values, field in zip(zip(*columns, strict=True), _SCHEMA, strict=True)
    ]
    table = pa.Table.from_arrays(arrays, schema=_SCHEMA)
    if not any(row.placed for row in rows):
        return table
    stated = [row.placed[1:] if row.placed else ("", 0.0, 0.0) for row in rows]
    for field, values in zip(_PLACED, zip(*stated, strict=True), strict=True):
        table = table.append_column(field, pa.array(values, field.type))
    return table


def _check(phase: Phase, material: Composition) -> None:
    """Refuse a row that cannot be right.

    Raises
    ------
    TableError
        If its energy is none.
    """
    if not isfinite(phase.energy):
        raise TableError(f"{phase.formula}: energy {phase.energy} is not finite; give eV/atom")
    if abs(phase.energy) > _LARGEST_ENERGY:
        raise TableError(
            f"{phase.formula}: energy {phase.energy:g} eV/atom is beyond {_LARGEST_ENERGY:g}; "
            "give formation energies per atom, or totals with their elements"
        )
    if len(material.amounts) == 1 and phase.energy < -_ELEMENT_TOLERANCE:
        raise TableError(
            f"{phase.formula}: an element at {phase.energy:g} eV/atom; elements are 0 by definition"
        )


def table_rows(path: Path) -> list[Row]:
    """Return the rows of a file.

    Parameters
    ----------
    path : Path
        File of rows of a snapshot.
    """
    names = [name for name in _SCHEMA.names if name not in {"composition", "elements", "fractions"}]
    if PLACED_COLUMNS[0] in parquet.read_schema(path).names:
        names += PLACED_COLUMNS
    rows = parquet.read_table(path, columns=names).to_pylist()
    return [
        Row(
            Phase(
                row["formula"],
                row["formation_energy_ev_per_atom"],
                row["known"],
                row["reason"],
                row["source"],
                row["band_gap_ev"],
                row["density_g_per_cm3"],
                row["volume_a3_per_atom"],
                row["licence"],
            ),
            row["origin"],
            row["bulk_modulus_gpa"],
            row["shear_modulus_gpa"],
            PlacedPhase(row["formula"], *(row[name] for name in PLACED_COLUMNS))
            if row.get(PLACED_COLUMNS[0])
            else None,
        )
        for row in rows
    ]
