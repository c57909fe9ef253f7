import sqlite3

import pytest

from jobs.errors import BusyError
from jobs.phase_tables.errors import DataError, ServiceError
from jobs.phase_tables.fetched import fetched, files, forget


def documents(*numbers):
    return [{"material_id": f"mp-{number}", "energy": -float(number)} for number in numbers]


def test_what_was_kept_is_there_when_it_is_opened_again():
    """By material, whatever the order in which chunks came."""
    with fetched("plan") as kept:
        kept.keep(1, documents(10, 9))
    with fetched("plan") as kept:
        kept.keep(0, documents(2))
        assert kept.chunks == {0, 1}
        assert kept.documents() == documents(2, 9, 10)


def test_a_chunk_is_kept_as_a_whole_or_not_at_all(monkeypatch):
    """The disk is full after its documents were written: neither they nor the chunk are there."""
    with fetched("plan") as kept:
        kept.keep(0, documents(1))
        monkeypatch.setenv("CATHOLYTE_FAULT", "sync-written:0:enospc")
        with pytest.raises(DataError, match=r"No space left on device; make room"):
            kept.keep(1, documents(2))
        assert kept.chunks == {0}
        assert kept.documents() == documents(1)


def test_a_material_that_comes_twice_is_refused():
    """In two chunks, or in one; nothing of the second is kept."""
    with fetched("plan") as kept:
        kept.keep(0, documents(1))
        for twice in (documents(2, 1), documents(3, 3)):
            with pytest.raises(ServiceError, match="came with another chunk too"):
                kept.keep(1, twice)
        assert kept.documents() == documents(1)


def test_two_processes_do_not_sync_the_same():
    """The second is told to wait; another plan is free."""
    with fetched("plan"):
        with pytest.raises(BusyError, match="another process"), fetched("plan"):
            pass
        with fetched("other"):
            pass


def test_a_damaged_file_is_named():
    """One line with the folder, not a traceback of SQLite."""
    with fetched("plan") as kept:
        kept.keep(0, documents(1))
    path = next(path for path in files("plan") if path.suffix == ".sqlite")
    path.write_bytes(b"no database at all" * 100)

    with pytest.raises(DataError, match=r"syncs: file is not a database"), fetched("plan"):
        pass


def test_what_is_forgotten_is_gone():
    """Files of other plans stay."""
    for plan in ("plan", "other"):
        with fetched(plan) as kept:
            kept.keep(0, documents(1))

    forget("plan")

    assert files("plan") == []
    assert files("other")
    assert sqlite3.connect(files("other")[1]).execute("SELECT count(*) FROM chunk").fetchone() == (
        1,
    )
