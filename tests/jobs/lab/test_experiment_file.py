import pytest

from jobs.errors import ExperimentError
from jobs.lab.experiment_file import MOST_FAULTS, experiment_rows, fault_summary, row_name


def rows(tmp_path, text):
    path = tmp_path / "cells.csv"
    path.write_bytes(text.encode())
    return list(experiment_rows(path))


def test_rows_come_with_their_lines(tmp_path):
    """A note with a line break in quotes takes two lines; the row ends on the second."""
    found = rows(tmp_path, 'id,note\nA1,"two\nlines"\n\nA2,one\n')

    assert found == [(3, {"id": "A1", "note": "two\nlines"}), (5, {"id": "A2", "note": "one"})]


def test_a_ragged_row_is_a_fault_and_not_the_end(tmp_path):
    """The rows after it are still read."""
    found = rows(tmp_path, "id,note\nA1\nA2,x\n")

    assert found == [
        (2, "1 cell, the header has 2; write as many"),
        (3, {"id": "A2", "note": "x"}),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first line is empty"),
        ("id,note\n", "no rows below the header"),
        ("id;note\nA1;x\n", "semicolons"),
        ("id\tnote\nA1\tx\n", "tabs separate the columns"),
        ("\nid,note\nA1,x\n", "the first line is empty"),
        ("id,colour\nA1,x\n", "no column 'colour'; known: id, date"),
        ("id,id\nA1,x\n", "the column id stands twice"),
        ('id,note\nA1,"x\n', "no CSV"),
    ],
)
def test_a_file_that_is_none_is_refused(text, said, tmp_path):
    """With the place."""
    with pytest.raises(ExperimentError, match=said):
        rows(tmp_path, text)


def test_a_summary_names_some_and_counts_the_rest(tmp_path):
    """One line above, twenty faults, and how many more."""
    few = fault_summary(tmp_path, ["line 2: a", "line 3: b"]).splitlines()
    many = fault_summary(tmp_path, [f"line {n}: x" for n in range(25)]).splitlines()

    assert few[1:] == ["line 2: a", "line 3: b"]
    assert len(many) == 1 + MOST_FAULTS + 1
    assert many[-1] == "... and 5 more"


def test_rows_of_python_are_read_as_those_of_a_file(tmp_path):
    """Numbers as they are written, nothing for None and nan; rows are counted, not lines."""
    row = {"id": "A1", "rate_c": 0.05, "carbon": None, "pressure_mpa": float("nan"), "cycles": 3}

    assert list(experiment_rows([row])) == [
        (1, {"id": "A1", "rate_c": "0.05", "carbon": "", "pressure_mpa": "", "cycles": "3"})
    ]
    assert (row_name([row], 1), row_name(tmp_path, 2)) == ("row 1", "line 2")
    assert "--skip-bad-rows" not in fault_summary([row], ["row 1: wrong"])
    with pytest.raises(ExperimentError, match="no cells are given"):
        list(experiment_rows([]))
