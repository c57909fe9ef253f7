"""The laboratory's own file: what people have entered and nobody can compute again.

Experiments, suggestions, calibrations and materials stand in ``laboratory.sqlite`` as versions that
are added and never changed. All else in a store can be made again from specs and results; this
cannot, so it has a file of its own, which is copied by :mod:`jobs.lab.backup`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.errors import JobsError, StoreError
from jobs.store.publication import PUBLISHED
from jobs.store.published import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Record = dict[str, Any]

LABORATORY = "laboratory.sqlite"
"""Name of the file in a store."""
_SCHEMA = (
    """CREATE TABLE record (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, entered_at TEXT NOT NULL,
        reason TEXT NOT NULL, withdrawn INTEGER NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (kind, id, version))""",
    """CREATE TRIGGER never_changed BEFORE UPDATE ON record
        BEGIN SELECT raise(ABORT, 'a version is never changed; add another'); END""",
    """CREATE TRIGGER never_removed BEFORE DELETE ON record
        BEGIN SELECT raise(ABORT, 'a version is never removed; withdraw it'); END""",
    "PRAGMA user_version = 1",
)
_VERSION = 1
_NO_ROOM = 200_000  # [bytes] Less than a transaction with its journal may take.
_PATIENCE = 30.0  # [s] How long to wait for another writer, whose transactions are short.


class Kind(StrEnum):
    """What a record is of."""

    EXPERIMENT = "experiment"
    """A cell that was made."""
    SUGGESTION = "suggestion"
    """A cell that was suggested, and what became of it."""
    CALIBRATION = "calibration"
    """Parameters that were fitted here."""
    MATERIAL = "material"
    """A material of one's own, with its figures."""


PUBLISHED_AS = {
    Kind.EXPERIMENT: "experiments",
    Kind.SUGGESTION: "suggestions",
    Kind.CALIBRATION: "calibrations",
    Kind.MATERIAL: "own_materials",
}
"""Table of the published copy that shows the present versions of each kind."""


class Version(NamedTuple):
    """One version of a record."""

    kind: Kind
    """What it is of."""
    id: str
    """Its name, unique for its kind."""
    version: int
    """1, and one more for each change."""
    entered_at: str
    """When it was entered, UTC."""
    reason: str
    """Why it was changed; empty in the first version."""
    withdrawn: bool
    """Whether it no longer counts."""
    values: Record
    """What it says."""

    @property
    def row(self) -> Record:
        """What it says, with what is known of the version itself."""
        return self.values | {
            "version": self.version,
            "entered_at": self.entered_at,
            "reason": self.reason,
            "withdrawn": self.withdrawn,
        }


class Laboratory:
    """The open file; what is added is one durable transaction with all else of the same visit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection with the tables in it."""
        self._connection = connection

    def current(self, kind: Kind, *, without: str = "") -> dict[str, Version]:
        """Return the present version of each record of a kind, by id, in order of first entry.

        Parameters
        ----------
        kind : Kind
            Which kind.
        without : str, optional
            A key of the values that is large and not needed.
        """
        found = self._connection.execute(
            """SELECT kind, id, version, entered_at, reason, withdrawn,
                      CASE ?2 WHEN '' THEN content ELSE json_remove(content, '$.' || ?2) END
               FROM (SELECT *, max(version) OVER (PARTITION BY id) AS newest,
                            min(rowid) OVER (PARTITION BY id) AS since
                     FROM record WHERE kind = ?1)
               WHERE version = newest ORDER BY since""",
            (kind.value, without),
        )
        return {row[1]: _version(row) for row in found}

    def history(self, kind: Kind, name: str) -> list[Version]:
        """Return all versions of a record, the first one first; none if there is no such record."""
        found = self._connection.execute(
            """SELECT kind, id, version, entered_at, reason, withdrawn, content
               FROM record WHERE kind = ? AND id = ? ORDER BY version""",
            (kind.value, name),
        )
        return [_version(row) for row in found]

    def newest(self, kind: Kind) -> Version | None:
        """Return the version of a kind that was entered last; None if there is none."""
        found = self._connection.execute(
            """SELECT kind, id, version, entered_at, reason, withdrawn, content
               FROM record WHERE kind = ? ORDER BY rowid DESC LIMIT 1""",
            (kind.value,),
        )
        return next(map(_version, found), None)

    def everything(self) -> Iterator[Version]:
        """Yield all versions of all records, in the order in which they were entered."""
        found = self._connection.execute(
            """SELECT kind, id, version, entered_at, reason, withdrawn, content
               FROM record ORDER BY rowid"""
        )
        yield from map(_version, found)

    def add(
        self,
        kind: Kind,
        name: str,
        values: Mapping[str, Any],
        *,
        reason: str = "",
        withdrawn: bool = False,
    ) -> Version:
        """Add a version of a record, and return it.

        Parameters
        ----------
        kind : Kind
            Which kind.
        name : str
            Its id.
        values : mapping
            What it says, all of it; plain values.
        reason : str, optional
            Why it was changed.
        withdrawn : bool, optional
            Whether it no longer counts.
        """
        newest = self._connection.execute(
            "SELECT max(version) FROM record WHERE kind = ? AND id = ?", (kind.value, name)
        ).fetchone()[0]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        made = Version(kind, name, (newest or 0) + 1, now, reason, withdrawn, dict(values))
        self.insert(made)
        return made

    def insert(self, one: Version) -> None:
        """Put a version in as it is; one that is there already is refused by the database."""
        content = json.dumps(one.values, ensure_ascii=False, allow_nan=False)
        self._connection.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*one._replace(kind=one.kind.value)[:5], int(one.withdrawn), content),  # type: ignore[arg-type]  # SQLite takes no subclass of str.
        )


@contextmanager
def laboratory(store: Path, *, write: bool = False, anew: bool = False) -> Iterator[Laboratory]:
    """Open the laboratory of a store; one that has none reads as empty.

    Parameters
    ----------
    store : Path
        The store.
    write : bool, optional
        Whether to add something: then store and file are made if they are missing. Reading
        needs no right to write.
    anew : bool, optional
        Whether the file may be made although the published copy shows that there was one.

    Raises
    ------
    StoreError
        If the file cannot be used, or is missing and the published copy shows what it held.

    Notes
    -----
    Without a write-ahead log, so that the one file is always the whole: copied, it is a backup. A
    commit is on the disk before it is acknowledged (``synchronous=EXTRA``).
    """
    try:
        if write and not is_there(store) and not anew:
            _refuse_another(store)
        with closing(_connection(store, write=write)) as connection:
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            _prepare(connection)
            yield Laboratory(connection)
            connection.execute("COMMIT")
    except (OSError, sqlite3.Error) as error:
        if store.is_dir() and shutil.disk_usage(store).free < _NO_ROOM:
            raise StoreError(
                f"store {store}: no space left on the disk; nothing of this was kept, what was "
                "there before is: make room, then do it again"
            ) from error
        said = getattr(error, "strerror", None) or error
        raise StoreError(
            f"store {store}, {LABORATORY}: {said}; see `catholyte doctor`, or choose another "
            "with --store"
        ) from error


def is_there(store: Path) -> bool:
    """Say whether a store has a laboratory; a first visit that failed leaves an empty file."""
    path = store / LABORATORY
    return path.is_file() and path.stat().st_size > 0


def _connection(store: Path, *, write: bool) -> sqlite3.Connection:
    """Return a connection: to the file, for reading only unless it is written, or to nothing."""
    path = store / LABORATORY
    if write:
        store.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        connection.execute("PRAGMA synchronous = EXTRA")
        return connection
    if not is_there(store):
        return sqlite3.connect(":memory:", isolation_level=None)
    place = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(place, uri=True, timeout=_PATIENCE, isolation_level=None)


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file.

    Raises
    ------
    StoreError
        If it was written by a newer program.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise StoreError(
            f"{LABORATORY} has version {version}, this program knows {_VERSION}; update catholyte"
        )
    if version == 0:
        for statement in _SCHEMA:
            connection.execute(statement)


def _refuse_another(store: Path) -> None:
    """Refuse to begin a second laboratory where the published copy shows that there was one.

    Raises
    ------
    StoreError
        If there was one.
    """
    if shown := published_laboratory(store):
        raise StoreError(
            f"store {store}: {LABORATORY} is missing, and {PUBLISHED} shows that it held {shown}; "
            f"put it back, or restore it with `catholyte lab import BACKUP` (or `catholyte lab "
            f"import {store / PUBLISHED}` for what is shown there)"
        )


def published_laboratory(store: Path) -> str:
    """Return in words what the published copy shows of a laboratory, or nothing.

    Parameters
    ----------
    store : Path
        The store.
    """
    if not (store / PUBLISHED).is_file():
        return ""
    told = []
    for table in PUBLISHED_AS.values():
        try:
            count = rows(store, f"SELECT count(*) AS n FROM {table}")[0]["n"]  # noqa: S608  # Our names.
        except JobsError:  # An older copy, or a damaged one: it shows none.
            continue
        name = table.replace("_", " ")
        told += [f"{count} {name if count > 1 else name[:-1]}"] if count else []
    return ", ".join(told)


def _version(row: tuple[Any, ...]) -> Version:
    kind, name, version, entered_at, reason, withdrawn, content = row
    return Version(
        Kind(kind), name, version, entered_at, reason, bool(withdrawn), json.loads(content)
    )
