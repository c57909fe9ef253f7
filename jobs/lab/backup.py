"""A laboratory as one text file: written whole, read back into any store, nothing doubled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from jobs.errors import QueryError, StoreError
from jobs.lab.laboratory import PUBLISHED_AS, Kind, Version, is_there, laboratory
from jobs.process.output_file import write_output
from jobs.store.publication import PUBLISHED
from jobs.store.published import rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = "catholyte laboratory 1"
"""First line of such a file."""
_LARGEST = 2_000_000_000  # [bytes] Of a file that is read.
_VERSION_KEYS = ("version", "entered_at", "reason", "withdrawn")


class Restored(NamedTuple):
    """What became of a backup."""

    added: int
    """Versions that were added."""
    known: int
    """Versions that were there already, exactly so."""


def export_laboratory(store: Path, output: Path) -> int:
    """Write all versions of a laboratory to a file, one JSON object a line; return their number.

    Parameters
    ----------
    store : Path
        The store.
    output : Path
        The file; it is replaced, whole or not at all.

    Raises
    ------
    StoreError
        If there is no laboratory, or the file cannot be written.
    """
    if not is_there(store):
        raise StoreError(f"no laboratory in {store}; nothing was entered there, or name --store")
    with laboratory(store) as lab:
        versions = list(lab.everything())
    lines = [FORMAT, *(json.dumps(one._asdict(), ensure_ascii=False) for one in versions)]
    write_output(output, "\n".join(lines) + "\n", store=store)
    return len(versions)


def import_laboratory(store: Path, path: Path) -> Restored:
    """Put a backup into a store: all of it, or nothing.

    Parameters
    ----------
    store : Path
        The store; it is made if it is missing.
    path : Path
        From :func:`export_laboratory`; or a published copy, which holds present versions only, and
        no calibrations.

    Raises
    ------
    StoreError
        If the file is none, or a version differs from the one that is there.
    """
    versions = list(_published(path) if path.suffix == ".duckdb" else _lines(path))
    added = known = 0
    with laboratory(store, write=True, anew=True) as lab:
        there = {one[:3]: one for one in lab.everything()}
        for one in versions:
            if one[:3] not in there:
                lab.insert(one)
                there[one[:3]] = one
                added += 1
            elif there[one[:3]] == one:
                known += 1
            else:
                raise StoreError(
                    f"{path}: {one.kind} {one.id}, version {one.version}, is there with other "
                    "content, so nothing was taken; import it into another --store"
                )
    return Restored(added, known)


def _lines(path: Path) -> Iterator[Version]:
    """Yield the versions of a backup.

    Raises
    ------
    StoreError
        If it is no backup.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise StoreError(f"backup {path} is larger than {_LARGEST / 1e9:g} GB; split it")
        # Only "\n" ends a line of the file; texts may hold other ends of lines, such as U+2028.
        first, *lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise StoreError(f"backup {path}: {error.strerror}; name a file that is there") from error
    except ValueError as error:  # Not UTF-8, or empty.
        raise StoreError(_no_backup(path, 1)) from error
    if first != FORMAT:
        raise StoreError(_no_backup(path, 1))
    for number, line in enumerate(lines, start=2):
        try:
            read = json.loads(line)
            read["kind"] = Kind(read["kind"])
            yield Version(**read)
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(_no_backup(path, number)) from error


def _no_backup(path: Path, line: int) -> str:
    return (
        f"backup {path}, line {line}: not as `catholyte export --lab` writes it; "
        "choose such a file, or the results.duckdb of a store"
    )


def _published(path: Path) -> Iterator[Version]:
    """Yield what a published copy shows.

    Raises
    ------
    StoreError
        If it is no published copy.
    """
    if path.name != PUBLISHED:
        raise StoreError(f"{path}: only {PUBLISHED} of a store is read; name it")
    for kind, table in PUBLISHED_AS.items():
        if kind is Kind.CALIBRATION:  # Its parameters are not published.
            continue
        try:
            found = rows(path.parent, f"FROM {table}")  # Our names.
        except QueryError:  # An older copy, without this table.
            continue
        for row in found:
            told = {name: row.pop(name) for name in _VERSION_KEYS}
            yield Version(kind, row["id"], values=row, **told)
