import pytest

from jobs.errors import StoreError
from jobs.store.spec import Span, batch_spec
from jobs.work.chunk import composites_of, evaluate_chunk, phases_of
from jobs.work.packed_tables import packed
from screening.batch.model import Batch


@pytest.fixture(scope="module")
def bench():
    """Return a spec of six pairs, four without an answer, with what their evaluation needs."""
    batch = Batch(name="gaps", sses=("Li3Bi", "LPSCl", "Li2Se"), cathodes=("S", "Li2S"), draws=0)
    spec = batch_spec(batch)
    return spec, phases_of(spec), composites_of(spec)


def test_every_pair_of_a_span_has_a_row(bench):
    """With or without an answer; the failed ones say why."""
    spec, *rest = bench

    rows = evaluate_chunk(spec, *rest, Span(0, 6))["pairs"].to_pylist()

    assert {(row["sse"], row["cathode"]) for row in rows} == {
        (spec.pair(n).sse, spec.pair(n).cathode) for n in range(6)
    }
    assert sorted(row["status"] for row in rows) == ["failed"] * 4 + ["ok"] * 2
    assert all("holds no phase with" in row["reason"] for row in rows if row["status"] == "failed")
    assert {row["batch_id"] for row in rows} == {spec.batch_id}


def test_a_chunk_is_a_pure_function(bench):
    """The same bytes each time; a part of a chunk holds the same rows as the whole."""
    spec, *rest = bench
    whole = evaluate_chunk(spec, *rest, Span(0, 6))
    again = evaluate_chunk(spec, *rest, Span(0, 6))
    parts = [evaluate_chunk(spec, *rest, span) for span in (Span(0, 2), Span(2, 6))]

    assert packed(whole) == packed(again)
    key = [(name, "ascending") for name in ("sse", "cathode")]
    rows = [row for part in parts for row in part["pairs"].sort_by(key).to_pylist()]
    expected = whole["pairs"].sort_by(key).to_pylist()
    assert sorted(map(repr, rows)) == sorted(map(repr, expected))


def test_a_table_that_has_changed_is_refused(tmp_path):
    """A batch is computed with the energies that it was submitted with, or not at all."""
    table = tmp_path / "own.csv"
    head = "formula,formation_energy_ev_per_atom\nLi2S,"
    table.write_text(f"{head}-1.5\n", encoding="utf-8")
    batch = Batch(sses=("Li2S",), cathodes=("S",), table=str(table), temperature=0.0)
    spec = batch_spec(batch)
    phases_of(spec)
    table.write_text(f"{head}-1.4\n", encoding="utf-8")

    with pytest.raises(StoreError, match="when the batch was submitted"):
        phases_of(spec)
