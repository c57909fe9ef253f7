"""The page that calibrates anew: which places would move, before it is used."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from jobs.lab import calibrations, experiments
from jobs.pages.frame import OwnForm, Text, page
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.service.laboratory_routes import use_renewal

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]


@router.get("/lab/calibration")
def calibration(request: Request, store: Store) -> Response:
    """The calibrations that are kept, and the way to a new one."""
    return _calibration(request, store, None)


@router.post("/lab/calibration", dependencies=[OwnForm])
def renewed(request: Request, store: Store) -> Response:
    """What a calibration with all cells would say and move; nothing is changed."""
    return _calibration(request, store, request.app.state.calibrating.answer("renewal"))


@router.post("/lab/calibration/use", dependencies=[OwnForm])
def used(request: Request, store: Store, calibration: Text) -> Response:
    """Make the calibration current that was looked at."""
    use_renewal(request, store, calibration)
    return RedirectResponse("/rank", 303)


def _calibration(request: Request, store: Store, found: Record | None) -> Response:
    return page(
        request,
        "calibration.html",
        kept=calibrations.kept(store),
        n_cells=len(experiments.listed(store)),
        found=found,
    )
