"""The application: guard, interface for programs, pages, and the worker beside it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from jobs.errors import REFUSALS
from jobs.process.version import code_version
from jobs.service import batch_routes, laboratory_routes, pages, pair_routes, question_routes
from jobs.service.evaluations import Evaluations
from jobs.service.guard import API, Guard
from jobs.service.problems import problem, status_of
from jobs.service.rankings import Rankings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response
    from starlette.types import ASGIApp

    from jobs.service.settings import ServiceSettings

_FAULTS_TOLD = 5


def create_app(settings: ServiceSettings) -> ASGIApp:
    """Return the service of a store.

    Parameters
    ----------
    settings : ServiceSettings
        Where it listens, on what, and for whom.
    """
    evaluations = Evaluations()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        evaluations.close()

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
    app.state.rankings = Rankings(settings.store)
    app.state.evaluations = evaluations
    for routes in (batch_routes, pair_routes, laboratory_routes, question_routes):
        app.include_router(routes.router, prefix="/api/v1")
    app.include_router(pages.router)
    static = str(files("jobs").joinpath("service/static"))
    app.mount("/static", StaticFiles(directory=static), name="static")
    for refusal in REFUSALS:
        app.add_exception_handler(refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _answered)
    return Guard(app, settings)


async def _refused(request: Request, error: Exception) -> Response:
    return _told(request, status_of(error), str(error))


async def _invalid(request: Request, error: Exception) -> Response:
    faults: list[Any] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    told = [
        f"{'.'.join(str(part) for part in fault['loc'][1:]) or 'body'}: {fault['msg']}"
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
    return pages.error_page(request, status, detail)
