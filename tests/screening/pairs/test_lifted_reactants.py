from dataclasses import replace

import numpy as np
import pytest

from descriptors.quantity import Kind, Quantity
from screening.catalogue.materials import cathode
from screening.pairs.contacts import contacts
from screening.pairs.drawn import N_DRAWS
from screening.pairs.lifted_reactants import LiftedReactant, cathode_states, lifted_reactants
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


def test_only_the_charged_state_is_as_far_above_the_hull_as_stated(phases):
    """The discharged one is what has been made."""
    nickel = cathode("LiNiO2")
    plain = cathode_states(nickel, phases)

    discharged, charged = cathode_states(replace(nickel, charged_above_hull=0.163), phases)

    assert discharged.energy == plain[0].energy
    assert charged.energy == pytest.approx(plain[1].energy + 0.163)


def test_a_charged_state_above_the_hull_is_in_the_value_and_in_its_draws(phases):
    """What it sets free of a contact is its share of the atoms times the distance, in each draw."""
    nickel = cathode("LiNiO2")
    both = [nickel, replace(nickel, name="as stated", charged_above_hull=0.163)]
    found = contacts([("Li6PS5Cl", one) for one in both], phases, draws=50)
    plain, stated = found.interface
    draws = [one.interface for one in found.redraws]

    assert stated < plain - 0.01
    assert np.median(draws[1]) - np.median(draws[0]) == pytest.approx(stated - plain, abs=0.03)
    low, high = np.quantile(draws[1], [0.05, 0.95])
    assert low - 0.02 < stated < high + 0.02
