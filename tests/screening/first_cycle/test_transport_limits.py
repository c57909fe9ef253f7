import numpy as np
import pytest

from screening.catalogue.conditions import Conditions
from screening.catalogue.materials import cathode, recipe
from screening.first_cycle.transport_limits import reached
from screening.pairs.electrode_figures import electrode_figures
from screening.pairs.features import Pair
from screening.results.evaluation import evaluate_block
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table


@pytest.fixture(scope="module")
def block():
    """Return Li2ZrCl6 in LiFePO4, evaluated without redraws."""
    iron = cathode("LiFePO4")
    pair = Pair("Li2ZrCl6", iron, recipe(iron.recipe))
    return evaluate_block([pair], competing_phases(reference_table(), margin=0.1), draws=0)


def share(block, conditions):
    """Return the share of the cathode that takes part, central value."""
    prediction = block.prediction
    found = reached(block.pairs, block.features, prediction.electrode, conditions)
    assert ((found.draws >= 0.0) & (found.draws <= 1.0)).all()
    return float(found.value[0])


def test_without_limits_all_of_it_takes_part(block):
    """The term can be switched off."""
    found = reached(
        block.pairs, block.features, block.prediction.electrode, Conditions(limited=False)
    )

    assert np.array_equal(found.value, [1.0])


def test_each_pair_is_run_as_it_states(block):
    """One slow and thin, one fast, one thick, one without limits: each as if it were alone."""
    (pair,) = block.pairs
    run = [Conditions(0.05, 0.5), Conditions(2.0), Conditions(0.1, 8.0), Conditions(limited=False)]
    pairs = [pair._replace(conditions=one) for one in run]
    many = block.features.take(np.zeros(4, int))
    electrode = electrode_figures(
        [one.cathode for one in pairs], [one.recipe for one in pairs], many
    )

    found = reached(pairs, many, electrode)

    assert found.value == pytest.approx([share(block, one) for one in run])
    assert (found.draws[3] == 1.0).all()


def test_more_haste_and_more_load_never_help(block):
    """A higher rate and a thicker electrode reach less."""
    rates = [share(block, Conditions(rate=rate)) for rate in (0.05, 0.5, 2.0)]
    loads = [share(block, Conditions(areal_capacity=load)) for load in (0.5, 2.0, 8.0)]

    assert rates == sorted(rates, reverse=True)
    assert loads == sorted(loads, reverse=True)
    assert rates[0] > rates[-1]
