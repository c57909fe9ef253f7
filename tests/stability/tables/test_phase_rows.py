from math import isnan

import pyarrow as pa
import pytest
from pyarrow import parquet

from stability.errors import TableError
from stability.tables.phase_rows import (
    COLUMNS,
    Phase,
    phases_of_columns,
    phases_of_file,
    phases_of_rows,
)

ROW = {"formula": "Li2O", "formation_energy_ev_per_atom": "-2.0"}


def test_what_is_not_said_is_empty():
    """A row of two columns: no flag, no texts, no numbers."""
    (phase,) = phases_of_rows([ROW], name="t")

    assert phase[:5] == ("Li2O", -2.0, None, "", "")
    assert all(isnan(number) for number in (phase.band_gap, phase.density, phase.volume))
    assert phase.licence == ""


def test_every_column_has_its_place():
    """The columns are in the order of the fields of a phase."""
    values = ("LiS4", -0.5, False, "never made", "ours", 2.5, 2.1, 19.5, "BY-C")

    (phase,) = phases_of_rows([dict(zip(COLUMNS, values, strict=True))], name="t")

    assert phase == Phase(*values)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"formation_energy_ev_per_atom": ""},
            "column formation_energy_ev_per_atom no number is there; write one",
        ),
        ({"known": "perhaps"}, "column known: 'perhaps' is no true/false"),
        ({"band_gap_ev": "wide"}, "column band_gap_ev 'wide' is no number"),
    ],
)
def test_an_error_names_table_row_and_column(changed, says):
    """Row 2 is at fault, of the table t."""
    with pytest.raises(TableError, match=rf"phase table t: row 2 \(Li2O\): {says}"):
        phases_of_rows([ROW, ROW | changed], name="t")


@pytest.mark.parametrize(
    "as_column", [list, tuple, pa.array, lambda values: pa.chunked_array([values])]
)
def test_columns_of_any_make_give_the_same_rows(as_column):
    """Lists, tuples and Arrow; what is missing is None, nan, or left out."""
    columns = {
        "formula": as_column(["Li2O", "Li2S"]),
        "formation_energy_ev_per_atom": as_column([-2.0, -1.5]),
        "known": as_column([True, None]),
        "elsewhere": as_column([1, 2]),
    }

    assert [one[:3] for one in phases_of_columns(columns, name="t")] == [
        ("Li2O", -2.0, True), ("Li2S", -1.5, None),
    ]  # fmt: skip


def test_a_column_that_stands_twice_is_refused(tmp_path):
    """Nobody knows which of the two is meant."""
    path = tmp_path / "t.csv"
    path.write_text("formula,formation_energy_ev_per_atom,formula\nLi2O,-2.0,Li2S\n")

    with pytest.raises(TableError, match=r"t\.csv: column formula stands twice"):
        phases_of_file(path)


def test_csv_and_parquet_hold_the_same(tmp_path):
    """One row with a gap, in both."""
    (tmp_path / "t.csv").write_text(
        "formula,formation_energy_ev_per_atom,band_gap_ev\nLi2O,-2.0,5.0\nLi2S,-1.5,\n"
    )
    table = {**{key: [ROW[key], "Li2S"] for key in ["formula"]}}
    table |= {"formation_energy_ev_per_atom": [-2.0, -1.5], "band_gap_ev": [5.0, None]}
    parquet.write_table(pa.table(table), tmp_path / "t.parquet")

    read = [phases_of_file(tmp_path / name) for name in ("t.csv", "t.parquet")]

    assert [one.band_gap for one in read[0]][:1] == [5.0]
    assert repr(read[0]) == repr(read[1])
