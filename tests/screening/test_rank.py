from types import SimpleNamespace

import numpy as np
import pytest

from screening.rank import best_probabilities


def pair(cathode, *draws):
    """Return a pair of which only the cathode and the draws of its score matter."""
    return SimpleNamespace(
        cathode=SimpleNamespace(name=cathode), score=SimpleNamespace(draws=np.array(draws))
    )


def test_the_best_of_each_draw_wins_and_equals_share():
    """Of four draws A wins two, B one, and one is shared: 2.5 / 4 and 1.5 / 4."""
    pairs = [pair("S", 3, 3, 1, 2), pair("S", 1, 1, 2, 2)]

    assert best_probabilities(pairs) == [2.5 / 4, 1.5 / 4]


def test_cathodes_do_not_compete_with_each_other():
    """A pair alone with its cathode is its best, however low its score."""
    assert best_probabilities([pair("S", 9, 9), pair("Li2S", 0, 0)]) == [1.0, 1.0]


def test_nobody_competes_for_nothing():
    """No pairs, no probabilities."""
    assert best_probabilities([]) == []


def test_the_probabilities_of_a_cathode_add_up_to_one(evaluated):
    """Somebody is best; and for LiFePO4 it is no sulfide."""
    pairs = [one for one in evaluated.values() if one.cathode.name == "LiFePO4"]
    best = dict(
        zip([one.sse.material.formula for one in pairs], best_probabilities(pairs), strict=True)
    )

    assert sum(best.values()) == pytest.approx(1.0)
    assert best["Li6PS5Cl"] < 0.05
