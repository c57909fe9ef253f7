import pytest

from jobs.errors import JobsError
from jobs.service.inquiries import PICTURES, QUESTIONS


def test_answers_are_those_of_the_commands(tmp_path):
    """A window by its label, a pair, and its picture as SVG."""
    store = tmp_path / "store"

    assert QUESTIONS["window"](store, "LZC")["formula"] == "Li2ZrCl6"
    assert QUESTIONS["pair"](store, "LZC", "LiFePO4", [])["cathode"] == "LiFePO4"
    assert QUESTIONS["picture"](store, "window", "LZC").startswith("<svg")


def test_a_picture_of_nothing_is_refused(tmp_path):
    """Without cells there is nothing to compare."""
    with pytest.raises(JobsError, match="no cell"):
        PICTURES["cells"](tmp_path / "store", "percent")
