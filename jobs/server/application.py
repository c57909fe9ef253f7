"""The application: guard, interface for programs, pages, and the worker beside it."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from jobs.errors import REFUSALS, NotYetError
from jobs.pages import (
    batch_pages,
    calibration_pages,
    compare_pages,
    data_pages,
    laboratory_pages,
    material_pages,
    pair_pages,
    picture_pages,
    question_pages,
    ranking_pages,
)
from jobs.pages.frame import error_page, waiting_page
from jobs.process.version import code_version
from jobs.service import batch_routes, laboratory_routes, pair_routes, question_routes
from jobs.service.answers import Answers
from jobs.service.drawings import Drawings
from jobs.service.evaluations import Evaluations
from jobs.service.guard import API, Guard
from jobs.service.problems import PROBLEM, problem, status_of
from jobs.service.rankings import Rankings
from jobs.service.stopping import Stopping
from screening.batch.batch_faults import in_words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response
    from starlette.types import ASGIApp

    from jobs.service.settings import ServiceSettings

_FAULTS_TOLD = 5
_CALIBRATION = 600.0  # [s] A fit of many cells takes minutes.
_RANKING = 600.0  # [s] A million pairs take a minute, on a loaded machine more.
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": {PROBLEM: {}}}
    for status, said in (
        (401, "Nobody has signed in."),
        (403, "Not from here, or only for reading."),
        (404, "There is no such thing."),
        (409, "Another process writes, or what was looked at has changed."),
        (413, "Too large."),
        (422, "What is wrong, the limit, the remedy: the line that a terminal would show."),
        (503, "Too much at once; ask again."),
        (504, "It takes too long for a request; run it as a batch."),
    )
}
"""What routes for programs answer where they refuse."""
_PAGES = (
    ranking_pages,
    pair_pages,
    compare_pages,
    data_pages,
    batch_pages,
    laboratory_pages,
    calibration_pages,
    material_pages,
    picture_pages,
    question_pages,
)


def create_app(settings: ServiceSettings, stopping: Stopping | None = None) -> ASGIApp:
    """Return the service of a store.

    Parameters
    ----------
    settings : ServiceSettings
        Where it listens, on what, and for whom.
    stopping : Stopping, optional
        Tells it that the server stops; one that never does without.
    """
    stopping = stopping or Stopping()
    evaluations = Evaluations(settings.store)
    drawing = Evaluations(settings.store)
    calibrating = Evaluations(settings.store, _CALIBRATION)
    ranking = Evaluations(settings.store, _RANKING)
    rankings = Rankings(settings.store, ranking)
    computing = (evaluations, drawing, calibrating, ranking)
    for one in computing:
        stopping.then(one.stop)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ended = threading.Event()
        threading.Thread(target=rankings.watch, args=(ended,), daemon=True).start()
        yield
        ended.set()
        for one in computing:
            one.close()

    app = FastAPI(
        title="catholyte",
        version=code_version(),
        description="Find the solid electrolyte that works inside each cathode.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.stopping = stopping
    app.state.rankings = rankings
    app.state.answers = Answers()
    app.state.evaluations = evaluations
    app.state.calibrating = calibrating
    app.state.drawings = Drawings(drawing, rankings)
    _add_routes(app)
    return Guard(app, settings)


def _add_routes(app: FastAPI) -> None:
    """Add what programs ask, what people see, the files that pages need, and how one refuses."""
    for routes in (batch_routes, pair_routes, laboratory_routes, question_routes):
        app.include_router(routes.router, prefix="/api/v1", responses=_REFUSED)
    for pages in _PAGES:
        app.include_router(pages.router)
    static = str(files("jobs").joinpath("pages/static"))
    app.mount("/static", StaticFiles(directory=static), name="static")
    for refusal in REFUSALS:
        app.add_exception_handler(refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _answered)


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, NotYetError) and not request.url.path.startswith(API):
        return waiting_page(request, str(error))
    return _told(request, status_of(error), str(error))


async def _invalid(request: Request, error: Exception) -> Response:
    faults: list[Any] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    told = [
        f"{'.'.join(str(part) for part in fault['loc'][1:]) or 'body'}: {in_words(fault)}"
        for fault in faults[:_FAULTS_TOLD]
    ]
    return _told(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(told))


async def _answered(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    return _told(request, HTTPStatus(code), detail)


def _told(request: Request, status: HTTPStatus, detail: str) -> Response:
    """Return what is wrong: for programs as a problem, for people on a page."""
    if request.url.path.startswith(API):
        return problem(status, detail)
    return error_page(request, status, detail)
