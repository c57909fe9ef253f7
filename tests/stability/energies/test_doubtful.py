"""Products whose energy is far from what was measured."""

from stability.energies.corrected_table import loaded_table
from stability.energies.doubtful import doubtful


def test_computed_energies_have_so2_too_stable_and_corrected_ones_have_not():
    """Computed -1.759, measured -1.107 eV/atom: 0.65 apart; corrected, it is the latter."""
    computed, corrected = (loaded_table("reference", one) for one in ("dft", "corrected"))

    (said,) = doubtful(computed, ["SO2", "LiCl", "SO2"])
    assert said == "SO2 counts as 0.65 eV/atom more stable than measured"
    assert doubtful(computed, ["SCl2"])
    assert doubtful(corrected, ["SO2", "SCl2", "LiCl"]) == ()


def test_what_nobody_has_measured_is_not_doubted():
    """An argyrodite has no measured enthalpy; Rb is in no row of the table."""
    assert doubtful(loaded_table("reference", "dft"), ["Li6PS5Cl"]) == ()
