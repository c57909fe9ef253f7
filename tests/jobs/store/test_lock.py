import pytest

from jobs.errors import BusyError, StoreError
from jobs.store.lock import LOCK, locked


def test_one_process_holds_the_lock_and_the_next_one_may(tmp_path):
    """The second is told who has it; it is free as soon as the first lets go."""
    with locked(tmp_path / "store"):
        holder = (tmp_path / "store" / LOCK).read_text(encoding="ascii")
        with (
            pytest.raises(BusyError, match=f"written by process {holder};"),
            locked(tmp_path / "store"),
        ):
            pass
    with locked(tmp_path / "store"):
        pass


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    """In one line, with what else can be done."""
    (tmp_path / "store").write_text("", encoding="utf-8")

    with pytest.raises(StoreError, match="choose another with --store"), locked(tmp_path / "store"):
        pass
