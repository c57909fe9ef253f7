import shutil

import pytest
import torture


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return a store of two processes that nothing has stopped, for reading only."""
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    torture.finish(store)
    return store


def test_a_sample_of_crashes_loses_nothing(tmp_path, undisturbed):
    """3 kills with -9, at named points and at random; every table as in a run without one."""
    tally = torture.torture(tmp_path, undisturbed, seed=20, n=3, per_store=3)

    assert tally.kills == 3
    assert len(tally.at) > 1


@pytest.mark.parametrize("cpus", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_the_number_of_processes_changes_no_byte(cpus, tmp_path, undisturbed):
    """Two, as everywhere here, and one or three give the same tables, chunk by chunk."""
    torture.finish(tmp_path / "other", "local", f"cpus={cpus}")

    assert torture.canonical(tmp_path / "other") == torture.canonical(undisturbed)
    assert torture.digests(tmp_path / "other") == torture.digests(undisturbed)


@pytest.mark.crash
def test_three_hundred_crashes_lose_nothing(tmp_path, capsys, undisturbed):
    """300 kills: each named point was among them, and so were random moments."""
    tally = torture.torture(tmp_path, undisturbed, seed=300, n=300)

    with capsys.disabled():
        print(f"\n{tally}")  # noqa: T201  # What `make crash` shows.
    assert tally.kills == 300
    assert set(tally.at) == {*torture.points(), *torture.LOCAL}


@pytest.mark.cluster
def test_twenty_crashes_of_ray_lose_nothing(tmp_path, capsys):
    """Worker, raylet, head, driver, agents, everything at once: the same tables as without Ray."""
    tally = torture.torture_ray(tmp_path, seed=20, n=20)

    with capsys.disabled():
        print(f"\n{tally}")  # noqa: T201  # What `make cluster` shows.
    assert tally.kills == 20
    assert set(tally.at) == set(torture.VICTIMS)


def test_the_check_can_fail(tmp_path, undisturbed):
    """A store from which a chunk is taken away does not pass."""
    import duckdb  # noqa: PLC0415  # For this one test.

    shutil.copytree(undisturbed, tmp_path / "store")
    known = torture.digests(tmp_path / "store")
    torture.check(tmp_path / "store", known)
    with duckdb.connect(str(tmp_path / "store" / "work.duckdb")) as opened:
        opened.execute("DELETE FROM chunks WHERE chunk = 3")

    with pytest.raises(AssertionError, match="acknowledged chunk is lost"):
        torture.check(tmp_path / "store", known)
