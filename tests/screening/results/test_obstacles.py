import pytest

from screening.catalogue.gates import Gate
from screening.catalogue.materials import cathode, electrolytes, recipe
from screening.results.obstacles import MEASURED, obstacles

LFP = cathode("LiFePO4")


@pytest.fixture(scope="module")
def asked(known):
    """Return a function from a formula to its obstacles with LiFePO4."""
    return lambda formula: obstacles(formula, LFP, recipe(LFP.recipe), known)


@pytest.mark.parametrize(
    ("formula", "gate"),
    [("Li2ZrCl6", None), ("Li3P", Gate.FRAMEWORK), ("LiClO4", Gate.REACTIVE)],
)
def test_the_first_gate_that_refuses_is_named(asked, formula, gate):
    """A compound that passes has none; a phosphide and a perchlorate have theirs."""
    found = asked(formula)

    assert found.refused_by is gate
    assert [one.gate for one in found.gates] == list(Gate)


def test_a_better_measured_conductivity_never_costs_a_place(asked):
    """LiCl conducts next to nothing; if somebody measured more, it would rise."""
    found = asked("LiCl")
    places = [one.place for one in found.break_even]

    assert [one.conductivity for one in found.break_even] == list(MEASURED)
    assert places == sorted(places, reverse=True)
    assert places[-1] < found.place


def test_the_factors_make_the_score(asked):
    """Their product, of which the named one is the least."""
    found = asked("LiCl")
    product = 1.0
    for factor in found.factors.values():
        product *= factor

    assert product == pytest.approx(found.score[0])
    assert found.factors[found.limited_by] == min(found.factors.values())


def test_an_electrolyte_of_the_catalogue_is_its_own_rival_once(asked):
    """Nobody is counted twice, however the formula is written."""
    assert asked("Li4Zr2Cl12").rivals == len(electrolytes())
    assert asked("LiCl").rivals == len(electrolytes()) + 1
