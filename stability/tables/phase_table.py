"""Compounds with their formation energies: what every number of the project is derived from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache, cached_property
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from stability.cache import cached
from stability.elements import ATOMIC_WEIGHT
from stability.errors import FormulaError, MissingElementError, TableError
from stability.formula import Composition, composition
from stability.tables.entries import entries_of, formation_phases, lowest, total
from stability.tables.functionals import shared_functional
from stability.tables.phase_rows import (
    MOST_FAULTS_SHOWN,
    READERS,
    Phase,
    known_from,
    phases_of_columns,
    phases_of_file,
)
from stability.tables.reference_rows import (
    REFERENCE,
    covered_systems,
    curated_exclusions,
    reference_phases,
    reference_text,
)
from stability.tables.row_checks import check, check_unique
from stability.tables.snapshots import find_snapshot, selection, snapshot_arrays
from stability.tables.table_arrays import MEASURES, table_arrays, table_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from stability.tables.applied_correction import AppliedCorrection
    from stability.tables.placed_phase import PlacedPhase

    _Key = frozenset[tuple[str, float]]

__all__ = [
    "REFERENCE",
    "Phase",
    "PhaseTable",
    "load_phase_table",
    "phase_table",
    "reference_table",
    "table_location",
]

E = TypeVar("E")

_CACHE_FORMAT = 4  # Raised whenever the arrays of a cached table change their meaning.


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
    """Where ``known`` comes from, as :func:`stability.tables.phase_rows.known_from` says it."""
    temperature: float = 0.0
    """Temperature of the energies; Gibbs energies of formation where it is not 0. [K]"""
    band_gap: NDArray[np.float64] | None = None
    """Band gaps, nan where unknown; None where the table has none, as below. [eV]"""
    density: NDArray[np.float64] | None = None
    """True densities. [g/cm3]"""
    volume: NDArray[np.float64] | None = None
    """Volumes of an atom. [Angstrom^3]"""
    licences: tuple[str, ...] | None = None
    """Terms under which each row may be used, such as BY-C."""
    origins: tuple[str, ...] | None = None
    """Which file or database each row came in with."""
    correction: AppliedCorrection | None = None
    """How the energies were corrected; None where they are as computed."""
    covered: tuple[frozenset[str], ...] = ()
    """Sets of elements for which it is complete; empty where it is meant to be for all."""
    placed: tuple[PlacedPhase, ...] = ()
    """Phases whose energies are stated against what they decompose into."""

    @cached_property
    def id(self) -> str:
        """Name and content hash; equal ids mean equal numbers."""
        digest = hashlib.sha256()
        rows = zip(self.formulas, self.energies.tolist(), self.known.tolist(), strict=True)
        for formula, energy, known in sorted(rows):
            digest.update(f"{formula},{energy!r},{known:d}\n".encode())
        return f"{self.name}-{digest.hexdigest()[:12]}"

    @property
    def energies_used(self) -> str:
        """``corrected`` towards measured enthalpies, or ``dft``, as they were computed."""
        return "dft" if self.correction is None else "corrected"

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

    def rows(self, fractions: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the row of each of many compositions, or -1."""
        return np.array([self.row_of.get(key, -1) for key in _keys(fractions)], np.int64)

    @classmethod
    def from_columns(cls, columns: Any, *, name: str) -> PhaseTable:
        """Return a phase table from columns that are named as in a file.

        Parameters
        ----------
        columns : mapping, pandas.DataFrame or pyarrow.Table
            ``formula``, ``formation_energy_ev_per_atom`` and any of the optional ones.
        name : str
            What results will call the table.

        Raises
        ------
        TableError
            If a column is missing or a row is faulty.
        """
        return phase_table(phases_of_columns(columns, name=name), name=name)

    def to_columns(self) -> dict[str, list[Any]]:
        """Return the columns by name, as ``pandas.DataFrame`` and ``pyarrow.table`` take them.

        Units stand in the names. Elements come first.
        """
        columns: dict[str, Any] = {
            "formula": self.formulas,
            "formation_energy_ev_per_atom": self.energies,
            "known": self.known,
            "reason": self.reasons,
            "source": self.sources,
            "band_gap_ev": self.band_gap,
            "density_g_per_cm3": self.density,
            "volume_a3_per_atom": self.volume,
            "licence": self.licences,
        }
        return {
            name: values.tolist() if isinstance(values, np.ndarray) else list(values)
            for name, values in columns.items()
            if values is not None
        }

    @classmethod
    def from_entries(cls, entries: Iterable[Any], *, name: str) -> PhaseTable:
        """Return a phase table from entries, such as pymatgen's ``ComputedEntry``.

        Parameters
        ----------
        entries : iterable of entries
            Whatever has ``composition`` and ``energy``. Totals are taken against the pure
            elements among them; elements at 0 say that these are formation energies. The lowest
            of each composition counts. Corrections that the method needs must have been made.
        name : str
            What results will call the table.

        Raises
        ------
        TableError
            If an element is missing, an entry is faulty, or functionals are mixed.
        """
        listed = list(entries)
        said = [(getattr(one, "parameters", None) or {}).get("run_type") for one in listed]
        shared_functional(said, of=f"phase table {name}")
        formed = formation_phases([total(entry) for entry in listed], name=name)
        return phase_table(lowest(formed, name=name).compounds, name=name)

    def to_entries(self, entry: Callable[..., E]) -> list[E]:
        """Return all phases as entries with formation energies, the elements at 0.

        Parameters
        ----------
        entry : callable
            pymatgen's ``ComputedEntry``; called with amounts, energy [eV] and ``data``.
        """
        return entries_of(self.to_columns(), entry)


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
    unflagged = 0
    for number, phase in enumerate(phases, start=1):
        try:
            material = composition(phase.formula)
            check(phase, material)
            check_unique(phase, material, seen)
        except (FormulaError, TableError) as error:
            faults.append(f"row {number}: {error}")
            continue
        unflagged += phase.known is None
        if len(material.amounts) > 1:
            rows.append((phase, material))
    if faults:
        more = len(faults) - MOST_FAULTS_SHOWN
        shown = "; ".join(faults[:MOST_FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise TableError(f"phase table {name}: {shown}")
    if not rows:
        raise TableError(f"phase table {name} holds no compound; give at least one")
    return _frozen(rows, name, known_from("table", unflagged, of=len(seen)))


def _frozen(rows: list[tuple[Phase, Composition]], name: str, flags: str) -> PhaseTable:
    present = {element for _, material in rows for element in material.amounts}
    elements = tuple(element for element in ATOMIC_WEIGHT if element in present)
    n = len(elements)
    fractions = _fractions([material for _, material in rows], elements)
    atoms = np.array([1.0] * n + [material.n_atoms for _, material in rows])
    known, reasons = _flags(rows, curated_exclusions() if flags != "table" else {})
    energies = np.array([0.0] * n + [phase.energy for phase, _ in rows])
    flagged = np.array([True] * n + known)
    measures: dict[str, Any] = {
        name: np.array([nan] * n + [getattr(phase, name) for phase, _ in rows])
        for name in MEASURES
        if not all(isnan(getattr(phase, name)) for phase, _ in rows)
    }
    for column in (fractions, atoms, energies, flagged, *measures.values()):
        column.setflags(write=False)
    licences = ("",) * n + tuple(phase.licence for phase, _ in rows)
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
        licences=licences if any(licences) else None,
        **measures,
    )


def _fractions(materials: list[Composition], elements: tuple[str, ...]) -> NDArray[np.float64]:
    """Return atom fractions, those of the elements themselves first."""
    index = {element: column for column, element in enumerate(elements)}
    fractions = np.zeros((len(elements) + len(materials), len(elements)))
    fractions[: len(elements)] = np.eye(len(elements))
    for row, material in enumerate(materials, start=len(elements)):
        for element, amount in material.amounts.items():
            fractions[row, index[element]] = amount / material.n_atoms
    return fractions


def _flags(
    rows: list[tuple[Phase, Composition]], curated: Mapping[_Key, str]
) -> tuple[list[bool], list[str]]:
    """Return which phases may compete, and why the others may not: by their row, or as curated."""
    reasons = [
        phase.reason if phase.known is not None else curated.get(material.shares, "")
        for phase, material in rows
    ]
    known = [
        phase.known if phase.known is not None else not reason
        for (phase, _), reason in zip(rows, reasons, strict=True)
    ]
    return known, reasons


def _keys(fractions: NDArray[np.float64]) -> list[bytes]:
    """Return one hashable key per composition; fractions equal to 1e-9 have equal keys."""
    return [row.tobytes() for row in np.round(fractions * 1e9).astype(np.int64)]


@cache
def reference_table() -> PhaseTable:
    """Return the curated table that comes with the package."""
    table = phase_table(reference_phases(), name=REFERENCE)
    return replace(table, covered=covered_systems())


def load_phase_table(name: str) -> PhaseTable:
    """Return the phase table that a name or path stands for.

    Parameters
    ----------
    name : str
        ``reference``; a ``.csv`` or ``.parquet`` file with the columns ``formula`` and
        ``formation_energy_ev_per_atom``, and optionally others; or a snapshot by name, id or
        path, with ``+partial`` or ``+by-nc`` behind it where such rows are wanted.

    Raises
    ------
    TableError
        If there is no such table, or it is no usable one.
    """
    if name == REFERENCE:
        return reference_table()
    wanted = selection(name)
    if (found := find_snapshot(wanted.name)) is not None:
        fields = table_fields(snapshot_arrays(found, wanted))
        return PhaseTable(name=found.manifest.name + wanted.suffix, **fields)
    path = Path(name)
    if path.suffix.lower() not in READERS:
        raise TableError(
            f"phase table {name}: neither {REFERENCE} nor a .csv or .parquet file nor a snapshot; "
            "name one (`catholyte data list` shows the snapshots)"
        )
    if not path.is_file():
        raise TableError(f"phase table {name}: no such file; check the path")
    digest = hashlib.sha256(f"{_CACHE_FORMAT} {path.name}".encode())
    digest.update(reference_text().encode())  # Its exclusions flag tables without flags.
    digest.update(path.read_bytes())
    arrays = cached(
        f"table-{digest.hexdigest()}",
        lambda: table_arrays(phase_table(phases_of_file(path), name=path.stem)),
    )
    return PhaseTable(name=path.stem, **table_fields(arrays))


def table_location(name: str) -> str:
    """Return what stands for the same phase table in any folder, now and later.

    Parameters
    ----------
    name : str
        As :func:`load_phase_table` takes it.

    Raises
    ------
    TableError
        If it could be several snapshots.
    """
    if name == REFERENCE:
        return name
    wanted = selection(name)
    if (found := find_snapshot(wanted.name)) is not None:
        return str(found.folder.resolve()) + wanted.suffix
    return str(Path(name).resolve())
