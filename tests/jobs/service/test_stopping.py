from jobs.service.stopping import Stopping


def test_what_holds_up_the_end_is_ended_once_it_begins():
    """Not before, and all of it."""
    stopping, ended = Stopping(), []
    stopping.then(lambda: ended.append("one"))
    stopping.then(lambda: ended.append("two"))
    before = stopping.begun, list(ended)

    stopping.begin()

    assert before == (False, [])
    assert stopping.begun
    assert ended == ["one", "two"]
