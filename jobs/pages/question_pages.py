"""The pages of questions and of the program itself: SQL, data, about, and where one signs in."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from jobs.errors import REFUSALS
from jobs.health.diagnosis import examined
from jobs.pages.frame import OwnForm, Text, page
from jobs.process.version import code_version
from jobs.query.sandbox import answer
from jobs.schema.store_schema import TABLES
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.service.guard import COOKIE, LONGEST_ADDRESS, SIGN_IN, session
from stability.tables.phase_table import reference_table

router = APIRouter(include_in_schema=False)


@router.get("/sql")
def sql_form(request: Request) -> Response:
    """A question in SQL."""
    text = "SELECT rank, sse, cathode, score_0_to_1\nFROM ranked_pairs\nWHERE rank <= 20"
    return page(request, "sql.html", sql=text, found=None, fault="", tables=TABLES)


@router.post("/sql", dependencies=[OwnForm])
def ask_sql(request: Request, store: Store, sql: Text) -> Response:
    """The answer, from the sandbox."""
    try:
        found, fault = answer(store, sql, max_rows=1000), ""
    except REFUSALS as error:
        found, fault = None, str(error)
    return page(
        request,
        "sql.html",
        422 if fault else 200,
        sql=sql,
        found=found,
        fault=fault,
        tables=TABLES,
    )


@router.get("/data")
def data(request: Request) -> Response:
    """The phase table that is built in, and where it comes from."""
    table = reference_table()
    return page(
        request,
        "data.html",
        table=table,
        n_phases=len(table.formulas),
        n_known=int(table.known.sum()),
        sources=sorted({*table.sources} - {""}),
    )


@router.get("/about")
def about(request: Request, store: Store) -> Response:
    """Which program this is, and whether all is well."""
    return page(request, "about.html", version=code_version(), findings=examined(store))


@router.get(SIGN_IN)
def sign_in_form(
    request: Request, to: Annotated[str, Query(max_length=LONGEST_ADDRESS)] = "/"
) -> Response:
    """Where the token is asked for."""
    return page(request, "sign_in.html", to=_inside(to), fault="")


@router.post(SIGN_IN, dependencies=[OwnForm])
def sign_in(request: Request, token: Text, to: Text = "/") -> Response:
    """Sign in with the token."""
    wanted = request.app.state.settings.token
    if wanted is None or not hmac.compare_digest(token.strip().encode(), wanted.encode()):
        return page(request, "sign_in.html", 403, to=_inside(to), fault="that is not the token")
    answered = RedirectResponse(_inside(to), 303)
    answered.set_cookie(COOKIE, session(wanted), httponly=True, samesite="strict")
    return answered


def _inside(to: str) -> str:
    """Return an address of this service, whatever was asked for."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
