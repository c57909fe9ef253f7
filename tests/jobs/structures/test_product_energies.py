"""Energies of decomposition products that come with the package."""

from jobs.structures.product_energies import product_energies
from stability.formula import composition


def test_each_product_stands_once_and_is_a_compound():
    """Elements have no place here: their energies by the model are not on the same scale."""
    found = product_energies()

    assert all(len(composition(one.formula).amounts) > 1 for one in found.values())
    assert all(key == composition(one.formula).shares for key, one in found.items())
    assert len(found) > 50


def test_salts_of_lithium_gain_less_with_heavier_halogens():
    """As enthalpies of formation do: LiF, LiCl, LiBr, LiI."""
    energies = [
        product_energies()[composition(name).shares].energy
        for name in ("LiF", "LiCl", "LiBr", "LiI")
    ]
    assert energies == sorted(energies)
