from dataclasses import replace

import pytest

from jobs.errors import StoreError
from jobs.lab.calibrations import (
    chosen_calibration,
    current_calibration,
    keep,
    kept,
    kept_calibration,
    outdated_cells,
    outdated_note,
    rows,
)
from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add, correct, measured_cells
from jobs.lab.laboratory import laboratory
from screening.first_cycle.calibration import default_calibration
from screening.first_cycle.measured_cells import thesis_cells

CELL = {
    "sse": "Li3YCl6", "cathode": "LiFePO4", "recipe": "lfp-vgcf-hand",
    "first_discharge_mah_per_g": "125", "source": "lab book 1", "date": "2026-01-15",
}  # fmt: skip


@pytest.fixture(scope="module")
def other():
    """Return a calibration that is not the shipped one; what is kept need not be fitted."""
    first = next(one for one in thesis_cells() if one.id == "T23")
    shipped = default_calibration()
    more = replace(first, id="N1", cell="new", value=140.0)
    return replace(shipped, measurements=(*shipped.measurements, more))


def test_what_is_kept_comes_back_whole(tmp_path, other):
    """By its id and by a beginning of it; how many cells and figures it has is listed."""
    keep(tmp_path, other)

    assert kept_calibration(tmp_path, other.id).id == other.id
    assert kept_calibration(tmp_path, other.id[:6]).id == other.id
    (row,) = kept(tmp_path)
    assert (row.id, row.figures) == (other.id, len(default_calibration().fits) + 1)
    assert row.made_at.endswith("+00:00")


def test_keeping_twice_keeps_one(tmp_path, other):
    """The first time stands."""
    keep(tmp_path, other)
    before = kept(tmp_path)

    keep(tmp_path, other)

    assert kept(tmp_path) == before


def test_the_newest_stands_first(tmp_path, other):
    """Also within one second."""
    keep(tmp_path, default_calibration())
    keep(tmp_path, other)

    assert [row.id for row in kept(tmp_path)] == [other.id, default_calibration().id]


def test_the_shipped_calibration_needs_no_store(tmp_path):
    """By its name and by its id."""
    shipped = default_calibration()

    assert kept_calibration(tmp_path / "none", "shipped") is shipped
    assert kept_calibration(tmp_path / "none", shipped.id) is shipped


def test_a_calibration_that_is_not_there_is_refused(tmp_path, other):
    """Unknown, or the beginning of several; the message says how to list them."""
    keep(tmp_path, other)
    keep(tmp_path, default_calibration())

    with pytest.raises(StoreError, match=r"no calibration in .* begins with 'zzz'; .*--list"):
        kept_calibration(tmp_path, "zzz")
    with pytest.raises(StoreError, match="2 calibrations"):
        kept_calibration(tmp_path, "")


def test_a_store_without_calibrations_lists_none(tmp_path):
    """Nothing kept is no error, and looking makes no store."""
    assert kept(tmp_path / "none") == []
    assert not (tmp_path / "none").exists()


def test_the_one_made_last_is_current(tmp_path, other):
    """Without any it is the shipped one; one that was made before can be made current again."""
    shipped = default_calibration()
    found = [current_calibration(tmp_path).id]
    for one in (other, shipped, other):
        keep(tmp_path, one)
        found.append(current_calibration(tmp_path).id)
        assert [row.id for row in kept(tmp_path) if row.current] == [one.id]

    assert found == [shipped.id, other.id, shipped.id, other.id]
    assert len(kept(tmp_path)) == 2


def test_a_name_comes_before_the_current_one(tmp_path, other):
    """Whatever is asked for."""
    keep(tmp_path, other)

    assert chosen_calibration(tmp_path, None).id == other.id
    assert chosen_calibration(tmp_path, "shipped") is default_calibration()


def test_rows_for_the_published_tables(tmp_path, other):
    """Plain values, without the draws."""
    keep(tmp_path, other)

    with laboratory(tmp_path) as lab:
        (row,) = rows(lab)

    assert row == kept(tmp_path)[0]._asdict()


@pytest.fixture
def fitted(tmp_path):
    """Return a calibration that knows two cells of the store as they are; it need not be fitted."""
    shipped = default_calibration()
    for number, charge in enumerate(("140", "141"), start=1):
        add(tmp_path, experiment(CELL | {"id": f"lab-{number}", "first_charge_mah_per_g": charge}))
    return replace(shipped, measurements=(*shipped.measurements, *measured_cells(tmp_path)))


def test_a_calibration_of_cells_as_they_are_is_up_to_date(tmp_path, fitted):
    """Also after it was kept and read, and the shipped one knows none of the store."""
    keep(tmp_path, fitted)

    assert outdated_cells(tmp_path, fitted) == ()
    assert outdated_note(tmp_path, current_calibration(tmp_path)) == ""
    assert outdated_note(tmp_path, default_calibration()) == ""


def test_a_cell_that_was_corrected_or_withdrawn_makes_its_calibration_outdated(tmp_path, fitted):
    """One line with their names and the remedy, until the cell is as it was."""
    correct(tmp_path, "lab-1", {"first_charge_mah_per_g": "150"}, reason="typed wrongly")
    assert outdated_cells(tmp_path, fitted) == ("lab-1",)
    correct(tmp_path, "lab-2", {}, reason="leaked", withdraw=True)
    note = outdated_note(tmp_path, fitted)
    assert "2 cells that have been corrected or withdrawn since (lab-1, lab-2): `catholyte " in note
    assert "\n" not in note

    correct(tmp_path, "lab-1", {"first_charge_mah_per_g": "140"}, reason="it was right")
    assert outdated_note(tmp_path, fitted).count("lab-") == 1
