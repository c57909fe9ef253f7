from dataclasses import replace

import numpy as np
import pytest

from screening.catalogue.conditions import Conditions
from screening.catalogue.materials import cathode, recipe
from screening.first_cycle.transport_limits import threshold_known, transport
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
    found = transport(block.pairs, block.features, prediction.electrode, conditions).reached
    assert ((found.draws >= 0.0) & (found.draws <= 1.0)).all()
    return float(found.value[0])


def test_without_limits_all_of_it_takes_part(block):
    """The term can be switched off."""
    found = transport(
        block.pairs, block.features, block.prediction.electrode, Conditions(limited=False)
    )

    assert np.array_equal(found.reached.value, [1.0])
    assert np.array_equal(found.connected.value, [1.0])


def test_each_pair_is_run_as_it_states(block):
    """One slow and thin, one fast, one thick, one without limits: each as if it were alone."""
    (pair,) = block.pairs
    run = [Conditions(0.05, 0.5), Conditions(2.0), Conditions(0.1, 8.0), Conditions(limited=False)]
    pairs = [pair._replace(conditions=one) for one in run]
    many = block.features.take(np.zeros(4, int))
    electrode = electrode_figures(
        [one.cathode for one in pairs], [one.recipe for one in pairs], many
    )

    found = transport(pairs, many, electrode).reached

    assert found.value == pytest.approx([share(block, one) for one in run])
    assert (found.draws[3] == 1.0).all()


def test_more_haste_and_more_load_never_help(block):
    """A higher rate and a thicker electrode reach less."""
    rates = [share(block, Conditions(rate=rate)) for rate in (0.05, 0.5, 2.0)]
    loads = [share(block, Conditions(areal_capacity=load)) for load in (0.5, 2.0, 8.0)]

    assert rates == sorted(rates, reverse=True)
    assert loads == sorted(loads, reverse=True)
    assert rates[0] > rates[-1]


def with_carbon(block, share):
    """Return what transport leaves where the composite holds another share of its carbon."""
    (pair,) = block.pairs
    left = (1 - share) / (pair.recipe.cathode_fraction + pair.recipe.sse_fraction)
    made = replace(
        pair.recipe,
        carbon_fraction=share,
        carbon="carbon black",
        cathode_fraction=pair.recipe.cathode_fraction * left,
        sse_fraction=pair.recipe.sse_fraction * left,
    )
    pairs = [pair._replace(recipe=made)]
    electrode = electrode_figures([pair.cathode], [made], block.features)
    return transport(pairs, block.features, electrode)


def test_without_a_path_electrons_reach_neither_the_cathode_nor_the_electrolyte(block):
    """No carbon on LiFePO4: next to nothing of either."""
    found = with_carbon(block, 1e-9)

    assert found.connected.value[0] < 0.01
    assert found.reached.value[0] < 0.01


def test_no_cliff_stands_at_the_threshold_of_percolation(block):
    """From 2 to 5 % by mass of black, about the threshold, no step of 0.1 % takes it all."""
    found = [with_carbon(block, share).connected.value[0] for share in np.arange(0.02, 0.05, 1e-3)]

    assert found == sorted(found)
    assert found[-1] > 0.9
    assert np.diff(found).max() < 0.15


def test_carbons_of_unknown_shape_are_told_apart():
    """Nobody says how graphene percolates; a carbon of one's own is on no record."""
    assert threshold_known("VGCF")
    assert not threshold_known("graphene")
    assert not threshold_known("my black")
