"""What is wrong with a batch file."""

import pytest
from pydantic import ValidationError

from screening.batch.batch_faults import faults
from screening.batch.batch_file import read_batch
from screening.batch.model import TABLES, Batch
from screening.errors import BatchError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coating = 1", "line 1, column 1: unknown key coating; did you mean coatings?"),
        ("'<b>' = 1", "line 1, column 1: unknown key <b>; known: name"),
        ("coatings = []", "at least 1 entry"),
        ("coatings = ['Xx9']", "line 1, column 13: coatings.0:"),
        ("coatings = ['LiNbO3', 'Nb1Li1O3']", "stands twice"),
        ("[[coatings]]\nname = 'LiNbO3'\nthickness_nm = 0.01", "thickness_nm"),
        ("[[coatings]]\nname = 'LiNbO3'\ncoverage_percent = 0.9", "coverage_percent"),
        ("[[coatings]]\nname = 'LiNbO3'\nthickness = 5", "did you mean thickness_nm?"),
        ("materials = 3", "line 1, column 1: materials: write an array"),
        (
            "[[materials]]\nlabel = 'a'",
            "materials.0.kind: is missing (and 1 more)",
        ),
        ("separator = 'lps cl 9'", "separator:"),
        ("anode = 'unobtainium'", "anode:"),
    ],
)
def test_the_first_fault_has_its_place_and_a_remedy(tmp_path, text, said):
    """One line, with line and column."""
    path = tmp_path / "batch.toml"
    path.write_text(text)

    with pytest.raises(BatchError) as caught:
        read_batch(path).composites()

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_faulty_entry_is_told_once():
    """An array of one faulty entry has one fault; that it is empty without it is none."""
    with pytest.raises(ValidationError) as error:
        Batch.model_validate({"sses": (3,), "draws": 5})

    assert faults(error.value, Batch, TABLES) == [
        (("sses", 0), "write a string"),
        (("draws",), "5 is neither 0 nor 200"),
    ]
