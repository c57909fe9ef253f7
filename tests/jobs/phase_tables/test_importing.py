import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from jobs.phase_tables.errors import DataError
from jobs.phase_tables.importing import Corrections, read_phases
from jobs.phase_tables.snapshot import Description, make_snapshot
from stability.errors import TableError
from stability.tables.phase_table import PhaseTable, load_phase_table, reference_table

TOTALS = "formula,energy_ev_per_atom\nLi,-1.9\nO2,-4.9\nLi2O,-4.8\n"


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a file and returns its path."""

    def write(text, name="mine.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def energies(path, **options):
    return {row.phase.formula: row.phase.energy for row in read_phases(path, **options).rows}


def test_two_columns_are_enough(written):
    """Formula and formation energy; the origin of each row is the file."""
    own = read_phases(written("formula,formation_energy_ev_per_atom\nLi2O,-2.0\n"))

    assert [(row.phase.formula, row.phase.energy, row.origin) for row in own.rows] == [
        ("Li2O", -2.0, "mine.csv")
    ]
    assert own.functional == ""


def test_totals_are_taken_against_the_elements_of_the_file(written):
    """-4.8 + 2/3 * 1.9 + 1/3 * 4.9 = -1.9 eV/atom."""
    assert energies(written(TOTALS)) == pytest.approx({"Li": 0.0, "O2": 0.0, "Li2O": -1.9})


def test_totals_may_be_of_the_formula_as_written(written):
    """-14.4 + 2 * 1.9 + 4.9 = -5.7 eV for three atoms."""
    path = written("formula,energy_ev\nLi,-1.9\nO2,-9.8\nLi2O,-14.4\n")

    assert energies(path) == pytest.approx({"Li": 0.0, "O2": 0.0, "Li2O": -1.9})


def test_columns_that_are_not_read_are_named(written, tmp_path):
    """Of a CSV file and of a Parquet file; those that are read are not."""
    path = written(
        "formula,formation_energy_ev_per_atom,price,band_gap_ev,e_hull\nLi2O,-2.0,3,5,0\n"
    )
    table = pa.table({"formula": ["Li2O"], "formation_energy_ev_per_atom": [-2.0], "x": [1]})
    parquet.write_table(table, tmp_path / "mine.PARQUET")

    assert read_phases(path).notes == ("columns that are not read: price, e_hull",)
    assert read_phases(tmp_path / "mine.PARQUET").notes == ("columns that are not read: x",)


def test_duplicates_are_counted(written):
    """Three rows of one composition: two are above the lowest."""
    path = written(
        "formula,formation_energy_ev_per_atom\nLi2S,-1.4\nLi4S2,-1.5\nLi2S,-1.3\nLi2O,-2.0\n"
    )

    own = read_phases(path)
    make_snapshot(own.rows, Description("mine", "test"))

    assert own.notes == (
        "2 of 4 rows are above another of the same composition; the lowest counts",
    )
    assert load_phase_table("mine").energies.tolist() == [0.0, 0.0, 0.0, -1.5, -2.0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "a,b\n1,2\n",
            r"mine\.csv: write rows with a column formula and one of.*it has no rows|has",
        ),
        ("formula,energy_ev_per_atom,energy_ev\nLi,-1.9,-1.9\n", "one of"),
        ("formula,energy_ev_per_atom\nLi2O,-4.8\n", "no entry of a pure element"),
        ("formula,energy_ev_per_atom\nLi,-1.9\nLi2O,-4.8\n", r"row 2 \(Li2O\).*pure O"),
        (TOTALS + "Lx2O,-4.0\n", r"mine\.csv: row 4: Lx2O: Lx is no element"),
        (TOTALS + "Li2O2,low\n", r"mine\.csv: row 4 \(Li2O2\): column .* 'low' is no number"),
        (
            "formula,formation_energy_ev_per_atom,functional\nLi2O,-2,GGA\nLi2S,-1.5,R2SCAN\n",
            r"mine\.csv mixes functionals \(GGA_GGA\+U and R2SCAN\)",
        ),
    ],
)
def test_faulty_tables_are_refused_in_one_line(written, text, says):
    """The message names file, row and column."""
    with pytest.raises((DataError, TableError), match=says) as refused:
        read_phases(written(text))

    assert "\n" not in str(refused.value)


def test_a_functional_that_contradicts_the_file_is_refused(written):
    """The file says GGA, the option R2SCAN."""
    path = written("formula,formation_energy_ev_per_atom,functional\nLi2O,-2.0,GGA\n")

    assert read_phases(path, functional="GGA+U").functional == "GGA_GGA+U"
    with pytest.raises(DataError, match="mixes functionals"):
        read_phases(path, functional="R2SCAN")


@pytest.mark.parametrize("name", ["missing.csv", "mine.xlsx", "folder.json"])
def test_what_is_no_file_of_phases_is_refused(written, tmp_path, name):
    """A missing file, an unknown ending, a folder."""
    written("", "mine.xlsx")
    (tmp_path / "folder.json").mkdir()

    with pytest.raises(DataError, match=r"no such file|name another file"):
        read_phases(tmp_path / name)


def entries(*rows, **parameters):
    return json.dumps(
        [
            {
                "composition": amounts,
                "energy": energy,
                "entry_id": f"e{n}",
                "parameters": parameters,
            }
            for n, (amounts, energy) in enumerate(rows)
        ]
    )


def test_entries_at_zero_are_formation_energies(written):
    """-6 eV of three atoms; the name of the entry is its source."""
    path = written(entries(({"Li": 1}, 0.0), ({"O": 1}, 0.0), ({"Li": 2, "O": 1}, -6.0)), "m.json")

    rows = read_phases(path).rows

    assert [(row.phase.energy, row.phase.source) for row in rows] == [
        (0.0, "e0"), (0.0, "e1"), (-2.0, "e2"),
    ]  # fmt: skip


def test_totals_without_run_parameters_are_refused_unless_they_are_final(written):
    """Nobody knows how they were calculated; the user may."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")
    path = written(
        entries(({"Li": 1}, -1.9), ({"O": 1}, -4.9), ({"Li": 2, "O": 1}, -14.4)), "m.json"
    )

    with pytest.raises(DataError, match=r"m\.json: row 1 \(Li\), field parameters: no run_type"):
        read_phases(path)
    assert energies(path, corrections=Corrections.GIVEN)["Li2O"] == pytest.approx(-1.9)


def test_corrected_totals_are_referenced_after_the_correction(written):
    """(-14.4 - 0.687 + 2 * 1.9 + 4.9) / 3 eV/atom; elements are not corrected."""
    pytest.importorskip("pymatgen", reason="the scheme is pymatgen's; install catholyte[mp]")
    rows = [({"Li": 1}, -1.9, ["Li_sv"]), ({"O": 1}, -4.9, ["O"])]
    rows.append(({"Li": 2, "O": 1}, -14.4, ["Li_sv", "O"]))
    content = [
        {
            "composition": amounts, "energy": energy,
            "data": {"oxide_type": "oxide"},
            "parameters": {"run_type": "GGA", "potcar_symbols": [f"PAW_PBE {one}" for one in used]},
        }
        for amounts, energy, used in rows
    ]  # fmt: skip
    own = read_phases(written(json.dumps(content), "m.json"))

    assert own.rows[2].phase.energy == pytest.approx((-14.4 - 0.687 + 2 * 1.9 + 4.9) / 3)
    assert own.functional == "GGA_GGA+U"
    assert own.notes == (
        "3 total energies corrected by MaterialsProject2020",
        "functional GGA kept as GGA_GGA+U",
    )
    assert not own.uncorrected


def test_uncorrected_totals_say_so(written):
    """Totals of a CSV file are never corrected; formation energies are what the user says."""
    own = read_phases(written(TOTALS), functional="GGA")

    assert own.uncorrected
    assert own.notes[-1] == "functional GGA kept as GGA_GGA+U"
    plain = written("formula,formation_energy_ev_per_atom\nLi2O,-2.0\n", "f.csv")
    assert not read_phases(plain).uncorrected


def files_of_reference(folder):
    """Write the built-in table as each kind of file; entries as pymatgen's classes write them."""
    pandas = pytest.importorskip("pandas", reason="comes with pymatgen; install catholyte[mp]")
    computed = pytest.importorskip(
        "pymatgen.entries.computed_entries", reason="writes the entries; install catholyte[mp]"
    )
    monty = pytest.importorskip("monty.serialization", reason="comes with pymatgen")
    reference = reference_table()
    pandas.DataFrame(reference.to_columns()).to_csv(folder / "t.csv", index=False)
    parquet.write_table(pa.table(reference.to_columns()), folder / "t.parquet")
    made = reference.to_entries(computed.ComputedEntry)
    for name in ("t.json", "t.json.gz"):
        monty.dumpfn(made, folder / name)
    return made


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.json", "t.json.gz"])
def test_the_built_in_table_comes_back_the_same_through_every_file(tmp_path, name):
    """Same hash, and every column of numbers and texts to the last bit."""
    files_of_reference(tmp_path)
    reference = reference_table()

    make_snapshot(read_phases(tmp_path / name).rows, Description("copy", "test"))
    copy = load_phase_table("copy")

    assert copy.id.removeprefix("copy") == reference.id.removeprefix("reference")
    for column in ("fractions", "atoms", "energies", "known"):
        np.testing.assert_array_equal(getattr(copy, column), getattr(reference, column))
    assert (copy.formulas, copy.reasons) == (reference.formulas, reference.reasons)
    assert copy.sources == reference.sources


def test_the_built_in_table_comes_back_the_same_through_objects(tmp_path):
    """As pandas' frame, Arrow's table, and pymatgen's entries, named as it is named."""
    pandas = pytest.importorskip("pandas", reason="comes with pymatgen; install catholyte[mp]")
    made = files_of_reference(tmp_path)
    reference = reference_table()
    columns = reference.to_columns()

    for again in (
        PhaseTable.from_entries(made, name="reference"),
        PhaseTable.from_columns(pandas.DataFrame(columns), name="reference"),
        PhaseTable.from_columns(pa.table(columns), name="reference"),
    ):
        assert again.id == reference.id
        np.testing.assert_array_equal(again.fractions, reference.fractions)
        assert again.sources == reference.sources
