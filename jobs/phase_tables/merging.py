"""A user's phases on top of a table: their own energies win, and what differs is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jobs.phase_tables.errors import DataError
from jobs.phase_tables.importing import FORMATION, UNCORRECTED
from jobs.phase_tables.row_table import Row
from jobs.phase_tables.snapshot import (
    Description,
    check_name,
    make_snapshot,
    snapshot,
    snapshot_rows,
    verify,
)
from stability.formula import composition
from stability.tables.functionals import GGA
from stability.tables.phase_table import REFERENCE, reference_table
from stability.tables.reference_rows import covered_systems, reference_phases
from stability.tables.snapshots import COVERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jobs.phase_tables.importing import Import
    from stability.tables.snapshots import Snapshot


class Disagreement(NamedTuple):
    """A compound of which two tables say different things."""

    formula: str
    """The compound, as the user writes it."""
    own: float
    """Formation energy by the user. [eV/atom]"""
    base: float
    """By the table below. [eV/atom]"""

    @property
    def difference(self) -> float:
        """How far [eV/atom] the user's is above the other."""
        return self.own - self.base


class Base(NamedTuple):
    """The table below."""

    name: str
    """What people call it."""
    id: str
    """Which it is."""
    rows: Sequence[Row]
    """Its rows."""
    functional: str
    """Method of its energies."""
    source: str
    """Where it comes from."""
    attribution: str
    """How to cite it."""
    flags: str
    """Where it comes from which of its phases are known."""
    database_version: str = ""
    """Version of its database."""
    uncorrected: bool = False
    """Whether its energies are totals that nobody corrected."""
    covered: tuple[str, ...] = ()
    """Sets of elements for which it is complete; none where it is meant to be for all."""

    @property
    def scope(self) -> dict[str, object]:
        """What is said of a table on top of it: which it is, and for what it is complete."""
        return {"base": self.id} | ({COVERED: list(self.covered)} if self.covered else {})


class Merged(NamedTuple):
    """Both together."""

    rows: tuple[Row, ...]
    """The base's rows, without those of the user's compositions, and the user's."""
    replaced: int
    """Rows of the base that gave way."""
    disagreements: tuple[Disagreement, ...]
    """Compounds that differ by more than the stated amount, the largest first."""


class Kept(NamedTuple):
    """What is kept of a user's phases."""

    snapshot: Snapshot
    """The new snapshot."""
    below: str
    """Name of the table below; empty without."""
    disagreements: tuple[Disagreement, ...]
    """Compounds that differ by more than the stated amount, the largest first."""


def kept(
    own: Import,
    onto: str | None,
    *,
    name: str,
    file: str,
    source: str = "",
    amount: float = 0.05,
) -> Kept:
    """Keep a user's phases as a snapshot, alone or on top of a table.

    Parameters
    ----------
    own : Import
        The phases.
    onto : str or None
        The table below: ``reference``, or a snapshot.
    name : str
        What to call the snapshot.
    file : str
        What the phases come from, as errors and rows call it.
    source : str, optional
        The same in words, for those who cite it.
    amount : float, optional
        Energies that differ by more are listed. [eV/atom]

    Raises
    ------
    DataError
        If the name cannot be used, or the two cannot be merged.
    TableError
        If the table below is damaged.
    """
    check_name(name)
    origin = source or file
    if onto is None:
        described = Description(
            name=name,
            source=origin,
            functional=own.functional,
            notes=own.notes,
            attribution=source,
        )
        return Kept(make_snapshot(own.rows, described), "", ())
    below = base(onto)
    both = merged(below, own, amount=amount, name=file)
    described = Description(
        name=name,
        source=f"{origin} on top of {below.name} ({below.id}): {below.source}",
        functional=own.functional,
        database_version=below.database_version,
        scope=below.scope,
        flags=below.flags,
        notes=(*own.notes, f"{both.replaced} rows of {below.name} gave way to {origin}"),
        attribution=". ".join(text for text in (below.attribution, source) if text),
    )
    return Kept(make_snapshot(both.rows, described), below.name, both.disagreements)


def base(name: str) -> Base:
    """Return the table below.

    Parameters
    ----------
    name : str
        ``reference``, or a snapshot.

    Raises
    ------
    DataError
        If there is no such snapshot, or it is partial.
    TableError
        If it is damaged.
    """
    if name == REFERENCE:
        identity = reference_table().id
        rows = [Row(one, identity) for one in reference_phases()]
        cited = "curated from the Materials Project, 2019; see stability/data/README.md"
        covered = tuple("-".join(sorted(one)) for one in covered_systems())
        return Base(name, identity, rows, GGA, "reference table", cited, "table", covered=covered)
    found = snapshot(name)
    verify(found)
    manifest = found.manifest
    if not (manifest.complete or name.endswith("+partial")):
        raise DataError(
            f"snapshot {manifest.name} ({manifest.id}) is partial: {manifest.partial_because}; "
            f"sync again, or name it {manifest.name}+partial"
        )
    return Base(
        manifest.name, manifest.id, snapshot_rows(found), manifest.functional, manifest.source,
        manifest.attribution, manifest.flags, manifest.database_version,
        any(note.endswith(UNCORRECTED) for note in manifest.notes),
        tuple(manifest.scope.get(COVERED, ())),
    )  # fmt: skip


def merged(below: Base, own: Import, *, amount: float, name: str) -> Merged:
    """Return a user's phases on top of a table.

    Parameters
    ----------
    below : Base
        The table.
    own : Import
        The user's phases: of their compositions, they alone count.
    amount : float
        Energies that differ by more are listed. [eV/atom]
    name : str
        What an error calls the user's file.

    Raises
    ------
    DataError
        If the two are not known to be of one method, or only the table below is corrected.
    """
    if own.functional != below.functional:
        said = own.functional or "no functional"
        raise DataError(
            f"{name} names {said}, {below.name} is {below.functional or 'of no named functional'}; "
            "only energies of one method can be merged: say --functional if it is the same"
        )
    if own.uncorrected and below.functional == GGA and not below.uncorrected:
        raise DataError(
            f"{name} holds total energies without corrections, {below.name} ({GGA}) is corrected: "
            "their energies have different zeros; import entries with run parameters (.json), "
            f"which are corrected, or give corrected {FORMATION}"
        )
    lowest_below, known_below = _lowest(below.rows)
    lowest_own, _ = _lowest(own.rows)
    kept = [row for row in below.rows if _key(row) not in lowest_own]
    users = [
        row._replace(phase=row.phase._replace(known=known_below[key]))
        if row.phase.known is None and (key := _key(row)) in known_below
        else row
        for row in own.rows
    ]
    different = [
        Disagreement(row.phase.formula, row.phase.energy, lowest_below[key].phase.energy)
        for key, row in lowest_own.items()
        if key in lowest_below
        and abs(row.phase.energy - lowest_below[key].phase.energy) > amount
        and len(key) > 1
    ]
    different.sort(key=lambda one: (-abs(one.difference), one.formula))
    return Merged((*kept, *users), len(below.rows) - len(kept), tuple(different))


_Key = frozenset[tuple[str, float]]


def _key(row: Row) -> _Key:
    return composition(row.phase.formula).shares


def _lowest(rows: Iterable[Row]) -> tuple[dict[_Key, Row], dict[_Key, bool]]:
    """Return the lowest row of each composition, and whether any of them is known."""
    found: dict[_Key, Row] = {}
    known: dict[_Key, bool] = {}
    for row in rows:
        key = _key(row)
        if key not in found or row.phase.energy < found[key].phase.energy:
            found[key] = row
        known[key] = known.get(key, False) or bool(row.phase.known)
    return found, known
