import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.electrolyte.composition import ELEMENTS, element_shares
from descriptors.electrolyte.frameworks import (
    NO_FRAMEWORK,
    OXO_SALT,
    charge_range,
    charges,
    frameworks,
    frameworks_of,
)


@pytest.mark.parametrize(
    ("formula", "family", "subclass"),
    [
        ("Li6PS5Cl", "sulfide", "argyrodite"),
        ("Li10GeP2S12", "sulfide", "thio-LISICON, mixed"),
        ("Li3InCl6", "halide", "Li-M(III)-X"),
        ("LiNbOCl4", "oxyhalide", "metal oxyhalide"),
        ("Li2NbOF5", "oxyhalide", "metal oxyfluoride"),
        ("Li3OCl", "oxyhalide", "antiperovskite"),
        ("LiClO4", "oxide", "other oxo-salt"),
        ("LiZn(ClO)3", "oxide", "other oxo-salt"),
        ("LiVSO4F3", "oxyhalide", OXO_SALT),
        ("Cs2LiYCl6", "halide", "alkali halide"),
        ("Li7La3Zr2O12", "oxide", "garnet"),
        ("Li1.3Al0.3Ti1.7(PO4)3", "oxide", "NASICON"),
        ("Li0.33La0.56TiO3", "oxide", "perovskite"),
        ("LiBH4", "hydride", "borohydride, closo-borate"),
        ("LiCB9H10", "hydride", "borohydride, closo-borate"),
    ],
)
def test_the_kind_follows_from_the_ions(formula, family, subclass):
    """Cl is an anion in an oxychloride and not in a chlorate; F beside a sulfate is no halide."""
    kinds = frameworks_of([formula])

    assert (kinds.family.item(), kinds.subclass.item()) == (family, subclass)


@pytest.mark.parametrize("formula", ["Li13Si4", "LiIn", "Li3P", "LiGe", "LiCu2Si12(CH3)27"])
def test_alloys_pnictides_and_molecules_have_no_ionic_framework(formula):
    """Nothing is guessed where no lattice of anions holds lithium."""
    assert frameworks_of([formula]).family.item() == NO_FRAMEWORK


def test_the_balance_tells_iron_two_from_iron_three():
    """Li6FeCl8: 8 - 6 = 2 for Fe. Li3FeCl6: 6 - 3 = 3. The element is the same."""
    assert frameworks_of(["Li6FeCl8", "Li3FeCl6"]).subclass.tolist() == [
        "Li-M(II)-X",
        "Li-M(III)-X",
    ]


def test_the_halogen_of_a_perchlorate_is_positive():
    """LiClO4: 1 + q - 8 = 0."""
    states = charges(element_shares(["LiClO4"]))[0]

    assert states[ELEMENTS.index("Cl")] == pytest.approx(7)


def test_charges_that_can_balance_enclose_the_negative_one():
    """LiFePO4: 8 of O over 4; Fe(II) and P(III) give 6, Fe(III) and P(V) give 9. LiCdCl4: 3 < 4."""
    negative, least, most = charge_range(element_shares(["LiFePO4", "LiCdCl4"]))

    assert negative == pytest.approx([2, 1])
    assert least == pytest.approx([6 / 4, 3 / 4])
    assert most == pytest.approx([9 / 4, 3 / 4])


@given(
    st.dictionaries(st.sampled_from(ELEMENTS), st.floats(0.05, 20), min_size=1, max_size=6),
    st.floats(0.1, 10),
)
def test_the_size_of_the_formula_changes_nothing(amounts, factor):
    """Every rule asks ratios; also of compositions that nobody would make."""
    row = np.array([[amounts.get(element, 0.0) for element in ELEMENTS]])
    rounded = np.round(row / row.sum(), 9)  # Ratios at the edge of a rule keep their side.

    assert frameworks(rounded) == frameworks(np.round(factor * row / (factor * row).sum(), 9))
