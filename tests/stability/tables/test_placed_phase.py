"""Phases stated against what they decompose into."""

import pytest

from stability.errors import TableError
from stability.tables.placed_phase import PlacedPhase, decomposition_shares, written_products


def test_products_are_read_back_as_they_were_written():
    """Li7P2S8I to 2 Li3PS4 (16 of 18 atoms) and LiI (2 of 18)."""
    products = written_products({"Li3PS4": 2.0, "LiI": 1.0})

    shares = PlacedPhase("Li7P2S8I", products, 0.01, 0.03).shares

    assert products == "2 Li3PS4 + LiI"
    assert [(one.material.formula, one.share) for one in shares] == [
        ("Li3PS4", pytest.approx(16 / 18)),
        ("LiI", pytest.approx(2 / 18)),
    ]


def test_thirds_are_written_well_enough():
    """A third and two thirds: the atoms still add up."""
    products = written_products({"LiCl": 2 / 3, "LiBr": 1 / 3})

    assert sum(one.share for one in decomposition_shares("Li3Cl2Br", "2 LiCl + LiBr")) == 1.0
    assert products == "0.666666667 LiCl + 0.333333333 LiBr"


@pytest.mark.parametrize("products", ["2 LiCl + YCl3", "3 LiCl + YBr3", "3 LiCl"])
def test_products_with_other_atoms_are_refused(products):
    """Too little lithium, bromine that is not there, and no yttrium."""
    with pytest.raises(TableError, match=r"Li3YCl6: .* has other atoms"):
        decomposition_shares("Li3YCl6", products)
