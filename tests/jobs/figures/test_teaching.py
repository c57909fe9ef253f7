import pytest

from jobs.errors import JobsError
from jobs.figures.teaching import MOST_ROWS, teaching_picture

ROW = {"sse": "Li2ZrCl6", "cathode": "LiFePO4", "gain": 0.05, "best_probability": 0.2}


def test_the_most_telling_stands_on_top():
    """By gain, in per cent of the best of the cathode, with the chance to be the best."""
    better = ROW | {"sse": "Li3YCl6", "gain": 0.2}
    picture = teaching_picture([ROW, better, ROW | {"gain": None}])

    assert "Li\u2083YCl\u2086" in picture.alt
    assert "best with 20 %" in picture.svg()
    assert "[%]" in picture.svg()


def test_many_are_cut_and_none_is_refused():
    """A picture shows what can be read."""
    many = [ROW | {"sse": f"Li{k}N", "gain": k / 100} for k in range(1, MOST_ROWS + 10)]

    assert teaching_picture(many).svg().count("best with") <= 2 * MOST_ROWS
    with pytest.raises(JobsError, match="suggest some first"):
        teaching_picture([ROW | {"gain": None}])
