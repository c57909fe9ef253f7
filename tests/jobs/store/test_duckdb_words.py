import os
import subprocess
import sys

import duckdb
import pytest

from jobs.errors import StoreError
from jobs.store import published
from jobs.store.duckdb_words import plain_words, refuse_path
from jobs.store.writer import writing

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"


def test_a_lock_names_its_holder_and_the_remedy():
    """Here the process of this test, by number; the path and the web page are left out."""
    said = f"IO Error: Conflicting lock is held in /x/y (PID {os.getpid()}). See"

    words = plain_words(said)

    assert f"process {os.getpid()} (" in words
    assert "read_only=True" in words
    assert "/x/y" not in words
    assert "process 4194999," in plain_words("Conflicting lock is held in /x (PID 4194999).")


@pytest.mark.parametrize("name", ["a?b", "?"])
def test_a_question_mark_in_the_path_is_refused_in_one_line(name, tmp_path):
    """Whether the store is written or read."""
    store = tmp_path / name / "store"
    with pytest.raises(StoreError, match=r"takes the '\?' in its path"):
        refuse_path(store)
    with pytest.raises(StoreError, match=r"takes the '\?' in its path"), writing(store):
        pass
    with pytest.raises(StoreError, match=r"takes the '\?' in its path"):
        published.rows(store, "SELECT 1")
    assert not store.exists()


def test_a_notebook_that_holds_the_results_is_named(tmp_path):
    """A process that has opened them for writing, as a notebook may."""
    duckdb.connect(tmp_path / "results.duckdb").close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "results.duckdb"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as notebook:  # fmt: skip
        assert notebook.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match=f"open for writing in process {notebook.pid}"):
            published.rows(tmp_path, "SELECT 1")
        notebook.communicate(b"\n")
