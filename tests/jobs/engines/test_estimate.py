import pytest

from jobs.engines import estimate
from jobs.engines.choice import Wanted, chosen
from jobs.engines.estimate import estimated
from jobs.store.spec import batch_spec
from screening.batch.model import Batch

BATCH = Batch(name="four", sses=("LPSCl", "LZC"), cathodes=("S", "Li2S"), draws=0)


@pytest.fixture
def clock(monkeypatch):
    """Let chunks take three seconds of processor time, and everything else none."""
    now = [0.0]

    def evaluate(*_):
        now[0] += 3.0

    monkeypatch.setattr(estimate, "evaluate_chunk", evaluate)
    monkeypatch.setattr(estimate.time, "process_time", lambda: now[0])


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("cpus", "side_by_side"), [(1, 1), (2, 2), (64, 4)])
def test_an_estimate_is_what_a_sample_took(cpus, side_by_side):
    """Three seconds a pair, four pairs in four chunks: 12 s of work; no more than 4 at once.

    The first pair loads what is known of materials: it is part of the start, not of the sample.
    """
    spec = batch_spec(BATCH, chunk_size=1)

    found = estimated(spec, chosen(Wanted(cpus=cpus)), 0)
    half = estimated(spec, chosen(Wanted(cpus=cpus)), 2)

    assert found.per_pair == pytest.approx(3.0)
    assert found.start == pytest.approx(3.0 + estimate._START)
    work = found.seconds - found.start
    assert work == pytest.approx(12.0 / side_by_side + 0.1 * 12.0)
    assert half.seconds - half.start == pytest.approx(work / 2)
