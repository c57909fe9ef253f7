import pytest

from screening.catalogue.oxidation_states import anions, charge_balanced
from stability.formula import composition


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("Li6PS5Cl", {"S", "Cl"}),
        ("LiTaOCl4", {"O", "Cl"}),
        ("Li2SO4", {"O"}),  # S2- would ask for 10 electrons of two Li.
        ("LiClO4", {"O"}),
        ("LiNO3", {"O"}),
        ("Li2CO3", {"O"}),
        ("LiPF6", {"F"}),
        ("LiMn2O4", {"O"}),  # Mixed valence, and yet an oxide.
        ("Li3N", {"N"}),
        ("Li3P", {"P"}),
        ("LiBH4", {"H"}),
        ("LiAl", set()),
        ("LiFe", set()),
    ],
)
def test_anions_are_those_of_a_textbook(formula, expected):
    """A sulfate is no sulfide."""
    assert anions(composition(formula).amounts) == expected


@pytest.mark.parametrize(
    ("formula", "balanced"),
    [
        ("Li6PS5Cl", True),  # 6 + 5 - 10 - 1
        ("Li4Ti5O12", True),  # 4 + 20 - 24
        ("Li7La3Zr2O12", True),  # 7 + 9 + 8 - 24
        ("Li2Sc2/3Cl4", True),  # 2 + 2 - 4
        ("Li2Sc0.667Cl4", True),  # 2.001: a formula with few decimals
        ("Li9PS5Cl", False),  # P would have 2
        ("LiMn2O4", False),  # Mn would have 3.5
        ("LiAl", False),
        ("Li2O2", False),  # a peroxide: O is -1
    ],
)
def test_common_states_balance_electrolytes(formula, balanced):
    """One state for each element."""
    assert charge_balanced(composition(formula).amounts) is balanced


def test_an_element_without_states_balances_nothing():
    """What is not tabulated is not guessed."""
    assert not charge_balanced({"Li": 1, "Es": 1})
