from dataclasses import fields, replace

import numpy as np
import pytest

from screening.catalogue import properties
from screening.catalogue.layers import Layers
from screening.catalogue.materials import cathode, recipe
from screening.pairs.charging import VISITED
from screening.pairs.contacts import contacts
from screening.pairs.drawn import N_DRAWS, draws
from screening.pairs.features import Drawn, Pair, Parts, energetics, features
from screening.pairs.reaction_share import USUAL_FILM

FARADAY = 96485.33 / 3.6  # mAh/mol


@pytest.fixture(scope="module")
def pairs():
    """Return LiFePO4 with two SSEs, and S with one of them, in their own recipes."""
    lfp, sulfur = cathode("LiFePO4"), cathode("S")
    return [
        Pair("Li6PS5Cl", lfp, recipe(lfp.recipe)),
        Pair("Li2ZrCl6", lfp, recipe(lfp.recipe)),
        Pair("Li6PS5Cl", sulfur, recipe(sulfur.recipe)),
    ]


@pytest.fixture(scope="module")
def parts(exact):
    """Return figures by hand; only the first area has a width."""
    area = exact(12.0, "m2/g")
    return Parts(
        relative_density=[exact(85.5, "%"), exact(94.7, "%"), exact(85.5, "%")],
        true_density=[exact(1.64, "g/cm3"), exact(2.56, "g/cm3"), exact(1.64, "g/cm3")],
        area=[area._replace(low=6.0, high=24.0), area, area],
        ionic_conductivity=[exact(1.3e-3, "S/cm"), exact(7e-4, "S/cm"), exact(1.3e-3, "S/cm")],
        conducting=[exact(0.0), exact(1.0), exact(0.5)],
    )


@pytest.fixture(scope="module")
def found(pairs, parts, known):
    """Return the features of the three pairs, with five draws of the energies."""
    made = contacts([(one.sse, one.cathode) for one in pairs], known, draws=5)
    return features(pairs, parts, energetics(made, np.arange(3)))


def test_names_are_those_of_the_pairs(found):
    """SSE, cathode, recipe and class, in order."""
    assert found.sse == ("Li6PS5Cl", "Li2ZrCl6", "Li6PS5Cl")
    assert found.cathode == ("LiFePO4", "LiFePO4", "S")
    assert found.chemistry == ("sulfide", "halide", "sulfide")
    assert len(found) == 3


def test_classes_are_told_all_at_once(pairs, parts, known, monkeypatch):
    """One question for two SSEs that nobody has asked for, not one each: it takes a fiftieth."""
    asked = []
    told = properties._told
    monkeypatch.setattr(properties, "_told", lambda some: asked.append(some) or told(some))
    made = contacts([(one.sse, one.cathode) for one in pairs], known, draws=5)
    properties._kept_chemistries.cache_clear()
    features(pairs, parts, energetics(made, np.arange(3)))

    assert asked == [["Li6PS5Cl", "Li2ZrCl6"]]
    properties._kept_chemistries.cache_clear()


def test_the_recipe_and_the_cathode_give_plain_numbers(found):
    """40:57 and 30:50 by mass; one Li in 157.76 g of LiFePO4, two in 32.06 g of S."""
    assert found.ratio == pytest.approx([57 / 40, 57 / 40, 50 / 30])
    assert found.theoretical == pytest.approx(
        [FARADAY / 157.76, FARADAY / 157.76, 2 * FARADAY / 32.06], rel=1e-4
    )
    assert found.assembled_charged.tolist() == [False, False, True]
    assert found.milled.tolist() == [False, False, True]
    assert found.low.tolist() == [2.5, 2.5, 1.0]
    assert found.high.tolist() == [4.0, 4.0, 3.0]


def test_a_relative_density_becomes_a_fraction(found):
    """85.5 % of a pellet is 0.855 of the contact."""
    assert found.contact.value == pytest.approx([0.855, 0.947, 0.855])


def test_what_has_no_width_is_drawn_as_its_value(found):
    """200 draws of the same density; a width of a factor of two gives a spread of draws."""
    assert found.density.draws.shape == (3, N_DRAWS)
    assert (found.density.draws == found.density.value[:, None]).all()
    assert np.quantile(found.area.draws[0], 0.95) == pytest.approx(24.0, rel=0.25)
    assert (found.area.draws[1] == 12.0).all()


def test_the_same_thing_has_the_same_draws_in_every_pair(found, pairs):
    """The utilisation of LiFePO4 is one quantity, whatever the SSE."""
    one, two, other = found.utilisation.draws

    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert np.array_equal(other, draws("S utilisation", pairs[2].cathode.utilisation, most=1.0))


def test_a_host_gives_what_its_curve_says_of_the_cutoff(found):
    """LiFePO4 to 4.0 V: 0.99 of its lithium, most of it near 3.43 V; sulfur has its cutoff."""
    assert found.utilisation.value[0] == pytest.approx(0.99, abs=0.02)
    assert np.median(found.visited[0]) == pytest.approx(3.43, abs=0.02)
    assert found.visited[2].tolist() == [3.0] * VISITED
    assert found.oxygen.value.tolist() == [0.0, 0.0, 0.0]


def test_energetics_keep_their_draws(found):
    """Five draws of each limit; that of Li6PS5Cl is the same with both cathodes."""
    assert found.limit.draws.shape == (3, 5)
    assert np.array_equal(found.limit.draws[0], found.limit.draws[2])
    assert found.limit.value[0] == pytest.approx(2.341, abs=0.003)  # PHYSICS.md 1.2
    assert found.oxidation.value[1] == 0.0  # 4.255 V is above 4 V.


def test_the_gas_of_the_first_oxidation_is_flagged(found):
    """Li2ZrCl6 gives off Cl2 at its limit; Li6PS5Cl gives sulfur first."""
    assert found.gas.tolist() == [False, True, False]


def test_the_interface_is_the_worst_of_both_kinds(found):
    """Li2ZrCl6 on LiFePO4: more negative than the -40.5 meV/atom on contact, or equal."""
    assert (found.interface.value <= 1e-12).all()
    assert found.interface.value[1] <= -0.0404


def test_pairs_that_share_a_contact_share_its_row(pairs, parts, known):
    """Two recipes of one couple: the same energetics, computed once."""
    one = pairs[0]
    twice = [one, Pair(one.sse, one.cathode, replace(one.recipe, name="again"))]
    made = contacts([(one.sse, one.cathode)], known, draws=3)

    doubled = features(
        twice, Parts(*(column[:2] for column in parts)), energetics(made, np.array([0, 0]))
    )

    assert doubled.recipe == (one.recipe.name, "again")
    assert np.array_equal(doubled.limit.draws[0], doubled.limit.draws[1])


def test_rows_can_be_taken(found):
    """Backwards: every column, draws included, is turned."""
    backwards = found.take(np.array([2, 1, 0]))

    for field in fields(found):
        one, two = getattr(found, field.name), getattr(backwards, field.name)
        if isinstance(one, Drawn):
            assert np.array_equal(one.draws[::-1], two.draws)
            assert np.array_equal(one.value[::-1], two.value)
        elif one is None:  # Not stated.
            assert two is None
        else:
            assert np.array_equal(np.asarray(one)[::-1], np.asarray(two))


def test_a_film_covers_as_it_is_thick_and_as_it_holds(pairs, parts, known, exact):
    """A tenth of a nanometre next to nothing, ten all but 0.7 %; less where more reacts."""
    one = pairs[0]
    films = [
        one._replace(layers=Layers("LiNbO3", thickness=thick, coverage=share))
        for thick, share in ((0.1, 1.0), (10.0, 1.0), (10.0, 0.5), (10.0, 1.0))
    ]
    made = energetics(contacts([(one.sse, one.cathode)], known, draws=0), np.zeros(4, np.int64))
    energy = np.array([0.0, 0.0, 0.0, -0.3])
    made = made._replace(interface=Drawn(energy, energy[:, None]))
    same = [[column[0]] * 4 for column in parts[:4]]

    found = features(films, Parts(*same, [exact(1.0)] * 4, [exact(1.0, "ohm cm2")] * 4), made)

    full = 1 - np.exp(-5.0)
    expected = [1 - np.exp(-0.05), full, 0.5 * full, full / np.e / USUAL_FILM]
    assert found.coverage.value == pytest.approx(expected)
    low, high = np.quantile(found.coverage.draws[1], [0.05, 0.95])
    assert low < 0.9 < high <= 1.0
