from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.composite.carbon import carbon_area, carbon_name, carbons
from descriptors.errors import ImpossibleValueError, UnknownCarbonError
from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing, Recipe


def composite(cathode, sse, carbon, kind):
    return Recipe("test", cathode, sse, carbon, kind, Mixing.MILLED, 375.0, "test")


def test_the_thesis_composite_offers_nine_to_ten_square_metres(lfp):
    """(0.40 * 13 + 0.03 * 12.3) / 0.57 = 5.569 / 0.57 = 9.77 m2 per gram of electrolyte."""
    area = carbon_area(lfp, cathode_area=13.0)

    assert area.value == pytest.approx(5.569 / 0.57)
    assert 9 < area.value < 10
    assert area.unit == "m2/g"


def test_the_interval_takes_both_ends_together(lfp):
    """Coating 10 to 16, fibre 12.3 within a factor of 2."""
    coated = Quantity(13.0, 10.0, 16.0, "m2/g", Kind.MEASURED, "BET")

    area = carbon_area(lfp, cathode_area=coated)

    assert area.low == pytest.approx((0.40 * 10 + 0.03 * 12.3 / 2) / 0.57)
    assert area.high == pytest.approx((0.40 * 16 + 0.03 * 12.3 * 2) / 0.57)
    assert area.kind is Kind.COMPUTED
    assert "BET" in area.source
    assert "Cho" in area.source


def test_the_milled_carbon_black_explains_the_measured_oxidation():
    """A fraction of 407.2 / 499.1 needs A delta rho = 1.69: 35 nm at 60 * 30 / 70 = 25.7 m2/g."""
    area = carbon_area(composite(0.0, 0.7, 0.3, "carbon black"), cathode_area=0.0)

    assert area.value == pytest.approx(60 * 3 / 7)
    per_gram = 1.69 / 1.865e6  # [m3 per g of electrolyte that decomposes, as area times depth]
    assert 20e-9 < per_gram / area.value < 40e-9


def test_more_surface_per_carbon_from_fibre_to_ketjenblack():
    """The order in which the thesis chose its carbons to provoke the electrolyte."""
    area = {name: carbon.specific_area.value for name, carbon in carbons().items()}

    assert area["VGCF"] < area["acetylene black"] < area["Ketjenblack EC-600JD"]
    assert area["VGCF"] == 12.3
    assert area["acetylene black"] == pytest.approx((55 * 70) ** 0.5)
    assert area["carbon black"] == 60.0
    assert area["Ketjenblack EC-600JD"] == 1362.0


@pytest.mark.parametrize("name", carbons())
def test_a_carbon_is_no_denser_than_graphite(name):
    """Graphite has 2.27 g/cm3; blacks and fibres have 1.7 and more."""
    assert 1.7 < carbons()[name].density.value < 2.27


def test_without_carbon_and_coating_nothing_conducts():
    """The limit in which the electrolyte is never oxidised."""
    bare = composite(0.3, 0.7, 0.0, None)

    assert carbon_area(bare, cathode_area=0.0)[:3] == (0.0, 0.0, 0.0)


@given(st.floats(0.01, 0.4))
def test_area_is_linear_in_the_mass_of_carbon(mass):
    """Twice the carbon at the same electrolyte, twice the area; the cathode gives way."""
    once = carbon_area(composite(0.9 - mass, 0.1, mass, "VGCF"), cathode_area=0.0)
    twice = carbon_area(composite(0.9 - 2 * mass, 0.1, 2 * mass, "VGCF"), cathode_area=0.0)

    assert twice[:3] == pytest.approx([2 * number for number in once[:3]])


@given(st.floats(0, 100), st.floats(0, 100))
def test_area_is_linear_in_the_area_of_the_cathode(one, two):
    """A(a + b) = A(a) + A(b) without other carbon."""
    bare = composite(0.3, 0.7, 0.0, None)

    both = carbon_area(bare, cathode_area=one + two).value

    parts = carbon_area(bare, cathode_area=one).value + carbon_area(bare, cathode_area=two).value
    assert both == pytest.approx(parts)


def test_a_plain_number_is_an_assumption(lfp):
    """Nobody has said where the 13 comes from, and the result admits it."""
    assert carbon_area(lfp, cathode_area=13.0).kind is Kind.ASSUMED


@pytest.mark.parametrize("area", [-1.0, nan, inf])
def test_no_powder_has_such_an_area(lfp, area):
    """Negative, undefined and infinite surfaces are refused."""
    with pytest.raises(ImpossibleValueError, match="cathode_area"):
        carbon_area(lfp, cathode_area=area)


@pytest.mark.parametrize(
    ("name", "says"),
    [("vgcf", "VGCF"), ("Ketjenblack EC", "Ketjenblack EC-"), ("soot", "choose from")],
)
def test_an_unknown_carbon_is_named_with_what_might_be_meant(lfp, name, says):
    """The nearest name if there is one, else the list."""
    with pytest.raises(UnknownCarbonError, match=f"'{name}' on record.*{says}"):
        carbon_area(replace(lfp, carbon=name), cathode_area=13.0)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C65", "C65"), ("Super C65", "C65"), ("super-p", "Super P"), ("VGCF-H", "VGCF"),
        ("acetylene black", "acetylene black"), ("KB", "Ketjenblack EC-600JD"), ("CNT", "CNT"),
        ("graphene", "graphene"), ("none", None), (" ", None),
    ],
)  # fmt: skip
def test_carbons_have_the_names_that_people_write(text, name):
    """Capitals, blanks and hyphens do not matter; none is none."""
    assert carbon_name(text) == name


def test_a_carbon_that_nobody_knows_is_refused():
    """With the list."""
    with pytest.raises(UnknownCarbonError, match="choose from"):
        carbon_name("zzz")
