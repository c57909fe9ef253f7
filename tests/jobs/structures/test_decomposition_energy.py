"""What a compound decomposes into, and how far it is above."""

import pytest

from jobs.phase_tables.errors import DataError
from jobs.structures.decomposition_energy import STANDARD_ERROR, placed, products_on_hull
from stability.formula import composition
from stability.tables.phase_rows import Phase
from stability.tables.phase_table import phase_table

TABLE = phase_table([Phase("LiCl", -2.1), Phase("YCl3", -2.6), Phase("Li3YCl6", -2.4)], name="hand")
MODEL = {composition(name).shares: e for name, e in [("LiCl", -4.0), ("YCl3", -5.0)]}


def test_a_compound_is_not_its_own_product():
    """Its entry is on the hull, and is left out."""
    assert products_on_hull("Li3YCl6", TABLE) == "3 LiCl + YCl3"
    assert products_on_hull("Li6Y2Cl12", TABLE) == "6 LiCl + 2 YCl3"


def test_the_distance_is_against_the_products_by_the_same_model():
    """-4.38 - (0.6 * -4 + 0.4 * -5) = 0.02 eV/atom."""
    found = placed("Li3YCl6", "3 LiCl + YCl3", -4.38, MODEL)

    assert found.energy == pytest.approx(0.02)
    assert found.error == STANDARD_ERROR


def test_elements_are_no_products():
    """Without YBr3 in the table, Li3YBr6 would fall apart into yttrium and bromine."""
    table = phase_table([Phase("LiBr", -1.8), Phase("YCl3", -2.6)], name="hand")
    with pytest.raises(DataError, match=r"compounds of (Y|Br)"):
        products_on_hull("Li3YBr6", table)


def test_a_product_without_a_structure_is_named_with_the_remedy():
    """ErCl3 is not there."""
    with pytest.raises(DataError, match="no structure of ErCl3 is known; give one with --with"):
        placed("Li3ErCl6", "3 LiCl + ErCl3", -4.4, MODEL)


@pytest.mark.parametrize("energy", [-4.8, -4.0])
def test_an_energy_that_cannot_be_is_refused(energy):
    """0.4 eV/atom below and above what it decomposes into."""
    with pytest.raises(DataError, match=r"more than 0\.3: check the structure"):
        placed("Li3YCl6", "3 LiCl + YCl3", energy, MODEL)
