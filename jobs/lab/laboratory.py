"""The laboratory's own file: what people have entered and nobody can compute again.

Experiments, suggestions, calibrations and materials stand in ``laboratory.sqlite`` as versions that
are added and never changed. All else in a store can be made again from specs and results; this
cannot, so it has a file of its own, which is copied by :mod:`jobs.lab.backup`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jobs.errors import JobsError, StoreError
from jobs.process import failure_points as fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        with _writing(store) if write else reading(store) as connection:
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            _prepare(connection)
            yield Laboratory(connection)
            if write:
                fault.reached("lab-committing")
            connection.execute("COMMIT")
        if write:
            fault.reached("lab-committed")
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


@contextmanager
def reading(store: Path) -> Iterator[sqlite3.Connection]:
    """Open the file of a laboratory for reading; one that is not there reads as empty.

    Parameters
    ----------
    store : Path
        The store; it may be another user's, or on a disk mounted for reading only.

    Raises
    ------
    OperationalError
        If it is damaged, or written for longer than anyone waits.

    Notes
    -----
    A writer that was killed may leave half of its entry in the file, and a journal that takes it
    out again. Whoever comes next has to do that before reading: in the file, or, without the right
    to write, in a copy of both.
    """
    path = store / LABORATORY
    with ExitStack() as opened:
        if not is_there(store):
            yield _opened(":memory:", opened)
            return
        place = path.absolute().as_uri()
        try:
            connection = _opened(f"{place}?mode=ro", opened)
        except sqlite3.OperationalError as error:
            if not _half_written(error):
                raise
            try:
                connection = _opened(f"{place}?mode=rw", opened)
            except sqlite3.OperationalError:
                folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
                for name in (LABORATORY, f"{LABORATORY}-journal"):
                    shutil.copyfile(store / name, folder / name)
                connection = _opened(f"{(folder / LABORATORY).as_uri()}?mode=rw", opened)
        yield connection


def _opened(place: str, opened: ExitStack) -> sqlite3.Connection:
    """Return a connection that can read; SQLite says if it cannot."""
    connection = sqlite3.connect(place, timeout=_PATIENCE, isolation_level=None, uri=True)
    opened.callback(connection.close)
    connection.execute("SELECT name FROM sqlite_master").fetchall()
    return connection


def _half_written(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode == sqlite3.SQLITE_READONLY_ROLLBACK


@contextmanager
def _writing(store: Path) -> Iterator[sqlite3.Connection]:
    store.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(store / LABORATORY, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = EXTRA")
        yield connection
    finally:
        connection.close()  # Rolls back what was not committed.


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
    from jobs.store.publication import PUBLISHED  # noqa: PLC0415  # It loads half a second of other modules.

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
    from jobs.store.publication import PUBLISHED  # noqa: PLC0415  # It loads half a second of other modules.
    from jobs.store.published import rows  # noqa: PLC0415  # So does it.

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
