"""The pages of questions and of the program itself: SQL, about, and where one signs in."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated, NamedTuple

import pyarrow as pa
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from jobs.errors import REFUSALS
from jobs.health.diagnosis import examined
from jobs.pages.frame import OwnForm, Text, page
from jobs.process.version import code_version
from jobs.query.sandbox import MOST_ROWS, answer
from jobs.schema.store_schema import TABLES
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.service.guard import COOKIE, LONGEST_ADDRESS, SIGN_IN, session
from jobs.service.pair_routes import table_file

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.query.sandbox import Answer

router = APIRouter(include_in_schema=False)
_SHOWN = 1000  # Rows of a table on the page.


class Example(NamedTuple):
    """A question that people begin with."""

    title: str
    """What it asks."""
    sql: str
    """The question."""


EXAMPLES = (
    Example(
        "the best of all",
        "SELECT rank, sse, cathode, score_0_to_1, reason\nFROM ranked_pairs\nWHERE rank <= 20\n"
        "ORDER BY rank",
    ),
    Example(
        "what holds pairs back, how often",
        "SELECT cathode,\n  avg(factor_capacity) AS capacity, avg(factor_interface) AS interface,\n"
        "  avg(factor_transport) AS transport, count(*) AS pairs\nFROM ranked_pairs\n"
        "GROUP BY cathode\nORDER BY cathode",
    ),
    Example(
        "stable to high voltage, and well measured",
        "SELECT DISTINCT sse, oxidation_limit_v, ionic_conductivity_s_per_cm\nFROM ranked_pairs\n"
        "WHERE ionic_conductivity_kind = 'measured'\nORDER BY oxidation_limit_v DESC",
    ),
    Example(
        "predicted and measured beside each other",
        "SELECT sse, cathode, recipe, first_discharge_mah_per_g, first_discharge_low_mah_per_g,\n"
        "  first_discharge_high_mah_per_g\nFROM ranked_pairs\nORDER BY rank_in_cathode\nLIMIT 50",
    ),
    Example(
        "pairs without an answer, and why",
        "SELECT reason, count(*) AS pairs\nFROM pairs\nWHERE status = 'failed'\nGROUP BY reason\n"
        "ORDER BY pairs DESC",
    ),
)
"""The first one stands in an empty form."""


@router.get("/sql")
def sql_form(
    request: Request, sql: Annotated[str, Query(max_length=LONGEST_ADDRESS)] = ""
) -> Response:
    """A question in SQL; one that an address holds stands in the form, and is not asked yet."""
    return _sql(request, sql or EXAMPLES[0].sql)


@router.post("/sql", dependencies=[OwnForm])
def ask_sql(request: Request, store: Store, sql: Text, give: Text = "table") -> Response:
    """The answer of the sandbox: as a table, as a file, or how it would be found."""
    try:
        if give == "plan":
            return _sql(request, sql, plan=_plan(store, sql))
        found = answer(store, sql, max_rows=_SHOWN if give == "table" else MOST_ROWS)
        if give != "table":
            return table_file(pa.Table.from_pylist(found.rows), give, "answer")
    except REFUSALS as error:
        return _sql(request, sql, fault=str(error))
    except pa.ArrowException as error:
        return _sql(request, sql, fault=f"the answer cannot be written as {give}: {error}")
    return _sql(request, sql, found=found)


def _sql(
    request: Request, sql: str, *, found: Answer | None = None, plan: str = "", fault: str = ""
) -> Response:
    return page(
        request,
        "sql.html",
        422 if fault else 200,
        sql=sql,
        found=found,
        plan=plan,
        fault=fault,
        tables=[one for one in TABLES if not one.private],
        examples=EXAMPLES,
    )


def _plan(store: Path, sql: str) -> str:
    """Return how a question would be answered, without answering it."""
    asked = sql.strip()
    explained = asked if asked[:7].upper() == "EXPLAIN" else f"EXPLAIN {asked}"
    return "\n".join(str(row["explain_value"]) for row in answer(store, explained).rows)


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
