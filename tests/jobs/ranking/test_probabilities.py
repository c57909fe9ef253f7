import numpy as np
import pytest

from jobs.ranking.probabilities import standing
from jobs.work.pair_rows import block_tables
from screening.batch.model import Batch
from screening.batch.resolved import resolved
from screening.results.evaluation import evaluate_block
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table

BATCH = Batch(name="small", sses=("LPSCl", "LZC", "Li3PO4"), cathodes=("LiFePO4", "S"))


@pytest.fixture(scope="module")
def block():
    """Return six pairs, evaluated."""
    return evaluate_block(list(resolved(BATCH)), competing_phases(reference_table(), margin=0.1))


@pytest.fixture(scope="module")
def found(block):
    """Return what each is worth."""
    tables = block_tables("b", block, details=False)
    return standing(tables["pairs"], tables["redraws"], BATCH.model_dump_json()).to_pylist()


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
