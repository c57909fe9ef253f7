import pytest

from jobs.process.durable import write_whole


def test_a_file_is_replaced_as_a_whole(tmp_path):
    """The new content stands there, and no draft is left."""
    path = tmp_path / "file"
    write_whole(path, b"old")
    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_content(tmp_path, monkeypatch):
    """A failure before the rename changes nothing and leaves no draft."""
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jobs.process.durable.synced", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
