from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.composite.electrode import areal_capacity, electrode, thickness
from descriptors.errors import ImpossibleValueError, InvalidRecipeError
from descriptors.recipe import Mixing, Recipe

SULFUR = Recipe("S", 0.30, 0.50, 0.20, "acetylene black", Mixing.MILLED, 375.0, "Cronk 2024")
DENSITIES = {"cathode_density": 2.07, "sse_density": 1.865, "carbon_density": 1.95}  # [g/cm3]
THEORY = 1672.0  # [mAh/g] S + 2 Li -> Li2S: 2 * 26801 / 32.06.
PELLET = 0.785  # [cm2] 10 mm across.

amounts = st.floats(0.1, 100)
porosities = st.floats(0, 0.9)


def test_seven_milligrams_of_sulfur_hold_eleven_milliampere_hours():
    """T52: 11 mAh/cm2 from 7 mg/cm2 take 1571 mAh/g, 94 % of theory."""
    assert areal_capacity(7.0, THEORY, utilisation=0.94) == pytest.approx(11.0, abs=0.01)


def test_the_two_figures_of_t52_are_not_of_one_discharge():
    """The 1314 mAh/g that the thesis gives beside them make 7 * 1.314 = 9.2 mAh/cm2, not 11."""
    assert areal_capacity(7.0, 1314.0) == pytest.approx(9.198)


def test_the_pristine_layer_of_t54_by_hand():
    """1.22 mAh at 1615 mAh/g: 0.962 mg/cm2 S, 3.21 of composite, 16.5 um without pores."""
    loading = 1.22 / 1.615 / PELLET  # [mg/cm2]

    dense = electrode(SULFUR, loading, capacity=1615.0, porosity=0.0, **DENSITIES)

    assert dense.areal_mass == pytest.approx(3.208, rel=1e-3)
    # 0.30/2.07 + 0.50/1.865 + 0.20/1.95 = 0.1449 + 0.2681 + 0.1026 = 0.5156 cm3/g
    assert dense.true_density == pytest.approx(1 / 0.5156, rel=1e-3)
    assert dense.thickness == pytest.approx(10 * 3.208 * 0.5156, rel=1e-3)


def test_t54_needs_more_pores_or_less_utilisation_than_the_thesis_says():
    """26 um of 16.5 um solids: 36 % pores; with 10 to 17 % it would be 18 to 20 um."""
    loading = 1.22 / 1.615 / PELLET

    thick = {
        pores: electrode(SULFUR, loading, capacity=1615.0, porosity=pores, **DENSITIES).thickness
        for pores in (0.10, 0.17, 0.364)
    }

    assert thick[0.10] == pytest.approx(16.54 / 0.90, rel=1e-3)
    assert thick[0.17] == pytest.approx(16.54 / 0.83, rel=1e-3)
    assert thick[0.364] == pytest.approx(26.0, rel=1e-3)


@given(amounts, st.floats(100, 2000), st.floats(0, 1.2), porosities)
def test_everything_is_proportional_to_the_loading(loading, capacity, utilisation, porosity):
    """Twice the loading: twice the mass, capacity and thickness, at the same densities."""
    one, two = (
        electrode(
            SULFUR, mass, capacity=capacity, utilisation=utilisation, porosity=porosity, **DENSITIES
        )
        for mass in (loading, 2 * loading)
    )

    assert two.areal_mass == pytest.approx(2 * one.areal_mass)
    assert two.areal_capacity == pytest.approx(2 * one.areal_capacity)
    assert two.thickness == pytest.approx(2 * one.thickness)
    assert two.density == pytest.approx(one.density)


@given(amounts, porosities)
def test_mass_is_density_times_thickness(loading, porosity):
    """The layer weighs what it should: 1 mg/cm2 = 0.1 um g/cm3."""
    layer = electrode(SULFUR, loading, capacity=THEORY, porosity=porosity, **DENSITIES)

    assert 0.1 * layer.density * layer.thickness == pytest.approx(layer.areal_mass)
    assert min(DENSITIES.values()) < layer.true_density < max(DENSITIES.values())


def test_a_layer_without_carbon_needs_no_density_of_it():
    """Half and half at densities 4 and 2: 1/(0.125 + 0.25) = 2.667 g/cm3."""
    halves = Recipe("1:1", 0.5, 0.5, 0.0, None, Mixing.HAND, 375.0, "test")

    layer = electrode(
        halves, 1.0, capacity=1.0, porosity=0.0,
        cathode_density=4.0, sse_density=2.0, carbon_density=None,
    )  # fmt: skip

    assert layer.true_density == pytest.approx(8 / 3)


@pytest.mark.parametrize("wrong", [-1.0, nan, inf])
def test_impossible_numbers_are_refused(wrong):
    """Each message is one line that names the argument."""
    calls = {
        "loading": lambda: areal_capacity(wrong, THEORY),
        "capacity": lambda: areal_capacity(1.0, wrong),
        "utilisation": lambda: areal_capacity(1.0, THEORY, utilisation=wrong),
        "areal_mass": lambda: thickness(wrong, 1.0, porosity=0.0),
        "true_density": lambda: thickness(1.0, wrong, porosity=0.0),
        "porosity": lambda: thickness(1.0, 1.0, porosity=wrong),
        "cathode_density": lambda: electrode(
            SULFUR, 1.0, capacity=1.0, porosity=0.0, **{**DENSITIES, "cathode_density": wrong}
        ),
    }
    for name, call in calls.items():
        with pytest.raises(ImpossibleValueError, match=rf"^{name} [^\n]*$"):
            call()


def test_a_composite_without_cathode_has_no_loading():
    """Division by its fraction would be."""
    none = Recipe("no cathode", 0.0, 1.0, 0.0, None, Mixing.HAND, 375.0, "test")

    with pytest.raises(InvalidRecipeError, match="'no cathode' holds no cathode"):
        electrode(none, 1.0, capacity=1.0, porosity=0.0, **DENSITIES)
