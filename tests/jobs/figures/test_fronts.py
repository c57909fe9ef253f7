import pytest

from jobs.errors import JobsError
from jobs.figures.fronts import front_picture

AXES = ("efficiency_percent", "ionic_conductivity_s_per_cm")


def test_the_front_is_marked_and_named(ranked_rows, drawn_rows):
    """One pair is on it, one is beaten, and one has no value."""
    picture = front_picture(ranked_rows, *AXES)

    assert {row["name"]: row["kind"] for row in drawn_rows(picture)} == {
        "Li₆PS₅Cl": "on the front",
        "Li₂ZrCl₆": "beaten by another",
    }
    assert picture.alt == "on the front: Li₆PS₅Cl"


def test_names_do_not_run_into_each_other(ranked_rows):
    """Of two pairs in one place only one is named; the words name both."""
    twin = ranked_rows[0] | {"sse": "Li6PS5Br"}
    far = ranked_rows[0] | {"sse": "Li3N", "efficiency_percent": 10.0}
    picture = front_picture([ranked_rows[0], twin, far], *AXES)

    (named,) = [
        layer["transform"][0]["filter"]["oneOf"]
        for layer in picture.specification()["layer"]
        if "transform" in layer
    ]
    assert named == ["Li₃N", "Li₆PS₅Cl"]
    assert "Li₆PS₅Br" in picture.alt


def test_rows_without_a_front_are_refused(ranked_rows):
    """They were ranked without --pareto."""
    bare = [{k: v for k, v in row.items() if k != "pareto_front"} for row in ranked_rows]

    with pytest.raises(JobsError, match="--pareto"):
        front_picture(bare, *AXES)
