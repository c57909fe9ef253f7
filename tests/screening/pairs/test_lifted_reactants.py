import numpy as np
import pytest

from descriptors.quantity import Kind, Quantity
from screening.pairs.drawn import N_DRAWS
from screening.pairs.lifted_reactants import LiftedReactant, lifted_reactants
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table

FAR = Quantity(0.03, 0.01, 0.09, "eV/atom", Kind.ASSUMED, "nobody knows")


@pytest.fixture(scope="module")
def phases():
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


def test_a_stated_distance_goes_before_an_assumed_one(phases):
    """Li3YCl3Br3 in no table; Li3YCl6 in the catalogue; Li2S in the table."""
    names = ["Li3YCl3Br3", "Li3YCl6", "Li2S"]
    on_hull = lifted_reactants(names, phases)

    assumed = lifted_reactants(names, phases, untabulated=FAR)
    stated = lifted_reactants(names, phases, untabulated=FAR, above_hull={"Li3YCl3Br3": 0.2}.get)

    assert [one.distance for one in on_hull] == [0.0, 0.0, 0.0]
    assert [one.distance for one in assumed] == [FAR, 0.0, 0.0]
    assert [one.distance for one in stated] == [0.2, 0.0, 0.0]
    higher = [one.material.energy - on_hull[0].material.energy for one in (assumed[0], stated[0])]
    assert higher == pytest.approx([0.03, 0.2])


def test_a_reaction_sets_its_share_of_the_distance_free(phases):
    """A quarter of 0.2 eV/atom is 0.05; nothing else to react with is all of it."""
    (one,) = lifted_reactants(["Li3YCl3Br3"], phases, above_hull=lambda _: 0.2)

    assert one.lifts(0.25, 3) == pytest.approx([0.05] * 3)
    assert one.lifts(float("nan"), 2) == pytest.approx([0.2] * 2)


def test_an_assumed_distance_is_drawn_with_its_doubt(phases):
    """90 % of the draws are between its ends, the same ones each time."""
    (one,) = lifted_reactants(["Li3YCl3Br3"], phases, untabulated=FAR)

    drawn = one.lifts(1.0, N_DRAWS)

    assert np.quantile(drawn, [0.05, 0.95]) == pytest.approx([0.01, 0.09], rel=0.25)
    assert np.array_equal(one.lifts(0.5, N_DRAWS), 0.5 * drawn)
    assert len(one.lifts(1.0, 500)) == 500
    assert LiftedReactant(one.material, 0.0).lifts(1.0, 2).tolist() == [0.0, 0.0]
