"""Snapshots: phase tables that are kept in the data folder, and never change.

A snapshot is a folder with a manifest and a Parquet file; its id is a hash of its content. What
makes, lists and removes them is in ``jobs/data``. Here they are found and read.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from stability.elements import ATOMIC_WEIGHT
from stability.errors import TableError
from stability.tables.table_arrays import PLACED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pyarrow import Table

FOLDER = "snapshots"
"""Folder of the data folder that holds a folder for each snapshot, by id."""
MANIFEST = "manifest.json"
"""What a snapshot is, and where it comes from."""
PHASES = "phases.parquet"
"""Its rows: every entry, polymorphs and those under any licence included."""
FORMAT = 1
"""Raised whenever what is written changes its meaning."""
NON_COMMERCIAL = "BY-NC"
"""Licence of rows that are left out unless they are asked for."""
PARTIAL, WITH_NON_COMMERCIAL = "+partial", "+by-nc"
"""What may follow a name: use it although it is partial; use rows under BY-NC too."""
PLACED_COLUMNS = ("products", "above_products_ev_per_atom", "above_products_error_ev_per_atom")
"""Columns of rows that are stated against what they decompose into; absent where none is."""
COVERED = "covered"
"""Key of the scope: the sets of elements for which the table is complete."""
ID_LENGTH = 16
"""Characters of an id."""
_SHORTEST_PREFIX = 4
_FACTS = (
    "name", "source", "database_version", "functional", "complete", "scope", "flags", "format",
)  # fmt: skip
_KINDS: Mapping[str, type] = {"str": str, "int": int, "bool": bool, "tuple[str, ...]": tuple}
_ENDINGS = {".csv", ".parquet"}  # A name with one of these is a file.


@dataclass(frozen=True)
class Manifest:
    """What a snapshot is, and where it comes from."""

    id: str
    """Hash of all rows and of what they are: equal ids mean equal content."""
    name: str
    """What people call it."""
    rows: int
    """Entries, polymorphs included."""
    compositions: int
    """Different compositions among them."""
    phases_sha256: str
    """Hash of the file of rows."""
    source: str
    """Where the rows come from."""
    made: str
    """When, in UTC."""
    complete: bool = True
    """Whether all that was asked for is there, from one version of the database."""
    partial_because: str = ""
    """Why not, where it is not."""
    database_version: str = ""
    """Version of the database, where there is one."""
    functional: str = ""
    """Method of the energies, such as ``GGA_GGA+U``; empty where nobody said."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for."""
    flags: str = ""
    """Where it comes from which phases are known."""
    licences: Mapping[str, int] = field(default_factory=dict)
    """Rows under each licence; the empty one where none is named."""
    notes: tuple[str, ...] = ()
    """What happened to rows on the way: how many were left out, replaced, corrected."""
    client: str = ""
    """Programs that fetched and wrote it."""
    attribution: str = ""
    """How to cite it."""
    format: int = FORMAT
    """Version of the form."""


class Snapshot(NamedTuple):
    """A snapshot in the data folder."""

    folder: Path
    """Where it is."""
    manifest: Manifest
    """What it is."""


class Selection(NamedTuple):
    """A snapshot by name, and what of it may be used."""

    name: str
    """Name, id, first characters of an id, or path."""
    partial: bool
    """Whether it may be partial."""
    non_commercial: bool
    """Whether rows under BY-NC are used."""

    @property
    def suffix(self) -> str:
        """What followed the name, in a fixed order."""
        return PARTIAL * self.partial + WITH_NON_COMMERCIAL * self.non_commercial


def selection(text: str) -> Selection:
    """Return what a text such as ``mp-2026+by-nc`` asks for.

    Examples
    --------
    >>> selection("mp-2026+by-nc")
    Selection(name='mp-2026', partial=False, non_commercial=True)
    """
    name, asked = text, set()
    while suffix := next((s for s in (PARTIAL, WITH_NON_COMMERCIAL) if name.endswith(s)), ""):
        name = name.removesuffix(suffix)
        asked.add(suffix)
    return Selection(name, PARTIAL in asked, WITH_NON_COMMERCIAL in asked)


def data_folder() -> Path:
    """Return the folder of data: CATHOLYTE_DATA, or the user's data folder."""
    if chosen := os.environ.get("CATHOLYTE_DATA"):
        return Path(chosen)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "catholyte"


def snapshots() -> list[Snapshot]:
    """Return all snapshots whose manifest can be read, the newest first."""
    found = []
    for folder in snapshot_folders():
        with suppress(TableError):  # `catholyte data verify` says what is wrong with it.
            found.append(Snapshot(folder, read_manifest(folder)))
    return sorted(found, key=lambda one: (one.manifest.made, one.manifest.id), reverse=True)


def snapshot_folders() -> list[Path]:
    """Return the folders of all snapshots, damaged ones included."""
    return sorted(path.parent for path in (data_folder() / FOLDER).glob(f"*/{MANIFEST}"))


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot.

    Parameters
    ----------
    folder : Path
        Folder of the snapshot.

    Raises
    ------
    TableError
        If it cannot be read, or was written by a newer program.
    """
    fault = f"snapshot {folder.name}: its {MANIFEST} cannot be read"
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = {one.name for one in fields(Manifest)}
        content = {key: value for key, value in content.items() if key in known}
        manifest = Manifest(**content | {"notes": tuple(content.get("notes", ()))})
        wrong = [
            one.name
            for one in fields(Manifest)
            if not isinstance(getattr(manifest, one.name), _KINDS.get(str(one.type), dict))
        ]
        fault += f" (field {wrong[0]})" if wrong else ""
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise TableError(f"{fault}; remove the folder, make the snapshot again") from error
    if wrong:
        raise TableError(f"{fault}; remove the folder, make the snapshot again")
    if manifest.format > FORMAT:
        raise TableError(f"{fault}: it was made by a newer program; update catholyte")
    return manifest


def find_snapshot(name: str) -> Snapshot | None:
    """Return the snapshot that a name, an id or a path stands for, or None.

    Parameters
    ----------
    name : str
        A name (the newest complete snapshot of that name, or the newest), an id or at least its
        first four characters, or the path of its folder or file of rows.

    Raises
    ------
    TableError
        If several ids begin with it, or a manifest cannot be read.
    """
    path = Path(name)
    folder = path.parent if path.name == PHASES else path
    if name and (folder / MANIFEST).is_file():
        return Snapshot(folder, read_manifest(folder))
    if path.suffix.lower() in _ENDINGS:
        return None
    there = snapshots()
    if named := [one for one in there if one.manifest.name == name]:
        return next((one for one in named if one.manifest.complete), named[0])
    matching = [
        one for one in there if len(name) >= _SHORTEST_PREFIX and one.manifest.id.startswith(name)
    ]
    if len(matching) > 1:
        ids = ", ".join(one.manifest.id for one in matching)
        raise TableError(f"phase table {name} could be {ids}; give more of the id")
    return matching[0] if matching else None


def snapshot_arrays(found: Snapshot, wanted: Selection) -> Mapping[str, NDArray[Any]]:
    """Return the columns of a phase table: the lowest row of each composition.

    Parameters
    ----------
    found : Snapshot
        From :func:`find_snapshot`.
    wanted : Selection
        What of it may be used.

    Raises
    ------
    TableError
        If the snapshot is partial and may not be, or its file has been damaged.
    """
    manifest = found.manifest
    if not (manifest.complete or wanted.partial):
        raise TableError(
            f"phase table {manifest.name} ({manifest.id}) is partial: {manifest.partial_because}; "
            f"sync again, or name it {manifest.name}{PARTIAL}"
        )
    rows = _read(found)
    usable = np.ones(len(rows["licence"]), bool)
    if not wanted.non_commercial:
        usable = rows["licence"] != NON_COMMERCIAL
    left_out = int((~usable).sum())
    kept = np.flatnonzero(usable)
    group, energies = rows["composition"][kept], rows["formation_energy_ev_per_atom"][kept]
    order = np.lexsort((energies, group))
    first = np.flatnonzero(np.diff(group[order], prepend=-1))
    known = np.bincount(group, weights=rows["known"][kept])[group[order[first]]] > 0
    return _flat(rows, kept[order[first]], known) | {
        "flags": np.array(
            manifest.flags + (f"; {left_out} rows under BY-NC left out" if left_out else "")
        ),
        "covered": np.array(manifest.scope.get(COVERED, []), str),
    }


def content_id(table: Table, manifest: Manifest) -> str:
    """Return the hash of all rows and of what they are.

    Parameters
    ----------
    table : pyarrow.Table
        Rows.
    manifest : Manifest
        What they are; when and by which program they were fetched does not count.
    """
    import pyarrow as pa  # noqa: PLC0415  # Costs 0.1 s that other tables need not pay.

    facts = {fact: getattr(manifest, fact) for fact in _FACTS}
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pa.types.is_list(column.type):
            digest.update(column.value_lengths().to_numpy().tobytes())
            column = column.flatten()
        if pa.types.is_string(column.type):
            texts = column.to_pylist()
            digest.update(json.dumps([name, texts], ensure_ascii=True).encode())
        else:
            digest.update(name.encode() + column.to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()[:ID_LENGTH]


def _read(found: Snapshot) -> dict[str, Any]:
    """Return the columns of the file, checked against the manifest.

    Raises
    ------
    TableError
        If it is not the file that was written.
    """
    import pyarrow as pa  # noqa: PLC0415  # Costs 0.1 s that other tables need not pay.
    from pyarrow import parquet  # noqa: PLC0415  # Costs 0.1 s that other tables need not pay.

    try:
        content = (found.folder / PHASES).read_bytes()
        if hashlib.sha256(content).hexdigest() != found.manifest.phases_sha256:
            raise TableError(
                f"snapshot {found.manifest.name} ({found.manifest.id}): {PHASES} is not what was "
                "written; remove the folder and make the snapshot again"
            )
        table = parquet.read_table(pa.BufferReader(content)).combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise TableError(
            f"snapshot {found.manifest.name} ({found.manifest.id}): {PHASES} cannot be read"
        ) from error
    if content_id(table, found.manifest) != found.manifest.id:
        raise TableError(
            f"snapshot {found.manifest.name} ({found.manifest.id}): its {MANIFEST} or {PHASES} has "
            "been changed; remove the folder and make the snapshot again"
        )
    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pa.types.is_list(column.type):
            columns[f"{name} offsets"] = column.offsets.to_numpy()
            column = column.values
        columns[name] = column.to_numpy(zero_copy_only=False)
    return columns


def _flat(
    rows: Mapping[str, Any], chosen: NDArray[np.int64], known: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    """Return chosen rows, elements first, as the phase table keeps its columns."""
    offsets, codes, shares = rows["elements offsets"], rows["elements"], rows["fractions"]
    arity = np.diff(offsets)[chosen]
    compound = arity > 1
    chosen, known, arity = chosen[compound], known[compound], arity[compound]
    entry = np.repeat(offsets[chosen] - np.r_[0, np.cumsum(arity)[:-1]], arity)
    entry = entry + np.arange(arity.sum())
    present, column = np.unique(codes[entry], return_inverse=True)
    n = len(present)
    elements = np.array(list(ATOMIC_WEIGHT))[present]
    reasons = np.where(known, "", rows["reason"][chosen])
    reasoned = np.flatnonzero(reasons != "")
    nothing, blank = np.full(n, np.nan), np.full(n, "", object)
    return {
        "elements": elements,
        "formulas": np.concatenate([elements.astype(object), rows["formula"][chosen]]),
        "row": np.concatenate([np.arange(n), np.repeat(np.arange(len(chosen)), arity) + n]),
        "column": np.concatenate([np.arange(n), column]),
        "fraction": np.concatenate([np.ones(n), shares[entry]]),
        "atoms": np.concatenate([np.ones(n), rows["atoms"][chosen]]),
        "energies": np.concatenate([np.zeros(n), rows["formation_energy_ev_per_atom"][chosen]]),
        "known": np.concatenate([np.ones(n, bool), known]),
        "reasoned": reasoned + n,
        "reasons": reasons[reasoned],
        "sources": np.concatenate([np.full(n, "definition", object), rows["source"][chosen]]),
        "band_gap": np.concatenate([nothing, rows["band_gap_ev"][chosen]]),
        "density": np.concatenate([nothing, rows["density_g_per_cm3"][chosen]]),
        "volume": np.concatenate([nothing, rows["volume_a3_per_atom"][chosen]]),
        "licences": np.concatenate([blank, rows["licence"][chosen]]),
        "origins": np.concatenate([blank, rows["origin"][chosen]]),
        **_placed(rows, chosen),
    }


def _placed(rows: Mapping[str, Any], chosen: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return what rows state against their products, where there are such rows."""
    if PLACED_COLUMNS[0] not in rows:
        return {}
    stated = chosen[rows[PLACED_COLUMNS[0]][chosen] != ""]
    columns = ("formula", *PLACED_COLUMNS)
    return dict(zip(PLACED, (rows[column][stated] for column in columns), strict=True))
