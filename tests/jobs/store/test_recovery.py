import pytest

from jobs.errors import StoreError
from jobs.schema import store_schema as schema
from jobs.store import ledger
from jobs.store.ledger import State
from jobs.store.recovery import lost_chunks, recovered
from jobs.store.spec import batch_spec, store_spec
from jobs.store.writer import writing
from jobs.work.pair_rows import broken_pairs
from screening.batch.model import Batch


@pytest.fixture
def spec(tmp_path):
    """Return a batch of two pairs in two chunks, in the store, of which the first is done."""
    spec = batch_spec(Batch(name="two", sses=("LPSCl",), cathodes=("S", "Li2S")), chunk_size=1)
    store_spec(tmp_path, spec)
    ledger.queue(tmp_path, spec)
    with writing(tmp_path) as writer:
        row = {field.name: None for field in schema.BATCHES.fields} | {"batch_id": spec.batch_id}
        writer.insert({schema.BATCHES: [row]})
        writer.commit(
            spec.batch_id, 0, "zero", broken_pairs(spec, [spec.pair(0)], "broken"), "version"
        )
    return spec


def test_what_was_committed_and_not_noted_is_noted(tmp_path, spec):
    """A driver that dies between commit and note leaves one chunk more than it said."""
    with writing(tmp_path) as writer:
        recovered(tmp_path, writer)

    assert ledger.acknowledged(tmp_path) == {spec.batch_id: {0: "zero"}}
    one = ledger.batch(tmp_path, spec.batch_id)
    assert (one.pairs_done, one.pairs_failed, one.state) == (1, 1, State.QUEUED)


@pytest.mark.parametrize(("chunk", "digest"), [(1, "one"), (0, "other")])
def test_what_was_noted_and_is_not_there_is_a_loss(chunk, digest, tmp_path, spec):
    """A chunk that is missing, or has other rows; it is computed again only if asked for."""
    ledger.acknowledge(tmp_path, spec.batch_id, chunk, digest, done=2, failed=0)

    with writing(tmp_path) as writer:
        assert lost_chunks(tmp_path, writer) == {spec.batch_id: [chunk]}
        with pytest.raises(StoreError, match="lacks chunks that were acknowledged"):
            recovered(tmp_path, writer)
        recovered(tmp_path, writer, recompute=True)
        assert lost_chunks(tmp_path, writer) == {}
    one = ledger.batch(tmp_path, spec.batch_id)
    assert (one.state, one.pairs_done) == (State.INTERRUPTED, 1)


def test_a_batch_with_a_spec_and_no_record_is_queued(tmp_path, spec):
    """As after a crash in `submit`, or when ``jobs.sqlite`` was deleted."""
    for path in tmp_path.glob("jobs.sqlite*"):
        path.unlink()

    with writing(tmp_path) as writer:
        recovered(tmp_path, writer)

    one = ledger.batch(tmp_path, spec.batch_id)
    assert (one.state, one.pairs_done, one.pairs_total) == (State.QUEUED, 1, 2)
