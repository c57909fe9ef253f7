import os

import pytest

from jobs.process import session_folder
from jobs.process.session_folder import new_session_folder, session_folders


@pytest.fixture
def places(monkeypatch):
    """Return a function that says where session folders may be made."""
    return lambda *paths: monkeypatch.setattr(session_folder, "_places", lambda: list(paths))


def test_a_long_folder_for_temporary_files_is_passed_over(monkeypatch, tmp_path):
    """Every scratch folder of a cluster is too long for the sockets of Ray: a shorter one is."""
    long = tmp_path / "scratch-of-a-user" / "of-a-job-on-a-cluster"
    long.mkdir(parents=True)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(long))

    folder = new_session_folder()

    assert folder is not None
    assert folder.parent != long
    assert len(os.fsencode(folder)) <= 38  # Ray adds 69 bytes, of 107 that a socket may have.
    assert folder in list(session_folders(living=True))
    (folder / "owner").unlink()
    folder.rmdir()
    assert list(long.iterdir()) == []


def test_where_nothing_is_short_enough_there_is_none(places, tmp_path):
    """And nothing is left behind."""
    long = tmp_path / ("x" * 40)
    long.mkdir()
    places(long)

    assert new_session_folder() is None
    assert list(long.iterdir()) == []


def test_living_and_dead_sessions_are_told_apart(places, tmp_path_factory):
    """By process and time of start; one that is just being made is neither."""
    place = tmp_path_factory.mktemp("t")
    places(place)
    for name, owner in {"dead": "4194303 long ago", "odd": "no number"}.items():
        (place / f"catholyte-ray-{name}").mkdir()
        (place / f"catholyte-ray-{name}" / "owner").write_text(owner, encoding="ascii")
    (place / "catholyte-ray-new").mkdir()

    assert [path.name for path in session_folders(living=False)] == ["catholyte-ray-dead"]
    assert list(session_folders(living=True)) == []
