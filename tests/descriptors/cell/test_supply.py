import re

import pytest

from descriptors.cell.supply import (
    composite_supply,
    element_supplies,
    element_supply,
    raw_material_cost,
    supply_risk,
)
from descriptors.errors import NoMeasurement
from descriptors.recipe import Mixing, Recipe
from stability.elements import ATOMIC_WEIGHT
from stability.errors import FormulaError

CATALOGUE = {
    *("Li", "P", "S", "Cl", "Br", "Ge", "Zr", "Y", "In", "Er", "Sc", "La", "O", "Ta", "Nb", "Ti"),
    *("Fe", "Co", "Ni", "Mn"),
}
"""Elements of the catalogue's electrolytes and cathodes."""


def test_every_element_of_the_catalogue_has_price_and_index():
    """With a source and a year each."""
    assert set(element_supplies()) >= CATALOGUE
    for supply in element_supplies().values():
        assert supply.element in ATOMIC_WEIGHT
        assert 0 < supply.price.low < supply.price.value < supply.price.high
        assert 0 < supply.concentration.value <= 10_000
        assert re.search(r"\b(19|20)\d\d\b", supply.price.source)
        assert re.search(r"production of 20\d\d", supply.concentration.source)
        assert supply.eu_list in {"critical", "strategic", "no"}


@pytest.mark.parametrize(
    "element", ["Co", "Ni", "In", "Y", "Sc", "Ge", "Ta", "La", "Er", "Nb", "Ga"]
)
def test_what_to_avoid_is_flagged_with_a_reason(element):
    """The issue's list, and its neighbours."""
    assert len(element_supply(element).flag) > 20


@pytest.mark.parametrize("element", ["Li", "P", "S", "Cl", "Zr", "O", "Ti", "Fe", "Mn"])
def test_what_low_cost_cells_are_made_of_is_not_flagged(element):
    """The thesis' motive: Li6PS5Cl, Li2ZrCl6, LiFePO4, S."""
    assert element_supply(element).flag == ""


def test_the_chloride_of_the_thesis_by_hand():
    """Li2ZrCl6, 317.80 g: 13.88 Li at 83.5, 91.22 Zr at 36.4, 212.7 Cl at 0.082: 14.15 USD/kg."""
    cost = raw_material_cost("Li2ZrCl6")

    expected = (13.88 * 83.5 + 91.222 * 36.4 + 212.7 * 0.082) / 317.802
    assert cost.value == pytest.approx(expected)
    assert cost.low == pytest.approx(expected / 3)
    assert cost.high == pytest.approx(expected * 3)
    assert cost.source.startswith("Zr makes 74 %")


def test_an_element_costs_what_it_costs():
    """The limit of a compound of one element, however it is written."""
    assert raw_material_cost("Co").value == pytest.approx(32.8)
    assert raw_material_cost("Co3").value == pytest.approx(32.8)


def test_the_cheap_and_the_dear_catholytes_are_in_the_expected_order():
    """Zr and Y at some ten USD/kg, In and Ta at some tens and hundreds, Sc above all."""
    cost = {
        name: raw_material_cost(name).value
        for name in ("Li2ZrCl6", "Li3YCl6", "Li3InCl6", "LiTaOCl4", "Li3ScCl6")
    }

    assert cost["Li2ZrCl6"] < 20
    assert cost["Li3YCl6"] < 20
    assert cost["Li2ZrCl6"] < cost["Li3InCl6"] < cost["LiTaOCl4"] < cost["Li3ScCl6"]


def test_risk_is_weighted_by_mass():
    """Li3InCl6: the worst element is named, since dilution hides it."""
    risk = supply_risk("Li3InCl6")

    lithium, indium, chlorine = 20.82 / 348.34, 114.82 / 348.34, 212.7 / 348.34
    assert risk.concentration.value == pytest.approx(
        lithium * 5008.4 + indium * 3300 + chlorine * 1500
    )
    assert risk.worst == "Li"
    assert risk.worst_concentration.value == 5008.4
    assert [flag.element for flag in risk.flags] == ["In"]
    assert risk.flags[0].mass_share == pytest.approx(indium)


def test_flags_come_with_the_largest_mass_first():
    """LiNi0.8Co0.15Y0.05O2: Ni before Co before Y; the EU's list has all but Ni."""
    risk = supply_risk("LiNi0.8Co0.15Y0.05O2")

    assert [flag.element for flag in risk.flags] == ["Ni", "Co", "Y"]
    assert risk.eu_critical == ("Li", "Co", "Y")


def test_a_trace_is_not_flagged():
    """5e-5 Y in Li3PS4 are 25 ppm of the mass."""
    assert supply_risk("Li3PS4Y0.00005").flags == ()


def test_a_flag_has_its_reason():
    """Indium, scandium and germanium are flagged, each with why; iron is not."""
    for element in ("In", "Sc", "Ge"):
        assert len(element_supply(element).flag.split()) > 3
    assert not element_supply("Fe").flag


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: raw_material_cost("Li2PoS3"), NoMeasurement, "no price of 'Po' on record"),
        (lambda: supply_risk("PtS2"), NoMeasurement, "no price of 'Pt' on record"),
        (lambda: raw_material_cost("Xx2"), FormulaError, "Xx is no element"),
    ],
)
def test_what_has_no_answer_is_refused(call, error, says):
    """One line: the value, the limit, the remedy."""
    with pytest.raises(error, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_composite_costs_what_its_parts_cost():
    """By mass: 0.4, 0.57 and 0.03; carbon is the element."""
    lfp = Recipe("LFP", 0.40, 0.57, 0.03, "VGCF", Mixing.HAND, 375.0, "Cronk 2024")
    parts = [("LiFePO4", 0.4), ("Li3InCl6", 0.57), ("C", 0.03)]

    found = composite_supply(lfp, sse="Li3InCl6", cathode="LiFePO4")

    assert found.cost.value == pytest.approx(
        sum(share * raw_material_cost(formula).value for formula, share in parts)
    )
    assert found.concentration == pytest.approx(
        sum(share * supply_risk(formula).concentration.value for formula, share in parts)
    )
    assert found.cost.high == pytest.approx(3 * found.cost.value)


def test_flags_of_a_composite_come_with_the_largest_mass_first():
    """LiCoO2 is 60 % Co, Li3InCl6 33 % In; 0.69 and 0.29 of the composite."""
    oxide = Recipe("oxide", 0.69, 0.29, 0.02, "VGCF", Mixing.HAND, 375.0, "test")

    assert composite_supply(oxide, sse="Li3InCl6", cathode="LiCoO2").flags == ("Co", "In")
    assert composite_supply(oxide, sse="Li6PS5Cl", cathode="LiFePO4").flags == ()
