import pytest

from jobs.errors import JobsError
from jobs.figures.parity import parity_picture


def test_each_unit_has_its_panel(compared, drawn_rows):
    """Two figures of two units: two dots, one of them not fitted; one is inside its interval."""
    picture = parity_picture(compared)
    dots = [row for row in drawn_rows(picture) if "cell" in row]

    assert [(row["measured"], row["predicted"], row["use"]) for row in dots] == [
        (100.0, 105.0, "fitted"),
        (40.0, 60.0, "not fitted"),
    ]
    assert len(picture.specification()["concat"]) == 2
    assert picture.alt.startswith("1 of 2")


def test_nothing_compared_is_refused():
    """An empty picture says nothing."""
    with pytest.raises(JobsError, match="nothing is compared"):
        parity_picture([])
