"""Placed phases go where their products go."""

from dataclasses import replace

import numpy as np
import pytest

from stability.energies.corrected_table import corrected_table, loaded_table
from stability.energies.correction import MP2019, correction
from stability.energies.formation_energy import formation_energy, standard_error
from stability.energies.placed_energies import placed_phase
from stability.formula import composition
from stability.hull import reactant
from stability.phases import competing_phases
from stability.tables.phase_rows import Phase
from stability.tables.phase_table import phase_table
from stability.tables.placed_phase import PlacedPhase
from stability.tables.reference_rows import reference_phases

BELOW = -0.020  # [eV/atom] On the hull: below its products.
ERROR = 0.030
LYC = PlacedPhase("Li3YCl6", "3 LiCl + YCl3", BELOW, ERROR)


def computed_table(*placed):
    """Return the built-in table with placed phases, their stored energies absurd on purpose."""
    rows = [Phase(one.formula, -9.0, known=True, source=f"structure of {one.formula}")
            for one in placed]  # fmt: skip
    names = [one.formula for one in placed]
    others = [one for one in reference_phases() if one.formula not in names]
    return replace(phase_table([*others, *rows], name="own"), placed=placed)


def corrected(*placed):
    return corrected_table(computed_table(*placed), correction(MP2019))


def row_of(table, formula):
    return table.row(table.atom_fractions(composition(formula)))


def energy_of(table, formula):
    return float(table.energies[row_of(table, formula)])


def test_the_energy_is_that_of_the_products_and_the_distance():
    """Six of ten atoms are LiCl, four YCl3; both are measured, so they are not corrected alike."""
    table = corrected(LYC)

    hull = 0.6 * energy_of(table, "LiCl") + 0.4 * energy_of(table, "YCl3")
    assert energy_of(table, "Li3YCl6") == pytest.approx(hull + BELOW)
    assert energy_of(table, "LiCl") == energy_of(loaded_table("reference"), "LiCl")


def test_the_error_is_no_smaller_than_its_own():
    """Beside its own, that of the products: never surer than the stated one."""
    table = corrected(LYC)

    own = [standard_error(table, row_of(table, name)) for name in ("LiCl", "YCl3")]
    expected = np.sqrt(ERROR**2 + (0.6 * own[0]) ** 2 + (0.4 * own[1]) ** 2)
    assert standard_error(table, row_of(table, "Li3YCl6")) >= expected - 1e-12


def test_pairs_are_those_of_the_products():
    """Li3PS4 has pairs and LiCl, which was measured, has none: 8 of 12 atoms."""
    table = corrected(PlacedPhase("Li5PS4Cl2", "Li3PS4 + 2 LiCl", 0.0, ERROR))
    applied = table.correction

    rows = [row_of(table, "Li5PS4Cl2"), row_of(table, "Li3PS4")]
    own, product = (
        applied.term_shares[slice(*applied.term_starts[row : row + 2])].sum() for row in rows
    )
    assert product > 0
    assert own == pytest.approx(product * 8 / 12)


def test_a_placed_phase_may_be_a_product_of_another_in_any_order():
    """Li4YCl7 rests on Li3YCl6, which stands behind it."""
    second = PlacedPhase("Li4YCl7", "Li3YCl6 + LiCl", 0.0, ERROR)

    table = corrected(second, LYC)

    expected = (10 * energy_of(table, "Li3YCl6") + 2 * energy_of(table, "LiCl")) / 12
    assert energy_of(table, "Li4YCl7") == pytest.approx(expected)


def test_it_competes_and_says_where_its_energy_comes_from():
    """On the hull it is its own entry, and the statement names the structure."""
    table = corrected(LYC)

    found = reactant("Li3YCl6", competing_phases(table))

    assert found.energy == pytest.approx(energy_of(table, "Li3YCl6"))
    assert found.statement == "energy of its own entry, on the hull (structure of Li3YCl6)"


def test_its_enthalpy_says_structure_with_an_interval():
    """1.645 standard errors on either side; there is no computed energy of the elements' scale."""
    table = corrected(LYC)

    found = formation_energy("Li3YCl6", table)

    assert (found.kind, found.computed) == ("structure", None)
    half = 1.6449 * standard_error(table, row_of(table, "Li3YCl6"))
    assert (found.high - found.enthalpy) == pytest.approx(half)
    assert formation_energy("Li3YCl6", computed_table(LYC)).kind == "structure"


def test_what_is_measured_keeps_its_measured_enthalpy():
    """ZrCl4 was measured; a structure of it changes nothing."""
    table = corrected(PlacedPhase("ZrCl4", "ZrCl3 + Cl", -0.1, ERROR))

    assert energy_of(table, "ZrCl4") == energy_of(loaded_table("reference"), "ZrCl4")


def test_a_composition_is_found_however_it_is_written():
    """Li6Y2Cl12 is Li3YCl6."""
    table = computed_table(LYC)

    assert placed_phase(table, "Li6Y2Cl12") == LYC
    assert placed_phase(table, "LiCl") is None
    assert placed_phase(loaded_table("reference"), "Li3YCl6") is None
