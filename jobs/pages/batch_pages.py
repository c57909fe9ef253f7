"""The pages of batches: submit one, follow it, stop it, go on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from jobs.batches.run import submit
from jobs.errors import REFUSALS, ServiceError
from jobs.pages.frame import OwnForm, Text, page
from jobs.query.sandbox import answer
from jobs.service.batch_routes import Store, batch_records, found_batch, submitted_batch
from jobs.store import ledger
from jobs.store.spec import read_spec
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
    spec = submit(submitted_batch(b"", "text/plain"), store)
    return RedirectResponse(f"/batches/{spec.batch_id}", 303)


@router.get("/submit")
def submit_form(request: Request) -> Response:
    """A batch, as its file would say it."""
    return page(request, "submit.html", text=_EXAMPLE, fault="", **_names())


@router.post("/submit", dependencies=[OwnForm])
def submit_batch(request: Request, store: Store, batch: Text) -> Response:
    """Put a batch into the queue; what is wrong with it stands beside it."""
    try:
        spec = submit(submitted_batch(batch.encode(), "text/plain"), store)
    except REFUSALS as error:
        return page(request, "submit.html", 422, text=batch, fault=str(error), **_names())
    return RedirectResponse(f"/batches/{spec.batch_id}", 303)


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
