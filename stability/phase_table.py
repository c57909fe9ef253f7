"""Compounds with their formation energies: what every number of the project is derived from."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from stability.cache import cached
from stability.elements import ATOMIC_WEIGHT
from stability.errors import FormulaError, MissingElementError, TableError
from stability.formula import Composition, composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    _Key = frozenset[tuple[str, float]]

REFERENCE = "reference"
"""Name of the phase table that comes with the package."""

_LARGEST_ENERGY = 20.0  # [eV/atom] No compound forms with more than about 5 eV/atom.
_ELEMENT_TOLERANCE = 1e-6  # [eV/atom] Elements are the zero of the scale, within rounding.
_MOST_ERRORS_SHOWN = 5
_CACHE_FORMAT = 1  # Raised whenever the arrays of a cached table change their meaning.


class Phase(NamedTuple):
    """One row of a phase table."""

    formula: str
    """Formula as the table writes it."""
    energy: float
    """Formation energy against the elements. [eV/atom]"""
    known: bool | None = None
    """Whether it may compete as a real phase; None where the table does not say."""
    reason: str = ""
    """Why not, where it may not."""
    source: str = ""
    """Where the energy comes from."""


@dataclass(frozen=True, eq=False)
class PhaseTable:
    """Frozen columns of a phase table; the pure elements come first, at 0 eV/atom."""

    name: str
    """``reference``, or the name of the file it was read from."""
    elements: tuple[str, ...]
    """Elements that occur, in order of atomic number."""
    formulas: tuple[str, ...]
    """Formula of each phase, as written."""
    fractions: NDArray[np.float64]
    """Atom fractions, shape (n_phases, n_elements)."""
    atoms: NDArray[np.float64]
    """Atoms in one formula unit, shape (n_phases,)."""
    energies: NDArray[np.float64]
    """Formation energies, shape (n_phases,). [eV/atom]"""
    known: NDArray[np.bool_]
    """Whether each phase may compete as a real one, shape (n_phases,)."""
    reasons: tuple[str, ...]
    """Why not, where it may not; empty otherwise."""
    sources: tuple[str, ...]
    """Where each energy comes from."""
    flags: str
    """Where ``known`` comes from: ``table``, or ``curated list`` where it has no such column."""
    temperature: float = 0.0
    """Temperature of the energies; Gibbs energies of formation where it is not 0. [K]"""

    @cached_property
    def id(self) -> str:
        """Name and content hash; equal ids mean equal numbers."""
        digest = hashlib.sha256()
        rows = zip(self.formulas, self.energies.tolist(), self.known.tolist(), strict=True)
        for formula, energy, known in sorted(rows):
            digest.update(f"{formula},{energy!r},{known:d}\n".encode())
        return f"{self.name}-{digest.hexdigest()[:12]}"

    @cached_property
    def element_index(self) -> Mapping[str, int]:
        """Column of each element."""
        return {element: index for index, element in enumerate(self.elements)}

    @cached_property
    def row_of(self) -> Mapping[bytes, int]:
        """Row of each composition, by the key of :meth:`key`."""
        return {key: row for row, key in enumerate(_keys(self.fractions))}

    def atom_fractions(self, material: Composition) -> NDArray[np.float64]:
        """Return the atom fractions of a composition in the order of this table's elements.

        Raises
        ------
        MissingElementError
            If the table holds no phase with one of its elements.
        """
        fractions = np.zeros(len(self.elements))
        for element, amount in material.amounts.items():
            if element not in self.element_index:
                raise MissingElementError(
                    f"{material.formula}: the phase table {self.name} holds no phase with "
                    f"{element}; choose another with --table"
                )
            fractions[self.element_index[element]] = amount / material.n_atoms
        return fractions

    def row(self, fractions: NDArray[np.float64]) -> int | None:
        """Return the row of the phase with these atom fractions, or None."""
        return self.row_of.get(_keys(fractions[None, :])[0])


def phase_table(phases: Iterable[Phase], *, name: str) -> PhaseTable:
    """Return a phase table, checked and frozen.

    Parameters
    ----------
    phases : iterable of Phase
        At most one phase per composition. Elements need not be listed: they are 0 by definition.
    name : str
        What results will call the table.

    Raises
    ------
    TableError
        If a formula cannot be read, an energy is not finite or absurd, a composition stands
        twice, an element is not at 0 eV/atom, or nothing is left; the first few faults are named.
    """
    rows: list[tuple[Phase, Composition]] = []
    seen: dict[_Key, str] = {}
    faults: list[str] = []
    flags = "table"
    for number, phase in enumerate(phases, start=1):
        try:
            material = composition(phase.formula)
            _check(phase, material)
            _check_unique(phase, material, seen)
        except (FormulaError, TableError) as error:
            faults.append(f"row {number}: {error}")
            continue
        if phase.known is None:
            flags = "curated list"
        if len(material.amounts) > 1:
            rows.append((phase, material))
    if faults:
        more = len(faults) - _MOST_ERRORS_SHOWN
        shown = "; ".join(faults[:_MOST_ERRORS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise TableError(f"phase table {name}: {shown}")
    if not rows:
        raise TableError(f"phase table {name} holds no compound; give at least one")
    return _frozen(rows, name, flags)


def _check(phase: Phase, material: Composition) -> None:
    if not isfinite(phase.energy):
        raise TableError(f"{phase.formula}: energy {phase.energy} is not finite; give eV/atom")
    if abs(phase.energy) > _LARGEST_ENERGY:
        raise TableError(
            f"{phase.formula}: energy {phase.energy:g} eV/atom is beyond {_LARGEST_ENERGY:g}; "
            "give formation energies per atom, not totals"
        )
    if len(material.amounts) == 1 and abs(phase.energy) > _ELEMENT_TOLERANCE:
        raise TableError(
            f"{phase.formula}: an element at {phase.energy:g} eV/atom; elements are 0 by definition"
        )


def _check_unique(phase: Phase, material: Composition, seen: dict[_Key, str]) -> None:
    key = material.shares
    if key in seen:
        raise TableError(
            f"{phase.formula} stands twice (also as {seen[key]}); keep the lowest energy"
        )
    seen[key] = phase.formula


def _frozen(rows: list[tuple[Phase, Composition]], name: str, flags: str) -> PhaseTable:
    present = {element for _, material in rows for element in material.amounts}
    elements = tuple(element for element in ATOMIC_WEIGHT if element in present)
    index = {element: column for column, element in enumerate(elements)}
    n = len(elements)
    fractions = np.zeros((n + len(rows), n))
    fractions[:n] = np.eye(n)
    atoms = np.ones(n + len(rows))
    for row, (_, material) in enumerate(rows, start=n):
        atoms[row] = material.n_atoms
        for element, amount in material.amounts.items():
            fractions[row, index[element]] = amount / material.n_atoms
    curated = _curated_exclusions() if flags != "table" else {}
    reasons = [
        phase.reason if phase.known is not None else curated.get(material.shares, "")
        for phase, material in rows
    ]
    known = [
        phase.known if phase.known is not None else not reason
        for (phase, _), reason in zip(rows, reasons, strict=True)
    ]
    energies = np.array([0.0] * n + [phase.energy for phase, _ in rows])
    flagged = np.array([True] * n + known)
    for column in (fractions, atoms, energies, flagged):
        column.setflags(write=False)
    return PhaseTable(
        name=name,
        elements=elements,
        formulas=(*elements, *(phase.formula for phase, _ in rows)),
        fractions=fractions,
        atoms=atoms,
        energies=energies,
        known=flagged,
        reasons=("",) * n + tuple(reasons),
        sources=("definition",) * n + tuple(phase.source for phase, _ in rows),
        flags=flags,
    )


def _keys(fractions: NDArray[np.float64]) -> list[bytes]:
    """Return one hashable key per composition; fractions equal to 1e-9 have equal keys."""
    return [row.tobytes() for row in np.round(fractions * 1e9).astype(np.int64)]


@cache
def reference_table() -> PhaseTable:
    """Return the curated table that comes with the package."""
    return phase_table(_reference_phases(), name=REFERENCE)


def _reference_phases() -> list[Phase]:
    return _phases(list(csv.DictReader(_reference_text().splitlines())), name=REFERENCE)


def _reference_text() -> str:
    return files("stability").joinpath("data/reference_phases.csv").read_text(encoding="utf-8")


@cache
def _curated_exclusions() -> Mapping[_Key, str]:
    """Return the reason for every composition that the reference table flags as computed-only."""
    return {
        composition(phase.formula).shares: phase.reason
        for phase in _reference_phases()
        if phase.known is False
    }


def load_phase_table(name: str) -> PhaseTable:
    """Return the phase table that a name or path stands for.

    Parameters
    ----------
    name : str
        ``reference``, or a ``.csv`` or ``.parquet`` file with the columns ``formula`` and
        ``formation_energy_ev_per_atom``, and optionally ``known``, ``reason`` and ``source``.

    Raises
    ------
    TableError
        If there is no such file, or it is no usable phase table.
    """
    if name == REFERENCE:
        return reference_table()
    path = Path(name)
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix not in readers:
        raise TableError(
            f"phase table {name}: neither {REFERENCE} nor a .csv or .parquet file; name one"
        )
    if not path.is_file():
        raise TableError(f"phase table {name}: no such file; check the path")
    digest = hashlib.sha256(f"{_CACHE_FORMAT} {path.name}".encode())
    digest.update(_reference_text().encode())  # Its exclusions flag tables without flags.
    digest.update(path.read_bytes())
    return _thawed(
        path.stem,
        cached(
            f"table-{digest.hexdigest()}",
            lambda: _flat(
                phase_table(_phases(readers[path.suffix](path), name=path.name), name=path.stem)
            ),
        ),
    )


def _flat(table: PhaseTable) -> Mapping[str, NDArray[Any]]:
    """Return a phase table as plain arrays, fractions and reasons without their blanks."""
    row, column = np.nonzero(table.fractions)
    reasoned = [index for index, reason in enumerate(table.reasons) if reason]
    sources, source = np.unique(np.array(table.sources), return_inverse=True)
    return {
        "elements": np.array(table.elements),
        "formulas": np.array(table.formulas),
        "row": row.astype(np.int32),
        "column": column.astype(np.int16),
        "fraction": table.fractions[row, column],
        "atoms": table.atoms,
        "energies": table.energies,
        "known": table.known,
        "reasoned": np.array(reasoned, np.int32),
        "reasons": np.array([table.reasons[index] for index in reasoned], str),
        "sources": sources,
        "source": source.astype(np.int32),
        "flags": np.array(table.flags),
    }


def _thawed(name: str, flat: Mapping[str, NDArray[Any]]) -> PhaseTable:
    """Return the phase table that :func:`_flat` has taken apart."""
    fractions = np.zeros((len(flat["energies"]), len(flat["elements"])))
    fractions[flat["row"], flat["column"]] = flat["fraction"]
    reasons = [""] * len(fractions)
    for index, reason in zip(flat["reasoned"].tolist(), flat["reasons"].tolist(), strict=True):
        reasons[index] = reason
    for array in (fractions, flat["atoms"], flat["energies"], flat["known"]):
        array.setflags(write=False)
    return PhaseTable(
        name=name,
        elements=tuple(flat["elements"].tolist()),
        formulas=tuple(flat["formulas"].tolist()),
        fractions=fractions,
        atoms=flat["atoms"],
        energies=flat["energies"],
        known=flat["known"],
        reasons=tuple(reasons),
        sources=tuple(flat["sources"][flat["source"]].tolist()),
        flags=str(flat["flags"]),
    )


def _read_csv(path: Path) -> list[dict[str, object]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"phase table {path.name}: not a UTF-8 CSV file ({error})") from error


def _read_parquet(path: Path) -> list[dict[str, object]]:
    import pyarrow as pa  # noqa: PLC0415  # Costs 0.1 s that CSV tables need not pay.
    from pyarrow import parquet  # noqa: PLC0415  # As above.

    try:
        columns = set(parquet.read_schema(path).names)
        wanted = [field for field in _COLUMNS if field in columns]
        rows: list[dict[str, object]] = parquet.read_table(path, columns=wanted).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"phase table {path.name}: not a readable Parquet file") from error
    return rows


_COLUMNS = ("formula", "formation_energy_ev_per_atom", "known", "reason", "source")
_TRUTH = {"true": True, "false": False, "": None}


def _phases(rows: Sequence[Mapping[str, object]], *, name: str) -> list[Phase]:
    """Return typed phases from rows of text or values.

    Raises
    ------
    TableError
        If a column is missing or a value is no number; the first few faulty rows are named.
    """
    missing = [column for column in _COLUMNS[:2] if not rows or column not in rows[0]]
    if missing:
        raise TableError(
            f"phase table {name}: no rows with column {' and '.join(missing)}; "
            "a table needs formula and formation_energy_ev_per_atom"
        )
    phases: list[Phase] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            energy = float(str(row["formation_energy_ev_per_atom"]))
            known = _TRUTH[str(row.get("known") if row.get("known") is not None else "").lower()]
        except (ValueError, KeyError) as error:
            faults.append(f"row {number} ({row['formula']}): {error} is no number or true/false")
            continue
        phases.append(
            Phase(
                str(row["formula"] or ""),
                energy,
                known,
                str(row.get("reason") or ""),
                str(row.get("source") or ""),
            )
        )
    if faults:
        raise TableError(f"phase table {name}: {'; '.join(faults[:_MOST_ERRORS_SHOWN])}")
    return phases
