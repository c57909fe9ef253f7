import pytest

from jobs.ranking.ranked import ranked
from jobs.store.published import snapshot
from jobs.studies.what_if import Asked, what_if


@pytest.fixture(scope="module")
def rows(screened):
    """Return the ranking of four pairs: two SSEs with two cathodes."""
    with snapshot(screened) as there:
        return ranked(there).rows


def of(row):
    return Asked(row["batch_id"], row["sse"], row["cathode"], row["recipe"])


def test_without_a_change_places_are_those_of_the_ranking(screened, rows):
    """For each pair, among all and in its cathode."""
    for row in rows:
        found = what_if(screened, of(row))["places"]

        assert (found["rank_before"], found["rank_in_cathode_before"]) == (
            row["rank"], row["rank_in_cathode"],
        )  # fmt: skip
        assert found["rank_after"] == found["rank_before"]
        assert (found["pairs"], found["pairs_in_cathode"]) == (4, 2)


def test_a_worse_cell_goes_down_and_is_counted_against_the_others(screened, rows):
    """The best of all at 100 C: its place is one more than how many others are above its score."""
    best = rows[0]
    found = what_if(screened, of(best)._replace(changes=(("rate_c", "100"),)))
    score = found["after"]["score_0_to_1"]
    others = [row for row in rows if row is not best and row["score_0_to_1"] > score]

    assert found["places"]["rank_before"] == 1
    assert found["places"]["rank_after"] == 1 + len(others) > 1
