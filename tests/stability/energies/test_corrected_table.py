"""Phase tables with corrected energies."""

import numpy as np
import pytest

from stability.energies.anchors import anchors
from stability.energies.corrected_table import fitting_correction, loaded_table
from stability.errors import TableError
from stability.formula import composition
from stability.tables.phase_table import Phase, load_phase_table, phase_table


def energy_of(table, formula):
    return table.energies[table.row(table.atom_fractions(composition(formula)))]


def test_measured_compounds_have_their_measured_enthalpy():
    """Standard enthalpies of the NBS and JANAF tables, kJ/mol: LiCl -408.6, ZrCl4 -980.5."""
    table = loaded_table("reference")
    for formula, enthalpy in [("LiCl", -408.6), ("ZrCl4", -980.5), ("Li2O", -597.9)]:
        atoms = composition(formula).n_atoms
        assert energy_of(table, formula) == pytest.approx(enthalpy / 96.485 / atoms, abs=0.01)


def test_elements_stay_at_zero():
    """They are the zero of the scale, whatever is corrected."""
    table = loaded_table("reference")
    assert not table.energies[: len(table.elements)].any()
    assert not table.correction.own_errors[: len(table.elements)].any()


def test_computed_energies_stay_beside_the_corrected_ones():
    """With dft the table is the one that was read, and the corrected one remembers it."""
    plain, table = loaded_table("reference", "dft"), loaded_table("reference")
    assert plain is load_phase_table("reference")
    assert (plain.energies_used, table.energies_used) == ("dft", "corrected")
    assert np.array_equal(table.correction.computed, plain.energies)
    assert table.id != plain.id


def test_a_phase_with_an_unphysical_energy_competes_once_it_is_measured():
    """S2Cl2 was left out for its computed energy alone; LiS4 was never made."""
    plain, table = loaded_table("reference", "dft"), loaded_table("reference")
    known = {
        formula: (one.known[one.row(one.atom_fractions(composition(formula)))])
        for one in (plain, table)
        for formula in ("SCl", "LiS4")
    }
    assert known == {"SCl": True, "LiS4": False}
    assert not plain.known[plain.row(plain.atom_fractions(composition("SCl")))]


def test_a_table_of_other_energies_is_not_corrected(tmp_path):
    """Energies that agree with no calculation that was fitted stay as they are, and say so."""
    rows = "".join(
        f"{anchor.formula},{anchor.enthalpy - 0.3}\n" for anchor in list(anchors().values())[:50]
    )
    path = tmp_path / "own.csv"
    path.write_text("formula,formation_energy_ev_per_atom\n" + rows, encoding="utf-8")
    assert loaded_table(str(path)).energies_used == "dft"
    with pytest.raises(TableError, match="no correction fits"):
        loaded_table(str(path), "corrected")


def test_rows_of_the_same_calculation_are_recognised():
    """Ten rows of the reference table under another name have its correction."""
    whole = load_phase_table("reference")
    rows = [
        Phase(anchor.formula, float(energy_of(whole, anchor.formula)))
        for key, anchor in anchors().items()
        if {element for element, _ in key} <= {"Li", "S", "P", "Cl", "O", "Zr"}
        and whole.row(whole.atom_fractions(composition(anchor.formula))) is not None
    ]
    assert len(rows) >= 10
    assert fitting_correction(phase_table(rows, name="copy")).name == "mp2019"
