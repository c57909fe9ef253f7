from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.errors import ExperimentError
from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import (
    add,
    correct,
    experiments,
    history,
    import_experiments,
    listed,
    measured_cells,
    rows,
)
from jobs.lab.laboratory import laboratory
from jobs.schema.experiment_fields import FIELDS
from screening.errors import BatchError

A1 = {
    "id": "A1", "date": "2024-05-01", "sse": "LPSCl", "cathode": "LiFePO4", "source": "notebook 7",
    "first_charge_mah_per_g": "114.3", "first_discharge_mah_per_g": "46.1",
}  # fmt: skip
HEADER = "id,date,sse,cathode,source,efficiency_percent\n"
GOOD = HEADER + "B1,2024-05-02,LZC,LiFePO4,notebook 7,90.1\nB2,2024-05-03,LPSCl,S,notebook 7,128\n"


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a CSV file."""

    def write(content):
        path = tmp_path / "cells.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_what_is_added_is_there(store):
    """With every field as it was read."""
    one = experiment(A1 | {"temperature_k": "298.15", "note": "first"})

    assert add(store, one)
    assert experiments(store) == [one]


def test_adding_twice_changes_nothing(store):
    """The same cell with the same id is known, and has one version."""
    add(store, experiment(A1))

    assert not add(store, experiment(A1))
    assert len(history(store, "A1")) == 1


def test_the_same_cell_under_another_id_is_refused(store):
    """And says which one it is, and what to do about a real repeat."""
    add(store, experiment(A1))

    with pytest.raises(ExperimentError, match="A2 is the same as A1 in everything"):
        add(store, experiment(A1 | {"id": "A2"}))
    assert add(store, experiment(A1 | {"id": "A2", "note": "a repeat"}))


def test_an_id_is_not_taken_twice(store):
    """Another cell with that id is told of `correct`."""
    add(store, experiment(A1))

    with pytest.raises(ExperimentError, match="experiment correct A1"):
        add(store, experiment(A1 | {"first_charge_mah_per_g": "120"}))


def test_a_correction_keeps_what_stood_before(store):
    """Two versions, the second with its reason; the efficiency follows the new charge."""
    add(store, experiment(A1))

    made = correct(store, "A1", {"first_charge_mah_per_g": "92.2"}, reason="read off wrongly")

    first, second = history(store, "A1")
    assert made.efficiency_percent == pytest.approx(50.0)
    assert (first["first_charge_mah_per_g"], first["version"], first["reason"]) == (114.3, 1, "")
    assert (second["first_charge_mah_per_g"], second["version"]) == (92.2, 2)
    assert second["reason"] == "read off wrongly"
    assert [one.first_charge_mah_per_g for one in experiments(store)] == [92.2]


def test_a_withdrawn_cell_no_longer_counts_but_is_not_gone(store):
    """Hidden from what counts, shown where asked for."""
    add(store, experiment(A1))

    correct(store, "A1", {}, reason="short circuit", withdraw=True)

    assert experiments(store) == []
    assert listed(store) == []
    assert [row["id"] for row in listed(store, withdrawn=True)] == ["A1"]
    correct(store, "A1", {}, reason="no short circuit after all")
    assert len(experiments(store)) == 1


def test_a_composite_can_be_corrected(store):
    """By a recipe of the catalogue, or by all of its parts."""
    add(store, experiment(A1 | {"sse": "LPSCl"}))
    parts = {
        "cathode_parts": "45", "sse_parts": "52", "carbon_parts": "3", "carbon": "VGCF",
        "mixing": "hand", "pressure_mpa": "375",
    }  # fmt: skip

    assert correct(store, "A1", parts, reason="weighed").cathode_parts == 45.0
    assert correct(store, "A1", {"note": "x"}, reason="note").cathode_parts == 45.0
    back = correct(store, "A1", {"recipe": "lfp-vgcf-hand"}, reason="back")
    assert (back.recipe, back.cathode_parts) == ("lfp-vgcf-hand", 40.0)


@pytest.mark.parametrize(
    ("name", "changes", "reason", "said"),
    [
        ("A1", {}, "nothing", "like that already"),
        ("A1", {"note": "x"}, " ", "needs a reason"),
        ("A9", {"note": "x"}, "why", "no experiment 'A9'"),
        ("A1", {"id": "A2"}, "why", "an id is never changed"),
        ("A1", {"first_charge_mah_per_g": "nan"}, "why", "is no number"),
        ("A1", {"color": "red"}, "why", "no field color"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(name, changes, reason, said, store):
    """And leaves one version."""
    add(store, experiment(A1))

    with pytest.raises(ExperimentError, match=said):
        correct(store, name, changes, reason=reason)
    assert len(history(store, "A1")) == 1


def test_a_file_is_imported_once(store, file):
    """Two cells; the second time both are known, and nothing is added."""
    path = file(GOOD)

    assert import_experiments(store, path).added == ("B1", "B2")
    again = import_experiments(store, path)
    assert (again.added, again.known, again.faults) == ((), ("B1", "B2"), ())
    assert len(experiments(store)) == 2


def test_one_wrong_row_keeps_all_out(store, file):
    """Every wrong row is named with its line; the good one before it is not kept."""
    path = file(GOOD + "B3,2024-05-04,LPSCl,S,me,0.9\nB4,nonsense,Xx,S,me,90\n")

    with pytest.raises(ExperimentError) as caught:
        import_experiments(store, path)

    lines = str(caught.value).splitlines()
    assert "3 faults" not in lines[0]
    assert "2 faults" in lines[0]
    assert "--skip-bad-rows" in lines[0]
    assert lines[1].startswith("line 4: efficiency_percent 0.9")
    assert lines[2].startswith("line 5: date 'nonsense'")
    assert experiments(store) == []


def test_bad_rows_can_be_skipped(store, file):
    """The good ones come in, the others are returned with their faults."""
    done = import_experiments(store, file(GOOD + "B3,2024-05-04,LPSCl,S,me\n"), skip_bad_rows=True)

    assert done.added == ("B1", "B2")
    assert done.faults == ("line 4: 5 cells, the header has 6; write as many",)


def test_spreadsheets_write_marks_and_line_ends(store, file):
    """A byte-order mark, CRLF, blank lines and blanks around cells are read over."""
    text = GOOD.replace("\n", "\r\n").replace("B1,", " B1 ,") + "\r\n,,,,,\r\n"

    assert import_experiments(store, file(b"\xef\xbb\xbf" + text.encode())).added == ("B1", "B2")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER, "no rows below the header"),
        ("", "line 1: the first line is empty; write the names of the columns there"),
        (GOOD.replace("source", "where"), "no column 'where'"),
        (GOOD.replace("sse,", "id,"), "the column id stands twice"),
        (GOOD.replace(",", ";"), "separate them with commas"),
        (GOOD + '"B3,2024', "no CSV"),
        (GOOD.replace("B2", "B1"), "id B1 stands in line 2 already"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(content, said, store, file):
    """The message names the file and the line; nothing is kept."""
    with pytest.raises(ExperimentError, match=said):
        import_experiments(store, file(content))
    assert experiments(store) == []


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"id\x00,", "id,Ä".encode("latin-1")])
def test_a_file_of_other_text_is_refused(content, store, file):
    """UTF-16, NUL bytes and Latin-1."""
    with pytest.raises(BatchError, match=r"cells\.csv"):
        import_experiments(store, file(content))


def test_many_faults_are_counted(store, file):
    """Twenty are shown, ten more are counted."""
    with pytest.raises(ExperimentError) as caught:
        import_experiments(store, file(HEADER + ",2024-05-04,LPSCl,S,me,0.9\n" * 30))

    assert len(str(caught.value).splitlines()) == 22
    assert "and 10 more" in str(caught.value)


def test_without_a_store_there_are_no_experiments(store):
    """And looking makes none."""
    assert experiments(store) == []
    assert measured_cells(store) == []
    assert not store.exists()


def test_the_calibration_sees_what_counts(store):
    """Charge, discharge and efficiency of the one cell."""
    add(store, experiment(A1))

    assert [one.quantity for one in measured_cells(store)] == ["charge", "discharge", "efficiency"]


def test_rows_for_the_published_tables_have_every_field(store):
    """And say whether a cell was withdrawn."""
    add(store, experiment(A1))

    with laboratory(store) as lab:
        (row,) = rows(lab)

    assert set(FIELDS) <= set(row)
    assert row["withdrawn"] is False


def test_many_may_add_at_once(store):
    """Eight at a time, forty cells: each is kept once, nobody is turned away."""
    cells = [experiment(A1 | {"id": f"C{number}", "note": str(number)}) for number in range(40)]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda one: add(store, one), cells))
    assert {one.id for one in experiments(store)} == {one.id for one in cells}
