import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from jobs.batches.run import run
from jobs.errors import BusyError, QueryError, StoreError
from jobs.schema import store_schema as schema
from jobs.store.publication import PUBLISHED
from jobs.store.published import rows
from jobs.store.writer import writing

MANY_BATCHES = """
import sys
from pathlib import Path
from jobs.batches.run import run
from screening.batch.model import Batch
from tests.jobs.conftest import computed_here
for number in range(3):
    batch = Batch(name=f"batch {number}", sses=("LPSCl",), cathodes=("S",), draws=0)
    with computed_here():
        run(batch, Path(sys.argv[1]))
"""
BATCH = {
    "batch_id": "b", "name": "by hand", "spec": "{}", "phase_table": "t", "policy": "known",
    "calibration": "c", "version": "0", "pairs_total": 0, "pairs_done": 0,
    "pairs_failed": 0, "run_at": None,
}  # fmt: skip


def names(store):
    return [row["name"] for row in rows(store, "SELECT name FROM batches ORDER BY name")]


def insert(store, *batches):
    with writing(store) as writer:
        writer.insert({schema.BATCHES: batches})
        writer.publish()


def test_what_is_written_is_read_back(tmp_path):
    """A folder is made, with a published file that people may open."""
    store = tmp_path / "new" / "store"

    insert(store, BATCH)

    assert names(store) == ["by hand"]
    assert (store / PUBLISHED).is_file()
    assert sorted(path.name for path in store.iterdir()) == [
        PUBLISHED,
        "work.duckdb",
        "work.lock",
    ]


def test_the_same_rows_again_change_nothing_but_the_time(tmp_path):
    """A key that is there stays as it is."""
    insert(tmp_path, BATCH)
    insert(tmp_path, BATCH | {"name": "another name"})

    assert names(tmp_path) == ["by hand"]


def test_readers_see_the_published_state_until_the_next_one(tmp_path):
    """What is inserted but not published is nobody's yet."""
    insert(tmp_path, BATCH)

    with writing(tmp_path) as writer:
        writer.insert({schema.BATCHES: [BATCH | {"batch_id": "c", "name": "second"}]})
        assert names(tmp_path) == ["by hand"]
        writer.publish()
        assert names(tmp_path) == ["by hand", "second"]


def test_a_reader_keeps_what_it_has_opened(tmp_path):
    """A notebook with an open connection is not disturbed by a publication."""
    insert(tmp_path, BATCH)

    with duckdb.connect(str(tmp_path / PUBLISHED), read_only=True) as notebook:
        insert(tmp_path, BATCH | {"batch_id": "c"})
        assert notebook.execute("SELECT count(*) FROM batches").fetchall() == [(1,)]


def test_a_publication_is_a_new_file(tmp_path):
    """Whoever has the old file open, or copies it, gets the old file whole."""
    insert(tmp_path, BATCH)
    before = (tmp_path / PUBLISHED).read_bytes()

    with (tmp_path / PUBLISHED).open("rb") as opened:
        insert(tmp_path, BATCH | {"batch_id": "c"})
        assert opened.read() == before
        assert os.fstat(opened.fileno()).st_ino != (tmp_path / PUBLISHED).stat().st_ino


def test_a_draft_of_a_writer_that_died_is_no_obstacle(tmp_path):
    """The next one starts its own, and leaves none behind."""
    (tmp_path / f"{PUBLISHED}.tmp").write_bytes(b"half a file")

    insert(tmp_path, BATCH)

    assert names(tmp_path) == ["by hand"]
    assert not (tmp_path / f"{PUBLISHED}.tmp").exists()


def test_readers_never_see_half_a_batch(tmp_path):
    """While another process runs three batches, each look shows whole batches, never fewer."""
    run_ = [sys.executable, "-c", MANY_BATCHES, str(tmp_path)]
    look = (
        "SELECT (SELECT count(*) FROM batches) AS batches, (SELECT count(*) FROM pairs) AS pairs, "
        "(SELECT count(*) FROM windows) AS windows"
    )
    seen = [0]
    with subprocess.Popen(
        run_,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3]), "CATHOLYTE_CACHE": ""},
    ) as process:
        while process.poll() is None:
            if (tmp_path / PUBLISHED).exists():
                (row,) = rows(tmp_path, look)
                assert row["pairs"] == row["batches"] >= seen[-1]
                assert row["windows"] == row["batches"]
                seen.append(row["batches"])
            time.sleep(0.1)

    assert process.returncode == 0
    assert rows(tmp_path, look)[0]["batches"] == 3


def test_a_second_writer_is_refused_and_told_who_writes(holder, small):
    """Another process holds the store: refused at once, with its number, and nothing is lost."""
    store, process = holder

    with pytest.raises(BusyError, match=f"by process {process.pid}; wait, or name another"):
        run(small, store)


def test_a_store_is_free_again_when_its_writer_has_died(holder, small):
    """The lock belongs to the process, so no file has to be removed by hand."""
    store, process = holder
    process.kill()
    process.wait()

    assert run(small, store).failed == 0


def test_a_failing_write_leaves_nothing_behind(tmp_path):
    """One transaction: if a table cannot be filled, the others stay as they were."""
    insert(tmp_path, BATCH)

    with pytest.raises(KeyError), writing(tmp_path) as writer:
        writer.insert({schema.BATCHES: [BATCH | {"batch_id": "c"}], schema.WINDOWS: [{"sse": "x"}]})

    with writing(tmp_path) as writer:
        writer.publish()
    assert len(names(tmp_path)) == 1


def test_a_writer_that_gives_up_publishes_nothing(tmp_path):
    """Readers keep the last state, and the next writer can go on."""
    insert(tmp_path, BATCH)

    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        _ = 1 / 0

    assert names(tmp_path) == ["by hand"]
    insert(tmp_path, BATCH | {"batch_id": "c", "name": "second"})
    assert len(names(tmp_path)) == 2


def test_another_version_of_the_schema_is_refused(tmp_path, small):
    """A store of the future, or of the past, is not touched; its results are not read either."""
    insert(tmp_path, BATCH)
    with duckdb.connect(str(tmp_path / "work.duckdb")) as connection:
        connection.execute("UPDATE schema_version SET version = 99")

    with pytest.raises(StoreError, match=f"has schema 99, this program {schema.VERSION}"):
        run(small, tmp_path)
    assert names(tmp_path) == ["by hand"]


@pytest.mark.parametrize("content", [b"garbage", b"", b"\x00" * 10_000])
def test_a_file_that_is_no_database_is_refused_in_one_line(content, tmp_path):
    """Not a traceback, and not an empty answer."""
    (tmp_path / PUBLISHED).write_bytes(content)

    with pytest.raises((StoreError, QueryError)) as error:
        rows(tmp_path, "SELECT * FROM batches")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"garbage", b"\x00" * 10_000])
def test_a_broken_working_file_is_refused_in_one_line(content, tmp_path):
    """The same for the file behind the published one."""
    (tmp_path / "work.duckdb").write_bytes(content)

    with pytest.raises(StoreError) as error, writing(tmp_path):
        pass
    assert "\n" not in str(error.value)
    assert str(tmp_path) in str(error.value)


def test_a_cut_off_file_is_refused_in_one_line(tmp_path):
    """As after a full disk: the first half of a real file."""
    insert(tmp_path, BATCH)
    whole = (tmp_path / PUBLISHED).read_bytes()
    (tmp_path / PUBLISHED).write_bytes(whole[: len(whole) // 2])

    with pytest.raises((StoreError, QueryError)) as error:
        rows(tmp_path, "SELECT * FROM batches")
    assert "\n" not in str(error.value)


def test_a_file_where_the_folder_should_be_is_refused(tmp_path):
    """The message names the place and the way out."""
    (tmp_path / "store").write_text("a file", encoding="utf-8")

    with (
        pytest.raises(StoreError, match="choose another with --store"),
        writing(tmp_path / "store"),
    ):
        pass


def test_a_quote_in_the_name_of_the_folder_does_no_harm(tmp_path, small):
    """Folders are named by people."""
    store = tmp_path / "o'neill; DROP"

    run(small, store)

    assert names(store) == ["small"]


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_the_published_file_explains_itself(table, stored):
    """Every column of every table carries its comment, for whoever opens the file without us."""
    found = rows(
        stored,
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? "
        "ORDER BY column_index",
        [table.name],
    )

    assert [(row["column_name"], row["comment"]) for row in found] == [
        (field.name, field.comment) for field in table.fields
    ]
