import shutil

import pytest

from jobs.errors import QueryError, ServiceError
from jobs.ranking.ranked import ranked
from jobs.service.rankings import Rankings, Wishes
from jobs.store.published import snapshot


@pytest.fixture
def rankings(screened):
    """Return the rankings of the store with four pairs."""
    return Rankings(screened)


def test_it_is_the_one_ranking(rankings, screened):
    """The rows of `catholyte rank`, in its order."""
    with snapshot(screened) as there:
        expected = ranked(there).rows

    assert rankings.shown(Wishes()).table.to_pylist() == expected


def test_filters(rankings):
    """By elements of the SSE, by cathode, and in pages."""

    def names(**wishes):
        shown = rankings.shown(Wishes(**wishes))
        return [(row["sse"], row["cathode"]) for row in shown.table.to_pylist()]

    assert {sse for sse, _ in names(contains="Zr")} == {"Li2ZrCl6"}
    assert {sse for sse, _ in names(without="Zr Y")} == {"Li6PS5Cl"}
    assert {cathode for _, cathode in names(cathode="S")} == {"S"}
    assert names(cathode="") == names()
    assert names(offset=1, limit=2) == names()[1:3]


def test_order(rankings):
    """By any column, up or down."""
    rows = rankings.shown(Wishes(sort="-efficiency_percent")).table["efficiency_percent"]
    found = rows.to_pylist()

    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    ("wishes", "error", "message"),
    [
        ({"contains": "Xx"}, ServiceError, "'Xx' is no element"),
        ({"sort": "price"}, ServiceError, "there is no column 'price'"),
        ({"batch": "nothing"}, QueryError, "nothing"),
    ],
)
def test_wishes_that_cannot_be_met(rankings, wishes, error, message):
    """One line that names what was asked."""
    with pytest.raises(error, match=message):
        rankings.shown(Wishes(**wishes))


def test_what_is_kept_is_given_up_when_results_change(rankings, screened):
    """The same answer is the same object, until the file is another one."""
    first = rankings.shown(Wishes()).ranking

    assert rankings.shown(Wishes()).ranking is first
    path = screened / "results.duckdb"
    path.touch()
    assert rankings.shown(Wishes()).ranking is not first


def test_what_is_shown_says_of_which_state_it_is(screened, tmp_path, monkeypatch):
    """An old ranking that may wait keeps its old state, though the store has a new one."""
    store = tmp_path / "store"
    shutil.copytree(screened, store)
    monkeypatch.setattr("jobs.service.rankings._QUICK", 0)
    rankings = Rankings(store)
    monkeypatch.setattr(rankings, "_again", lambda _: rankings._making.release())
    first = rankings.shown(Wishes())
    (store / "results.duckdb").touch()
    old = rankings.shown(Wishes())

    assert first.state == old.state != rankings.state()
    assert old.ranking is first.ranking
