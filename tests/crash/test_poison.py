import duckdb
import pytest
import torture

pytestmark = pytest.mark.crash
REASONS = {
    "kill": "died",
    "hang": "no answer within",
    "memory": "needs more than 4 GB of memory",
    "error": "internal error: ZeroDivisionError",
}


def results(store):
    """Return status and reason of every pair."""
    with duckdb.connect(str(store / "results.duckdb"), read_only=True) as opened:
        found = opened.sql("SELECT sse, cathode, status, reason FROM pairs").fetchall()
    return {(sse, cathode): (status, reason) for sse, cathode, status, reason in found}


def poisoned(folder, engine, kind):
    """Compute the batch with an SSE whose pairs break their worker, and without."""
    torture.finish(folder / "sound")
    torture.finish(
        folder / "poisoned", engine, "deadline=3", CATHOLYTE_FAULT=f"pair-Li2ZrCl6:0:{kind}"
    )
    return results(folder / "sound"), results(folder / "poisoned")


def assert_only_the_poison_failed(sound, found, kind):
    bad = {pair for pair in sound if pair[0] == "Li2ZrCl6"}
    assert len(bad) == 3
    assert {pair: row for pair, row in found.items() if pair not in bad} == {
        pair: row for pair, row in sound.items() if pair not in bad
    }
    for pair in bad:
        assert sound[pair][0] == "ok"
        assert found[pair][0] == "failed"
        assert REASONS[kind] in found[pair][1]


@pytest.mark.parametrize("kind", REASONS)
def test_a_pair_that_breaks_its_worker_fails_alone(kind, tmp_path):
    """It crashes, hangs, eats memory, or fails in a new way: its row says so, the rest is done."""
    assert_only_the_poison_failed(*poisoned(tmp_path, "serial", kind), kind)


@pytest.mark.cluster
@pytest.mark.parametrize("kind", REASONS)
def test_a_pair_that_breaks_a_worker_of_ray_fails_alone(kind, tmp_path):
    """The same on Ray."""
    assert_only_the_poison_failed(*poisoned(tmp_path, "ray", kind), kind)
