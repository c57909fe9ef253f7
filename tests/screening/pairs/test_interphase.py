"""Growth classes of interphases from what their products conduct."""

from __future__ import annotations

import csv
from importlib.resources import files
from math import log

import pytest

from descriptors.quantity import Kind
from screening.pairs.interphase import (
    THRESHOLD,
    GrowthClass,
    Lithium,
    Reaction,
    conductions,
    interphases,
)
from stability.errors import FormulaError
from stability.formula import composition


def table():
    """Return the rows of the table of products."""
    text = files("screening").joinpath("data/interphase_products.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def conduction(formula):
    """Return what one product conducts."""
    return conductions([formula])[formula]


def interphase(products, energy, cathode=None):
    """Return what becomes of one interphase."""
    return interphases([Reaction(products, energy, cathode)])[0]


@pytest.mark.parametrize(
    "formula", ["ZrO2", "LiCl", "Li3PO4", "Li2S", "S", "ScCl3", "Li2SO4", "NiCl2", "YPO4"]
)
def test_insulators_of_coatings(formula):
    """The products that make halide coatings work hold electrons back."""
    assert conduction(formula).electrons.high < 0.1


@pytest.mark.parametrize(
    "formula", ["Co9S8", "Ni3S2", "In2S3", "FeS", "FeS2", "Zr", "ZrCl", "TiS2", "FeP", "Fe", "C"]
)
def test_conductors_that_let_interphases_grow(formula):
    """Sulfides and phosphides of transition metals, and metals, conduct."""
    assert conduction(formula).electrons.value > 0.8


def test_every_row_has_a_value_a_unit_and_a_source():
    """The table is complete, its words are known, and no composition stands there twice."""
    rows = table()
    units = {"band_gap": "eV", "band_gap_gga": "eV", "electronic_conductivity": "S/cm"}

    assert len({composition(row["formula"]).shares for row in rows}) == len(rows) > 400
    for row in rows:
        assert row["conducts_electrons"] in {"yes", "semiconductor", "no"}, row
        assert row["conducts_lithium"] in set(Lithium), row
        assert row["unit"] == units[row["property"]], row
        assert row["confidence"] in {"looked up", "from memory"}, row
        assert float(row["value"]) >= 0, row
        assert row["source"], row


def test_yes_and_no_agree_with_their_values():
    """No metal of the table has a wide gap, and no insulator conducts like one."""
    text = files("screening").joinpath("data/interphase_products.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        value = float(row["value"])
        conducts = row["conducts_electrons"]
        if row["property"] == "electronic_conductivity":
            assert conducts != "yes" or value >= 1e-5, row
            assert conducts != "no" or value <= 2e-8, row
        else:
            assert conducts != "yes" or value < 0.05, row
            least = 1.5 if row["property"] == "band_gap_gga" else 2.5
            assert conducts != "no" or value > least, row


def test_a_semiconductor_follows_its_gap():
    """Pyrite, 0.95 eV: (1.5 - 0.95) / 0.3 = 1.83, and 1 / (1 + exp(-1.83)) = 0.862."""
    electrons = conduction("FeS2").electrons

    assert electrons.value == pytest.approx(0.862, abs=5e-4)
    assert electrons.low < electrons.value < electrons.high
    assert "0.95 eV" in electrons.source


def test_a_semiconductor_follows_its_conductivity():
    """NiO, 1e-7 S/cm: one decade over 1e-8, and 1 / (1 + exp(-1)) = 0.731."""
    assert conduction("NiO").electrons.value == pytest.approx(0.731, abs=5e-4)


def test_a_way_of_writing_does_not_matter():
    """S8Co9 is Co9S8, and 2 Li3PO4 are Li6P2O8."""
    assert conduction("S8Co9").electrons == conduction("Co9S8").electrons
    assert conduction("Li6P2O8").n_atoms == 16
    assert conduction("Li6P2O8").electrons == conduction("Li3PO4").electrons


def test_an_unlisted_alloy_is_predicted_to_conduct():
    """Metals alone make a metal."""
    electrons = conduction("Nb3Zr4In").electrons

    assert electrons.kind is Kind.PREDICTED
    assert electrons.value > 0.9


@pytest.mark.parametrize(("formula", "conducts"), [("CaF2", False), ("Rh17S15", True)])
def test_an_unlisted_product_is_predicted_and_says_so(formula, conducts):
    """Fluorite has a gap of 12 eV; Rh17S15 is a superconductor. Neither is in the table."""
    assert formula not in {row["formula"] for row in table()}
    known = conduction(formula)

    assert known.electrons.kind is Kind.PREDICTED
    assert (known.electrons.value > 0.5) is conducts
    assert known.electrons.low < known.electrons.value < known.electrons.high
    assert "(predicted)" in known.statement
    assert "GGA gap" in known.electrons.source


def test_a_halide_of_a_3d_metal_is_doubted_downwards():
    """GGA finds metals where there are Mott insulators: the interval reaches down to them."""
    electrons = conduction("K2CoCl4").electrons
    odds = [log(p / (1 - p)) for p in (electrons.low, electrons.value, electrons.high)]

    assert odds[1] - odds[0] == pytest.approx(4.0)
    assert odds[2] - odds[1] == pytest.approx(2.0)


def test_an_element_that_nobody_knows_is_assumed():
    """No better than a product that surely conducts; anything is possible, and it says so."""
    known = conduction("PoCl2")

    assert known.electrons[:3] == (0.97, 0.05, 1.0)
    assert known.electrons.kind is Kind.ASSUMED
    assert "(assumed)" in known.statement
    assert interphase([("PoCl2", 1.0)], -0.1).growth is GrowthClass.UNKNOWN


def test_a_coating_and_a_sulfide_are_told_apart():
    """Trap of the literature: ZrO2 and LiCl stop even -0.5 eV/atom; Co9S8 goes on at -0.1."""
    coating = interphase([("ZrO2", 0.05), ("LiCl", 0.3)], -0.5)
    sulfide = interphase([("Co9S8", 0.02), ("Li3PO4", 0.06), ("Li2S", 0.02)], -0.1)

    assert coating.growth is GrowthClass.PASSIVATING
    assert sulfide.growth is GrowthClass.MIXED_CONDUCTING


def test_the_share_is_by_atoms():
    """1 FeS (2 atoms, 0.97) with 4 LiCl (8 atoms, 0.02): (2 * 0.97 + 8 * 0.02) / 10 = 0.21."""
    found = interphase([("FeS", 1.0), ("LiCl", 4.0)], -0.2)

    assert found.conducting.value == pytest.approx(0.21)
    assert [share for _, share, _ in found.products] == pytest.approx([0.2, 0.8])


def test_little_metal_does_not_join_up():
    """One atom of iron in 26: 3.8 % is far below the percolation threshold."""
    assert interphase([("Fe", 1.0), ("LiCl", 12.5)], -0.2).growth is GrowthClass.PASSIVATING


def test_an_interval_across_the_threshold_is_unknown():
    """0.18 of metal: 0.9 * 0.18 = 0.162 is above 16 %, but 0.17 gives 0.153 to 0.22."""
    above = interphase([("Fe", 0.18), ("LiCl", 0.41)], -0.2)
    across = interphase([("Fe", 0.17), ("LiCl", 0.415)], -0.2)

    assert above.conducting.low == pytest.approx(0.162)
    assert across.conducting.low < THRESHOLD < across.conducting.high
    assert above.growth is GrowthClass.MIXED_CONDUCTING
    assert across.growth is GrowthClass.UNKNOWN


def test_amounts_per_atom_or_per_mole_give_the_same():
    """Only ratios of amounts count."""
    one = interphase([("FeS", 1.0), ("LiCl", 4.0)], -0.2)
    many = interphase([("FeS", 7.0), ("LiCl", 28.0)], -0.2)

    assert one.conducting.value == pytest.approx(many.conducting.value)


@pytest.mark.parametrize(("products", "energy"), [([], -0.3), ([("Fe", 1.0)], 0.0)])
def test_nothing_forms(products, energy):
    """Without products or without a driving force the interphase is stable."""
    found = interphase(products, energy)

    assert found.growth is GrowthClass.STABLE
    assert found.conducting.value == 0
    assert found.statement == "stable: nothing forms"


def test_the_cathode_is_no_interphase():
    """Li(CoO2)2 is LiCoO2 with half of its lithium: without it only LiCl is left."""
    products = [("Li(CoO2)2", 1.0), ("LiCl", 1.0)]

    assert interphase(products, -0.1).growth is GrowthClass.MIXED_CONDUCTING
    assert interphase(products, -0.1, cathode="LiCoO2").growth is GrowthClass.PASSIVATING
    assert interphase(products[:1], -0.1, cathode="CoO2").growth is GrowthClass.STABLE


def test_the_statement_names_what_is_behind_it():
    """The product that conducts most comes first, with its origin."""
    statement = interphase([("LiCl", 4.0), ("FeS", 1.0)], -0.2).statement

    assert statement.startswith("mixed conducting: 21 % (18 to 25)")
    assert statement.index("20 % FeS conducts (listed)") < statement.index("80 % LiCl insulates")


def test_the_reference_products_are_listed():
    """Nearly all that the reference batch forms stands in the table."""
    assert {"Mn8Cl3O10", "La2Zr2O7", "FePS", "LiErS2"} <= {row["formula"] for row in table()}


def test_no_formula_is_refused():
    """A product that is no formula has one clear line."""
    with pytest.raises(FormulaError):
        interphase([("not a phase", 1.0)], -0.1)
