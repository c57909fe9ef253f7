from jobs.engines.ray_engine import RayEngine
from jobs.engines.workers import Workers
from jobs.work.engine import Answer, Blame, Engine, Limits

ASKED = {name for name in vars(Engine) if not name.startswith("_")}


def test_the_engines_do_what_is_asked_of_one():
    """Processes of this machine and Ray have every method of the protocol."""
    assert {"slots", "submit", "answers", "close"} <= ASKED
    assert set(dir(Workers)) >= ASKED
    assert set(dir(RayEngine)) >= ASKED


def test_the_machine_is_to_blame_until_an_engine_says_otherwise():
    """Nothing is held against a pair by default, and everything is tried more than once."""
    assert Answer(1, None).blame is Blame.MACHINE
    assert Limits().attempts > 1


def test_the_usual_deadline_is_enough():
    """Otherwise no pair that hangs could ever fail."""
    assert Limits().deadline >= Limits().enough
