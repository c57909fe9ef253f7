"""What of the data folder nobody needs any more, and its removal."""

from __future__ import annotations

import json
import shutil
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import StoreError
from jobs.phase_tables.fetched import idle_files
from jobs.phase_tables.snapshot import DRAFTS, writing
from jobs.store.spec import FILE as SPEC
from jobs.store.spec import FOLDER as BATCHES
from stability.tables.snapshots import data_folder, selection, snapshots

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_DRAFT = 3600.0  # [s] Nobody writes a snapshot for so long.


class Removable(NamedTuple):
    """Something that may go."""

    path: Path
    """File or folder."""
    what: str
    """What it is, and why it may go, in words."""


def removable(stores: Iterable[Path], *, unfinished: bool = False) -> list[Removable]:
    """Return what nobody needs: replaced and partial snapshots that no batch names, and drafts.

    Parameters
    ----------
    stores : iterable of Path
        Stores whose batches keep the snapshots that they name. Without one, replaced snapshots
        stay: nobody knows who needs them.
    unfinished : bool, optional
        Count what unfinished syncs have fetched too.

    Raises
    ------
    StoreError
        If a store is not there, or a batch of it cannot be read.
    """
    looked_at = list(stores)
    needed = set(chain.from_iterable(map(_named_by, looked_at)))
    newest: dict[str, str] = {}
    for one in reversed(snapshots()):
        if one.manifest.complete:
            newest[one.manifest.name] = one.manifest.id
    found = []
    for folder, manifest in reversed(snapshots()):
        if {manifest.id, manifest.name} & needed or newest.get(manifest.name) == manifest.id:
            continue
        if manifest.complete and not looked_at:
            continue
        why = "replaced by a newer one" if manifest.complete else "partial"
        found.append(Removable(folder, f"snapshot {manifest.name} ({manifest.id}), {why}"))
    found += [
        Removable(path, "draft of a snapshot that was never finished")
        for path in sorted((data_folder() / DRAFTS).glob("*"))
        if time.time() - path.stat().st_mtime > _LONGEST_DRAFT
    ]
    if unfinished:
        found += [Removable(path, "unfinished sync") for path in idle_files()]
    return found


def remove(found: Iterable[Removable]) -> None:
    """Remove what may go.

    Parameters
    ----------
    found : iterable of Removable
        From :func:`removable`.
    """
    with writing():
        for path, _ in found:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _named_by(store: Path) -> set[str]:
    """Return the ids of the snapshots that batches of a store name.

    Raises
    ------
    StoreError
        If the store is not there, or a batch cannot be read.
    """
    if not store.is_dir():
        raise StoreError(f"store {store}: no such folder; check --store")
    ids = set()
    for path in sorted((store / BATCHES).glob(f"*/{SPEC}")):
        try:
            table = json.loads(path.read_text(encoding="utf-8"))["table"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} cannot be read, so nothing is removed; restore it") from error
        ids.add(Path(selection(str(table)).name).name)
    return ids
