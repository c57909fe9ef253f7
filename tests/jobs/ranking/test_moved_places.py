from typing import Any, NamedTuple

from jobs.ranking.moved_places import Moved, moved_places


class Ranking(NamedTuple):
    """What is read of a ranking."""

    rows: list[dict[str, Any]]
    """Its rows."""


def ranking(*sses):
    """Return a ranking of SSEs in one cathode."""
    return Ranking(
        [
            {"sse": sse, "cathode": "S", "recipe": "r", "rank_in_cathode": place}
            for place, sse in enumerate(sses, 1)
        ]
    )


def test_only_pairs_with_another_place_are_named():
    """Two change places, the third stays."""
    found = moved_places(ranking("A", "B", "C"), ranking("B", "A", "C"))

    assert found == [Moved("B", "S", "r", 2, 1), Moved("A", "S", "r", 1, 2)]


def test_a_pair_that_was_not_there_has_not_moved():
    """Nothing is known of where it was."""
    assert moved_places(ranking("A"), ranking("A", "B")) == []
