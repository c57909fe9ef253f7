from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.composite.volume import volume_fractions
from descriptors.errors import ImpossibleValueError
from descriptors.recipe import Mixing, Recipe

LFP, LPSCL, LZC, VGCF = 3.6, 1.865, 2.56, 2.0  # [g/cm3]

densities = st.floats(0.5, 20)
porosities = st.floats(0, 0.9)


def test_the_lfp_composite_by_hand(lfp):
    """40/3.6 + 57/1.865 + 3/2.0 = 11.11 + 30.56 + 1.50 = 43.17 volumes; 17 % of it are pores."""
    fractions = volume_fractions(
        lfp, cathode_density=LFP, sse_density=LPSCL, carbon_density=VGCF, porosity=0.17
    )

    assert fractions.cathode == pytest.approx(0.83 * 11.11 / 43.17, rel=1e-3)
    assert fractions.sse == pytest.approx(0.83 * 30.56 / 43.17, rel=1e-3)
    assert fractions.carbon == pytest.approx(0.83 * 1.50 / 43.17, rel=1e-3)
    assert fractions.pores == 0.17


@pytest.mark.parametrize(("sse", "percent"), [(LPSCL, 150 / 43.17), (LZC, 150 / 34.88)])
def test_the_fibre_is_near_four_per_cent_of_the_volume(lfp, sse, percent):
    """T33 says near 4 vol%: 3.5 with Li6PS5Cl, 4.3 with Li2ZrCl6 (11.11 + 22.27 + 1.50)."""
    fractions = volume_fractions(lfp, cathode_density=LFP, sse_density=sse, carbon_density=VGCF)

    assert 100 * fractions.carbon == pytest.approx(percent, rel=1e-3)
    assert 100 * fractions.carbon == pytest.approx(4, abs=0.6)


@given(densities, densities, densities, porosities)
def test_the_fractions_add_up_to_one(cathode, sse, carbon, porosity):
    """Nothing of the volume is lost or counted twice."""
    recipe = Recipe("S", 0.3, 0.5, 0.2, "acetylene black", Mixing.MILLED, 375.0, "Cronk 2024")

    fractions = volume_fractions(
        recipe,
        cathode_density=cathode,
        sse_density=sse,
        carbon_density=carbon,
        porosity=porosity,
    )

    assert sum(fractions) == pytest.approx(1)
    assert all(0 <= fraction <= 1 for fraction in fractions)


@given(densities, porosities)
def test_at_equal_densities_volume_is_mass(density, porosity):
    """The solid volume divides like the mass, 30:50:20."""
    recipe = Recipe("S", 0.3, 0.5, 0.2, "acetylene black", Mixing.MILLED, 375.0, "Cronk 2024")

    fractions = volume_fractions(
        recipe,
        cathode_density=density,
        sse_density=density,
        carbon_density=density,
        porosity=porosity,
    )

    solid = 1 - porosity
    assert fractions == pytest.approx((0.3 * solid, 0.5 * solid, 0.2 * solid, porosity))


def test_a_composite_without_carbon_needs_no_density_of_it():
    """Half and half at densities 4 and 2: volumes 1 to 2."""
    recipe = Recipe("1:1", 0.5, 0.5, 0.0, None, Mixing.HAND, 375.0, "test")

    fractions = volume_fractions(recipe, cathode_density=4.0, sse_density=2.0, carbon_density=None)

    assert fractions == pytest.approx((1 / 3, 2 / 3, 0, 0))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cathode_density": 0.0}, "cathode_density 0 g/cm3 is not above 0"),
        ({"sse_density": -1.0}, "sse_density -1 g/cm3 is not above 0"),
        ({"sse_density": nan}, "sse_density nan g/cm3 is not above 0"),
        ({"carbon_density": inf}, "carbon_density inf g/cm3 is not above 0"),
        ({"carbon_density": None}, "carbon_density is missing"),
        ({"porosity": 17.0}, "porosity 17 is outside 0 to 1"),
        ({"porosity": 1.0}, "porosity 1 is outside 0 to 1"),
        ({"porosity": -0.1}, "porosity -0.1 is outside 0 to 1"),
        ({"porosity": nan}, "porosity nan is outside 0 to 1"),
    ],
)
def test_what_no_material_has_is_refused(lfp, change, says):
    """The message names the argument, its value and the limit."""
    good = {"cathode_density": LFP, "sse_density": LPSCL, "carbon_density": VGCF, "porosity": 0.0}

    with pytest.raises(ImpossibleValueError, match=says):
        volume_fractions(lfp, **{**good, **change})
