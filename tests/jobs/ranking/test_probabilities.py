import random

import numpy as np
import pytest

from jobs.ranking.probabilities import standing
from jobs.schema import store_schema as schema
from jobs.schema.arrow import arrow_table
from jobs.store.published import rows, snapshot
from jobs.store.writer import writing
from jobs.work.pair_rows import block_tables
from screening.batch.composite_rows import composite_row
from screening.batch.model import Batch
from screening.batch.resolved import resolved
from screening.first_cycle.calibration import default_calibration
from screening.results.evaluation import evaluate_block
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table

BATCH = Batch(name="small", sses=("LPSCl", "LZC", "Li3PO4"), cathodes=("LiFePO4", "S"))


@pytest.fixture(scope="module")
def block():
    """Return six pairs, evaluated."""
    return evaluate_block(list(resolved(BATCH)), competing_phases(reference_table(), margin=0.1))


def rows_of(batch):
    """Return the composites of a batch as the store keeps them."""
    return [composite_row(one) | {"batch_id": "b"} for one in batch.composites()]


def worth(_, *tables):
    """Return what pairs are worth by the calibration that the program ships."""
    return standing(*tables, default_calibration())


@pytest.fixture(scope="module")
def found(block):
    """Return what each is worth."""
    tables = block_tables("b", block, details=False)
    composites = arrow_table(schema.COMPOSITES, rows_of(BATCH))
    worth = standing(tables["pairs"], tables["redraws"], composites, block.calibration)
    return worth.to_pylist()


@pytest.mark.parametrize("cathode", ["LiFePO4", "S"])
def test_one_of_a_cathode_is_the_best(cathode, found):
    """Probabilities of the first place add up to one; of three pairs all are among three."""
    mine = [row for row in found if row["cathode"] == cathode]

    assert sum(row["best_in_cathode_probability"] for row in mine) == pytest.approx(1.0)
    assert [row["top_3_in_cathode_probability"] for row in mine] == [1.0, 1.0, 1.0]


def test_it_is_counted_draw_by_draw(block, found):
    """The share of draws in which no other pair of the cathode has a higher score."""
    names = [(pair.sse, pair.cathode.name) for pair in block.pairs]
    draws = block.prediction.scores.value.draws
    mine = [row for row, (_, cathode) in enumerate(names) if cathode == "S"]
    wins = (draws[mine] == draws[mine].max(axis=0)).mean(axis=1)
    by_name = {(row["sse"], row["cathode"]): row for row in found}

    for row, share in zip(mine, wins, strict=True):
        assert by_name[names[row]]["best_in_cathode_probability"] == pytest.approx(share, abs=0.006)


def test_rows_keep_their_order(block, found):
    """The key of each row is that of the pair."""
    keys = [(row["sse"], row["cathode"], row["recipe"]) for row in found]

    assert keys == [(pair.sse, pair.cathode.name, pair.recipe.name) for pair in block.pairs]
    assert np.isfinite([row["best_in_cathode_probability"] for row in found]).all()


MANY = Batch(name="many", cathodes=("LiFePO4", "S"))
ROW = {
    "batch_id": "b", "name": "many", "spec": MANY.model_dump_json(), "phase_table": "t",
    "policy": "known", "calibration": "c", "version": "0", "pairs_total": 30, "pairs_done": 0,
    "pairs_failed": 0,
    "run_at": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def many():
    """Return the rows of thirty pairs."""
    phases = competing_phases(reference_table(), margin=0.1)
    return block_tables("b", evaluate_block(list(resolved(MANY)), phases), details=False)


def published(store, many, moments, order):
    """Commit the pairs by threes, publish at some moments and at the end; return the tables."""
    with writing(store) as writer:
        writer.insert({schema.BATCHES: [ROW], schema.COMPOSITES: rows_of(MANY)})
        for done, number in enumerate(order):
            chunk = many if done == 0 else {name: table.slice(0, 0) for name, table in many.items()}
            chunk = chunk | {"pairs": many["pairs"].slice(3 * number, 3)}
            writer.commit("b", number, str(number), chunk, "0")
            if done in moments:
                writer.publish(worth)
        writer.publish(worth)
    with snapshot(store) as there:
        return {
            table.name: there.columns(f"FROM {table.name} ORDER BY {', '.join(table.key)}")
            for table in schema.RESULTS
        }


@pytest.mark.parametrize("n", [2, pytest.param(13, marks=pytest.mark.slow)])
def test_publishing_many_times_is_publishing_once(n, many, tmp_path, monkeypatch):
    """At four random moments of each run, chunks in random orders; 52 in the slow suite.

    Pairs leave the few that are compared.
    """
    monkeypatch.setattr("jobs.store.writer._RIVALS", 4)
    once = published(tmp_path / "once", many, (), range(10))

    for seed in range(n):
        rng = random.Random(seed)  # noqa: S311  # No secret.
        often = published(
            tmp_path / str(seed), many, rng.sample(range(9), 4), rng.sample(range(10), 10)
        )
        assert once == often

    for cathode in ("LiFePO4", "S"):
        mine = [row for row in once["pairs"].to_pylist() if row["cathode"] == cathode]
        for name, total in zip((one.name for one in schema.STANDING), (1.0, 3.0), strict=True):
            known = [row[name] for row in mine if row[name] is not None]
            assert (len(known), sum(known)) == (4, pytest.approx(total))


def test_a_batch_that_grew_unpublished_is_made_whole_by_the_next_publication(many, tmp_path):
    """As where a batch is interrupted, and another one is published after it."""
    half = {name: table.slice(0, 15) if name == "pairs" else table for name, table in many.items()}
    rest = {name: table.slice(15 if name == "pairs" else 0) for name, table in many.items()}
    with writing(tmp_path) as writer:
        writer.insert({schema.BATCHES: [ROW], schema.COMPOSITES: rows_of(MANY)})
        writer.commit("b", 0, "0", half, "0")
        writer.publish(worth)
        writer.commit("b", 1, "1", rest, "0")
    with writing(tmp_path) as writer:
        writer.insert({schema.BATCHES: [ROW | {"batch_id": "other"}]})
        writer.publish(worth)

    wins = rows(tmp_path, "SELECT sum(best_in_cathode_probability) AS s FROM pairs")
    assert wins == [{"s": pytest.approx(2.0)}]
    done = rows(tmp_path, "SELECT pairs_done FROM batches WHERE batch_id = 'b'")
    assert done == [{"pairs_done": 30}]
