import shutil
import threading
import time

import pytest

from jobs.errors import NotYetError, QueryError, ServiceError
from jobs.ranking.ranked import ranked
from jobs.service.inquiries import QUESTIONS
from jobs.service.kept_ranking import Wishes
from jobs.service.rankings import Rankings
from jobs.store.published import snapshot
from screening.errors import ObjectiveError


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


@pytest.fixture
def many(screened, tmp_path, monkeypatch):
    """Return a store of its own whose four pairs count as many; one waits until they are ranked."""
    store = tmp_path / "store"
    shutil.copytree(screened, store)
    monkeypatch.setattr("jobs.service.rankings._PATIENCE", 30.0)
    monkeypatch.setattr("jobs.service.rankings._QUICK", 0)
    return store


class Elsewhere:
    """A process that ranks when it is let, and counts what it was asked."""

    def __init__(self, store):
        self.may, self.asked, self._store = threading.Event(), [], store

    def answer(self, *question):
        self.asked.append(question)
        assert self.may.wait(30)
        return QUESTIONS[question[0]](self._store, *question[1:])


def test_many_pairs_are_ranked_elsewhere_and_who_asks_is_told(many, monkeypatch):
    """Within its patience the answer; beyond that, one line; the same rows as here."""
    monkeypatch.setattr("jobs.service.rankings._PATIENCE", 0.05)
    elsewhere = Elsewhere(many)
    rankings = Rankings(many, elsewhere)
    for _ in range(2):
        with pytest.raises(NotYetError, match="is being made"):
            rankings.shown(Wishes())
    elsewhere.may.set()
    monkeypatch.setattr("jobs.service.rankings._PATIENCE", 30.0)
    found = rankings.shown(Wishes()).table.to_pylist()

    assert len(elsewhere.asked) == 1
    assert found == Rankings(many).shown(Wishes()).table.to_pylist()


def test_what_is_shown_says_of_which_state_it_is(many):
    """An old ranking that may wait keeps its old state, though the store has a new one."""
    rankings = Rankings(many)
    first = rankings.shown(Wishes())
    (many / "results.duckdb").touch()
    old = rankings.shown(Wishes())

    assert first.state == old.state != rankings.state()
    assert old.ranking is first.ranking


def test_what_a_laboratory_enters_counts_at_once(many):
    """Then an old ranking is not shown, however many pairs there are."""
    rankings = Rankings(many)
    first = rankings.shown(Wishes())
    (many / "laboratory.sqlite").touch()

    assert rankings.shown(Wishes()).ranking is not first.ranking


def test_a_ranking_is_made_anew_before_it_is_too_old(many, monkeypatch):
    """Who asks meanwhile gets the old one; a second later the new one is there."""
    rankings = Rankings(many)
    first = rankings.shown(Wishes())
    (many / "results.duckdb").touch()
    monkeypatch.setattr("jobs.service.rankings._RENEWED", 0.0)

    assert rankings.shown(Wishes()).ranking is first.ranking
    deadline = time.monotonic() + 30
    while rankings.shown(Wishes()).ranking is first.ranking:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_many_pairs_without_an_answer_are_told_in_one_line(many):
    """What the process that ranks refuses is what the one who waits reads."""
    elsewhere = Elsewhere(many)
    elsewhere.may.set()

    with pytest.raises(ObjectiveError, match="nothing"):
        Rankings(many, elsewhere).shown(Wishes(by="nothing"))


def test_no_more_rankings_are_begun_than_can_be_made(many, monkeypatch):
    """Each objective is a ranking of its own: the fifth who asks at once is told to come back."""
    monkeypatch.setattr("jobs.service.rankings._PATIENCE", 0.0)
    elsewhere = Elsewhere(many)
    rankings = Rankings(many, elsewhere)
    said = []
    for number in range(5):
        with pytest.raises(NotYetError) as told:
            rankings.shown(Wishes(by=f"{number + 1} * score_0_to_1"))
        said.append(str(told.value))
    elsewhere.may.set()

    assert ["other rankings" in one for one in said] == [False] * 4 + [True]


def test_the_ranking_is_there_before_somebody_asks(many):
    """Made at the start, and again when the results have changed and somebody looks."""
    elsewhere, ended = Elsewhere(many), threading.Event()
    elsewhere.may.set()
    rankings = Rankings(many, elsewhere)
    watching = threading.Thread(target=rankings.watch, args=(ended,))
    watching.start()
    deadline = time.monotonic() + 30
    while not elsewhere.asked:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    first = rankings.shown(Wishes()).ranking
    ended.set()
    watching.join()

    assert rankings.shown(Wishes()).ranking is first
    assert len(elsewhere.asked) == 1


def test_the_batch_may_be_named_in_any_way(screened):
    """The current one, by its name and by its id, is one ranking, not three."""
    rankings = Rankings(screened)
    first = rankings.shown(Wishes()).ranking

    assert rankings.shown(Wishes(batch="four")).ranking is first
    assert rankings.shown(Wishes(batch=first.batch.id)).ranking is first
