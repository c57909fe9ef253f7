import subprocess
import sys
from math import inf, nan

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from stability.errors import MissingElementError, TableError
from stability.formula import composition
from stability.phases import competing_phases
from stability.tables.phase_table import (
    Phase,
    PhaseTable,
    load_phase_table,
    phase_table,
    reference_table,
    table_location,
)
from tests.stability.tables.test_entries import Entry

HEADER = "formula,formation_energy_ev_per_atom"


@pytest.fixture
def written(tmp_path):
    """Return a function that writes lines into a CSV file and returns its path."""

    def write(*lines):
        path = tmp_path / "mine.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    return write


def table_of(*rows):
    return phase_table([Phase(formula, energy, known=True) for formula, energy in rows], name="t")


def test_elements_come_first_and_are_zero():
    """Pure elements are phases of every table, in order of atomic number, at 0 eV/atom."""
    table = table_of(("Li2S", -1.5), ("Li2O", -2.0))

    assert table.elements == ("Li", "O", "S")
    assert table.formulas == ("Li", "O", "S", "Li2S", "Li2O")
    assert table.energies.tolist() == [0, 0, 0, -1.5, -2.0]
    assert table.atoms.tolist() == [1, 1, 1, 3, 3]
    assert table.fractions[3].tolist() == pytest.approx([2 / 3, 0, 1 / 3])
    assert table.known.all()


def test_elements_may_be_listed_at_zero():
    """A row for an element says what is true by definition, and adds nothing."""
    assert table_of(("Li", 0.0), ("Li2O", -2.0)).formulas == ("Li", "O", "Li2O")


@given(st.permutations([("Li2O", -2.0), ("Li2O2", -1.6), ("LiCl", -2.1), ("FeCl2", -1.2)]))
def test_the_id_depends_on_the_content_only(rows):
    """The order of rows changes nothing; one energy or one flag does."""
    table = table_of(*rows)
    other_energy = table_of(*rows[1:], (rows[0][0], rows[0][1] - 1e-6))
    flagged = [Phase(*row, known=row != rows[0]) for row in rows]
    other_flag = phase_table(flagged, name="t")

    assert table.id == table_of(*sorted(rows)).id
    assert table.id.startswith("t-")
    assert len({table.id, other_energy.id, other_flag.id}) == 3


def test_a_composition_is_found_however_it_is_written():
    """Li4S2 and S1Li2 are Li2S; Li2S2 is not, and is not in the table."""
    table = table_of(("Li2S", -1.5), ("Li2O", -2.0))

    def row(formula):
        return table.row(table.atom_fractions(composition(formula)))

    assert row("Li4S2") == row("S1Li2") == table.formulas.index("Li2S")
    assert row("Li") == 0
    assert row("Li2S2") is None


def test_arrays_are_frozen():
    """Nobody changes the numbers that results are named after."""
    table = table_of(("Li2O", -2.0))

    for column in (table.fractions, table.atoms, table.energies, table.known):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1


def test_a_missing_element_is_named():
    """The message names the element, the formula and the table."""
    with pytest.raises(MissingElementError, match=r"NaCl.*t holds no phase with (Na|Cl).*--table"):
        table_of(("Li2O", -2.0)).atom_fractions(composition("NaCl"))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("Li2O", nan)], "row 1: Li2O: energy nan is not finite"),
        ([("Li2O", -inf)], "energy -inf is not finite"),
        ([("Li2O", -6.2), ("Li2S", -60.0)], "row 2: Li2S: energy -60 eV/atom is beyond 20.*totals"),
        ([("Li2O", -2.0), ("Li2O", -2.1)], "row 2: Li2O stands twice"),
        ([("Li2O", -2.0), ("Li4O2", -2.0)], r"row 2: Li4O2 stands twice \(also as Li2O\)"),
        ([("Li2O", -2.0), ("OLi2", -2.0)], "stands twice"),
        ([("Li", -1.9), ("Li2O", -2.0)], "row 1: Li: an element at -1.9 eV/atom"),
        ([("O2", 0.0), ("O", 0.0), ("Li2O", -2.0)], "row 2: O stands twice"),
        ([("Lx2O", -2.0)], "row 1: Lx2O: Lx is no element"),
        ([("", -2.0)], "row 1: the formula is empty"),
        ([], "holds no compound"),
        ([("Li", 0.0)], "holds no compound"),
    ],
)
def test_bad_rows_are_refused_in_one_line(rows, says):
    """NaN, totals instead of energies per atom, duplicates, elements off zero, bad formulas."""
    with pytest.raises(TableError, match=says) as refused:
        table_of(*rows)

    assert "\n" not in str(refused.value)


def test_only_the_first_faults_are_shown():
    """Seven bad rows: five are shown, and two are counted."""
    with pytest.raises(TableError, match=r"row 5:.*and 2 more") as refused:
        table_of(*((f"Li{n}O", nan) for n in range(1, 8)))

    assert "row 6" not in str(refused.value)


def test_a_table_without_lithium_is_refused_where_voltages_begin():
    """Voltages against Li/Li+ need a lithium compound."""
    with pytest.raises(TableError, match="holds no lithium compound"):
        competing_phases(table_of(("Fe2O3", -1.7)))


def test_csv_is_read_with_its_optional_columns(written):
    """Flags, reasons and sources come with the rows; a byte-order mark and capitals do no harm."""
    path = written(
        "\ufeff" + HEADER + ",known,reason,source",
        "Li2O,-2.0,TRUE,,ours",
        'LiS4,-0.5,False,"computed only, never made",ours',
    )

    table = load_phase_table(path)

    assert table.name == "mine"
    assert table.flags == "table"
    assert dict(zip(table.formulas, table.known.tolist(), strict=True)) == {
        "Li": True, "O": True, "S": True, "Li2O": True, "LiS4": False,
    }  # fmt: skip
    assert table.reasons[-1] == "computed only, never made"
    assert table.sources[-1] == "ours"


def test_parquet_and_csv_of_the_same_rows_are_the_same_table(written, tmp_path):
    """The format is no part of the content."""
    path = tmp_path / "mine.parquet"
    columns = {"formula": ["Li2O", "Li2S"], "formation_energy_ev_per_atom": [-2.0, -1.5]}
    parquet.write_table(pa.table({**columns, "extra": [1, 2]}), path)

    from_csv = load_phase_table(written(HEADER, "Li2O,-2.0", "Li2S,-1.5"))

    assert load_phase_table(str(path)).id == from_csv.id


def test_a_table_without_flags_takes_the_curated_list(written):
    """LiS4, computed-only in the reference table, is recognised as Li2S8, with its reason."""
    table = load_phase_table(written(HEADER, "Li2S,-1.5", "Li2S8,-0.6"))
    reference = reference_table()

    assert table.flags == "curated list"
    assert load_phase_table(written(HEADER + ",known", "Li2S,-1.5,true", "Li2O,-2,")).flags == (
        "table; curated list for 1 row"
    )
    assert table.known.tolist() == [True, True, True, False]
    assert table.reasons[-1] == reference.reasons[reference.formulas.index("LiS4")] != ""


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (
            ["formula,energy", "Li2O,-2.0"],
            "and formation_energy_ev_per_atom; it has formula, energy",
        ),
        (["a,b", "1,2"], "columns formula and formation_energy_ev_per_atom; it has a, b"),
        ([HEADER], "no rows"),
        ([HEADER, "Li2O,"], r"row 1 \(Li2O\)"),
        ([HEADER, "Li2O,low"], r"row 1 \(Li2O\).*'low'.*no number"),
        ([HEADER, "Li2O"], "line 2: cells: 1, names: 2; write as many"),
        ([HEADER, "Li2O,-2,04"], "line 2: cells: 3, names: 2; .* decimals with a point"),
        ([HEADER, '"Li2O,-2.0'], "check its quotes"),
        (["", HEADER, "Li2O,-2.0"], "the first line is empty"),
        ([HEADER, "Li2O,nan"], "'nan' is no number"),
        ([HEADER, ",-2.0"], "formula is empty"),
        ([HEADER + ",known", "Li2O,-2.0,maybe"], r"row 1 \(Li2O\).*'maybe'.*true/false"),
    ],
)
def test_bad_csv_is_refused_in_one_line(written, lines, says):
    """A missing column, cell or number, or a flag that is neither true nor false."""
    with pytest.raises(TableError, match=says) as refused:
        load_phase_table(written(*lines))

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["nonsense", "table.xlsx", "missing.csv", "missing.parquet", ""])
def test_what_is_no_table_file_is_refused(name):
    """A name must be the built-in table or an existing CSV or Parquet file."""
    with pytest.raises(TableError, match=r"name one|no such file"):
        load_phase_table(name)


def test_a_folder_is_no_table(tmp_path):
    """A folder whose name ends in .csv is refused like a missing file."""
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(TableError, match="no such file"):
        load_phase_table(str(tmp_path / "folder.csv"))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bad.parquet", b"no parquet at all", "not a readable Parquet file"),
        ("empty.parquet", b"", "not a readable Parquet file"),
        (
            "bad.csv",
            b"formula,formation_energy_ev_per_atom\nLi\xff\xfeO,-2\n",
            "no UTF-8 text .* save it as UTF-8",
        ),
        ("empty.csv", b"", "the first line is empty"),
    ],
)
def test_damaged_files_are_refused(tmp_path, name, content, says):
    """Bytes that are no Parquet or no UTF-8 lead to one clear line."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(TableError, match=says) as refused:
        load_phase_table(str(tmp_path / name))

    assert "\n" not in str(refused.value)


def test_parquet_with_foreign_columns_is_refused(tmp_path):
    """A Parquet file needs the same two columns as a CSV file."""
    parquet.write_table(pa.table({"formula": ["Li2O"], "energy": [-2.0]}), tmp_path / "t.parquet")

    with pytest.raises(TableError, match="formation_energy_ev_per_atom"):
        load_phase_table(str(tmp_path / "t.parquet"))


def test_the_reference_table_is_usable_and_says_why_phases_are_left_out():
    """Every excluded phase has a reason, every phase a source; loading it twice costs once."""
    table = reference_table()
    compounds = range(len(table.elements), len(table.formulas))

    assert load_phase_table("reference") is table
    assert table.flags == "table"
    assert all(table.sources[row] for row in compounds)
    assert all(bool(table.reasons[row]) != bool(table.known[row]) for row in compounds)
    assert {"LiS4", "P2S7", "SCl", "S8O"} <= set(competing_phases(table).excluded)


def test_full_table_agrees_with_the_reference_table(full_table):
    """Rounded to 0.1 meV, each reference energy is the source's; flags follow from the list."""
    reference = reference_table()

    assert full_table.flags == "curated list"
    for row, formula in enumerate(reference.formulas):
        there = full_table.row(full_table.atom_fractions(composition(formula)))
        assert there is not None, formula
        assert abs(full_table.energies[there] - reference.energies[row]) < 0.51e-4, formula
        assert full_table.known[there] == reference.known[row], formula
    assert len(full_table.formulas) == 85_014 + len(full_table.elements)
    assert np.isfinite(full_table.energies).all()


def test_the_engine_needs_no_heavy_library():
    """Importing the physics and loading the reference table pulls in no oracle, store or plots."""
    program = (
        "import sys, stability.interface, stability.staircase, stability.tables.phase_table as t;"
        "t.reference_table();"
        "print(*{'pymatgen', 'pandas', 'matplotlib', 'duckdb', 'ray', 'pyarrow'} & {*sys.modules})"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.split() == []


def test_optional_columns_come_along(written):
    """Band gap, density, volume and licence stand beside the energies; elements have none."""
    path = written(
        HEADER + ",band_gap_ev,density_g_per_cm3,volume_a3_per_atom,licence",
        "Li2O,-2.0,5.0,2.0,8.0,BY-C",
        "Li2S,-1.5,,,,",
    )

    table = load_phase_table(path)

    np.testing.assert_array_equal(table.band_gap, [np.nan] * 3 + [5.0, np.nan])
    np.testing.assert_array_equal(table.density, [np.nan] * 3 + [2.0, np.nan])
    np.testing.assert_array_equal(table.volume, [np.nan] * 3 + [8.0, np.nan])
    assert table.licences == ("", "", "", "BY-C", "")


def test_a_table_without_optional_columns_says_none(written):
    """None, in place of a column of gaps."""
    table = load_phase_table(written(HEADER, "Li2O,-2.0"))

    assert table.band_gap is table.density is table.volume is None
    assert table.licences is table.origins is None


def test_columns_out_and_in_are_the_same_table():
    """Columns are named as in a file, and give the same id."""
    reference = reference_table()

    columns = reference.to_columns()

    assert list(columns)[:2] == ["formula", "formation_energy_ev_per_atom"]
    assert PhaseTable.from_columns(columns, name="reference").id == reference.id
    assert PhaseTable.from_columns(pa.table(columns), name="reference").id == reference.id


def test_entries_out_and_in_are_the_same_table():
    """With entries of any make: here composition, energy and data in a tuple of names."""
    reference = reference_table()
    entries = reference.to_entries(Entry)

    assert PhaseTable.from_entries(entries, name="reference").id == reference.id
    assert PhaseTable.from_entries(reversed(entries), name="reference").id == reference.id


@pytest.mark.parametrize("name", ["reference", "mine.csv"])
def test_a_location_holds_everywhere(written, tmp_path, monkeypatch, name):
    """A name stays a name; a file is named by its whole path."""
    written(HEADER, "Li2O,-2.0")
    monkeypatch.chdir(tmp_path)
    here = load_phase_table(name).id
    location = table_location(name)
    monkeypatch.chdir(tmp_path.parent)

    assert load_phase_table(location).id == here
