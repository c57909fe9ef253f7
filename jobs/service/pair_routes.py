"""Pairs and materials for programs: the ranking, one pair, one material."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from jobs.errors import ServiceError
from jobs.service.kept_ranking import Wishes  # noqa: TC001  # FastAPI reads it when it runs.

if TYPE_CHECKING:
    from jobs.service.rankings import Shown

router = APIRouter(tags=["pairs"])
Record = dict[str, Any]
_ARROW, _CSV = "application/vnd.apache.arrow.stream", "text/csv"
_PARQUET, _JSON = "application/vnd.apache.parquet", "application/json"
Name = Annotated[str, Field(max_length=200)]


class PairAsked(BaseModel):
    """One pair to evaluate."""

    model_config = ConfigDict(extra="forbid")

    sse: Name
    """SSE: formula or label."""
    cathode: Name
    """Cathode: name or formula."""
    voltages_v: Annotated[list[float], Field(max_length=100)] = []
    """Voltages for reactions open to lithium."""


@router.get("/pairs")
def pairs(request: Request, wishes: Annotated[Wishes, Query()]) -> Response:
    """The ranking, filtered and in pages; JSON, CSV, Arrow or Parquet, as ``Accept`` asks."""
    shown: Shown = request.app.state.rankings.shown(wishes)
    accept = request.headers.get("accept", "")
    after = wishes.offset + shown.table.num_rows
    headers = {
        "x-total-count": str(shown.n_found),
        "x-batch": shown.ranking.batch.id,
        "x-calibration": shown.ranking.calibration,
    }
    if after < shown.n_found:
        headers["x-next-offset"] = str(after)
    media_type, written = next(
        (known for known in _WRITTEN.items() if known[0] in accept), (_JSON, _json)
    )
    body = request.app.state.answers.of((media_type, *shown.mark), lambda: written(shown.table))
    return Response(body, media_type=media_type, headers=headers)


@router.get("/pairs/{sse:path}/{cathode}")
def one_pair(
    request: Request,
    sse: str,
    cathode: str,
    recipe: Annotated[str | None, Query(max_length=200)] = None,
) -> Record:
    """The stored row of one pair of the current batch."""
    rows, _ = stored_pair(request, sse, cathode)
    chosen = [row for row in rows if recipe in {None, row["recipe"]}]
    if not chosen:
        raise ServiceError(f"{sse} with {cathode} has no recipe {recipe!r}", HTTPStatus.NOT_FOUND)
    return chosen[0]


@router.post("/pairs/evaluate")
def evaluate(request: Request, asked: PairAsked) -> Record:
    """The reactions of any pair, as ``catholyte pair --json``."""
    record: Record = request.app.state.evaluations.answer(
        "pair", asked.sse, asked.cathode, asked.voltages_v
    )
    return record


@router.get("/sses/{formula:path}")
def sse(request: Request, formula: Name, pressure_mpa: float = 375.0) -> Record:
    """All that is known of one SSE, with its window, as ``describe`` and ``window`` print it."""
    ask = request.app.state.evaluations.answer
    return {
        "description": ask("description", formula, pressure_mpa),
        "window": ask("window", formula),
    }


def stored_pair(
    request: Request, sse: str, cathode: str
) -> tuple[list[Record], tuple[object, ...]]:
    """Return the rows of a pair in the current batch, best first, and what tells them from others.

    Raises
    ------
    ServiceError
        If there are none.
    """
    shown: Shown = request.app.state.rankings.of(sse, cathode)
    rows: list[Record] = shown.table.to_pylist()
    if not rows:
        raise ServiceError(
            f"{sse} with {cathode} is not in batch {shown.ranking.batch.id}; evaluate it, "
            "or submit a batch",
            HTTPStatus.NOT_FOUND,
        )
    return rows, shown.mark


def _json(table: pa.Table) -> bytes:
    return bytes(JSONResponse(table.to_pylist()).body)


def _csv(table: pa.Table) -> bytes:
    plain = pa.table(
        {
            name: column if not pa.types.is_nested(column.type) else column.cast(pa.string())
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
    sink = io.BytesIO()
    pyarrow.csv.write_csv(plain, sink)
    return sink.getvalue()


def _arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue()


_WRITTEN = {_CSV: _csv, _ARROW: _arrow, _PARQUET: _parquet}
