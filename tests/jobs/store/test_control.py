import sqlite3
import threading

import pytest

from jobs.errors import StoreError
from jobs.store.control import CONTROL, control, prepare, reading

NOTES = ["CREATE TABLE note (text TEXT NOT NULL)"]


def notes(store):
    """Return the texts of all notes."""
    with control(store) as connection:
        return [row["text"] for row in connection.execute("SELECT text FROM note")]


def test_what_was_written_is_there_for_the_next_process(tmp_path):
    """The file is made with the store, and another connection reads it."""
    with control(tmp_path / "store") as connection:
        prepare(connection, "notes", NOTES)
        connection.execute("INSERT INTO note VALUES ('one')")

    assert notes(tmp_path / "store") == ["one"]


def test_a_body_that_fails_leaves_nothing_behind(tmp_path):
    """All or nothing: neither the table nor the row."""
    with pytest.raises(StoreError), control(tmp_path) as connection:
        prepare(connection, "notes", [*NOTES, "no statement"])

    with control(tmp_path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0


def test_each_version_is_applied_once(tmp_path):
    """The second statement alone, when the first has been there."""
    with control(tmp_path) as connection:
        prepare(connection, "notes", NOTES)
        connection.execute("INSERT INTO note VALUES ('one')")

    newer = [*NOTES, "ALTER TABLE note ADD COLUMN author TEXT"]
    for _ in range(2):
        with control(tmp_path) as connection:
            prepare(connection, "notes", newer)

    with control(tmp_path) as connection:
        assert [tuple(row) for row in connection.execute("SELECT * FROM note")] == [("one", None)]


def test_a_newer_file_is_refused(tmp_path):
    """A program of yesterday does not write into a file of tomorrow."""
    with control(tmp_path) as connection:
        prepare(connection, "notes", [*NOTES, "SELECT 1"])

    with (
        pytest.raises(StoreError, match="version 2, this program knows 1"),
        control(tmp_path) as connection,
    ):
        prepare(connection, "notes", NOTES)


def test_a_reader_does_not_make_a_store(tmp_path):
    """It says that there is none."""
    with pytest.raises(StoreError, match="no store in"), control(tmp_path / "none", make=False):
        pass

    assert not (tmp_path / "none").exists()


def test_a_reader_is_not_held_up_by_a_writer(tmp_path):
    """While a transaction is open, others read what was there before it."""
    with control(tmp_path) as connection:
        prepare(connection, "notes", NOTES)

    with control(tmp_path) as writer:
        writer.execute("INSERT INTO note VALUES ('one')")
        with control(tmp_path, make=False) as reader:
            assert reader.execute("SELECT count(*) FROM note").fetchone()[0] == 0

    assert notes(tmp_path) == ["one"]


def test_writers_wait_for_each_other(tmp_path):
    """Twenty at once: no error, and every row arrives."""
    with control(tmp_path) as connection:
        prepare(connection, "notes", NOTES)

    def write(text):
        with control(tmp_path) as connection:
            connection.execute("INSERT INTO note VALUES (?)", (text,))

    threads = [threading.Thread(target=write, args=(str(i),)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(notes(tmp_path), key=int) == [str(i) for i in range(20)]


def test_a_file_that_is_no_database_is_refused(tmp_path):
    """One line with the name of the file."""
    (tmp_path / CONTROL).write_text("not a database, by far not " * 40)

    with pytest.raises(StoreError, match=CONTROL), control(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    """A file stands in its place."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="choose another with --store"), control(tmp_path / "file"):
        pass


def test_a_commit_is_on_the_disk(tmp_path):
    """Write-ahead log with full synchronisation, as the store promises."""
    with control(tmp_path) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL

    with sqlite3.connect(tmp_path / CONTROL) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def written(folder):
    """Make a file with a note, by another process: it is closed in order."""
    with control(folder) as connection:
        prepare(connection, "notes", ["CREATE TABLE note (text TEXT)"])
        connection.execute("INSERT INTO note VALUES ('kept')")


def test_reading_changes_nothing_in_a_store(tmp_path):
    """No file is made, and none gets a new time."""
    written(tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    with reading(tmp_path) as connection:
        assert notes_of(connection) == ["kept"]
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("INSERT INTO note VALUES ('more')")

    assert (
        before.items()
        <= {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}.items()
    )


def notes_of(connection):
    return [row["text"] for row in connection.execute("SELECT text FROM note")]


@pytest.mark.parametrize("log", [False, True])
def test_a_store_that_cannot_be_written_is_read(log, tmp_path, monkeypatch):
    """As on a mount for reading only: with a log that a crash has left, and without one."""
    written(tmp_path)
    real = sqlite3.connect
    kept = real(tmp_path / CONTROL)
    if log:  # An open connection keeps the log from being taken in.
        kept.execute("INSERT INTO note VALUES ('last')")
        kept.commit()

    def connect(place, **options):
        if f"{tmp_path.name}/{CONTROL}?mode=ro" in place and "immutable" not in place:
            raise sqlite3.OperationalError("unable to open database file")
        return real(place, **options)

    monkeypatch.setattr(sqlite3, "connect", connect)
    with reading(tmp_path) as connection:
        assert notes_of(connection) == (["kept", "last"] if log else ["kept"])
    kept.close()
