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
from jobs.query.spreadsheet import spreadsheet_safe
from jobs.service.kept_ranking import MOST_ROWS, Wishes
from jobs.studies.what_if import CHANGEABLE, Asked
from screening.results.columns import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jobs.service.rankings import Shown

router = APIRouter(tags=["pairs"])
Record = dict[str, Any]
_ARROW, _CSV = "application/vnd.apache.arrow.stream", "text/csv"
_PARQUET, _JSON = "application/vnd.apache.parquet", "application/json"
Name = Annotated[str, Field(max_length=200)]
Chosen = Annotated[str | None, Query(max_length=200)]
_RECIPES_NAMED = 5
_NAMES = ("rank", "rank_in_cathode", "group", "batch_id", "sse", "cathode", "recipe", "reason")
"""Columns that every selection has."""


class PairAsked(BaseModel):
    """One pair to evaluate."""

    model_config = ConfigDict(extra="forbid")

    sse: Name
    """SSE: formula or label."""
    cathode: Name
    """Cathode: name or formula."""
    voltages_v: Annotated[list[float], Field(max_length=100)] = []
    """Voltages for reactions open to lithium."""


class ChangeAsked(BaseModel):
    """A cell of a batch, and what is changed of it."""

    model_config = ConfigDict(extra="forbid")

    sse: Name
    """SSE, by formula."""
    cathode: Name
    """Cathode, as assembled."""
    recipe: Name | None = None
    """Recipe, as the batch calls it; the best one without."""
    batch: Name | None = None
    """Batch: id, name, or unique beginning of the id; the current one without."""
    changes: Annotated[dict[Name, Annotated[str, Field(max_length=500)]], Field(max_length=50)]
    """New texts by field, as for a measured cell; ``other_recipe`` names one of the catalogue, and
    ``temperature_k`` is that at which phases compete."""


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
    body = request.app.state.answers.of(
        (media_type, *shown.mark), lambda: written(_selected(shown.table, wishes.columns))
    )
    return Response(body, media_type=media_type, headers=headers)


def rows_file(request: Request, wishes: Wishes, ending: str) -> Response:
    """Return the pairs that are wished for as a file: all that the filter leaves, in order.

    Parameters
    ----------
    request : Request
        What is answered.
    wishes : Wishes
        Filter, order and columns.
    ending : str
        csv or parquet.

    Raises
    ------
    ServiceError
        If the ending is another one, or there are more pairs than one answer holds.
    """
    whole = wishes.model_copy(update={"offset": 0, "limit": MOST_ROWS})
    shown: Shown = request.app.state.rankings.shown(whole)
    if shown.n_found > MOST_ROWS:
        raise ServiceError(
            f"{shown.n_found} pairs are more than {MOST_ROWS}; filter them, or take all with "
            "`catholyte export`"
        )
    rows = _selected(shown.table, wishes.columns)
    return table_file(rows, ending, f"ranking-{shown.ranking.batch.id}")


def table_file(table: pa.Table, ending: str, called: str) -> Response:
    """Return a table as a file to keep.

    Parameters
    ----------
    table : Table
        Its rows.
    ending : str
        csv or parquet.
    called : str
        Name of the file, without the ending.

    Raises
    ------
    ServiceError
        If the ending is another one.
    """
    if ending not in _FILES:
        raise ServiceError(
            f"no file ends in .{ending[:20]}; take {' or '.join(_FILES)}", HTTPStatus.NOT_FOUND
        )
    media_type = _FILES[ending]
    body = _WRITTEN[media_type](table)
    name = f"{called}.{ending}"
    return Response(
        body,
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _selected(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return a table with what names its pairs and some columns, each with its interval."""
    if not columns:
        return table
    names = dict.fromkeys(_NAMES)
    for name in columns:
        ends = BY_NAME[name].ends if name in BY_NAME else None
        names |= dict.fromkeys((name, *(ends or ())))
    return table.select([name for name in names if name in table.column_names])


@router.get("/pairs/{sse:path}/{cathode}")
def one_pair(
    request: Request,
    sse: str,
    cathode: str,
    recipe: Chosen = None,
    batch: Chosen = None,
) -> Record:
    """The stored row of one pair of a batch, the current one if none is named."""
    rows, _ = stored_pair(request, sse, cathode, recipe, batch)
    return rows[0]


@router.post("/pairs/evaluate")
def evaluate(request: Request, asked: PairAsked) -> Record:
    """The reactions of any pair, as ``catholyte pair --json``."""
    record: Record = request.app.state.evaluations.answer(
        "pair", asked.sse, asked.cathode, asked.voltages_v
    )
    return record


@router.post("/pairs/what-if")
def what_if(request: Request, asked: ChangeAsked) -> Record:
    """A cell of a batch before and after a change, and what moves, without a batch."""
    rows, _ = stored_pair(request, asked.sse, asked.cathode, asked.recipe, asked.batch)
    return changed_pair(request, rows[0], asked.changes)


@router.get("/sses/{formula:path}")
def sse(request: Request, formula: Name, pressure_mpa: float = 375.0) -> Record:
    """All that is known of one SSE, with its window, as ``describe`` and ``window`` print it."""
    ask = request.app.state.evaluations.answer
    return {
        "description": ask("description", formula, pressure_mpa),
        "window": ask("window", formula),
    }


def stored_pair(
    request: Request, sse: str, cathode: str, recipe: str | None = None, batch: str | None = None
) -> tuple[list[Record], tuple[object, ...]]:
    """Return the rows of a pair in a batch, best first, and what tells them from others.

    Parameters
    ----------
    request : Request
        What is answered.
    sse, cathode : str
        The pair.
    recipe : str, optional
        Put this one first.
    batch : str, optional
        The batch; the current one without.

    Raises
    ------
    ServiceError
        If there are none, or none of that recipe.
    """
    shown: Shown = request.app.state.rankings.of(sse, cathode, batch)
    rows: list[Record] = shown.table.to_pylist()
    if not rows:
        raise ServiceError(
            f"{sse} with {cathode} is not in batch {shown.ranking.batch.id}; evaluate it, "
            "or submit a batch",
            HTTPStatus.NOT_FOUND,
        )
    if recipe is not None:
        rows.sort(key=lambda row: row["recipe"] != recipe)
        if rows[0]["recipe"] != recipe:
            known = ", ".join(row["recipe"] for row in rows[:_RECIPES_NAMED])
            raise ServiceError(
                f"{sse} with {cathode} has no recipe {recipe!r} there; it has {known}",
                HTTPStatus.NOT_FOUND,
            )
    return rows, (*shown.mark, recipe)


def changed_pair(request: Request, row: Record, changes: Mapping[str, str]) -> Record:
    """Return what a cell shows before and after a change, from the process that computes.

    Parameters
    ----------
    request : Request
        What is answered.
    row : dict
        A pair of a ranking.
    changes : mapping of str to str
        New texts by field.

    Raises
    ------
    ServiceError
        If a field is unknown or wrong, or it takes too long.
    """
    if unknown := sorted(set(changes) - set(CHANGEABLE)):
        raise ServiceError(f"no field {unknown[0]!r} to change; known: {', '.join(CHANGEABLE)}")
    record: Record = request.app.state.evaluations.answer(
        "what if",
        Asked(
            row["batch_id"],
            row["sse"],
            row["cathode"],
            row["recipe"],
            tuple(sorted(changes.items())),
        ),
    )
    return record


def _json(table: pa.Table) -> bytes:
    return bytes(JSONResponse(table.to_pylist()).body)


def _csv(table: pa.Table) -> bytes:
    plain = pa.table(
        {
            name: _plain(column)
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
    sink = io.BytesIO()
    pyarrow.csv.write_csv(plain, sink)
    return sink.getvalue()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as CSV has it: no text that a spreadsheet would run."""
    if pa.types.is_string(column.type):
        return pa.chunked_array([pa.array(map(spreadsheet_safe, column.to_pylist()), pa.string())])
    return column.cast(pa.string()) if pa.types.is_nested(column.type) else column


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
_FILES = {"csv": _CSV, "parquet": _PARQUET}
