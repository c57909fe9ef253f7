"""The page of phase tables: what they are, and two of them compared."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response  # noqa: TC002  # FastAPI reads it when it runs.

from jobs.errors import REFUSALS
from jobs.pages.frame import page
from jobs.studies.table_comparison import refuse_names, table_facts

router = APIRouter(include_in_schema=False)
Named = Annotated[str, Query(max_length=200)]


@router.get("/data")
def data(request: Request, first: Named = "", second: Named = "") -> Response:
    """The phase tables that are there; two of them side by side, as the address names them."""
    fault, found = "", None
    if first or second:
        try:
            refuse_names(first, second)
            found = request.app.state.evaluations.answer("tables", first, second)
        except REFUSALS as error:
            fault = str(error)
    return page(
        request,
        "data.html",
        422 if fault else 200,
        tables=table_facts(),
        first=first,
        second=second,
        found=found,
        fault=fault,
    )
