from jobs.engines.ray_engine import RayEngine
from jobs.engines.workers import Workers
from jobs.work.engine import Answer, Engine, Limits

ASKED = {name for name in vars(Engine) if not name.startswith("_")}


def test_the_engines_do_what_is_asked_of_one():
    """Processes of this machine and Ray have every method of the protocol."""
    assert {"slots", "submit", "answers", "close"} <= ASKED
    assert set(dir(Workers)) >= ASKED
    assert set(dir(RayEngine)) >= ASKED


def test_an_answer_without_rows_says_that_it_may_be_tried_again():
    """Nothing is certain before an engine says so, and a span is tried more than once."""
    assert not Answer(1, None).certain
    assert Limits().attempts > 1
