import json
from http import HTTPStatus

import pytest

from jobs.errors import BusyError, QueryError, ServiceError, StoreError
from jobs.service.problems import LONGEST, PROBLEM, problem, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryError("no"), 422),
        (StoreError("none"), 404),
        (BusyError("held"), 409),
        (ServiceError("slow", HTTPStatus.GATEWAY_TIMEOUT), 504),
    ],
)
def test_each_kind_of_refusal_has_a_status(error, status):
    """What the user can mend is 4xx; what only takes too long is not the input's fault."""
    assert status_of(error) == status


def test_a_problem_is_one_line():
    """The line of a terminal, cut off where what a user sent would make it endless."""
    answer = problem(HTTPStatus.NOT_FOUND, "no\nbatch " + "x" * 5000)
    body = json.loads(answer.body)

    assert answer.media_type == PROBLEM
    assert body["status"] == 404
    assert body["detail"].startswith("no batch xxx")
    assert len(body["detail"]) == LONGEST
