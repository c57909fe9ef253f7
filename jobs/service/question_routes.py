"""Questions in SQL, the schema, and whether all is well, for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from jobs.process.version import code_version
from jobs.query.sandbox import TIMEOUT, answer
from jobs.schema.store_schema import TABLES
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.

router = APIRouter(tags=["questions"])
Record = dict[str, Any]
_MOST_SECONDS, _MOST_ROWS = 30.0, 100_000


class Question(BaseModel):
    """One SELECT on the published results."""

    model_config = ConfigDict(extra="forbid")

    sql: Annotated[str, Field(max_length=100_000)]
    """The statement."""
    batch: Annotated[str | None, Field(max_length=200)] = None
    """Batch that ``ranked_pairs`` holds; the current one without."""
    timeout_s: Annotated[float, Field(gt=0, le=_MOST_SECONDS)] = TIMEOUT
    """After so long it is stopped."""
    max_rows: Annotated[int, Field(ge=1, le=_MOST_ROWS)] = 1000
    """More rows are refused."""


@router.post("/query")
def query(question: Question, store: Store) -> Record:
    """The answer of the sandbox, with the same limits as ``catholyte query``."""
    found = answer(
        store,
        question.sql,
        batch=question.batch,
        timeout=question.timeout_s,
        max_rows=question.max_rows,
    )
    return {"columns": list(found.columns), "rows": found.rows, "batch": found.batch}


@router.get("/schema")
def schema() -> list[Record]:
    """The tables that can be asked, with the meaning of each column."""
    return [
        {
            "name": table.name,
            "comment": table.comment,
            "columns": [field._asdict() for field in table.fields],
        }
        for table in TABLES
    ]


@router.get("/health")
async def health(store: Store) -> Record:
    """Whether the service answers, and for which program and store."""
    # In no thread of the pool: it is there when all of them are at work.
    return {
        "status": "ok",
        "version": code_version(),
        "results": (store / "results.duckdb").is_file(),
    }
