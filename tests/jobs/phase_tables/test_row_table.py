from math import inf, nan

import pytest
from pyarrow import parquet

from jobs.phase_tables.row_table import Row, row_table, table_rows
from stability.errors import TableError
from stability.tables.phase_rows import Phase

KNOWN, COMPUTED = True, False
ROWS = [
    Row(Phase("Li", 0.0, known=True), "a"),
    Row(Phase("Li2S", -1.4, KNOWN, "", "mp-1", 3.0, 1.6, 15.0, "BY-C"), "a", 40.0, 30.0),
    Row(Phase("Li4S2", -1.5, COMPUTED, "never made"), "b"),
]


def test_one_composition_has_one_number_however_it_is_written():
    """Li, Li2S and Li4S2 are two compositions."""
    table = row_table(ROWS, "t")

    assert table["composition"].to_pylist() == [0, 1, 1]
    assert table["atoms"].to_pylist() == [1, 3, 6]
    assert table["fractions"].to_pylist()[2] == pytest.approx([2 / 3, 1 / 3])


def test_rows_are_read_as_they_were_written(tmp_path):
    """Through a file, gaps included."""
    parquet.write_table(row_table(ROWS, "t"), tmp_path / "t.parquet")

    assert repr(table_rows(tmp_path / "t.parquet")) == repr(ROWS)


def test_a_row_without_a_flag_takes_the_curated_list():
    """LiS4 is computed-only there, Li2O is not."""
    table = row_table([Row(Phase("LiS4", -0.5), "a"), Row(Phase("Li2O", -2.0), "a")], "t")

    assert table["known"].to_pylist() == [False, True]
    assert [bool(reason) for reason in table["reason"].to_pylist()] == [True, False]


@pytest.mark.parametrize(
    ("phase", "says"),
    [
        (Phase("Li2O", nan), "row 1: Li2O: energy nan is not finite"),
        (Phase("Li2O", -inf), "energy -inf is not finite"),
        (Phase("Li2O", -25.0), "energy -25 eV/atom is beyond 20"),
        (Phase("Li", -1.9), "row 1: Li: an element at -1.9 eV/atom"),
        (Phase("Lx", 0.0), "Lx is no element"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(phase, says):
    """The message names the row."""
    with pytest.raises(TableError, match=says):
        row_table([Row(phase, "a"), *ROWS], "t")


def test_elements_alone_are_no_table():
    """There must be a compound."""
    with pytest.raises(TableError, match="holds no compound"):
        row_table(ROWS[:1], "t")


def test_only_the_first_faults_are_shown():
    """Seven rows at fault: five are shown, two are counted."""
    with pytest.raises(TableError, match=r"row 5: .*; and 2 more"):
        row_table([Row(Phase("Li2O", nan), "a")] * 7, "t")
