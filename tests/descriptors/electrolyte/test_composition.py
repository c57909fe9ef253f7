import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.electrolyte.composition import (
    ELEMENTS,
    composition_features,
    feature_names,
    profiles,
)
from stability.formula import composition

amounts = st.dictionaries(
    st.sampled_from(ELEMENTS), st.floats(0.01, 30.0), min_size=1, max_size=7
).map(lambda drawn: {"Li": 1.0} | drawn)


def features(formula):
    amounts = composition(formula).amounts
    row = composition_features([list(amounts.values())], list(amounts))[0]
    return dict(zip(feature_names(), row, strict=True))


@given(amounts)
def test_every_feature_of_any_composition_is_a_number(drawn):
    """Nothing divides by an absent anion, framework or former."""
    row = composition_features([list(drawn.values())], list(drawn))

    assert row.shape == (1, len(feature_names()))
    assert np.isfinite(row).all()


@pytest.mark.parametrize("factor", [0.01, 1 / 3, 2.0, 7.0])
def test_the_size_of_the_formula_changes_nothing(factor):
    """Li6PS5Cl and any multiple of it are one composition."""
    once = composition_features([[6, 1, 5, 1]], ["Li", "P", "S", "Cl"])

    assert composition_features(
        factor * np.array([[6, 1, 5, 1]]), ["Li", "P", "S", "Cl"]
    ) == pytest.approx(once)


def test_the_order_of_the_elements_changes_nothing():
    """Columns are told apart by their symbols."""
    once = composition_features([[6, 1, 5, 1]], ["Li", "P", "S", "Cl"])

    assert composition_features([[1, 5, 6, 1]], ["Cl", "S", "Li", "P"]) == pytest.approx(once)


def test_names_are_unique():
    """A feature is found by its name."""
    assert len(set(feature_names())) == len(feature_names())


def test_usual_ions_balance():
    """7 + 9 + 8 = 24, 1 + 4.. = 24, 6 + 5 = 11, 3 + 3 = 6; sulfate 6+, hydride and proton."""
    for formula in (
        *("Li7La3Zr2O12", "LiTi2(PO4)3", "Li6PS5Cl", "Li3InCl6", "Li2SO4", "LiAlH4", "LiOH"),
        *("Li3P", "Li3PS4", "Li3Nd3Te2O12"),
    ):
        assert features(formula)["balance"] == pytest.approx(0.0, abs=1e-6)


def test_li_is_counted_against_what_shares_its_place():
    """Li7La3Zr2O12: 7 of 24 atoms, of 12 cations, of 24 charges; 12 anions."""
    garnet = features("Li7La3Zr2O12")

    assert garnet["Li of atoms"] == pytest.approx(7 / 24, abs=1e-6)
    assert garnet["Li of cations"] == pytest.approx(7 / 12, abs=1e-6)
    assert garnet["Li of charge"] == pytest.approx(7 / 24, abs=1e-6)
    assert garnet["large"] == pytest.approx(3 / 12)
    assert garnet["octahedral"] == pytest.approx(2 / 12, abs=1e-6)


def test_mixing_is_entropy():
    """Half Br, half Cl: ln 2; one anion: 0. Whole numbers fit, mixed ones do not."""
    assert features("Li3YBr3Cl3")["anion entropy"] == pytest.approx(np.log(2), abs=1e-6)
    assert features("Li3YCl6")["anion entropy"] == 0
    assert features("Li3YCl6")["misfit"] == 0
    assert features("Li2.73Y1.09Cl6")["misfit"] > 0


@given(amounts, st.sampled_from([0.01, 1 / 3, 7.0]))
def test_profiles_do_not_depend_on_the_size_of_the_formula(drawn, factor):
    """All are finite, and those of a formula and its multiple are one."""
    row = np.array([list(drawn.values())])
    once, again = profiles(row, list(drawn)), profiles(factor * row, list(drawn))

    for one, other in zip(once, again, strict=True):
        assert np.isfinite(one).all()
        assert one == pytest.approx(other, abs=1e-5)


def test_profiles_add_up():
    """Li7La3Zr2O12: all atoms 1; one anion, all of it; 5 cations but Li on 12 anions."""
    found = profiles([[7, 3, 2, 12]], ["Li", "La", "Zr", "O"])

    assert found.atoms[0, -1] == pytest.approx(1)
    assert found.anions[0, -1] == pytest.approx(1)
    assert found.framework[0, -1] == pytest.approx(5 / 12)
    assert found.amounts[0, ELEMENTS.index("Li")] == pytest.approx(7 / 12)


def test_a_like_exchange_is_a_short_way():
    """Si for Ge moves the composition less than La for Ge."""
    found = profiles(
        [[2, 1, 0, 0, 3], [2, 0, 1, 0, 3], [2, 0, 0, 1, 3]], ["Li", "Ge", "Si", "La", "S"]
    ).atoms
    to_si, to_la = (abs(found[0] - found[row]).sum() for row in (1, 2))

    assert 0 < to_si < to_la
