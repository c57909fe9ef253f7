"""Making and checking snapshots: rows in, an immutable folder named by its content out.

A snapshot is written in a draft folder and renamed, so it is there as a whole or not at all. Every
entry is kept, polymorphs included; what counts is chosen when the snapshot is loaded.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from jobs.phase_tables.errors import DataError
from jobs.phase_tables.row_table import Row, row_table, table_rows
from jobs.process import failure_points as fault
from jobs.process.durable import synced
from stability.errors import TableError
from stability.tables.phase_rows import known_from
from stability.tables.phase_table import REFERENCE
from stability.tables.snapshots import (
    FOLDER,
    MANIFEST,
    PHASES,
    Manifest,
    Snapshot,
    content_id,
    data_folder,
    find_snapshot,
    read_manifest,
    selection,
    snapshot_arrays,
    snapshot_folders,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DRAFTS = "drafts"
"""Folder of the data folder in which snapshots are written."""
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Description:
    """What a new snapshot is, beside its rows."""

    name: str
    """What people will call it."""
    source: str
    """Where the rows come from."""
    functional: str = ""
    """Method of the energies; empty where nobody said."""
    database_version: str = ""
    """Version of the database, where there is one."""
    partial_because: str = ""
    """Why it is not complete; empty if it is."""
    scope: dict[str, Any] | None = None
    """What was asked for."""
    flags: str = "table"
    """Where it comes from which phases are known."""
    notes: tuple[str, ...] = ()
    """What happened to rows on the way."""
    client: str = ""
    """Program that fetched them."""
    attribution: str = ""
    """How to cite them."""


def check_name(name: str) -> None:
    """Refuse a name that could be taken for something else.

    Parameters
    ----------
    name : str
        Of a snapshot.

    Raises
    ------
    DataError
        If it is reserved, too long, or holds more than letters, digits, dots, dashes, underscores.
    """
    plain = name.replace(".", "").replace("-", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and len(name) <= _LONGEST_NAME):
        raise DataError(
            f"name {name!r}: write up to {_LONGEST_NAME} letters, digits, dots, dashes and "
            "underscores"
        )
    if name == REFERENCE or name.lower().endswith((".csv", ".parquet", ".json", ".gz")):
        raise DataError(f"name {name!r} stands for another table; choose another with --name")


def make_snapshot(rows: Sequence[Row], described: Description) -> Snapshot:
    """Return a new snapshot, or the one with the same content.

    Parameters
    ----------
    rows : sequence of Row
        All entries.
    described : Description
        What it is.

    Raises
    ------
    TableError
        If a row is faulty; the first few are named.
    DataError
        If the name cannot be used, or the folder cannot be written.
    """
    check_name(described.name)
    table = row_table(rows, described.name)
    unflagged = sum(row.phase.known is None for row in rows)
    manifest = Manifest(
        id="",
        name=described.name,
        rows=len(rows),
        compositions=len(set(table["composition"].to_pylist())),
        phases_sha256="",
        source=described.source,
        made=datetime.now(UTC).isoformat(timespec="microseconds"),
        complete=not described.partial_because,
        partial_because=described.partial_because,
        database_version=described.database_version,
        functional=described.functional,
        scope=described.scope or {},
        flags=known_from(described.flags, unflagged, of=len(rows)),
        licences=dict(sorted(Counter(row.phase.licence for row in rows).items())),
        notes=described.notes,
        client=f"{described.client} catholyte {version('catholyte')}".strip(),
        attribution=described.attribution,
    )
    return _written(table, replace(manifest, id=content_id(table, manifest)))


def verify(found: Snapshot) -> None:
    """Check that a snapshot is what was written.

    Parameters
    ----------
    found : Snapshot
        From :func:`stability.tables.snapshots.find_snapshot`.

    Raises
    ------
    TableError
        If its rows, their number or its manifest have changed.
    """
    manifest = found.manifest
    fault_of = f"snapshot {manifest.name} ({manifest.id})"
    snapshot_arrays(found, selection("+partial+by-nc"))
    table = parquet.read_table(found.folder / PHASES)
    if table.num_rows != manifest.rows:
        raise TableError(
            f"{fault_of} holds {table.num_rows} rows, not {manifest.rows}; make it again"
        )
    if not content_id(table, manifest) == manifest.id == found.folder.name:
        raise TableError(f"{fault_of}: its {MANIFEST} has been changed; make the snapshot again")


class Damaged(NamedTuple):
    """A snapshot that is not what was written."""

    folder: Path
    """Where it is."""
    reason: str
    """What is wrong with it, and the remedy."""


def checked(folders: Iterable[Path]) -> tuple[list[Snapshot], list[Damaged]]:
    """Return those snapshots that are as written, and the others with what is wrong.

    Parameters
    ----------
    folders : iterable of Path
        Folders of snapshots.
    """
    sound: list[Snapshot] = []
    damaged: list[Damaged] = []
    for folder in folders:
        try:
            found = Snapshot(folder, read_manifest(folder))
            verify(found)
        except TableError as error:
            damaged.append(Damaged(folder, str(error)))
        else:
            sound.append(found)
    sound.sort(key=lambda one: (one.manifest.name, one.manifest.made))
    return sound, damaged


def all_snapshots() -> list[Snapshot]:
    """Return all snapshots.

    Raises
    ------
    TableError
        If a manifest cannot be read.
    """
    found = [Snapshot(folder, read_manifest(folder)) for folder in snapshot_folders()]
    return sorted(found, key=lambda one: (one.manifest.name, one.manifest.made))


def snapshot(name: str) -> Snapshot:
    """Return the snapshot that a name or id stands for.

    Parameters
    ----------
    name : str
        As for ``--table``.

    Raises
    ------
    DataError
        If there is none.
    """
    found = find_snapshot(selection(name).name)
    if found is None:
        raise DataError(f"no snapshot {name}; `catholyte data list` shows what is there")
    return found


def snapshot_rows(found: Snapshot) -> list[Row]:
    """Return all rows of a snapshot.

    Parameters
    ----------
    found : Snapshot
        Any.
    """
    return table_rows(found.folder / PHASES)


def _written(table: pa.Table, manifest: Manifest) -> Snapshot:
    """Write a snapshot in a draft folder, and put it in its place.

    Raises
    ------
    DataError
        If the folder cannot be written.
    """
    place = data_folder() / FOLDER / manifest.id
    if (place / MANIFEST).is_file():
        return Snapshot(place, read_manifest(place))
    with writing(), _draft() as draft:
        parquet.write_table(table, draft / PHASES, compression="zstd")
        fault.reached("snapshot-draft")
        digest = hashlib.sha256((draft / PHASES).read_bytes()).hexdigest()
        manifest = replace(manifest, phases_sha256=digest)
        text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
        (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
        for path in (draft / PHASES, draft / MANIFEST, draft):
            synced(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(place)
        synced(place.parent)
        fault.reached("snapshot-written")
    return Snapshot(place, manifest)


@contextmanager
def _draft() -> Iterator[Path]:
    """Give a folder to write in; what is left of it at the end is removed."""
    drafts = data_folder() / DRAFTS
    drafts.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=drafts))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def writing() -> Iterator[None]:
    """Turn what a disk says about the data folder into one line.

    Raises
    ------
    DataError
        If it cannot be.
    """
    try:
        yield
    except OSError as error:
        raise DataError(
            f"data folder {data_folder()}: {error.strerror or error}; "
            "make room, or name another with CATHOLYTE_DATA"
        ) from error
