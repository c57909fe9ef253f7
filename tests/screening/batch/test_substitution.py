from fractions import Fraction
from math import gcd

import pytest

from screening.batch.substitution import LITHIUM, prototypes, substituted, written
from stability.formula import composition

_KNOWN = {
    "Li3MX6": ("Li3YCl6", "Li3InCl6", "Li3YBr6", "Li2ZrCl6", "LiTaCl6", "Li5YZrCl12"),
    "Li2MX4": ("Li2MgCl4", "LiAlCl4", "LiAlBr4"),
    "Li2M2/3X4": ("Li6Sc2Cl12",),
    "LiMOX4": ("LiTaOCl4", "LiNbOCl4"),
    "Li6PS5X": ("Li6PS5Cl", "Li6PS5Br", "Li6PS5I", "Li13GePS10I2"),
    "Li5.5PS4.5X1.5": ("Li11P2S9Cl3",),
    "Li4MS4": ("Li3PS4", "Li4SnS4", "Li10GeP2S12", "Li10SnP2S12"),
    "Li7A3M2O12": ("Li7La3Zr2O12", "Li5La3Ta2O12", "Li13La6Zr3TaO24"),
    "LiM2(PO4)3": ("LiTi2P3O12", "LiZr2P3O12", "Li3Sc2P3O12", "Li5AlTi7P12O48"),
}


@pytest.mark.parametrize("name", sorted(_KNOWN))
def test_known_conductors_come_back(name):
    """Each structure gives the compounds that it is known from, and its own example."""
    made = {composition(written(one)).shares for one in substituted(prototypes()[name])}
    known = (*_KNOWN[name], prototypes()[name].example)

    assert [one for one in known if composition(one).shares not in made] == []


@pytest.mark.parametrize("name", sorted(_KNOWN))
def test_charges_balance(name):
    """Every formula is neutral with the charges of its sites, exactly: amounts are whole."""
    prototype = prototypes()[name]
    charges: dict[str, set[int]] = {LITHIUM: {1}}
    for site in prototype.sites:
        for element, charge in site.ions.items():
            charges.setdefault(element, set()).add(charge)
    assert all(len(one) == 1 for one in charges.values())

    for amounts in substituted(prototype, mixed_sites=2):
        assert all(type(amount) is int and amount > 0 for amount in amounts.values())
        assert sum(amount * min(charges[one]) for one, amount in amounts.items()) == 0, amounts
        assert gcd(*amounts.values()) == 1


@pytest.mark.parametrize("name", sorted(_KNOWN))
def test_lithium_stays_within_the_structure(name):
    """Between the least and the most that a formula unit holds, of as many other ions as it has."""
    prototype = prototypes()[name]
    least, most = prototype.lithium
    others = sum((site.amount for site in prototype.sites), Fraction(0))

    for amounts in substituted(prototype):
        lithium = Fraction(amounts[LITHIUM])
        rest = sum(amounts.values()) - lithium
        assert least <= lithium / rest * others <= most, amounts


def test_elements_can_be_asked_for_and_left_out():
    """With Y and Cl alone there is one Li3MX6; without Y there is none of it."""
    prototype = prototypes()["Li3MX6"]

    assert list(map(written, substituted(prototype, only=("Y", "Cl")))) == ["Li3YCl6"]
    assert list(substituted(prototype, only=("Y", "Cl"), without=("Y",))) == []


def test_sites_are_mixed_as_often_as_asked():
    """No site with two ions, then one, then two: each asks for more."""
    prototype = prototypes()["Li3MX6"]
    ions = ("Y", "Zr", "Cl", "Br")

    none, one, two = (
        set(map(written, substituted(prototype, only=ions, mixed_sites=number)))
        for number in range(3)
    )

    assert none == {"Li3YCl6", "Li3YBr6", "Li2ZrCl6", "Li2ZrBr6"}
    assert none < one < two
    assert "Li5YZrCl12" in one
    assert "Li5YZrCl6Br6" in two - one
