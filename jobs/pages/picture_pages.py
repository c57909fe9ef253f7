"""The pictures of pages, as SVG: the same that ``--plot`` writes, drawn when they are looked at."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from jobs.errors import REFUSALS
from jobs.figures.intervals import FACTORS_DRAWN, MOST_ROWS
from jobs.pages.compare_pages import Named, compared
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.service.kept_ranking import Wishes  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.service.pair_routes import Chosen  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.studies.what_if import CHANGEABLE, Asked
from jobs.suggest import kept_suggestions

router = APIRouter(include_in_schema=False)
_LONGEST = 500  # Letters of a field.
_Name = Annotated[str, Query(max_length=200)]
_DRAWN = ("objective_value", "objective_low", "objective_high", "sse", "cathode", "group", "reason")
_TAUGHT = ("gain", "best_probability", "sse", "cathode")


@router.get("/pictures/ranking.svg")
def ranking(request: Request, wishes: Annotated[Wishes, Query()]) -> Response:
    """The ranking as one looks at it, with intervals."""
    shown = request.app.state.rankings.shown(wishes)
    rows = shown.table.slice(0, MOST_ROWS).select(_DRAWN).to_pylist()
    objective = shown.ranking.objective.text
    about = wishes.model_dump_json()
    return _picture(request, "ranking", about, rows=(rows, objective), state=shown.state)


@router.get("/pictures/factors.svg")
def factors(request: Request, pair: Named, batch: Chosen = None) -> Response:
    """What the scores of some pairs are made of, side by side."""
    try:
        found, mark = compared(request, pair, batch)
    except REFUSALS as error:
        return Response(_said(str(error)), media_type="image/svg+xml")
    rows = [{name: row[name] for name in FACTORS_DRAWN} for row in found]
    return _picture(request, "factors", *pair, rows=(rows,), state=mark)


@router.get("/pictures/window.svg")
def window(request: Request, sse: _Name) -> Response:
    """The stability window of a material, and what it becomes outside of it."""
    return _picture(request, "window", sse)


@router.get("/pictures/density.svg")
def density(request: Request, sse: _Name) -> Response:
    """How dense a powder becomes under a press."""
    return _picture(request, "density", sse)


@router.get("/pictures/pair.svg")
def pair(request: Request, sse: _Name, cathode: _Name) -> Response:
    """The reaction of a pair over its mixing fraction, on contact and at both cutoffs."""
    return _picture(request, "pair", sse, cathode)


@router.get("/pictures/tiles.svg")
def tiles(request: Request, sse: _Name, cathode: _Name) -> Response:
    """The products of a pair over fraction and voltage."""
    return _picture(request, "tiles", sse, cathode)


@router.get("/pictures/cycle.svg")
def cycle(
    request: Request, sse: _Name, cathode: _Name, recipe: _Name, batch: _Name = ""
) -> Response:
    """The predicted first cycle of a pair; its composite is that of a batch, if one is named."""
    return _picture(request, "cycle", sse, cathode, recipe, batch)


@router.get("/pictures/differential.svg")
def differential(
    request: Request, sse: _Name, cathode: _Name, recipe: _Name, batch: _Name = ""
) -> Response:
    """The same cycle as dQ/dV: at which voltage how much passes."""
    return _picture(request, "differential", sse, cathode, recipe, batch)


@router.get("/pictures/what-if.svg")
def changed_cycle(
    request: Request, sse: _Name, cathode: _Name, recipe: _Name, batch: _Name
) -> Response:
    """The predicted first cycle of a pair of a batch before and after a change, in one plane."""
    given = {k: v[:_LONGEST] for k, v in request.query_params.items() if k in CHANGEABLE}
    asked = Asked(batch, sse, cathode, recipe, tuple(sorted(given.items())))
    return _picture(request, "what if", repr(asked), rows=(asked,))


@router.get("/pictures/suggestions.svg")
def teaching(request: Request, store: Store) -> Response:
    """What the cells that are suggested would teach."""
    # The state is taken before the rows are read: they may be newer than it, not older.
    state = request.app.state.rankings.state()
    rows = [
        {name: row[name] for name in _TAUGHT}
        for row in kept_suggestions.listed(store)
        if row["state"] in {"suggested", "pending"}
    ]
    return _picture(request, "suggestions", rows=(rows,), state=state)


@router.get("/pictures/cells.svg")
def cells(request: Request, unit: _Name = "mah_per_g") -> Response:
    """What cells made here have shown beside what was predicted."""
    return _picture(request, "cells", unit if unit == "percent" else "mah_per_g")


@router.get("/pictures/calibration.svg")
def calibration(request: Request) -> Response:
    """Predicted against measured, for the cells that the calibration was fitted to."""
    return _picture(request, "calibration")


def _picture(
    request: Request,
    kind: str,
    *about: str,
    rows: tuple[object, ...] = (),
    state: tuple[object, ...] | None = None,
) -> Response:
    """Return a picture; where there is none, one that says why."""
    try:
        drawn = request.app.state.drawings.svg(kind, *about, rows=rows, state=state)
    except REFUSALS as error:
        drawn = _said(str(error))
    return Response(drawn, media_type="image/svg+xml")


def _said(text: str) -> str:
    lines = wrap(f"No picture: {text}", 70)[:4]
    spans = "".join(
        f'<tspan x="12" dy="{0 if place == 0 else 20}">{escape(line)}</tspan>'
        for place, line in enumerate(lines)
    )
    height = 24 + 20 * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="600" height="{height}" '
        f'viewBox="0 0 600 {height}"><rect width="600" height="{height}" fill="white"/>'
        f'<text y="28" font-family="sans-serif" font-size="14" fill="#57606a">{spans}</text></svg>'
    )
