import errno
from contextlib import suppress
from types import SimpleNamespace

import duckdb
import pytest

from jobs.errors import StoreError
from jobs.store.working_file import WORKING, transaction, working_file


def test_what_fails_inside_a_transaction_leaves_nothing(tmp_path):
    """The table that was begun is gone, the one of the transaction before stays."""
    with working_file(tmp_path, anew=False) as connection:
        with transaction(connection):
            connection.execute("CREATE TABLE kept (n INT)")
        with suppress(duckdb.Error), transaction(connection):
            connection.execute("CREATE TABLE lost (n INT)")
            connection.execute("no statement")
        names = {row[0] for row in connection.execute("SHOW TABLES").fetchall()}

    assert "kept" in names
    assert "lost" not in names


def test_a_damaged_file_is_named_or_set_aside(tmp_path):
    """Refused with its remedy; set aside where one asks for it, and nothing of it is deleted."""
    (tmp_path / WORKING).write_bytes(b"no database" * 2000)
    with (
        pytest.raises(StoreError, match=r"restore work\.duckdb"),
        working_file(tmp_path, anew=False),
    ):
        pass

    with working_file(tmp_path, anew=True) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    assert len(list(tmp_path.glob(f"{WORKING}.damaged-*"))) == 1


@pytest.mark.parametrize(
    ("error", "free", "said"),
    [
        (OSError(errno.ENOSPC, "full"), 10**12, "no space left on the disk"),
        (OSError(errno.EIO, "odd"), 0, "no space left on the disk"),
        (OSError(errno.EIO, "odd"), 10**12, "odd"),
        (duckdb.OutOfMemoryException("a\nb"), 10**12, "used up its 900MB; .* `catholyte resume`"),
    ],
)
def test_a_full_disk_is_told_by_the_error_or_by_the_room(tmp_path, monkeypatch, error, free, said):
    """Either is enough: room may be made meanwhile, and DuckDB says it in many words."""
    monkeypatch.setattr(
        "jobs.store.working_file.shutil.disk_usage", lambda _: SimpleNamespace(free=free)
    )
    with pytest.raises(StoreError, match=said), working_file(tmp_path, anew=False):
        raise error


def test_a_table_that_an_older_program_did_not_know_is_made(tmp_path):
    """The store of yesterday is used today, with all that is in it."""
    with working_file(tmp_path, anew=False) as connection:
        connection.execute("DROP TABLE candidates")
        connection.execute("INSERT INTO chunks VALUES ('b', 0, 1, 'd', 'v', now()::TIMESTAMP)")

    with working_file(tmp_path, anew=False) as connection:
        assert connection.execute("SELECT count(*) FROM candidates").fetchall() == [(0,)]
        assert connection.execute("SELECT batch_id FROM chunks").fetchall() == [("b",)]
