import numpy as np
import pytest

from stability.energies.pairs import ANIONS, pair_terms


def terms(formula_fractions, elements):
    """Return numbers and shares of the terms of one composition."""
    made = pair_terms(np.array([formula_fractions], float), elements)
    first, last = made.starts[0], made.starts[1]
    return made.numbers[first:last], made.shares[first:last]


def test_a_binary_has_one_pair_and_its_anion():
    """LiCl: half of its atoms are lithium bound to chlorine, the other half the chlorine itself."""
    numbers, shares = terms([0.5, 0.5], ["Li", "Cl"])

    assert len(numbers) == 2
    assert shares.tolist() == pytest.approx([0.5, 0.5])


def test_two_ways_to_write_it_are_one_composition():
    """The order of the elements changes no term."""
    one = dict(zip(*terms([2 / 9, 1 / 9, 6 / 9], ["Li", "Zr", "Cl"]), strict=True))
    other = dict(zip(*terms([6 / 9, 1 / 9, 2 / 9], ["Cl", "Zr", "Li"]), strict=True))

    assert one.keys() == other.keys()
    assert all(one[number] == pytest.approx(other[number]) for number in one)


def test_metals_alone_are_an_alloy():
    """LiIn has no anion to lead: its terms are its two elements."""
    made = pair_terms(np.array([[0.5, 0.5]]), ["Li", "In"])

    assert made.leading[0] == len(ANIONS)
    assert made.starts[1] - made.starts[0] == 2
