import numpy as np
import pytest

from stability.cache import cached, folder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Keep the cache in a folder of this test."""
    monkeypatch.setenv("CATHOLYTE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def counted(calls):
    def make():
        calls.append(1)
        return {"a": np.arange(3), "b": np.array(["x", "yz"])}

    return make


def test_work_is_done_once(here):
    """The second time the arrays come from disk, equal in values and types."""
    calls = []
    first, second = cached("n", counted(calls)), cached("n", counted(calls))

    assert calls == [1]
    assert [path.name for path in here.iterdir()] == ["n.npz"]
    for key in ("a", "b"):
        assert second[key].tolist() == first[key].tolist()
        assert second[key].dtype == first[key].dtype


def test_another_name_is_another_work():
    """A name carries the hash of the input: nothing is shared between two."""
    calls = []
    cached("one", counted(calls))
    cached("two", counted(calls))

    assert calls == [1, 1]


# numpy leaves a broken archive open until it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("damage", [b"", b"not an archive", b"PK\x03\x04 cut short"])
def test_a_damaged_file_is_made_again(here, damage):
    """Whatever lies there, the answer is right, and kept for the next time."""
    calls = []
    here.mkdir()
    (here / "n.npz").write_bytes(damage)

    assert cached("n", counted(calls))["a"].tolist() == [0, 1, 2]
    cached("n", counted(calls))
    assert calls == [1]


def test_where_nothing_can_be_kept_the_work_is_done_again(here):
    """A file where the folder should be: time is lost, no result is."""
    calls = []
    here.write_text("in the way")

    for _ in range(2):
        assert cached("n", counted(calls))["a"].tolist() == [0, 1, 2]
    assert calls == [1, 1]


def test_a_failure_leaves_nothing_behind(here):
    """An error of the work itself is passed on, and no half-written file stays."""

    def fails():
        raise RuntimeError("no table")

    with pytest.raises(RuntimeError, match="no table"):
        cached("n", fails)
    assert not here.exists() or not list(here.iterdir())


def test_the_folder_is_the_users_choice(here, monkeypatch):
    """CATHOLYTE_CACHE first, then the desktop's convention, then the home folder."""
    assert folder() == here
    monkeypatch.delenv("CATHOLYTE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(here))
    assert folder() == here / "catholyte"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(here))
    assert folder() == here / ".cache" / "catholyte"
