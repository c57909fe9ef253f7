from itertools import combinations
from pathlib import Path

import pytest

from jobs.errors import JobsError
from jobs.figures.style import DASHES, SERIES, SHAPES, checked_ending, written


def lightness(colour):
    """Return the luma of a colour, 0 to 1: what is left of it in grey."""
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_series_differ_in_grey():
    """The first two by a quarter of the scale; all others by lightness, or by mark and dash."""
    assert abs(lightness(SERIES[0]) - lightness(SERIES[1])) > 0.25
    for one, other in combinations(range(len(SERIES)), 2):
        assert (DASHES[one], SHAPES[one]) != (DASHES[other], SHAPES[other])


@pytest.mark.parametrize(
    ("formula", "low"),
    [
        ("LiNi0.8Mn0.1Co0.1O2", "LiNi₀.₈Mn₀.₁Co₀.₁O₂"),
        ("2 Li2S", "2 Li₂S"),
        ("(NH4)2SO4", "(NH₄)₂SO₄"),
        ("S", "S"),
    ],
)
def test_only_numbers_of_atoms_are_set_low(formula, low):
    """Not those in front of a formula."""
    assert written(formula) == low


def test_an_ending_that_no_picture_has_is_refused():
    """With those that there are."""
    assert checked_ending(Path("a.b.pdf")) == ".pdf"
    with pytest.raises(JobsError, match=r"\.svg, \.png, \.pdf, \.html"):
        checked_ending(Path("a.jpg"))
