import json

import pytest

import catholyte
from jobs.cli import main
from jobs.phase_tables.errors import DataError
from jobs.structures import structure_import
from jobs.structures.chgnet_model import RelaxedCell
from jobs.structures.product_energies import product_energies
from stability.formula import composition


@pytest.fixture(autouse=True)
def _data(monkeypatch, tmp_path):
    """Keep tables in a folder of the test."""
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))


def test_energies_are_those_of_the_command(capsys):
    """A row each, and the one that has none says why."""
    with pytest.raises(SystemExit):
        main(["energy", "LiCl", "Li3YCl6", "LiXe", "--json"])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    found = catholyte.energy("LiCl", "Li3YCl6", "LiXe")

    assert found.rows == printed
    assert "reason" in found.rows[2]
    assert "Li3YCl6" in found._repr_html_()


def test_a_file_of_phases_becomes_a_table(tmp_path):
    """It is asked for by its name."""
    path = tmp_path / "own.csv"
    path.write_text("formula,formation_energy_ev_per_atom\nLi5YCl8,-2.2\n", encoding="utf-8")

    notes = catholyte.import_phases(path, "own", onto="reference", functional="GGA_GGA+U")

    assert notes[-1] == "0 rows of reference gave way to own.csv"
    (row,) = catholyte.energy("Li5YCl8", table="own", energies="dft").rows
    assert row["dft_ev_per_atom"] == pytest.approx(-2.2)


def test_a_structure_of_pymatgen_becomes_a_row_of_a_table(monkeypatch):
    """As it is, without a file: 4 meV/atom below its products by a model that is made to say so."""
    core = pytest.importorskip("pymatgen.core", reason="the extra structure is not installed")
    products = [product_energies()[composition(name).shares].energy for name in ("LiCl", "YCl3")]
    energy = 0.6 * products[0] + 0.4 * products[1] - 0.004
    monkeypatch.setattr(
        structure_import, "relaxed_cell", lambda _cell, _name: RelaxedCell(energy, 23.0, 7)
    )
    sites = [[0, 0, 0], [0, 1 / 6, 0.5], [0, 0.5, 0.5], [0.25, 0, 0.77], [0.25, 0.16, 0.23]]
    cell = core.Structure.from_spacegroup(
        "C2/m",
        core.Lattice.from_parameters(6.5, 11.2, 6.45, 90, 109.8, 90),
        ["Y", "Li", "Li", "Cl", "Cl"],
        sites,
    )

    notes = catholyte.import_phases(cell, "mine")

    assert "Li3YCl6: -4 +- 59 meV/atom (90 %) against 3 LiCl + YCl3, by CHGNet 0.3.0" in notes[0]
    (row,) = catholyte.energy("Li3YCl6", table="mine").rows
    assert (row["kind"], row["source"].split(",")[0]) == ("structure", "structure Li3YCl6")
    with pytest.raises(DataError, match="holds no lithium"):
        catholyte.import_phases(core.Structure(cell.lattice, ["Na"], [[0, 0, 0]]), "other")
