"""Cation-anion pairs of compositions."""

import numpy as np
import pytest

from stability.energies.pairs import (
    ANIONS,
    ELEMENTS,
    FIRST_ALLOY,
    FIRST_ANION,
    FIRST_EXCESS,
    N_PAIRS,
    N_STATES,
    pair_terms,
)
from stability.formula import composition


def term_name(number):
    """Return what a term is: Li(1)-Cl, Cl, Cl-Cl or Li alloy."""
    anions = list(ANIONS)
    if number >= FIRST_ALLOY:
        return f"{ELEMENTS[number - FIRST_ALLOY]} alloy"
    if number >= FIRST_EXCESS:
        return f"{anions[number - FIRST_EXCESS]}-{anions[number - FIRST_EXCESS]}"
    if number >= FIRST_ANION:
        return anions[number - FIRST_ANION]
    rest, anion = divmod(number, len(anions))
    element, state = divmod(rest, N_STATES)
    return f"{ELEMENTS[element]}({state})-{anions[anion]}"


def named_terms(formula):
    material = composition(formula)
    shares = np.array([[n / material.n_atoms for n in material.amounts.values()]])
    terms = pair_terms(shares, list(material.amounts))
    return {
        term_name(int(number)): float(share)
        for number, share in zip(terms.numbers, terms.shares, strict=True)
    }


@pytest.mark.parametrize(
    ("formula", "states"),
    [
        ("LiCl", {"Li(1)-Cl"}),
        ("Li6PS5Cl", {"Li(1)-S", "P(5)-S", "Li(1)-Cl", "P(5)-Cl"}),
        ("FeTiO3", {"Fe(2)-O", "Ti(4)-O"}),
        ("LiFePO4", {"Li(1)-O", "Fe(2)-O", "P(5)-O"}),
        ("FePO4", {"Fe(3)-O", "P(5)-O"}),
        ("LiNi0.5Mn1.5O4", {"Li(1)-O", "Ni(2)-O", "Mn(4)-O"}),
        ("Fe3O4", {"Fe(2)-O", "Fe(3)-O"}),
        ("LiClO4", {"Li(1)-O", "Cl(7)-O"}),
        ("SO2", {"S(4)-O"}),
        ("ZrCl3", {"Zr(3)-Cl"}),
        ("NH4Cl", {"H(1)-N", "H(1)-Cl"}),
        ("LiBH4", {"Li(1)-H", "B(3)-H"}),
    ],
)
def test_oxidation_states_are_those_of_the_textbook(formula, states):
    """Each cation gets the state that a chemist writes, with each of its anions."""
    assert {name for name in named_terms(formula) if "(" in name} == states


@pytest.mark.parametrize(
    "formula", ["LiCl", "Li6PS5Cl", "Li1.3Al0.3Ti1.7P3O12", "Li3In", "LiMnPO4"]
)
def test_every_atom_belongs_to_one_term(formula):
    """Where no anion is bonded to its own kind, the shares add up to one."""
    assert sum(named_terms(formula).values()) == pytest.approx(1.0)


def test_what_no_cation_pays_is_a_bond_between_anions():
    """In Li2O2 half of the charge of the oxygen, itself half of the atoms, has no cation.

    Half of it is oxide then, and the bond counts 1/2 * 1/2 of it: nothing in O2 and in Li2O.
    """
    assert named_terms("Li2O2") == pytest.approx({"O": 1 / 4, "O-O": 1 / 8, "Li(1)-O": 1 / 2})
    assert "O-O" not in named_terms("Li2O")


def test_what_is_nearly_an_element_hardly_errs():
    """LiP7 is phosphorus but for 1 of 21 charges: so much of it is phosphide."""
    assert named_terms("LiP7")["P"] == pytest.approx(7 / 8 / 21)


def test_an_alloy_is_a_sum_over_its_elements():
    """Without an anion there is no pair."""
    assert named_terms("Li3In") == pytest.approx({"Li alloy": 0.75, "In alloy": 0.25})


def test_rounded_fractions_are_assigned_like_exact_ones():
    """GdCl3 with water balances; fractions rounded to nine digits do so too."""
    material = composition("GdCl3H12O6")
    exact = np.array([[n / material.n_atoms for n in material.amounts.values()]])
    elements = list(material.amounts)
    rounded = pair_terms(np.round(exact, 9), elements)
    assert rounded.numbers.tolist() == pair_terms(exact, elements).numbers.tolist()


def test_mixed_anions_share_cations_by_charge():
    """Of the anions' charge in TaOCl3, 2 of 5 is oxygen's: so much of Ta belongs to it."""
    terms = named_terms("TaOCl3")
    assert terms["Ta(5)-O"] == pytest.approx(2 / 5 / 5)
    assert terms["Ta(5)-Cl"] == pytest.approx(3 / 5 / 5)


def test_numbers_of_terms_do_not_overlap():
    """Pairs, anions and bonds among them follow one another."""
    assert N_PAIRS == FIRST_ANION < FIRST_EXCESS
    assert FIRST_ANION + len(ANIONS) == FIRST_EXCESS
    assert FIRST_EXCESS + len(ANIONS) == FIRST_ALLOY
