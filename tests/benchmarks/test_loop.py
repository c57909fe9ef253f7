import numpy as np
import pytest

from benchmarks.loop import CELLS, CHOOSERS, course, courses, world


def test_the_truth_differs_from_the_model_and_is_not_without_it():
    """Mis-specified on purpose: correlated with what the model says, and far from equal."""
    one = world(0)

    correlation = np.corrcoef(one.truth, one.values.value)[0, 1]
    assert 0.2 < correlation < 0.95
    assert np.abs(one.truth - one.values.value).mean() > 0.05
    assert ((one.truth > 0) & (one.truth <= 1)).all()


def test_a_world_is_that_of_its_seed():
    """The same twice, another for another seed."""
    assert (world(1).truth == world(1).truth).all()
    assert (world(1).truth != world(2).truth).any()


@pytest.mark.parametrize("chooser", CHOOSERS)
def test_regret_never_grows(chooser):
    """What was measured once stays measured; nobody beats the best."""
    found = course(world(3), chooser, 3, batches=2)

    assert len(found.regret) == len(found.coverage) == 3
    assert (np.diff(found.regret[1:]) <= 0).all()
    assert (found.regret >= 0).all()


def test_suggestions_learn_faster_than_chance():
    """Three batches of four in four worlds: half of the regret of random choice."""
    found = courses(4, batches=3)

    assert CELLS == 4
    mean = {name: np.mean([one.regret[-1] for one in many]) for name, many in found.items()}
    assert mean["suggestions"] < 0.5 * mean["random"]


@pytest.mark.slow
def test_the_loop_keeps_what_the_issue_asks_for():
    """Twenty worlds, five batches: half of random's median regret, and better than greedy's."""
    found = courses()
    median = {name: np.median([one.regret[-1] for one in many]) for name, many in found.items()}

    assert median["suggestions"] <= 0.5 * median["random"]
    assert median["suggestions"] < median["greedy"]
