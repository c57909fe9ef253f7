import duckdb
import pytest
import torture

pytestmark = pytest.mark.crash
FAILED = {
    "crash": "died of SIGSEGV",
    "hang": "no answer within 3 s of processor time",
    "memory": "needs more than 4 GB of memory",
    "error": "internal error: ZeroDivisionError",
}
POISON = "Li2ZrCl6"


def results(store):
    """Return status and reason of every pair."""
    with duckdb.connect(str(store / "results.duckdb"), read_only=True) as opened:
        found = opened.sql("SELECT sse, cathode, status, reason FROM pairs").fetchall()
    return {(sse, cathode): (status, reason) for sse, cathode, status, reason in found}


def poisoned(folder, engine, kind):
    """Compute the batch with an SSE whose pairs break their worker, and without."""
    torture.finish(folder / "sound")
    torture.finish(
        folder / "poisoned", engine, "deadline=3", CATHOLYTE_FAULT=f"pair-{POISON}:0:{kind}"
    )
    return results(folder / "sound"), results(folder / "poisoned")


def assert_only_the_poison(sound, found, status, reason):
    bad = {pair for pair in sound if pair[0] == POISON}
    assert len(bad) == 3
    assert {pair: row for pair, row in found.items() if pair not in bad} == {
        pair: row for pair, row in sound.items() if pair not in bad
    }
    for pair in bad:
        assert sound[pair][0] == "ok"
        assert found[pair][0] == status
        assert reason in found[pair][1]


@pytest.mark.parametrize("kind", FAILED)
def test_a_pair_that_breaks_its_worker_fails_alone(kind, tmp_path):
    """It crashes, hangs, eats memory, or fails in a new way: its row says so, the rest is done."""
    assert_only_the_poison(*poisoned(tmp_path, "local", kind), "failed", FAILED[kind])


def test_a_pair_whose_worker_is_killed_stays_open(tmp_path):
    """As by a system that is short of memory: the rest is kept, and later it has its answer."""
    sound, found = poisoned(tmp_path, "local", "kill")
    assert_only_the_poison(sound, found, "unanswered", "died of SIGKILL")

    torture.finish(tmp_path / "poisoned")

    assert torture.canonical(tmp_path / "poisoned") == torture.canonical(tmp_path / "sound")


@pytest.mark.cluster
@pytest.mark.parametrize("kind", ["hang", "memory", "error"])
def test_a_pair_that_breaks_a_worker_of_ray_fails_alone(kind, tmp_path):
    """The same on Ray, where it is known why."""
    assert_only_the_poison(*poisoned(tmp_path, "ray", kind), "failed", FAILED[kind])


@pytest.mark.cluster
@pytest.mark.parametrize("kind", ["kill", "crash"])
def test_a_pair_that_ends_a_worker_of_ray_stays_open(kind, tmp_path):
    """Ray does not say of what a worker died: it may have been the machine."""
    assert_only_the_poison(*poisoned(tmp_path, "ray", kind), "unanswered", "died")
