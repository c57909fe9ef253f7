import os

import pytest

from jobs.errors import StoreError
from jobs.process.output_file import write_output


def test_a_file_is_replaced_as_a_whole(tmp_path):
    """Through a link too, which stays one."""
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")

    write_output(tmp_path / "link.txt", "new")

    assert (tmp_path / "real.txt").read_text() == "new"
    assert (tmp_path / "link.txt").is_symlink()
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_is_written_into_a_store_a_folder_or_a_pipe(tmp_path):
    """A pipe that nobody reads would wait for ever."""
    store = tmp_path / "store"
    store.mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "inside").symlink_to(store / "laboratory.sqlite")

    for name, said in (
        ("store", "inside the store"),
        ("inside", "inside the store"),
        ("pipe", "no ordinary file"),
        ("nowhere/x", "choose another place"),
    ):
        with pytest.raises(StoreError, match=said):
            write_output(tmp_path / name, "x", store=store)
    assert list(store.iterdir()) == []
