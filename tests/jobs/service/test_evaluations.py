from unittest.mock import Mock

import pytest

from jobs.errors import ServiceError
from jobs.service.evaluations import Evaluations


@pytest.fixture(scope="module")
def evaluations(tmp_path_factory):
    """Return a process that computes, ended with the tests of this module."""
    made = Evaluations(tmp_path_factory.mktemp("asked") / "store")
    yield made
    made.close()


def test_answers_are_those_of_the_commands(evaluations):
    """A window by label; a wrong formula is one line."""
    assert evaluations.answer("window", "LZC")["formula"] == "Li2ZrCl6"
    with pytest.raises(ServiceError, match="Lx"):
        evaluations.answer("window", "Lx7PS6")


def test_a_process_that_cannot_be_started_is_tried_again(tmp_path, monkeypatch):
    """Where the machine has no room for one, each question is told so, and the end is an end."""
    made = Evaluations(tmp_path / "store")
    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", Mock(side_effect=OSError))

    for _ in range(2):
        with pytest.raises(ServiceError, match="ask again"):
            made.answer("window", "LZC")
    made.rest()
    made.stop()
    made.close()


def test_a_process_that_was_lost_is_started_again(evaluations):
    """One question fails, with a word on it; the next one is answered."""
    evaluations.answer("window", "LZC")
    evaluations._process.kill()
    evaluations._process.join()

    assert evaluations.answer("window", "LPSCl")["formula"] == "Li6PS5Cl"
