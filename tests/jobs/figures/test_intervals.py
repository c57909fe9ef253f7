import json

import pytest

from jobs.errors import JobsError
from jobs.figures.intervals import (
    FACTORS_DRAWN,
    MOST_ROWS,
    Estimate,
    agreement_picture,
    coating_picture,
    factors_picture,
    ranking_picture,
)


def test_pairs_without_a_value_are_not_drawn(ranked_rows, drawn_rows):
    """Three pairs, two bars, each with its group."""
    rows = drawn_rows(ranking_picture(ranked_rows, "score"))

    assert [(row["name"], row["group"]) for row in rows] == [
        ("1  Li₆PS₅Cl", "a"),
        ("2  Li₂ZrCl₆", "b"),
    ]
    assert rows[0]["colour"] != rows[1]["colour"]


def test_a_long_ranking_is_cut(ranked_rows, drawn_rows):
    """What is not shown could not be read."""
    assert len(drawn_rows(ranking_picture(ranked_rows[:1] * 99, "score"))) == MOST_ROWS


def test_a_ranking_of_nothing_is_refused(ranked_rows):
    """No value, no picture."""
    with pytest.raises(JobsError, match="no pair has a value of score"):
        ranking_picture(ranked_rows[2:], "score")


def test_misses_are_counted():
    """40 is inside 38 to 45, 80 is not inside 86 to 95, and one was not measured."""
    estimates = [
        Estimate("a", 42, 38, 45, 40),
        Estimate("b", 90, 86, 95, 80),
        Estimate("c", 1, 0, 2),
    ]

    assert agreement_picture(estimates, title="x", axis="y [%]").alt.startswith("1 of 2 measured")


def test_refused_coatings_are_not_drawn(drawn_rows):
    """One is left of two; with none left there is no picture."""
    kept = {"rank": 1, "coating": "LiNbO3", "score": 0.5, "score_low": 0.4, "score_high": 0.6}
    kept["reason"] = "reacts with neither"
    record = {
        "sse": "Li6PS5Cl", "cathode": "LiCoO2", "funnel": [{"step": "coatings", "left": 2}],
        "coatings": [kept, kept | {"rank": None, "coating": "Li2O"}],
    }  # fmt: skip

    assert [row["name"] for row in drawn_rows(coating_picture(record))] == ["1  LiNbO₃"]
    with pytest.raises(JobsError, match="every one is refused"):
        coating_picture(record | {"coatings": [kept | {"rank": None}]})


def test_what_is_not_modelled_is_drawn_as_measured_only():
    """It has a row and a mark, counts in no share, and its line gives the reason."""
    left = Estimate("c", None, measured=80, unit="%", reason="no later cycles")
    picture = agreement_picture(
        [Estimate("a", 42, 38, 45, 40, "%"), left], title="t", axis="share [%]"
    )

    assert picture.alt == "1 of 1 measured figures are inside; 1 not modelled"
    assert "null" not in json.dumps(
        picture.specification()["layer"][0]["data"]["values"][0]["value"]
    )
    assert len(picture.specification()["layer"][0]["data"]["values"]) == 1
    assert len(picture.specification()["layer"][2]["data"]["values"]) == 2
    assert left.verdict == "c: measured 80 %: not modelled: no later cycles"


def test_a_verdict_is_inside_or_outside():
    """40 in 38 to 45 agrees, 50 misses; without an interval, or a measurement, nothing is said."""
    one = Estimate("a", 42.0, 38.0, 45.0, 40.0, "%")

    assert one.verdict == "a: measured 40 %, predicted 42 (38 to 45): agree"
    assert one._replace(measured=50.0).verdict.endswith(": miss")
    assert one._replace(low=None).verdict == "a: measured 40 %, predicted 42 %"
    assert one._replace(measured=None).verdict == "a: not measured, predicted 42 %"
    far = Estimate("b", 1440.2, 1229.6, 1687.0, 500, "mAh/g", told="projected")
    assert far.verdict == "b: projected 500 mAh/g, predicted 1440 (1230 to 1687): miss"


def test_predictions_alone_are_told_as_they_are():
    """Nothing was measured, so no share is inside; bars may be something else than intervals."""
    picture = agreement_picture(
        [Estimate("a", 3.13, 3.1, 3.2)], title="t", axis="x [1]", bars="three directions"
    )

    assert picture.alt == "a 3.13"
    assert "predicted, three directions" in picture.svg()
    scale = picture.specification()["layer"][1]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["predicted, three directions"]


def test_factors_stand_beside_the_score(drawn_rows):
    """Four bars a pair, the interval on the score alone; equal names have their recipes behind."""
    row = dict.fromkeys(FACTORS_DRAWN, 0.5) | {"sse": "Li2S", "cathode": "S", "recipe": "mine"}
    rows = drawn_rows(factors_picture([row, row | {"recipe": "yours", "score_0_to_1": 0.7}]))

    assert [one["part"] for one in rows[::2]] == ["score", "capacity", "interface", "transport"]
    assert [one["pair"] for one in rows[:2]] == ["Li₂S / S, mine", "Li₂S / S, yours"]
    assert [one["low"] for one in rows] == [0.5, 0.5, *[None] * 6]
