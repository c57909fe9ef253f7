from dataclasses import fields

import numpy as np
import pytest

from screening.catalogue.materials import cathode, recipe
from screening.pairs.features import Drawn, Pair
from screening.results.columns import REDRAWN, STORED, column_values
from screening.results.evaluation import evaluate_block
from screening.results.stored_features import redraw_rows, stored_features


@pytest.fixture(scope="module")
def pairs():
    """Return two SSEs with LiFePO4 and S."""
    return [
        Pair(sse, one, recipe(one.recipe))
        for sse in ("Li6PS5Cl", "Li2ZrCl6")
        for one in (cathode("LiFePO4"), cathode("S"))
    ]


@pytest.mark.parametrize("draws", [0, 200])
def test_stored_features_are_those_that_were_computed(draws, pairs, known):
    """From columns and redraws alone: the same numbers to the bit, draws included."""
    block = evaluate_block(pairs, known, draws=draws)
    rows = redraw_rows(block.contacts)
    redraws = {name: np.array([row[name] for row in rows]) for name in REDRAWN.values()}

    everything = column_values(block)
    columns = {name: everything[name] for name in STORED}

    found = stored_features(columns, pairs, redraws if draws else {}, block.contact)

    assert len(rows) == (len(pairs) if draws else 0)
    for field in fields(found):
        one, other = getattr(block.features, field.name), getattr(found, field.name)
        if isinstance(one, Drawn):
            assert np.array_equal(one.value, other.value)
            assert np.array_equal(one.draws, other.draws)
        else:
            assert np.array_equal(one, other)


def test_an_oxidation_limit_without_end_comes_back_as_such(known):
    """A null in the store stands for infinity; put in by hand here."""
    sulfur = cathode("S")
    pair = [Pair("Li6PS5Cl", sulfur, recipe(sulfur.recipe))]
    block = evaluate_block(pair, known, draws=0)
    columns = column_values(block) | {"oxidation_limit_v": [None]}

    found = stored_features(columns, pair, {}, np.array([0]))

    assert found.limit.value.tolist() == [np.inf]
    assert found.limit.draws.tolist() == [[np.inf]]
