"""Batches for programs: submit, follow, stop, go on."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from pathlib import Path  # FastAPI reads annotations when it runs.
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from jobs.batches.run import submit
from jobs.errors import ServiceError
from jobs.store import ledger
from jobs.store.control import CONTROL
from jobs.store.spec import read_spec
from jobs.studies.asked_batch import lab_batch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from screening.batch.model import Batch

router = APIRouter(tags=["batches"])
Record = dict[str, Any]
_TICK = 1.0  # [s] Between two events.
_LONGEST_NAME = 200


def store_of(request: Request) -> Path:
    """Return the store that is served."""
    store: Path = request.app.state.settings.store
    return store


Store = Annotated[Path, Depends(store_of)]


@router.get("/batches")
def batches(store: Store) -> list[Record]:
    """All batches, the latest first, as ``catholyte status --json``."""
    return batch_records(store)


@router.get("/batches/{batch_id}")
def one_batch(batch_id: str, store: Store) -> Record:
    """One batch."""
    return found_batch(store, batch_id)._asdict()


@router.post("/batches", status_code=202)
async def submit_batch(request: Request, response: Response, store: Store) -> Record:
    """Put a batch into the queue: TOML or JSON; 202 with its id, 200 where it was there already."""
    batch = await _sent(request, store)
    known = {one["id"] for one in batch_records(store)}
    spec = await run_in_threadpool(submit, batch, store)
    if spec.batch_id in known:
        response.status_code = HTTPStatus.OK
    return {"id": spec.batch_id, "name": batch.name, "pairs_total": spec.n_pairs}


@router.post("/batches/plan")
async def plan(request: Request, store: Store, *, estimate: bool = False) -> Record:
    """What a batch would be: what each step of its search leaves, and with ``estimate`` how long.

    Nothing is submitted.
    """
    batch = await _sent(request, store)
    return await run_in_threadpool(planned, request, batch, estimate=estimate)


@router.post("/batches/{batch_id}/cancel")
def cancel(batch_id: str, store: Store) -> Record:
    """Stop a batch; what it has is kept."""
    found_batch(store, batch_id)
    ledger.cancel(store, batch_id)
    return found_batch(store, batch_id)._asdict()


@router.post("/batches/{batch_id}/resume")
def resume(batch_id: str, store: Store) -> Record:
    """Queue a batch that was stopped, from where it was."""
    found_batch(store, batch_id)
    ledger.queue(store, read_spec(store, batch_id))
    return found_batch(store, batch_id)._asdict()


@router.get("/batches/{batch_id}/events")
async def events(batch_id: str, request: Request, store: Store) -> StreamingResponse:
    """How far a batch is, as server-sent events, until it, or the service, has ended."""
    found_batch(store, batch_id)

    async def told() -> AsyncIterator[str]:
        while not (request.app.state.stopping.begun or await request.is_disconnected()):
            now = await run_in_threadpool(ledger.batch, store, batch_id)
            yield f"data: {json.dumps(now._asdict())}\n\n"
            if now.state not in {*ledger.WAITING, ledger.State.RUNNING}:
                return
            await asyncio.sleep(_TICK)

    return StreamingResponse(told(), media_type="text/event-stream")


async def _sent(request: Request, store: Path) -> Batch:
    """Return the batch of a request; a long one is read beside other requests."""
    body, media_type = await request.body(), request.headers.get("content-type", "")
    return await run_in_threadpool(lab_batch, body, media_type, store)


def batch_records(store: Path) -> list[Record]:
    """Return all batches of a store, none where nothing was submitted yet."""
    if not (store / CONTROL).is_file():
        return []
    return [one._asdict() for one in ledger.batches(store)]


def found_batch(store: Path, batch_id: str) -> ledger.BatchState:
    """Return a batch.

    Raises
    ------
    ServiceError
        If there is none of that id.
    """
    if not any(one["id"] == batch_id for one in batch_records(store)):
        raise ServiceError(f"no batch {batch_id[:_LONGEST_NAME]!r}", HTTPStatus.NOT_FOUND)
    return ledger.batch(store, batch_id)


def planned(request: Request, batch: Batch, *, estimate: bool) -> Record:
    """Return what a batch would be, from the process that computes.

    Parameters
    ----------
    request : Request
        What is answered.
    batch : Batch
        What is asked.
    estimate : bool
        Whether to say how long it would take too: a sample is computed.

    Raises
    ------
    ServiceError
        If it cannot be run at all, or it takes too long to say.
    """
    question = "plan" if estimate else "funnel"
    record: Record = request.app.state.evaluations.answer(question, batch)
    return record
