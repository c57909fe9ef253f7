from dataclasses import fields

import numpy as np
import pytest

from screening.catalogue.layers import Layers, coated_name
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
def test_coated_pairs_come_back_too(draws, pairs, known):
    """Their interface, coverage and film are those that were computed."""
    film = Layers("LiNbO3", 5.0, 0.9, "Li6PS5Cl", "Li-In")
    both = [pairs[0], pairs[0]._replace(layers=film)]
    block = evaluate_block(both, known, draws=draws)
    rows = redraw_rows(block)
    everything = column_values(block)
    place = {row["cathode"]: number for number, row in enumerate(rows)}
    under = [place.get(coated_name(one.cathode.name, one.layers), 0) for one in both]

    found = stored_features(
        {name: everything[name] for name in STORED},
        both,
        {name: np.array([row[name] for row in rows]) for name in REDRAWN.values()} if draws else {},
        np.array(under),
    )

    assert len(rows) == (2 if draws else 0)
    assert np.array_equal(found.film.draws, block.features.film.draws)
    assert np.array_equal(found.interface.draws, block.features.interface.draws)
    assert np.array_equal(found.coverage.draws, block.features.coverage.draws)
    assert found.coverage.value[0] == 0.0 < found.coverage.value[1] < 0.9


@pytest.mark.parametrize("draws", [0, 200])
def test_stored_features_are_those_that_were_computed(draws, pairs, known):
    """From columns and redraws alone: the same numbers to the bit, draws included."""
    block = evaluate_block(pairs, known, draws=draws)
    rows = redraw_rows(block)
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
