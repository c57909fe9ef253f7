from itertools import pairwise

import pytest

from stability.elements import ATOMIC_WEIGHT

# Ar > K, Co > Ni, Te > I: the inversions that puzzled Mendeleev; and Th > Pa, U > Np, Pu > Am.
HEAVIER_THAN_THE_NEXT = {"Ar", "Co", "Te", "Th", "U", "Pu"}


def test_elements_stand_in_order_of_atomic_number():
    """Hydrogen is 1, lithium 3, iron 26, lanthanum 57, lawrencium 103."""
    symbols = list(ATOMIC_WEIGHT)

    assert len(symbols) == 103
    assert [symbols.index(s) + 1 for s in ("H", "Li", "Fe", "La", "Lr")] == [1, 3, 26, 57, 103]


def test_weights_rise_with_atomic_number_but_for_the_known_inversions():
    """A slip of the keyboard in the weights would break the order."""
    symbols = list(ATOMIC_WEIGHT)
    falls = {
        one for one, next_one in pairwise(symbols) if ATOMIC_WEIGHT[one] > ATOMIC_WEIGHT[next_one]
    }

    assert falls == HEAVIER_THAN_THE_NEXT


def test_water_weighs_eighteen_grams_per_mole():
    """2 * 1.008 + 15.999 = 18.015 g/mol."""
    assert 2 * ATOMIC_WEIGHT["H"] + ATOMIC_WEIGHT["O"] == pytest.approx(18.015)


def test_weights_cannot_be_changed():
    """A shared table of constants is read-only."""
    with pytest.raises(TypeError):
        ATOMIC_WEIGHT["Li"] = 7.0
