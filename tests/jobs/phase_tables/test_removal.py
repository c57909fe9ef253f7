import json
import os

import pytest

from jobs.errors import StoreError
from jobs.phase_tables.fetched import fetched
from jobs.phase_tables.removal import removable, remove
from jobs.phase_tables.row_table import Row
from jobs.phase_tables.snapshot import Description, all_snapshots, make_snapshot
from stability.tables.phase_rows import Phase
from stability.tables.phase_table import table_location


def made(energy, name="mine", **described):
    return make_snapshot([Row(Phase("Li2O", energy), "a")], Description(name, "test", **described))


def store(tmp_path, table):
    """Return a store with one batch that names a table."""
    folder = tmp_path / "store" / "batches" / "b"
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(json.dumps({"table": table}))
    return tmp_path / "store"


def test_what_was_replaced_or_is_partial_may_go(tmp_path):
    """Of three snapshots of one name, the newest complete one stays; so does another name.

    If no store is looked at, only the partial one may go: a batch may need the other.
    """
    kept = store(tmp_path, "reference")
    made(-2.0)
    stays = {made(-2.1).manifest.id, made(-2.0, "other").manifest.id}
    made(-2.2, partial_because="the database has changed")

    assert [one.what.rpartition(", ")[2] for one in removable([])] == ["partial"]
    found = removable([kept])
    remove(found)

    assert [one.what.rpartition(", ")[2] for one in found] == ["replaced by a newer one", "partial"]
    assert {one.manifest.id for one in all_snapshots()} == stays
    assert removable([kept]) == []


@pytest.mark.parametrize("suffix", ["", "+by-nc"])
def test_what_a_batch_names_stays(tmp_path, suffix):
    """The older snapshot is the table of a batch, which keeps it by its path."""
    made(-2.0)
    kept = store(tmp_path, table_location("mine" + suffix))
    made(-2.1)

    assert removable([kept]) == []
    (kept / "batches" / "b" / "spec.json").unlink()
    assert len(removable([kept])) == 1


def test_drafts_may_go(own_data):
    """What a killed process has left."""
    (own_data / "drafts" / "x").mkdir(parents=True)
    assert removable([]) == []  # Somebody may be writing it.
    os.utime(own_data / "drafts" / "x", (0, 0))

    remove(removable([]))

    assert not (own_data / "drafts" / "x").exists()


def test_what_an_unfinished_sync_has_fetched_goes_only_if_asked():
    """It would have to be fetched again."""
    with fetched("plan") as kept:
        kept.keep(0, [{"material_id": "mp-1"}])

    assert removable([]) == []
    with fetched("plan"):
        assert removable([], unfinished=True) == []  # It is running.
    remove(removable([], unfinished=True))
    with fetched("plan") as kept:
        assert kept.chunks == frozenset()


@pytest.mark.parametrize("text", ["", "{}", "[]"])
def test_nothing_goes_while_a_batch_cannot_be_read(tmp_path, text):
    """It may name any of them."""
    kept = store(tmp_path, "reference")
    (kept / "batches" / "b" / "spec.json").write_text(text)

    with pytest.raises(StoreError, match="nothing is removed"):
        removable([kept])


def test_a_store_that_is_not_there_is_refused(tmp_path):
    """A slip of the keyboard would remove what its batches need."""
    with pytest.raises(StoreError, match="no such folder"):
        removable([tmp_path / "nowhere"])
