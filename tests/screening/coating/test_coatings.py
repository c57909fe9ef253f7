import pytest

from descriptors.quantity import Kind
from screening.catalogue.own_materials import NO_MATERIALS
from screening.coating.coatings import (
    coating_formula,
    coatings,
    film_conductivities,
    made_coating,
)
from stability.errors import FormulaError
from stability.formula import composition


def test_every_coating_can_be_read_and_says_who_says_so():
    """Formulas are formulas, intervals hold their values, and each figure has a source."""
    for name, one in coatings().items():
        assert composition(name).amounts
        if one.conductivity is not None:
            figure = one.conductivity
            assert 0 < figure.low <= figure.value <= figure.high
            assert len(figure.source) > 20


def test_what_nobody_looked_up_is_not_called_measured():
    """A figure from memory is an estimate."""
    for one in coatings().values():
        if one.conductivity is not None:
            remembered = "(from memory)" in one.conductivity.source
            assert (one.conductivity.kind is Kind.ESTIMATED) == remembered


def test_a_coating_has_many_names():
    """Label, formula in any order, and formulas that the catalogue does not hold."""
    assert coating_formula("LNbO") == coating_formula("Li2Nb2O6") == "LiNbO3"
    assert coating_formula("Li3N") == "Li3N"
    with pytest.raises(FormulaError):
        coating_formula("no coating")


@pytest.mark.parametrize(
    "name", ["LNbO", "LiNb0.5Ta0.5O3", "Li2.9PO3.3N0.46", "Li2.3C0.7B0.3O3", "Li3N", "C", "Al"]
)
def test_films_that_people_make_balance_or_are_elements(name):
    """Solid solutions, LiPON written with few decimals, carbon."""
    assert made_coating(name, NO_MATERIALS) == coating_formula(name)


@pytest.mark.parametrize("name", ["LiNbO", "LiPO", "LiAl"])
def test_a_film_whose_charges_do_not_balance_is_refused(name):
    """A digit is missing, or it is an alloy, unless somebody states what it is."""
    with pytest.raises(FormulaError, match="do not balance; correct the formula, or state it"):
        made_coating(name, NO_MATERIALS)


def test_a_coating_that_is_an_sse_conducts_as_one():
    """Li3YCl6 has the figure that was measured on pellets; a film has its own."""
    pellet, film = film_conductivities(["Li3YCl6", "LiNbO3"])

    assert pellet.kind is Kind.MEASURED
    assert pellet.value > film.value == coatings()["LiNbO3"].conductivity.value
