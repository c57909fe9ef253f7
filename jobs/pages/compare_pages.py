"""Two to four pairs side by side: all that is stored of them, with what tells them apart."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response  # noqa: TC002  # FastAPI reads it when it runs.

from jobs.errors import ServiceError
from jobs.pages.frame import figure, page
from jobs.pages.shown_columns import USUAL, ShownColumn, choices
from jobs.service.pair_routes import Chosen, stored_pair

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
Named = Annotated[list[str], Query(default_factory=list, max_length=100)]
FEWEST, MOST = 2, 4
"""Pairs that are compared."""
SAME, DIFFERENT, APART = "same", "different", "apart"
"""What a figure says of pairs: alike to three digits, not, or with intervals that do not meet."""
_FIRST = (
    *USUAL, "factor_capacity", "factor_interface", "factor_transport", "first_charge_mah_per_g",
    "sse_share_percent", "reached_fraction",
)  # fmt: skip
_SPREAD = "|"


@router.get("/compare")
def compare(request: Request, pair: Named, batch: Chosen = None) -> Response:
    """Pairs side by side, as the address names them."""
    rows, mark = compared(request, pair, batch)
    query = urlencode([("pair", one) for one in pair] + ([("batch", batch)] if batch else []))
    return page(
        request,
        "compare.html",
        follows_from=(*mark, *pair),
        told=lambda: {"figures": _figures(rows)},
        rows=rows,
        batch=batch,
        query=query,
    )


def compared(
    request: Request, pairs: list[str], batch: str | None
) -> tuple[list[Record], tuple[object, ...]]:
    """Return the rows of pairs that are compared, and what tells them from others.

    Parameters
    ----------
    request : Request
        What is answered.
    pairs : list of str
        Each as ``SSE|CATHODE|RECIPE``; the recipe may be left out.
    batch : str or None
        The batch; the current one without.

    Raises
    ------
    ServiceError
        If there are too few or too many, or one is not there.
    """
    named = list(dict.fromkeys(pairs))
    if not FEWEST <= len(named) <= MOST:
        raise ServiceError(
            f"{len(named)} pairs are named; {FEWEST} to {MOST} are compared: tick them in the "
            "ranking"
        )
    rows, marks = [], []
    for one in named:
        sse, *rest = one.split(_SPREAD, 2)
        if not rest:
            raise ServiceError(f"{one!r} is no pair; write SSE|CATHODE, or SSE|CATHODE|RECIPE")
        found, mark = stored_pair(request, sse, rest[0], rest[1] if len(rest) > 1 else None, batch)
        if (found[0]["sse"], found[0]["cathode"]) != (sse, rest[0]):
            raise ServiceError(f"{sse} with {rest[0]} is not in the batch", HTTPStatus.NOT_FOUND)
        rows.append(found[0])
        marks.append(mark)
    return rows, tuple(marks)


def _figures(rows: list[Record]) -> list[Record]:
    """Return all figures of pairs: those that one asks for first, then the others."""
    known = {one.name: one for one in choices()}
    order = [known[name] for name in (*_FIRST, *(one for one in known if one not in _FIRST))]
    return [
        {
            "column": one,
            "first": one.name in _FIRST,
            "cells": [_estimate(row, one) for row in rows],
            "says": _says(rows, one),
        }
        for one in order
        if any(row.get(one.name) not in {None, ""} for row in rows)
    ]


def _estimate(row: Record, column: ShownColumn) -> tuple[Any, Any, Any]:
    low, high = column.ends or ("", "")
    return row.get(column.name), row.get(low), row.get(high)


def _says(rows: list[Record], column: ShownColumn) -> str:
    """Return whether a figure is the same in pairs, different, or surely so."""
    found = [_estimate(row, column) for row in rows]
    if len({figure(value, -2) for value, _, _ in found}) == 1:
        return SAME
    lows, highs = ([one[k] for one in found if one[k] is not None] for k in (1, 2))
    if len(lows) == len(highs) == len(found) and max(lows) > min(highs):
        return APART
    return DIFFERENT
