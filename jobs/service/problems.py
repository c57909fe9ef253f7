"""How what is wrong reaches a client: the line that a terminal would show, as problem+json."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from jobs.errors import BusyError, ServiceError, StoreError

if TYPE_CHECKING:
    from starlette.responses import Response

PROBLEM = "application/problem+json"
"""Media type of RFC 9457."""
AGAIN = 2
"""Seconds after which one may ask again for what is not there yet."""
LONGEST = 2000
"""Characters of a message: what a user sent may be in it."""


def status_of(error: Exception) -> HTTPStatus:
    """Return the status that stands for a refusal.

    Examples
    --------
    >>> status_of(BusyError("another process writes")).value
    409
    """
    if isinstance(error, ServiceError):
        return error.status
    if isinstance(error, BusyError):
        return HTTPStatus.CONFLICT
    if isinstance(error, StoreError):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.UNPROCESSABLE_ENTITY


def problem(status: HTTPStatus, detail: str) -> Response:
    """Return an answer that says what is wrong.

    Parameters
    ----------
    status : HTTPStatus
        Of the answer.
    detail : str
        One line: the value, the limit, the remedy.
    """
    headers = {"retry-after": str(AGAIN)} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": " ".join(detail.split())[:LONGEST],
    }
    return JSONResponse(body, status.value, headers, media_type=PROBLEM)
