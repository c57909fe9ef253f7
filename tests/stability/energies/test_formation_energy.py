"""Enthalpies of formation of single compounds."""

import pytest

from stability.energies.corrected_table import loaded_table
from stability.energies.formation_energy import formation_energy
from stability.errors import MissingPhaseError


def test_a_measured_compound_says_who_measured_it():
    """LiBr: -351.2 kJ/mol for two atoms; the spread makes a narrow interval."""
    found = formation_energy("LiBr", loaded_table("reference"))
    assert found.kind == "measured"
    assert "NBS" in found.source
    assert found.enthalpy == pytest.approx(-351.2 / 96.485 / 2, abs=0.003)
    assert found.low < found.enthalpy < found.high < found.low + 0.05


def test_a_corrected_compound_has_its_computed_energy_and_a_wider_interval():
    """Nobody has measured Li6PS5Cl in the compilations."""
    table = loaded_table("reference")
    found = formation_energy("Li6PS5Cl", table)
    assert found.kind == "corrected"
    assert found.computed == formation_energy("Li6PS5Cl", loaded_table("reference", "dft")).enthalpy
    assert found.high - found.low > 0.05
    assert table.correction.id in found.source


def test_computed_energies_have_no_interval():
    """Nobody has estimated one for them."""
    found = formation_energy("LiCl", loaded_table("reference", "dft"))
    assert (found.kind, found.low, found.high) == ("dft", None, None)


def test_a_measured_compound_needs_no_row_in_the_table():
    """No cathode or electrolyte of the reference table holds mercury."""
    found = formation_energy("HgO", loaded_table("reference"))
    assert (found.kind, found.computed) == ("measured", None)


def test_an_element_is_the_zero():
    """By definition."""
    assert formation_energy("Li", loaded_table("reference")).enthalpy == 0.0


def test_an_unknown_compound_is_refused():
    """There is no number to give."""
    with pytest.raises(MissingPhaseError, match="no such compound"):
        formation_energy("Li9Cl2F7", loaded_table("reference"))
