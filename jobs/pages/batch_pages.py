"""The pages of batches: submit one, follow it, stop it, go on."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from jobs.batches.run import submit
from jobs.errors import REFUSALS, ServiceError
from jobs.pages.frame import OwnForm, Text, page
from jobs.query.sandbox import answer
from jobs.service.batch_routes import Store, batch_records, found_batch, planned
from jobs.show.batch_progress import duration
from jobs.store import ledger
from jobs.store.spec import read_spec
from jobs.studies.asked_batch import lab_batch
from screening.catalogue.materials import cathodes, electrolytes, recipes

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
_EXAMPLE = """name = "halides for LiFePO4"
sses = ["LZC", "Li3YCl6", "Li3InCl6"]
cathodes = ["LiFePO4"]
"""


@router.post("/example", dependencies=[OwnForm])
def example(store: Store) -> Response:
    """Submit the built-in reference batch."""
    spec = submit(lab_batch(b"", "text/plain", store), store)
    return RedirectResponse(f"/batches/{spec.batch_id}", 303)


@router.get("/submit")
def submit_form(request: Request, sse: Annotated[str, Query(max_length=200)] = "") -> Response:
    """A batch, as its file would say it."""
    return _form(request, sse and _screening(sse), None, "")


@router.post("/submit", dependencies=[OwnForm])
def submit_batch(request: Request, store: Store, batch: Text) -> Response:
    """Put a batch into the queue; what is wrong with it stands beside it."""
    try:
        spec = submit(lab_batch(batch.encode(), "text/plain", store), store)
    except REFUSALS as error:
        return _form(request, batch, None, str(error))
    return RedirectResponse(f"/batches/{spec.batch_id}", 303)


@router.post("/submit/plan", dependencies=[OwnForm])
def plan_batch(request: Request, store: Store, batch: Text) -> Response:
    """What the batch would be, and what it would take; nothing is submitted."""
    try:
        plan = planned(request, lab_batch(batch.encode(), "text/plain", store), estimate=True)
    except REFUSALS as error:
        return _form(request, batch, None, str(error))
    return _form(request, batch, plan, "")


def _form(request: Request, text: str, plan: Record | None, fault: str) -> Response:
    """Return the form of a batch, with its plan or what is wrong with it."""
    return page(
        request,
        "submit.html",
        422 if fault else 200,
        text=text or _EXAMPLE,
        plan=plan,
        time=duration(plan["seconds"]) if plan else "",
        fault=fault,
        **_names(),
    )


def _screening(sse: str) -> str:
    """Return a batch of one SSE with all cathodes, as its file says it."""
    return f"name = {json.dumps(sse)}\nsses = [{json.dumps(sse)}]\n"


def _names() -> dict[str, Any]:
    return {
        "sses": [f"{one.label} ({one.name})" for one in electrolytes().values()],
        "cathodes": list(cathodes()),
        "recipes": list(recipes()),
    }


@router.get("/batches")
def batches(request: Request, store: Store) -> Response:
    """All batches."""
    return page(request, "batches.html", batches=batch_records(store))


@router.get("/batches/{batch_id}")
def batch(request: Request, store: Store, batch_id: str) -> Response:
    """One batch, how far it is, and what has failed."""
    one = found_batch(store, batch_id)
    failed: list[Record] = []
    if one.pairs_failed:
        failed = answer(
            store,
            "SELECT reason, count(*) AS pairs FROM pairs WHERE status = 'failed' "
            "GROUP BY reason ORDER BY pairs DESC LIMIT 20",
        ).rows
    return page(request, "batch.html", batch=one._asdict(), failed=failed)


@router.post("/batches/{batch_id}/{action}", dependencies=[OwnForm])
def change_batch(store: Store, batch_id: str, action: str) -> Response:
    """Stop a batch, or go on with it."""
    found_batch(store, batch_id)
    if action == "cancel":
        ledger.cancel(store, batch_id)
    elif action == "resume":
        ledger.queue(store, read_spec(store, batch_id))
    else:
        raise ServiceError(f"a batch cannot {action!r}; cancel or resume it", HTTPStatus.NOT_FOUND)
    return RedirectResponse(f"/batches/{batch_id}", 303)
