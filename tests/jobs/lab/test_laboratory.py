import shutil
import sqlite3

import duckdb
import pytest

from jobs.errors import StoreError
from jobs.health.finding import Health
from jobs.health.laboratory_check import laboratory_finding
from jobs.lab.laboratory import LABORATORY, Kind, laboratory, published_laboratory
from jobs.schema import store_schema as schema


@pytest.fixture
def filled(tmp_path):
    """Return a store with one experiment of two versions and one material."""
    with laboratory(tmp_path, write=True) as lab:
        lab.add(Kind.EXPERIMENT, "A1", {"charge": 1.5})
        lab.add(Kind.EXPERIMENT, "A1", {"charge": 2.5}, reason="read off wrongly")
        lab.add(Kind.MATERIAL, "A1", {"name": "ours"}, withdrawn=True)
    return tmp_path


def publish(store, experiments):
    """Write a published copy that shows some experiments."""
    with duckdb.connect(store / "results.duckdb") as connection:
        for statement in schema.statements(schema.TABLES):
            connection.execute(statement)
        for name in experiments:
            connection.execute("INSERT INTO experiments (id) VALUES (?)", [name])


def test_versions_are_numbered_within_a_record(filled):
    """The newest is the present one; kinds do not see each other's ids."""
    with laboratory(filled) as lab:
        (present,) = lab.current(Kind.EXPERIMENT).values()
        first, second = lab.history(Kind.EXPERIMENT, "A1")
        (material,) = lab.current(Kind.MATERIAL).values()

    assert (first.version, second.version, material.version) == (1, 2, 1)
    assert present == second
    assert present.row["reason"] == "read off wrongly"
    assert material.withdrawn


def test_what_is_large_can_be_left_out(filled):
    """The rest is as it was."""
    with laboratory(filled) as lab:
        (one,) = lab.current(Kind.MATERIAL, without="name").values()

    assert one.values == {}


@pytest.mark.parametrize("sql", ["UPDATE record SET reason = 'x'", "DELETE FROM record"])
def test_history_cannot_be_rewritten(filled, sql):
    """Not by this program, nor by another one that opens the file."""
    connection = sqlite3.connect(filled / LABORATORY)
    with pytest.raises(sqlite3.IntegrityError, match="a version is never"):
        connection.execute(sql)
    connection.close()


def test_a_visit_that_fails_leaves_nothing(filled):
    """All of it is one transaction."""

    def visit():
        with laboratory(filled, write=True) as lab:
            lab.insert(lab.add(Kind.EXPERIMENT, "A2", {}))

    with pytest.raises(StoreError, match="UNIQUE"):
        visit()

    with laboratory(filled) as lab:
        assert set(lab.current(Kind.EXPERIMENT)) == {"A1"}


def test_reading_writes_nothing(filled):
    """Not even beside the file; a store that is not there is not made."""
    before = sorted(filled.iterdir())

    with laboratory(filled) as lab, pytest.raises(sqlite3.OperationalError, match="readonly"):
        lab.add(Kind.EXPERIMENT, "A3", {})
    with laboratory(filled.parent / "none") as lab:
        assert lab.current(Kind.EXPERIMENT) == {}

    assert sorted(filled.iterdir()) == before
    assert not (filled.parent / "none").exists()


@pytest.fixture
def half_written(filled, tmp_path_factory):
    """Return a store whose writer was killed when a part of its entry was in the file already."""
    killed = tmp_path_factory.mktemp("killed")
    with laboratory(filled, write=True) as lab:
        lab._connection.execute("PRAGMA cache_size = 1")  # What does not fit goes to the file.
        for number in range(200):
            lab.add(Kind.EXPERIMENT, f"B{number}", {"note": "x" * 200})
        for path in filled.iterdir():
            shutil.copy(path, killed)
    assert (killed / f"{LABORATORY}-journal").read_bytes()[:1] != b"\0"
    return killed


@pytest.mark.parametrize("writable", [True, False])
def test_half_an_entry_of_a_killed_writer_is_none(half_written, writable, monkeypatch):
    """Who reads next has all that was there before; without the right to write nothing is."""
    connect = sqlite3.connect

    def refused(place, **options):
        if str(place) == f"{(half_written / LABORATORY).as_uri()}?mode=rw":
            raise sqlite3.OperationalError("attempt to write a readonly database")
        return connect(place, **options)

    before = {path.name: path.read_bytes() for path in half_written.iterdir()}
    if not writable:
        monkeypatch.setattr(sqlite3, "connect", refused)
    assert laboratory_finding(half_written).health is Health.OK
    with laboratory(half_written) as lab:
        assert [one.id for one in lab.everything()] == ["A1", "A1", "A1"]

    after = {path.name: path.read_bytes() for path in half_written.iterdir()}
    assert (after == before) is not writable


def test_a_lost_laboratory_is_not_begun_anew_in_silence(tmp_path):
    """The published copy shows two experiments: the message says how to get them back."""
    publish(tmp_path, ["A1", "A2"])

    assert published_laboratory(tmp_path) == "2 experiments"
    with (
        pytest.raises(StoreError, match=r"held 2 experiments; put it back, .*lab import"),
        laboratory(tmp_path, write=True),
    ):
        pass
    assert not (tmp_path / LABORATORY).exists()


def test_a_published_copy_without_entries_stands_in_nobodys_way(tmp_path):
    """A first experiment after a first batch."""
    publish(tmp_path, [])

    with laboratory(tmp_path, write=True) as lab:
        lab.add(Kind.EXPERIMENT, "A1", {})


def test_a_newer_file_is_refused(filled):
    """With the remedy."""
    with sqlite3.connect(filled / LABORATORY) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()

    with pytest.raises(StoreError, match="update catholyte"), laboratory(filled):
        pass


def test_a_file_that_is_none_is_refused(tmp_path):
    """In one line that names it."""
    (tmp_path / LABORATORY).write_text("no database, by far not one " * 40)

    with pytest.raises(StoreError, match=LABORATORY), laboratory(tmp_path):
        pass
