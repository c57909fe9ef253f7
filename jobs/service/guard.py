"""Who may ask what: hosts, origins, tokens, sizes, and the headers of every answer.

Before any route sees a request, it has come to a name of ours, from a page of ours if it changes
anything, with the token if there is one, and it is neither too large nor too slow.
"""

from __future__ import annotations

import asyncio
import hmac
from hashlib import sha256
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from jobs.service.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from jobs.service.settings import ServiceSettings

COOKIE = "catholyte"
"""Cookie of those who have signed in."""
API = "/api/"
SIGN_IN = "/sign-in"
LONGEST_ADDRESS = 8000
"""Characters of the address that signing in leads back to: a sheet of 100 cells has 2500."""
MOST_BYTES = 20_000_000
"""Size of a request: a list of a million pairs is half of that. [bytes]"""
SLOWEST = 15.0
"""A request that sends nothing for so long is given up. [s]"""
MOST_AT_ONCE = 64
"""Requests that are answered at a time; more are told to come back."""
_SMALLER = "split it, or run it with `catholyte screen`"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OPEN = (SIGN_IN, "/static/", "/api/v1/health")
_READING = {
    "/api/v1/query", "/api/v1/pairs/evaluate", "/api/v1/pairs/what-if", "/api/v1/batches/plan",
    "/api/v1/calibrations/preview", "/sql", "/submit/plan", "/materials/preview", SIGN_IN,
}  # fmt: skip
"""Routes that take a body and change nothing."""
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Refusal(Exception):  # noqa: N818  # It is an answer, not a fault of the program.
    """A request that does not get through."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        """Of the answer."""
        self.detail = detail
        """What is wrong."""


class Guard:
    """ASGI application that lets requests through to another one, or does not."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        start = perf_counter()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["server-timing"] = f"total;dur={1000 * (perf_counter() - start):.1f}"
                for name, value in _HEADERS.items():
                    if name != "cache-control" or not scope["path"].startswith("/static/"):
                        headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        try:
            self._check(scope["method"], scope["path"], headers)
        except Refusal as refusal:
            answer = problem(refusal.status, refusal.detail)
            if refusal.status is HTTPStatus.UNAUTHORIZED and not scope["path"].startswith(API):
                answer = RedirectResponse(f"{SIGN_IN}?to={quote(_address(scope))}", 303)
            await answer(scope, receive, sent)
            return
        async with self._places:
            await self._app(scope, _limited(receive), sent)

    def _check(self, method: str, path: str, headers: Headers) -> None:
        """Refuse what may not come through.

        Raises
        ------
        Refusal
            If it may not.
        """
        if self._places.locked():
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{MOST_AT_ONCE} requests are being answered; ask again in a moment",
            )
        host = headers.get("host", "")
        if self._settings.hosts is not None and host not in self._settings.hosts:
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                f"host {host!r} is none of this service; open {self._settings.host}",
            )
        if method not in _SAFE:
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != host:
                raise Refusal(
                    HTTPStatus.FORBIDDEN, f"origin {origin!r} may not change anything here"
                )
            if self._settings.read_only and path not in _READING:
                raise Refusal(
                    HTTPStatus.FORBIDDEN, "this service only reads; start it without --read-only"
                )
        if (length := headers.get("content-length", "0")).isdigit() and int(length) > MOST_BYTES:
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"{length} bytes are more than {MOST_BYTES}; {_SMALLER}",
            )
        if not (path.startswith(_OPEN) or self._known(headers)):
            raise Refusal(
                HTTPStatus.UNAUTHORIZED, "sign in, or send the token as Authorization: Bearer"
            )

    def _known(self, headers: Headers) -> bool:
        token = self._settings.token
        if token is None:
            return True
        kind, _, sent = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(sent.encode(), token.encode()):
            return True
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        sent = cookies[COOKIE].value if COOKIE in cookies else ""
        return hmac.compare_digest(sent.encode(), session(token).encode())


def _address(scope: Scope) -> str:
    """Return the address of a request; one that is too long leads to the start."""
    path, query = quote(scope["path"]), scope["query_string"].decode("latin-1")
    address = f"{path}?{query}" if query else path
    return address if len(address) <= LONGEST_ADDRESS else "/"


def session(token: str) -> str:
    """Return what the cookie of those holds who have signed in with a token.

    Examples
    --------
    >>> session("a token of some length") == session("another token here")
    False
    """
    return hmac.new(token.encode(), b"session", sha256).hexdigest()


def _limited(receive: Receive) -> Receive:
    """Return a reader of the request that gives up on what is too large or too slow."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        try:
            message = await asyncio.wait_for(receive(), SLOWEST if taken >= 0 else None)
        except TimeoutError as error:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, f"nothing came for {SLOWEST:g} s; send it at once"
            ) from error
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > MOST_BYTES:
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"more than {MOST_BYTES} bytes; {_SMALLER}",
                )
            if not message.get("more_body", False):
                taken = -1  # All of it is here: what follows is the client going away.
        return message

    return limited
