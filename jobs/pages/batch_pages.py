"""The pages of batches: submit one, follow it, stop it, go on."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from jobs.batches.run import submit
from jobs.errors import REFUSALS, ServiceError
from jobs.lab.kept_materials import own_in
from jobs.pages.batch_fields import form_sections
from jobs.pages.batch_form import (
    WINDOW,
    Sent,
    field_names,
    form_cathodes,
    refused,
    written,
)
from jobs.pages.frame import OwnForm, page
from jobs.query.sandbox import answer
from jobs.service.batch_routes import Store, batch_records, found_batch, planned
from jobs.show.batch_progress import duration
from jobs.store import ledger
from jobs.store.spec import read_spec
from jobs.studies.asked_batch import lab_batch
from jobs.studies.table_comparison import table_names
from screening.catalogue.anodes import anodes
from screening.catalogue.materials import cathodes, electrolytes, recipes
from screening.text.toml_text import toml_text

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.pages.batch_form import Written
    from screening.catalogue.own_materials import OwnMaterials

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
def submit_form(
    request: Request, store: Store, sse: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """A batch as a form, and as its file would say it."""
    text = toml_text({"name": sse, "sses": (sse,)}) if sse else _EXAMPLE
    return _form(request, store, written(Sent(text, None, {}), store))


@router.post("/submit", dependencies=[OwnForm])
async def submit_batch(request: Request, store: Store) -> Response:
    """Put a batch into the queue; what is wrong with it stands beside its fields."""
    return await run_in_threadpool(_submitted, request, store, await _sent(request, store))


def _submitted(request: Request, store: Path, sent: Sent) -> Response:
    made = written(sent, store)
    if made.batch is not None:
        try:
            return RedirectResponse(f"/batches/{submit(made.batch, store).batch_id}", 303)
        except REFUSALS as error:
            made = refused(made, str(error))
    return _form(request, store, made)


@router.post("/submit/plan", dependencies=[OwnForm])
async def plan_batch(request: Request, store: Store) -> Response:
    """What the batch would be and, but for one who still writes, take; nothing is submitted."""
    sent, live = await _sent(request, store), "live" in await request.form()
    return await run_in_threadpool(_planned, request, store, sent, live=live)


def _planned(request: Request, store: Path, sent: Sent, *, live: bool) -> Response:
    made, plan = written(sent, store), None
    if made.batch is not None:
        try:
            plan = planned(request, made.batch, estimate=not live)
        except REFUSALS as error:
            made = refused(made, str(error))
    return _form(request, store, made, plan)


async def _sent(request: Request, store: Path) -> Sent:
    """Return what a form holds; a file that was chosen stands in for the list of SSEs."""
    async with request.form() as form:
        text = _plain(form.get("batch"))
        if "shown" not in form:
            return Sent(text, None, {})
        names = field_names(form_cathodes(own_in(store)))
        texts = {name: tuple(_plain(one) for one in form.getlist(name)) for name in names}
        upload = form.get("list")
        if isinstance(upload, UploadFile) and upload.filename:
            texts["sses"] = (_plain((await upload.read()).decode("utf-8-sig", "replace")),)
        return Sent(text, _plain(form.get("shown")), texts)


def _plain(text: object) -> str:
    """Return a text of a form with the line ends of files."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else ""


def _form(request: Request, store: Path, made: Written, plan: Record | None = None) -> Response:
    """Return the form of a batch, with its plan or what is wrong with it."""
    own = own_in(store)
    return page(
        request,
        "submit.html",
        422 if made.faults else 200,
        made=made,
        sections=form_sections(made.texts, made.faults, _choices(own)),
        cathodes=_cathode_rows(made, own),
        plan=plan,
        time=duration(plan["seconds"]) if plan and "seconds" in plan else "",
        known=[f"{one.label} ({one.name})" for one in electrolytes().values()],
        own=[one.label for one in own.materials if one.kind == "sse"],
    )


def _choices(own: OwnMaterials) -> dict[str, list[str]]:
    """Return what is taken by name, by field."""
    sses = [one.label for one in own.materials if one.kind == "sse"]
    return {
        "recipes": list(recipes()),
        "separator": [*sses, *(one.label for one in electrolytes().values())],
        "anode": list(anodes()),
        "table": table_names(),
    }


def _cathode_rows(made: Written, own: OwnMaterials) -> list[Record]:
    """Return the cathodes that a form offers, and what it says that is none of them."""
    known, ticked = form_cathodes(own), made.texts.get("cathodes", ())
    rows = [
        {
            "name": name,
            "labels": [one for one in each.labels if one != name],
            "ticked": name in ticked,
            "usual": (f"{each.voltage_low:g}", f"{each.voltage_high:g}"),
            "window": (*made.texts.get(WINDOW + name, ()), "", "")[:2],
            "faults": made.faults.get(WINDOW + name, []),
            "more": name not in cathodes() and name not in own.cathodes,
        }
        for name, each in known.items()
    ]
    others: list[Record] = [
        {"name": name, "labels": [], "ticked": True, "usual": None, "faults": [], "more": False}
        for name in ticked
        if name not in known
    ]
    return others + rows


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
