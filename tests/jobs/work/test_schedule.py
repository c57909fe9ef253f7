from dataclasses import replace

import pytest

from jobs.errors import EngineError, EngineLostError
from jobs.store.spec import Spec
from jobs.work.engine import Answer, Blame, Limits
from jobs.work.packed_tables import joined, packed
from jobs.work.pair_rows import ANSWERED, FAILED, UNANSWERED, broken_pairs
from jobs.work.schedule import Schedule

LIMITS = Limits(deadline=60.0, attempts=3)
SPEC = Spec(
    {"name": "x", "draws": 0, "policy": "known", "temperature": 0.0},
    "reference", "t", "0", 8, tuple(f"Li{n}Cl" for n in range(1, 21)),
    ({"cathode": "S", "recipe": "r"},), None,
    details=False, calibration="c", calibration_json=None,
)  # fmt: skip


def parcel(span):
    """Return rows that name the pairs of a span, as a worker would send them."""
    pairs = [SPEC.pair(n) for n in range(*span)]
    return packed(broken_pairs(SPEC, pairs, "fine", status=ANSWERED))


def computed(behaviour, *, done=(), limits=LIMITS, spec=SPEC):
    """Return the chunks in the order in which they are settled, and all pieces that were given.

    The behaviour makes of a span None, or whose fault it is that there are no rows.
    """
    schedule = Schedule(spec, done, limits)
    finished, given = [], []
    while not schedule.finished:
        piece = schedule.next()
        given.append(piece)
        schedule.give(len(given), piece)
        blame = behaviour(piece.span)
        if blame is None:
            answer = Answer(len(given), parcel(piece.span), 1.0)
        else:
            answer = Answer(len(given), None, failure="died", blame=blame)
        settled = schedule.take(answer)
        finished += [settled] if settled else []
    return finished, given


def broken(blame, *bad):
    """Return workers that break if one of these pairs is in the span."""
    return lambda span: blame if any(n in range(*span) for n in bad) else None


def statuses(finished):
    """Return the status of each pair in order."""
    rows = [joined(one.parcels)["pairs"].to_pylist() for one in sorted(finished)]
    found = [row for chunk in rows for row in chunk]
    assert [row["sse"] for row in found] == list(SPEC.sses)
    return [row["status"] for row in found]


def test_chunks_that_are_done_are_not_given():
    """20 pairs in chunks of 8 are three; one is there."""
    finished, _ = computed(broken(None), done={1})

    assert [one.chunk for one in finished] == [0, 2]
    assert all(one.answered for one in finished)


@pytest.mark.parametrize("blame", [Blame.PAIR, Blame.TIME])
@pytest.mark.parametrize("bad", [0, 3, 7, 9, 19])
def test_the_one_pair_that_breaks_its_worker_fails(bad, blame):
    """Found by halves, tried three times alone; all others are as they are."""
    finished, given = computed(broken(blame, bad))

    assert statuses(finished) == [FAILED if n == bad else ANSWERED for n in range(20)]
    assert all(one.answered for one in finished)
    alone = [piece.attempt for piece in given if piece.span == (bad, bad + 1)]
    assert alone == [1, 2, 3]
    assert [piece.span for piece in given].count(SPEC.chunk(bad // 8)) == 1


def test_what_the_machine_stops_is_no_answer():
    """The pair stays open, whatever else is tried; its chunk is not done, the others are."""
    finished, given = computed(broken(Blame.MACHINE, 9))

    assert statuses(finished) == [UNANSWERED if n == 9 else ANSWERED for n in range(20)]
    assert [one.answered for one in sorted(finished)] == [True, False, True]
    whole = [piece.attempt for piece in given if piece.span == SPEC.chunk(1)]
    assert whole == [1, 2, 3]


def test_one_doubt_is_enough():
    """A pair that the machine stopped once and broke twice by itself has not failed three times."""
    blames = iter([Blame.PAIR, Blame.MACHINE, Blame.PAIR])
    only = replace(SPEC, sses=("LiCl",))

    finished, _ = computed(lambda _: next(blames), spec=only)

    assert [one.answered for one in finished] == [False]


def test_less_time_than_is_enough_proves_nothing():
    """With `--deadline 1` a pair that wants more is left open, and not failed for ever."""
    finished, _ = computed(broken(Blame.TIME, 9), limits=Limits(deadline=1.0))

    assert statuses(finished)[9] == UNANSWERED


@pytest.mark.parametrize(
    ("blame", "error"), [(Blame.PAIR, EngineError), (Blame.MACHINE, EngineLostError)]
)
def test_what_breaks_everything_stops_the_batch(blame, error):
    """It is not the pairs if more than half of many break; a machine may be better tomorrow."""
    many = replace(SPEC, chunk_size=100, sses=tuple(f"Li{n}Cl" for n in range(1, 201)))

    with pytest.raises(EngineError, match="something is wrong with the machine") as raised:
        computed(lambda _: blame, spec=many)
    assert type(raised.value) is error


def test_slow_chunks_get_more_time():
    """Ten times the median: with chunks of 20 s of processor time, 200 s."""
    schedule = Schedule(SPEC, (), LIMITS)
    for ticket in (1, 2):
        piece = schedule.next()
        assert schedule.deadline(piece) == (60.0 if ticket == 1 else 200.0)
        schedule.give(ticket, piece)
        schedule.take(Answer(ticket, parcel(piece.span), 20.0))

    assert schedule.deadline(schedule.next()) == pytest.approx(200.0)
