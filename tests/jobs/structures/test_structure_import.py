"""A structure in, a snapshot with its compound on the hull out."""

import json
from pathlib import Path

import pytest

from jobs.structures import structure_import
from jobs.structures.chgnet_model import RelaxedCell
from jobs.structures.product_energies import product_energies
from stability.energies.corrected_table import loaded_table
from stability.formula import composition
from tests.jobs.structures.test_chgnet_model import EXTRA

ABOVE = -0.004  # [eV/atom] What the model is made to say of Li3YCl6.


@pytest.fixture
def run(command, monkeypatch, tmp_path):
    """Return a function that runs a command in an empty folder: exit code, output, errors."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))
    return command


@pytest.fixture
def cif(tmp_path):
    """Return a function that writes an ordered Li3MX6 as a CIF."""
    core = pytest.importorskip("pymatgen.core", reason="the extra structure is not installed")

    def write(metal, halogen="Cl"):
        lattice = core.Lattice.from_parameters(6.5, 11.2, 6.45, 90, 109.8, 90)
        sites = [[0, 0, 0], [0, 1 / 6, 0.5], [0, 0.5, 0.5], [0.25, 0, 0.77], [0.25, 0.16, 0.23]]
        names = [metal, "Li", "Li", halogen, halogen]
        path = tmp_path / f"Li3{metal}{halogen}6.cif"
        core.Structure.from_spacegroup("C2/m", lattice, names, sites).to(str(path))
        return path

    return write


@pytest.fixture
def model(monkeypatch):
    """Let the model say that Li3YCl6 is a little below what it decomposes into."""
    products = [product_energies()[composition(name).shares].energy for name in ("LiCl", "YCl3")]
    energy = 0.6 * products[0] + 0.4 * products[1] + ABOVE
    monkeypatch.setattr(
        structure_import, "relaxed_cell", lambda _cell, _name: RelaxedCell(energy, 23.0, 7)
    )


@pytest.mark.usefixtures("model")
def test_a_structure_is_imported_and_used_with_its_source(run, cif):
    """The table is the built-in one and the compound; its window says where its energy is from."""
    code, output, _ = run("data", "import", cif("Y"), "--name", "mine")
    assert code == 0
    assert "Li3YCl6: -4 +- 59 meV/atom (90 %) against 3 LiCl + YCl3, by CHGNet 0.3.0" in output

    table, before = loaded_table("mine"), loaded_table("reference")
    assert len(table.energies) == len(before.energies) + 1
    assert table.covered == before.covered
    (energy,) = json.loads("[" + run("energy", "Li3YCl6", "--table", "mine", "--json")[1] + "]")
    assert energy["kind"] == "structure"
    assert energy["low_ev_per_atom"] < energy["enthalpy_ev_per_atom"] < energy["high_ev_per_atom"]
    window = run("window", "Li3YCl6", "--table", "mine", "--json")[1]
    assert "structure Li3YCl6.cif, CHGNet 0.3.0 against 3 LiCl + YCl3" in window


@pytest.mark.usefixtures("model")
def test_what_was_placed_stays_placed_on_the_next_table(run, cif):
    """A file of energies on top of it keeps the row, and what it is stated against."""
    run("data", "import", cif("Y"), "--name", "one")
    Path("more.csv").write_text("formula,formation_energy_ev_per_atom\nLi5YCl8,-2.2\n")
    code, _, errors = run("data", "import", "more.csv", "--name", "two", "--onto", "one",
                          "--functional", "GGA_GGA+U")  # fmt: skip

    assert (code, errors) == (0, "")
    assert loaded_table("two").placed == loaded_table("one").placed
    assert loaded_table("two").covered == loaded_table("reference").covered


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("metal", "halogen", "said"),
    [("Na", "Cl", "do not add up to zero"), ("Er", "Br", "decomposes into"),
     ("Sb", "Cl", "no structure of SbCl3 is known; give one with --with FILE")],
)  # fmt: skip
def test_what_cannot_be_placed_is_refused_and_nothing_is_written(
    run, cif, tmp_path, metal, halogen, said
):
    """A charge; bromine and erbium as products; a product whose structure nobody has given."""
    code, output, errors = run("data", "import", cif(metal, halogen), "--name", "mine")

    assert (code, output) == (2, "")
    assert said in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_compound_without_lithium_is_refused(run, cif):
    """Nobody asks for its window."""
    path = cif("Y")
    path.write_text(path.read_text().replace("Li", "Na"))
    code, _, errors = run("data", "import", path, "--name", "mine")

    assert code == 2
    assert "Na3YCl6 holds no lithium" in errors


def test_products_are_given_with_structures_only(run, cif, tmp_path):
    """Beside a table of energies, a structure of a product is for nothing."""
    (tmp_path / "own.csv").write_text("formula,formation_energy_ev_per_atom\nLi2O,-2.0\n")
    code, _, errors = run("data", "import", "own.csv", "--name", "mine", "--with", cif("Y"))

    assert code == 2
    assert "--with gives structures of products" in errors


@pytest.mark.slow
def test_known_chlorides_are_where_the_table_has_them(run, cif):
    """Li3ErCl6 and Li3ScCl6, computed by DFT too: within 15 meV/atom."""
    pytest.importorskip("chgnet", reason=EXTRA)
    before = loaded_table("reference", "dft")
    for metal in ("Er", "Sc"):
        assert run("data", "import", cif(metal), "--name", metal)[0] == 0
        fractions = before.atom_fractions(composition(f"Li3{metal}Cl6"))
        after = loaded_table(metal, "dft")
        there = after.energies[after.row(after.atom_fractions(composition(f"Li3{metal}Cl6")))]
        assert there == pytest.approx(before.energies[before.row(fractions)], abs=0.015)
