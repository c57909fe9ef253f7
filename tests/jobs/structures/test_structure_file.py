"""Crystal structures from files, and what is refused."""

import json
import sys

import pytest

from jobs.phase_tables.errors import DataError
from jobs.structures.structure_file import is_structure_file, read_structure

CIF = """data_x
_cell_length_a {a}
_cell_length_b {a}
_cell_length_c {a}
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M '{group}'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
{sites}
"""
LICL = ("Li1 Li 0 0 0 1", "Cl1 Cl 0.5 0.5 0.5 1")


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a CIF of a cube."""
    pytest.importorskip("pymatgen", reason="the extra mp or structure is not installed")

    def write(*sites, a=5.13, group="Fm-3m", name="x.cif"):
        path = tmp_path / name
        path.write_text(CIF.format(a=a, group=group, sites="\n".join(sites)))
        return path

    return write


def test_a_cif_becomes_its_primitive_cell(file):
    """Rock salt: one atom of each in a quarter of the cube."""
    cell = read_structure(file(*LICL))

    assert cell.composition.reduced_formula == "LiCl"
    assert (len(cell), round(cell.volume, 3)) == (2, round(5.13**3 / 4, 3))


def test_a_poscar_and_json_are_the_same_structure(file, tmp_path):
    """By name or ending, as pymatgen writes them."""
    cell = read_structure(file(*LICL))
    cell.to(str(tmp_path / "POSCAR"), fmt="poscar")
    (tmp_path / "x.json").write_text(json.dumps(cell.as_dict()))

    for name in ("POSCAR", "x.json"):
        assert is_structure_file(tmp_path / name)
        assert read_structure(tmp_path / name).matches(cell)


def test_entries_and_tables_are_no_structures(tmp_path):
    """They have energies already."""
    for name, text in [("a.json", '[{"composition": {}}]'), ("b.json", "{"), ("c.csv", "formula")]:
        (tmp_path / name).write_text(text)
        assert not is_structure_file(tmp_path / name)


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        (("Li1 Li 0 0 0 0.5", LICL[1]), "x.cif: a site is shared or partly occupied"),
        (("Li1 Li 0 0 0 0.5", "Na1 Na 0 0 0 0.5", LICL[1]), "shared or partly occupied"),
        ((*LICL, "Li2 Li 0.5 0.5 0.45 1"), "Angstrom apart, the least is 0.7"),
        ((LICL[0], "Cl1 Cl 0.25 0.25 0.25 1"), "LiCl2 do not add up to zero"),
    ],
)  # fmt: skip
def test_a_structure_that_cannot_be_meant_is_refused(file, sites, said):
    """Half a lithium, two on one site, atoms in each other, and a charge."""
    with pytest.raises(DataError, match=said):
        read_structure(file(*sites))


def test_a_large_cell_is_refused(file):
    """512 atoms in no order; 216 of rock salt are only two."""
    sites = [
        f"X{i}{j}{k} {'Li' if (i + j + k) % 2 else 'Cl'} {(i + 0.01 * ((i * j) % 5)) / 8} {j / 8}"
        f" {(k + 0.01 * ((7 * i + k * j) % 11)) / 8} 1"
        for i in range(8) for j in range(8) for k in range(8)
    ]  # fmt: skip
    with pytest.raises(DataError, match="512 atoms, the limit is 200"):
        read_structure(file(*sites, a=20.0, group="P 1"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.cif", b"", "x.cif: empty"),
        ("x.cif", b"formula,energy\nLiCl,-1\n", "x.cif: .*give a CIF or a POSCAR"),
        ("POSCAR", b"rock salt\n1.0\n", "POSCAR: no crystal structure can be read"),
        ("x.cif", b"\x89PNG\r\n\x1a\n\xff\xfe", "x.cif: not a text file"),
    ],
)
def test_what_is_no_structure_is_refused_in_one_line(file, tmp_path, name, content, said):
    """Nothing in it, a table, half of one, and a picture."""
    del file  # It asks for pymatgen.
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said) as refused:
        read_structure(tmp_path / name)
    assert "\n" not in str(refused.value)


def test_two_structures_in_a_file_are_refused(file, tmp_path):
    """Nobody can tell which of them is meant."""
    text = file(*LICL).read_text()
    (tmp_path / "two.cif").write_text(text + text.replace("data_x", "data_y"))
    with pytest.raises(DataError, match=r"two\.cif: holds 2 structures; keep one"):
        read_structure(tmp_path / "two.cif")


def test_a_missing_file_is_named(tmp_path):
    """With its path."""
    with pytest.raises(DataError, match="no such file"):
        read_structure(tmp_path / "none.cif")


def test_without_pymatgen_the_extra_is_named(tmp_path, monkeypatch):
    """One line with the command that installs it."""
    monkeypatch.setitem(sys.modules, "pymatgen.core.structure", None)
    (tmp_path / "x.cif").write_text("data_x")
    with pytest.raises(DataError, match=r"pip install 'catholyte\[structure\]'"):
        read_structure(tmp_path / "x.cif")
