from math import inf, nan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.measured import (
    bulk_modulus,
    electronic_conductivity,
    ionic_conductivity,
    relative_density,
    shear_modulus,
    true_density,
    youngs_modulus,
)
from descriptors.quantity import Kind
from descriptors.tables import Figure


def test_the_conductivity_of_li6ps5cl_is_the_median_of_seven():
    """0.033, 1.3, 1.3, 1.6, 2.05, 3.0, 4.8 mS/cm: the fourth, and the ends."""
    sigma = ionic_conductivity("Li6PS5Cl")

    assert sigma[:3] == (1.6e-3, 3.3e-5, 4.8e-3)
    assert sigma.unit == "S/cm"
    assert sigma.kind is Kind.MEASURED
    assert "T02" in sigma.source


def test_two_conductivities_are_granted_the_class_spread():
    """Li3ScCl6: 1.25 and 3.0 mS/cm, sqrt(1.25 * 3.0) = 1.936 mS/cm within a factor of 7."""
    middle = sqrt(1.25e-3 * 3.0e-3)

    assert ionic_conductivity("Li3ScCl6")[:3] == pytest.approx((middle, middle / 7, middle * 7))


def test_what_the_figures_say_beats_the_class_spread():
    """Li6PS5Br: 0.032 mS/cm is below a seventh of sqrt(0.701 * 1.15) = 0.898 mS/cm."""
    sigma = ionic_conductivity("Li6PS5Br")

    assert sigma.value == pytest.approx(sqrt(0.701e-3 * 1.15e-3))
    assert sigma.low == 3.2e-5
    assert sigma.high == pytest.approx(7 * sigma.value)


def test_every_electrolyte_insulates_electrons():
    """T04 and T05 within a factor of 10; ions are at least a thousand times faster."""
    for formula, measured in {"Li6PS5Cl": 1.6e-8, "Li2ZrCl6": 8e-9, "Li3InCl6": 5.4e-9}.items():
        sigma = electronic_conductivity(formula)

        assert sigma[:3] == pytest.approx((measured, measured / 10, measured * 10))
        assert sigma.value < 1e-3 * ionic_conductivity(formula).value


def test_the_modulus_that_the_thesis_quotes_is_inside_the_computed_interval():
    """T06: 30 GPa; 22.1 and 27.4 GPa by DFT, sqrt = 24.6 within a factor of 1.5."""
    modulus = youngs_modulus("Li6PS5Cl")

    assert modulus.value == pytest.approx(sqrt(22.1 * 27.4))
    assert modulus.low < 30 < modulus.high
    assert modulus.kind is Kind.COMPUTED


def test_a_chloride_is_no_softer_than_a_sulfide():
    """Li2ZrCl6 densifies better although its modulus is not lower: yield decides, not stiffness."""
    assert youngs_modulus("Li2ZrCl6").value > youngs_modulus("Li6PS5Cl").value
    assert relative_density("Li2ZrCl6", 375).low > relative_density("Li6PS5Cl", 375).high


def test_oxides_are_stiffer_than_sulfides():
    """Lowest oxide above highest sulfide, in all three moduli."""
    for modulus in (youngs_modulus, bulk_modulus, shear_modulus):
        oxides = [modulus(oxide).value for oxide in ("Li7La3Zr2O12", "LiTi2(PO4)3", "Li3PO4")]
        sulfides = [modulus(sulfide).value for sulfide in ("Li6PS5Cl", "Li3PS4", "Li10GeP2S12")]

        assert min(oxides) > max(sulfides)


@pytest.mark.parametrize(
    "formula", ["Li6PS5Br", "Li7P3S11", "Li10GeP2S12", "LiTi2(PO4)3", "Li7La3Zr2O12"]
)
def test_the_three_moduli_agree_for_an_isotropic_solid(formula):
    """E = 9 B G / (3 B + G), where all come from one paper; rounding and median cost 3 %."""
    bulk, shear = bulk_modulus(formula).value, shear_modulus(formula).value

    young = youngs_modulus(formula).value

    assert young == pytest.approx(9 * bulk * shear / (3 * bulk + shear), rel=0.03)


def test_the_true_density_of_li6ps5cl_is_the_middle_of_three_cells():
    """1.838, 1.865 and 1.871 g/cm3; three are few, so 5 % either side."""
    assert true_density("Li6PS5Cl")[:3] == pytest.approx((1.865, 1.865 / 1.05, 1.865 * 1.05))


def test_a_remembered_density_is_an_estimate():
    """Li2ZrCl6: 2.56 g/cm3 within 1.05 twice."""
    density = true_density("Li2ZrCl6")

    assert density[:3] == pytest.approx((2.56, 2.56 / 1.1025, 2.56 * 1.1025))
    assert density.kind is Kind.ESTIMATED
    assert "(from memory)" in density.source


@pytest.mark.parametrize(("formula", "percent"), [("Li6PS5Cl", 85.5), ("Li2ZrCl6", 94.7)])
def test_the_thesis_pellets(formula, percent):
    """T07 and T08 at 375 MPa."""
    assert relative_density(formula, 375).value == percent


def test_the_porosity_of_the_cross_section_is_inside_the_interval():
    """T09 and T10 see 14.5 and 3.7 % pores in the sections of the same pellets."""
    for formula, pores in {"Li6PS5Cl": 14.5, "Li2ZrCl6": 3.7}.items():
        density = relative_density(formula, 375)

        assert density.low <= 100 - pores <= density.high


def test_another_laboratory_widens_the_interval():
    """Li6PS5Cl: 82.1 % at 370 MPa by Doux, 85.5 % at 375 MPa in the thesis; 3 points each way."""
    assert relative_density("Li6PS5Cl", 375)[:3] == pytest.approx((85.5, 82.1, 88.5))
    assert relative_density("Li6PS5Cl", 370)[:3] == pytest.approx((82.1, 79.1, 85.5))


def test_between_two_measured_pressures_the_density_is_linear():
    """Li3PS4 glass: 62 % at 75 and 75 % at 150 MPa, so 62 + 13 / 3 at 100; no pellet near."""
    middle = 62 + 13 * 25 / 75

    assert relative_density("Li3PS4", 100)[:3] == pytest.approx((middle, middle - 3, middle + 3))


def test_beyond_the_last_pressure_the_last_density_holds_for_a_while():
    """Li3PS4 to 450 MPa, hence to 517.5."""
    density = relative_density("Li3PS4", 510)

    assert density.value == 94
    assert density.high == 97
    with pytest.raises(NoMeasurement, match="within 15% of these"):
        relative_density("Li3PS4", 520)


def test_no_pellet_is_denser_than_the_solid(monkeypatch):
    """99 % and 3 points are 102 %, of which 100 % are possible."""
    pellet = Figure(99.0, Kind.MEASURED, "A", 500.0)
    monkeypatch.setattr("descriptors.measured.evidence", lambda *_: (pellet,))

    assert relative_density("Li2ZrCl6", 500)[:3] == (99, 96, 100)


@given(st.floats(26, 517), st.floats(26, 517))
def test_more_pressure_never_loosens_a_pellet(one, two):
    """The measured curve of Li3PS4 rises from 30 to 450 MPa."""
    lower, higher = sorted((one, two))

    low, high = relative_density("Li3PS4", lower), relative_density("Li3PS4", higher)

    assert low.value <= high.value
    assert low.low <= low.value <= low.high <= 100


def test_a_green_garnet_is_an_estimate():
    """55 % at 300 MPa from memory, so 6 points either side."""
    density = relative_density("Li7La3Zr2O12", 300)

    assert density[:3] == (55, 49, 61)
    assert density.kind is Kind.ESTIMATED


@pytest.mark.parametrize("pressure", [100, 314, 432, 1000])
def test_a_pellet_says_nothing_far_from_its_pressure(pressure):
    """Li6PS5Cl was pressed at 370 and 375 MPa: 314.5 to 431.25 MPa."""
    with pytest.raises(NoMeasurement, match=r"'Li6PS5Cl' at .* only at 370, 375 MPa"):
        relative_density("Li6PS5Cl", pressure)


@pytest.mark.parametrize("pressure", [0, -375, nan, inf])
def test_no_press_reaches_such_a_pressure(pressure):
    """Refused before anything is looked up."""
    with pytest.raises(ImpossibleValueError, match="pressure"):
        relative_density("Li6PS5Cl", pressure)


def test_what_nobody_has_measured_is_no_number():
    """Every function says so instead of guessing."""
    for function in (
        ionic_conductivity,
        electronic_conductivity,
        youngs_modulus,
        bulk_modulus,
        shear_modulus,
        true_density,
    ):
        with pytest.raises(NoMeasurement, match="'Li4Ti5O12' on record"):
            function("Li4Ti5O12")
    with pytest.raises(NoMeasurement, match="no relative density of 'Li3YCl6'"):
        relative_density("Li3YCl6", 375)


@pytest.mark.parametrize(
    ("formula", "least", "most"),
    [
        ("Li3YBr6", 1e-3, 3e-3),
        ("Li2.5Y0.5Zr0.5Cl6", 1e-3, 2e-3),
        ("Li6.6Si0.6Sb0.4S5I", 1e-2, 2e-2),
        ("Li5.5PS4.5Cl1.5", 4e-3, 1.2e-2),
    ],
)
def test_well_known_electrolytes_beyond_the_catalogue_are_measured(formula, least, most):
    """Figures of the literature, not guesses: Asano 2018, Park 2020, Zhou 2019, Adeli 2019."""
    found = ionic_conductivity(formula)

    assert found.kind is Kind.MEASURED
    assert least < found.value < most


def test_a_material_is_found_however_it_is_written():
    """Li6Y2Br12 is Li3YBr6, and has its figure."""
    assert ionic_conductivity("Li6Y2Br12") == ionic_conductivity("Li3YBr6")
