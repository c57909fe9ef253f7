"""Cells, suggestions and calibrations for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from jobs.lab import calibrations, experiments
from jobs.lab.experiment_row import experiment
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.suggest import suggestions

router = APIRouter(tags=["laboratory"])
Record = dict[str, Any]
Text = Annotated[str, Field(max_length=2000)]
_MOST_CELLS = 100


class SuggestionsAsked(BaseModel):
    """Cells to suggest."""

    model_config = ConfigDict(extra="forbid")

    n: Annotated[int, Field(ge=1, le=_MOST_CELLS)] = 8
    """How many."""
    cathode: Text | None = None
    """Only with this one."""
    objective: Text = "score"
    """What is to become larger."""
    exclude: Annotated[list[Text], Field(max_length=1000)] = []
    """SSEs, cathodes, recipes or SSE/cathode to leave out."""
    controls: bool = False
    """Add the reference cells of the thesis."""


class Move(BaseModel):
    """What becomes of a suggestion."""

    model_config = ConfigDict(extra="forbid")

    state: suggestions.State
    """``pending`` where it is being made, ``rejected``, or ``done``."""
    note: Text = ""
    """Why."""


@router.get("/experiments")
def all_experiments(store: Store, *, withdrawn: bool = False) -> list[Record]:
    """The cells that are kept."""
    return experiments.listed(store, withdrawn=withdrawn)


@router.post("/experiments", status_code=201)
def add_experiment(fields: dict[str, Text], store: Store) -> Record:
    """Keep one measured cell; fields and units are those of ``catholyte experiment add``."""
    one = experiment(fields)
    return {"id": one.id, "new": experiments.add(store, one)}


@router.get("/suggestions")
def all_suggestions(store: Store) -> list[Record]:
    """What was suggested, and its state."""
    return suggestions.listed(store)


@router.post("/suggestions", status_code=201)
def suggest(asked: SuggestionsAsked, store: Store) -> list[Record]:
    """Suggest cells to make next, and keep them."""
    return suggestions.suggest(
        store,
        asked.n,
        cathode=asked.cathode,
        by=asked.objective,
        exclude=asked.exclude,
        controls=asked.controls,
    )


@router.post("/suggestions/{name}")
def move_suggestion(name: str, move: Move, store: Store) -> Record:
    """Say what became of a suggestion."""
    return suggestions.change(store, name, move.state, note=move.note)


@router.get("/calibrations")
def all_calibrations(store: Store) -> list[Record]:
    """The calibrations of the store."""
    return [one._asdict() for one in calibrations.kept(store)]
