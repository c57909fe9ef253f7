import pytest

from jobs.errors import EngineError
from jobs.store.spec import Spec
from jobs.work.engine import Answer, Limits
from jobs.work.packed_tables import joined, packed
from jobs.work.pair_rows import broken_pairs
from jobs.work.schedule import Schedule

LIMITS = Limits(deadline=60.0, attempts=3)
SPEC = Spec(
    {"name": "x", "draws": 0, "policy": "known", "temperature": 0.0},
    "reference", "t", "0", 8, tuple(f"Li{n}Cl" for n in range(1, 21)), (("S", "r"),), None,
)  # fmt: skip


def parcel(span):
    """Return rows that name the pairs of a span, as a worker would send them."""
    return packed(broken_pairs(SPEC, [SPEC.pair(n) for n in range(*span)], "fine"))


class Bench:
    """Workers that obey a function from the numbers of pairs to an answer."""

    def __init__(self, schedule, behaviour):
        self.schedule, self.behaviour = schedule, behaviour
        self.submitted = []

    def run(self):
        """Return the chunks in the order in which they finish."""
        finished, ticket = [], 0
        while not self.schedule.finished:
            piece = self.schedule.next()
            ticket += 1
            self.submitted.append(piece)
            self.schedule.give(ticket, piece)
            parcel_, failure, certain = self.behaviour(piece.span)
            done = self.schedule.take(Answer(ticket, parcel_, failure, certain=certain), 1.0)
            finished += [done] if done else []
        return finished


def dies_with(*bad, certain=False):
    """Return workers that die if one of these pairs is in the span."""

    def behaviour(span):
        if any(n in range(*span) for n in bad):
            return None, "died", certain
        return parcel(span), "", False

    return behaviour


def rows(finished):
    return joined(finished.parcels)["pairs"].select(["sse", "reason"]).to_pylist()


def test_chunks_that_are_done_are_not_given():
    """20 pairs in chunks of 8 are three; one is there."""
    bench = Bench(Schedule(SPEC, {1}, LIMITS), dies_with())

    assert [done.chunk for done in bench.run()] == [0, 2]


@pytest.mark.parametrize("bad", [0, 3, 7, 9, 19])
def test_the_one_pair_that_breaks_its_worker_is_found(bad):
    """Three attempts, then halves; its row says why, all others are as they are."""
    bench = Bench(Schedule(SPEC, (), LIMITS), dies_with(bad))

    found = [row for done in sorted(bench.run()) for row in rows(done)]

    assert [row["sse"] for row in found] == list(SPEC.sses)
    assert [n for n, row in enumerate(found) if row["reason"] == "died"] == [bad]
    whole = [piece for piece in bench.submitted if piece.span == SPEC.chunk(bad // 8)]
    assert [piece.attempt for piece in whole] == [1, 2, 3]


def test_what_is_certain_is_not_tried_again():
    """An error of the program comes again; halving starts at once."""
    bench = Bench(Schedule(SPEC, (), LIMITS), dies_with(2, certain=True))
    bench.run()

    assert [piece.span for piece in bench.submitted].count(SPEC.chunk(0)) == 1


def test_a_machine_that_breaks_everything_stops_the_batch():
    """It is not the pairs if more than half of many break."""
    many = Spec(
        SPEC.batch, "reference", "t", "0", 100, tuple(f"Li{n}Cl" for n in range(1, 201)),
        (("S", "r"),), None,
    )  # fmt: skip
    bench = Bench(Schedule(many, (), LIMITS), lambda _: (None, "died", True))

    with pytest.raises(EngineError, match="something is wrong with the machine"):
        bench.run()


def test_a_late_answer_counts_once():
    """Given up and given again: the first answer is taken, the second is not."""
    schedule = Schedule(SPEC, {1, 2}, LIMITS)
    schedule.give(1, schedule.next())
    assert schedule.overdue({1: 0.0}.get, 59.0) == []
    assert schedule.overdue({1: 0.0}.get, 61.0) == [1]
    assert schedule.expire(1) is None
    again = schedule.next()
    assert again.attempt == 2
    schedule.give(2, again)

    done = schedule.take(Answer(1, parcel(again.span)))

    assert done.chunk == 0
    assert schedule.finished
    assert schedule.take(Answer(2, parcel(again.span))) is None


def test_what_has_not_begun_is_not_overdue():
    """A worker that is starting has its time."""
    schedule = Schedule(SPEC, (), LIMITS)
    schedule.give(1, schedule.next())

    assert schedule.overdue({}.get, 1e9) == []


def test_slow_chunks_get_more_time():
    """Ten times the median: with chunks of 20 s, 200 s."""
    schedule = Schedule(SPEC, (), LIMITS)
    for ticket in (1, 2):
        piece = schedule.next()
        schedule.give(ticket, piece)
        schedule.take(Answer(ticket, parcel(piece.span)), 20.0)

    assert schedule.deadline(schedule.next()) == pytest.approx(200.0)
