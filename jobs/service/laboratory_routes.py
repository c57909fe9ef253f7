"""Cells, suggestions and calibrations for programs."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path  # noqa: TC003  # FastAPI reads annotations when it runs.
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from jobs.errors import ServiceError
from jobs.lab import calibrations, experiments
from jobs.lab.experiment_row import experiment
from jobs.lab.kept_materials import add_materials, kept_materials, own_in
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.suggest import kept_suggestions, suggestions
from screening.batch.material_file import material
from screening.first_cycle.calibration import loaded

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

    state: kept_suggestions.State
    """``pending`` where it is being made, ``rejected``, or ``done``."""
    note: Text = ""
    """Why."""


class CalibrationWanted(BaseModel):
    """The calibration to use from now on."""

    model_config = ConfigDict(extra="forbid")

    id: Text
    """Its id, as the preview has said."""


@router.get("/experiments")
def all_experiments(store: Store, *, withdrawn: bool = False) -> list[Record]:
    """The cells that are kept."""
    return experiments.listed(store, withdrawn=withdrawn)


@router.post("/experiments", status_code=201)
def add_experiment(fields: dict[str, Text], store: Store) -> Record:
    """Keep one measured cell; fields and units are those of ``catholyte experiment add``."""
    one = experiment(fields, own_in(store))
    return {"id": one.id, "new": experiments.add(store, one)}


@router.get("/suggestions")
def all_suggestions(store: Store) -> list[Record]:
    """What was suggested, and its state."""
    return kept_suggestions.listed(store)


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
    return kept_suggestions.change(store, name, move.state, note=move.note)


@router.get("/calibrations")
def all_calibrations(store: Store) -> list[Record]:
    """The calibrations of the store."""
    return [one._asdict() for one in calibrations.kept(store)]


@router.post("/calibrations/preview")
def preview_calibration(request: Request) -> Record:
    """What a calibration with all cells would say, and which places it would move."""
    found: Record = request.app.state.calibrating.answer("renewal")
    return {name: value for name, value in found.items() if name != "calibration"}


@router.post("/calibrations", status_code=201)
def use_calibration(request: Request, wanted: CalibrationWanted, store: Store) -> Record:
    """Make the calibration of a preview the current one."""
    use_renewal(request, store, wanted.id)
    return {"id": wanted.id}


def use_renewal(request: Request, store: Path, wanted: str) -> None:
    """Keep the calibration with all cells, if it still is the one that was looked at.

    Parameters
    ----------
    request : Request
        What is answered.
    store : Path
        The store.
    wanted : str
        Id of the calibration that was looked at.

    Raises
    ------
    ServiceError
        If the cells have changed since.
    """
    found = request.app.state.calibrating.answer("renewed")
    if found["id"] != wanted:
        raise ServiceError(
            f"the cells have changed since {wanted[:20]!r} was looked at; look again",
            HTTPStatus.CONFLICT,
        )
    calibrations.keep(store, loaded(found["calibration"]))


@router.get("/materials")
def all_materials(store: Store) -> list[Record]:
    """The materials of the laboratory's own."""
    return [one.model_dump(mode="json") for one in kept_materials(store)]


@router.post("/materials", status_code=201)
def add_material(fields: dict[str, Text], store: Store) -> Record:
    """Keep one material; fields and units are those of ``catholyte material add``."""
    added, known = add_materials(store, [material(fields)])
    return {"label": (added + known)[0], "new": bool(added)}
