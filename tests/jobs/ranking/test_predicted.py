import numpy as np
import pyarrow as pa
import pytest

from jobs.errors import StoreError
from jobs.ranking.predicted import COLUMNS, predictions
from jobs.schema import store_schema as schema
from jobs.schema.arrow import arrow_table
from jobs.work.pair_rows import block_tables
from screening.batch.composite_rows import composite_row
from screening.batch.model import Batch
from screening.batch.resolved import resolved
from screening.results.evaluation import evaluate_block
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table

BATCH = Batch(name="small", sses=("LPSCl", "LZC"), cathodes=("LiFePO4", "S"))


@pytest.fixture(scope="module")
def block():
    """Return four pairs, evaluated."""
    return evaluate_block(list(resolved(BATCH)), competing_phases(reference_table(), margin=0.1))


def rows_of(batch):
    """Return the composites of a batch as the store keeps them."""
    found = [composite_row(one) | {"batch_id": "b"} for one in batch.composites()]
    return arrow_table(schema.COMPOSITES, found)


COMPOSITES = rows_of(BATCH)


@pytest.fixture(scope="module")
def tables(block):
    """Return their rows."""
    return block_tables("b", block, details=False)


def scores(found):
    """Return the draws of the score of all pairs."""
    return np.concatenate([one.scores.value.draws for one in found])


def test_predictions_from_stored_rows_are_those_that_were_stored(tables, block):
    """Redraws are kept as single numbers: the same to a millionth."""
    found = list(predictions(tables["pairs"], tables["redraws"], COMPOSITES, block.calibration))

    assert [pair.sse for one in found for pair in one.pairs] == [pair.sse for pair in block.pairs]
    assert scores(found) == pytest.approx(block.prediction.scores.value.draws, rel=1e-5)


def test_the_columns_that_it_names_are_enough(tables, block):
    """Nothing else is read."""
    few = tables["pairs"].select(COLUMNS)

    found = predictions(few, tables["redraws"], COMPOSITES, block.calibration)

    assert sum(len(one.pairs) for one in found) == len(block)


def test_the_order_of_the_redraws_does_not_matter(tables, block):
    """Each pair finds its own."""
    turned = tables["redraws"].take(pa.array([3, 1, 0, 2]))

    found = predictions(tables["pairs"], turned, COMPOSITES, block.calibration)

    assert scores(found) == pytest.approx(block.prediction.scores.value.draws, rel=1e-5)


def test_a_contact_without_redraws_is_an_error(tables, block):
    """Not the redraws of another one: the message names the pair."""
    few = tables["redraws"].slice(1)

    with pytest.raises(StoreError, match=r"no redraws of Li6PS5Cl with LiFePO4"):
        list(predictions(tables["pairs"], few, COMPOSITES, block.calibration))


def test_values_alone_need_no_redraws(tables, block):
    """The same values, without draws of the energies."""
    (found,) = predictions(tables["pairs"], None, COMPOSITES, block.calibration)

    assert found.scores.value.value == pytest.approx(block.prediction.scores.value.value)


def test_without_redraws_the_energies_are_sure(block):
    """A batch with `draws = 0` keeps none; conductivities still have their draws."""
    exact = evaluate_block(block.pairs, block.phases, draws=0)
    tables = block_tables("b", exact, details=False)

    (found,) = predictions(tables["pairs"], tables["redraws"], COMPOSITES, block.calibration)

    assert found.features.limit.draws.shape == (len(block), 1)
    assert np.array_equal(found.scores.value.value, exact.prediction.scores.value.value)
    assert found.scores.value.draws.std(axis=1).min() > 0.0


def test_the_window_of_the_batch_is_that_of_its_pairs(block):
    """Another window than the catalogue's comes back with the batch."""
    narrow = BATCH.model_copy(update={"cathodes": None, "voltage_window": (2.6, 3.9)})
    narrow = narrow.model_copy(update={"cathodes": ("LiFePO4",)})
    made = evaluate_block(list(resolved(narrow)), block.phases, draws=0)
    tables = block_tables("b", made, details=False)

    (found,) = predictions(tables["pairs"], tables["redraws"], rows_of(narrow), block.calibration)

    assert set(found.features.low) == {2.6}
    assert set(found.features.high) == {3.9}


def test_the_table_of_redraws_has_a_column_for_each_drawn_feature():
    """What is kept is what is read."""
    names = {field.name for field in schema.REDRAWS.fields}

    assert names >= {"oxidation_limit_v", "interface_ev", "returning_capacity_mah_per_g"}
