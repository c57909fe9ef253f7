"""The pages of results: the start, the ranking, one pair, one electrolyte."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response  # noqa: TC002  # FastAPI reads it when it runs.

from jobs.errors import StoreError
from jobs.pages.frame import page
from jobs.service.batch_routes import Store, batch_records
from jobs.service.kept_ranking import Wishes  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.suggest import suggestions
from screening.catalogue.materials import cathodes

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
_FIRST = 3
_COLUMNS = (
    ("score_0_to_1", "score", 2),
    ("efficiency_percent", "efficiency, %", 0),
    ("first_discharge_mah_per_g", "discharge, mAh/g", 0),
    ("oxidation_limit_v", "oxidised at, V", 2),
    ("ionic_conductivity_s_per_cm", "conductivity, S/cm", -1),
)
"""Columns of the ranking's page: name, heading, digits; -1 for powers of ten."""


@router.get("/")
def home(request: Request, store: Store) -> Response:
    """The best of each cathode, what runs, and what the laboratory has pending."""
    batches = batch_records(store)
    try:
        shown = request.app.state.rankings.first(_FIRST)
    except StoreError:
        return page(request, "empty.html", batches=batches)
    best: dict[str, list[Record]] = {}
    for row in shown.table.to_pylist():
        best.setdefault(row["cathode"], []).append(row)
    running = [one for one in batches if one["state"] in {"running", "queued"}]
    pending = [one for one in suggestions.listed(store) if one["state"] == "pending"]
    return page(
        request,
        "home.html",
        best=best,
        batch=shown.ranking.batch,
        running=running,
        pending=pending,
    )


@router.get("/rank")
def rank(request: Request, wishes: Annotated[Wishes, Query()]) -> Response:
    """The ranking; its whole state is in the address."""
    shown = request.app.state.rankings.shown(wishes)
    state = {k: v for k, v in wishes.model_dump(exclude_defaults=True).items() if k != "offset"}

    def address(**changes: object) -> str:
        changed = {k: v for k, v in (state | changes).items() if v not in {None, ""}}
        return f"/rank?{urlencode(changed)}"

    after = wishes.offset + shown.table.num_rows
    return page(
        request,
        "rank.html",
        follows_from=shown.mark,
        told=lambda: {"rows": shown.table.to_pylist()},
        wishes=wishes,
        ranking=shown.ranking,
        n_found=shown.n_found,
        cathodes=list(cathodes()),
        columns=_COLUMNS,
        address=address,
        picture=address(offset=wishes.offset or None).replace("/rank", "/pictures/ranking.svg", 1),
        export=urlencode(state),
        following=address(offset=after) if after < shown.n_found else None,
    )


@router.get("/sse/{formula:path}")
def one_sse(request: Request, formula: str, pressure_mpa: float = 375.0) -> Response:
    """One SSE: all that is known, its window, and where it ranks."""
    ask = request.app.state.evaluations.answer
    window = ask("window", formula)
    try:
        places = request.app.state.rankings.of(window["formula"]).table.to_pylist()
    except StoreError:
        places = []
    return page(
        request,
        "sse.html",
        window=window,
        description=ask("description", formula, pressure_mpa),
        places=places,
    )
