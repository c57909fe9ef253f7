"""What a cell is made of beside its composite."""

import pytest

from screening.catalogue.layers import (
    BARE,
    FILM_SCALE,
    SURFACE,
    Layers,
    coated_name,
    with_layers,
)
from screening.catalogue.materials import cathode, recipe


def test_the_area_of_a_film_is_that_of_the_usual_cathode():
    """2 mAh/cm2 at 200 mAh/g are 0.01 g/cm2, of 5000 cm2/g: 50; 50 mV at 1 mA/cm2 of electrode."""
    area = 1e4 * cathode("NMC811").specific_area.value

    assert pytest.approx(2.0 / 200.0 * area) == SURFACE
    assert pytest.approx(0.05 / (1e-3 / SURFACE)) == FILM_SCALE


def test_a_composite_without_anything_stated_keeps_its_name():
    """So that results of bare pairs are called as before."""
    made = recipe("oxide-c65-hand")

    assert with_layers(made, BARE) is made


def test_a_recipe_says_what_else_is_stated():
    """Coated and bare cells of one composite have two names."""
    made = with_layers(recipe("oxide-c65-hand"), Layers("LiNbO3", 5.0, 0.8, "Li6PS5Cl", "Li-In"))

    assert made.name == ("oxide-c65-hand with 5 nm LiNbO3 on 80 %, Li6PS5Cl separator, Li-In anode")
    assert made.cathode_fraction == recipe("oxide-c65-hand").cathode_fraction


def test_redraws_know_a_cathode_by_its_coating_and_share():
    """Thickness changes no energy; separator and anode do not touch the cathode."""
    thin, thick = Layers("LiNbO3", 5.0), Layers("LiNbO3", 10.0, separator="Li6PS5Cl")

    assert coated_name("S", BARE) == "S"
    assert coated_name("S", thin) == coated_name("S", thick) != "S"
    assert coated_name("S", thin) != coated_name("S", Layers("LiNbO3", coverage=0.5))


def test_nothing_is_covered_without_a_coating():
    """A share of the surface alone is none."""
    assert Layers(coverage=0.5).covered == 0.0
    assert Layers("LiNbO3", coverage=0.5).covered == 0.5
