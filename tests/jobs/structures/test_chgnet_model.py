"""Energies by CHGNet; where the extra is not installed, only that this is said."""

import sys

import pytest

from jobs.phase_tables.errors import DataError
from jobs.structures.chgnet_model import relaxed_cell
from jobs.structures.product_energies import product_energies
from stability.formula import composition

EXTRA = "the extra structure is not installed; `make structure` installs it and runs these tests"


@pytest.fixture
def rock_salt():
    """Return a function that makes LiCl with a lattice constant."""
    pytest.importorskip("chgnet", reason=EXTRA)
    core = pytest.importorskip("pymatgen.core", reason=EXTRA)

    def made(a):
        cube = core.Lattice.cubic(a)
        cell = core.Structure.from_spacegroup(
            "Fm-3m", cube, ["Li", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]]
        )
        return cell.get_primitive_structure()

    return made


def test_any_start_comes_to_the_same_rest(rock_salt, capsys):
    """Too small and too large: the same energy, that of the file of products; nothing printed."""
    found = [relaxed_cell(rock_salt(a), "LiCl") for a in (5.0, 5.3)]

    known = product_energies()[composition("LiCl").shares].energy
    assert [one.energy for one in found] == pytest.approx([known, known], abs=0.001)
    assert found[0].volume == pytest.approx(5.13**3 / 8, rel=0.03)  # As measured.
    assert capsys.readouterr() == ("", "")


def test_atoms_that_are_alone_are_refused(rock_salt):
    """Nothing within 6 Angstrom: the model has no bonds to look at."""
    with pytest.raises(DataError, match=r"LiCl: CHGNet 0\.3\.0 gives it no energy"):
        relaxed_cell(rock_salt(60.0), "LiCl")


def test_without_the_extra_one_line_names_it(monkeypatch):
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "ase.filters", None)
    with pytest.raises(DataError, match=r"x: an energy needs the extra: pip install 'cathol"):
        relaxed_cell(None, "x")
