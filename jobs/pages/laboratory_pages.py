"""The pages of the laboratory: the board of suggestions, the sheet to print, and measured cells."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from jobs.errors import REFUSALS, ServiceError, SuggestionError
from jobs.lab import experiments
from jobs.lab.experiment_numbers import LOADING
from jobs.lab.experiment_row import INPUTS, REQUIRED, experiment
from jobs.lab.kept_materials import own_in
from jobs.pages.frame import OwnForm, Text, beside, page
from jobs.schema.experiment_fields import NUMBERS, RESULTS, Experiment
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.suggest import kept_suggestions, suggestions
from jobs.suggest.suggestion_sheet import (
    USUAL_CELL,
    USUAL_SETUP,
    Cell,
    Setup,
    checked_cell,
    form_texts,
    sheet_cells,
    weighed,
)
from screening.catalogue.anodes import anodes
from screening.text.limited import Limited

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
_OPEN = {"suggested", "pending"}
_ASKED_FIRST = (
    "id", "date", "sse", "cathode", "recipe", "first_charge_mah_per_g",
    "first_discharge_mah_per_g", "source",
)  # fmt: skip
"""Fields that stand on top of the form."""
_Short = Annotated[str, Field(max_length=200)]
_Asked = Annotated[str, Query(max_length=200)]


class SheetAsked(BaseModel):
    """A sheet: which cells, how large, and how they are put together; all of it in the address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cell: Annotated[list[_Short], Field(max_length=100)] = []
    """Ids of suggestions; all that are open without."""
    mass_mg: Annotated[float, Limited("mass_mg")] | None = None
    """Mass of one composite; goes before area and loading."""
    area_cm2: Annotated[float, Limited("area_cm2")] | None = USUAL_CELL.area
    """Area of one cell."""
    loading: Annotated[float, Limited("areal_capacity_mah_per_cm2")] | None = None
    """Theoretical capacity per area, mAh/cm2; the one of the batch without."""
    anode: _Short = USUAL_SETUP.anode
    """Anode of the catalogue, where the pair states none."""
    separator: _Short = USUAL_SETUP.separator
    """SSE of the separator, where the pair states none."""
    rate_c: Annotated[float, Limited("rate_c")] | None = None
    """Rate of the first cycle; the one of the ranking without."""
    temperature_k: Annotated[float, Limited("cell_temperature_k")] | None = None
    """Temperature of cycling; the usual one without."""
    reference: _Short = ""
    """What cutoffs are given against; the anode without."""
    name: _Short = ""
    """Name of this batch of cells."""

    @field_validator("mass_mg", "area_cm2", "loading", "rate_c", "temperature_k", mode="before")
    @classmethod
    def _nothing(cls, text: object) -> object:
        """Return None for a field of a form that was left empty."""
        return None if text == "" else text

    @property
    def size(self) -> Cell:
        """Size of a cell.

        Raises
        ------
        SheetError
            If it makes no sense.
        """
        if self.mass_mg:
            return Cell(mass=self.mass_mg)
        if self.loading is None:
            return USUAL_CELL if self.area_cm2 is None else Cell(area=self.area_cm2)
        return checked_cell(None, self.area_cm2, self.loading) or USUAL_CELL

    @property
    def setup(self) -> Setup:
        """How the cells are put together."""
        return Setup(
            self.anode,
            self.separator,
            self.rate_c,
            USUAL_SETUP.temperature if self.temperature_k is None else self.temperature_k,
            self.reference,
            self.name,
        )


@router.get("/lab")
def laboratory(
    request: Request, store: Store, kept: _Asked = "", suggestion: _Asked = ""
) -> Response:
    """Suggestions as a board, and the cells that were made; what became of one just entered."""
    return _laboratory(request, store, kept=kept, suggestion=suggestion)


def _laboratory(
    request: Request,
    store: Store,
    status: int = 200,
    fault: str = "",
    *,
    kept: str = "",
    suggestion: str = "",
) -> Response:
    found, cells = kept_suggestions.listed(store), experiments.listed(store)
    waiting = [one for one in found if one["state"] in _OPEN]
    board: dict[str, list[Record]] = {state.value: [] for state in kept_suggestions.State}
    for one in found:
        board.setdefault(one["state"], []).append(one)
    return page(
        request,
        "lab.html",
        status,
        board=board,
        cells=cells,
        kept=kept if any(one["id"] == kept for one in cells) else "",
        open=suggestion if any(one["id"] == suggestion for one in waiting) else "",
        telling=any(one["gain"] for one in waiting),
        fault=fault,
    )


@router.post("/lab/suggest", dependencies=[OwnForm])
def suggest(request: Request, store: Store, n: Annotated[int, Form(ge=1, le=50)] = 4) -> Response:
    """Suggest cells to make next."""
    try:
        suggestions.suggest(store, n)
    except REFUSALS as error:
        return _laboratory(request, store, 422, str(error))
    return RedirectResponse("/lab", 303)


@router.post("/lab/suggestions/{name}", dependencies=[OwnForm])
def move_suggestion(store: Store, name: str, state: Text, note: Text = "") -> Response:
    """Say what became of a suggestion."""
    try:
        wanted = kept_suggestions.State(state)
    except ValueError as error:
        raise ServiceError(f"{state!r} is no state of a suggestion") from error
    kept_suggestions.change(store, name, wanted, note=note)
    return RedirectResponse("/lab", 303)


@router.get("/lab/sheet")
def sheet(request: Request, store: Store, asked: Annotated[SheetAsked, Query()]) -> Response:
    """A sheet to print: what to weigh, how to build and cycle, room for results, and a code."""
    rows = kept_suggestions.listed(store)
    found = [row for row in rows if row["id"] in asked.cell] if asked.cell else rows
    found = [row for row in found if asked.cell or row["state"] in _OPEN]
    if not found:
        raise SuggestionError("no such suggestion to make a sheet of; suggest cells first")
    made = weighed(store, found, asked.size)
    addresses = {row["id"]: _form_address(request, asked, row) for row in made}
    codes = {
        name: segno.make(address, micro=False).svg_data_uri(scale=2, border=2)
        for name, address in addresses.items()
    }
    return page(
        request,
        "sheet.html",
        cells=sheet_cells(made, asked.setup, codes),
        count=len(found),
        asked=asked,
        anodes=list(anodes()),
    )


def _form_address(request: Request, asked: SheetAsked, row: Record) -> str:
    """Return the address that brings the form of a cell back, with what the sheet says filled in.

    Cutoffs stay those of the recipe, so that they need not be written; those that are written are
    against what the sheet prints them against.
    """
    setup = asked.setup
    told = {
        "suggestion": row["id"],
        "anode": row["anode"] or setup.anode,
        "separator": row["separator"] or setup.separator,
        "voltage_reference": setup.against(row["anode"]).name,
        "rate_c": _digits(row["planned_rate_c"] if setup.rate is None else setup.rate),
        "temperature_k": f"{setup.temperature:g}",
        "areal_capacity_mah_per_cm2": _digits(row.get("loading_mah_per_cm2")),
    }
    return f"{request.base_url}lab/cell?{urlencode({k: v for k, v in told.items() if v})}"


def _digits(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


@router.get("/lab/cell")
def cell_form(request: Request, store: Store) -> Response:
    """The form of a measured cell, with what is known of it already."""
    given = dict(request.query_params)
    wanted, batch = given.pop("suggestion", ""), given.pop("batch", "")
    texts = {name: text[:500] for name, text in given.items() if name in INPUTS}
    if wanted:
        texts = form_texts(store, _suggestion(store, wanted)) | texts
    elif batch and {"sse", "cathode", "recipe"} <= set(texts):
        row = {name: texts.pop(name) for name in ("sse", "cathode", "recipe")}
        texts = form_texts(store, row | {"batch_id": batch}) | texts
    return _cell_form(request, texts, suggestion=wanted)


def _suggestion(store: Store, name: str) -> Record:
    """Return a suggestion.

    Raises
    ------
    SuggestionError
        If there is none of that id.
    """
    row = next((one for one in kept_suggestions.listed(store) if one["id"] == name), None)
    if row is None:
        raise SuggestionError(f"no suggestion {name[:60]!r}; the board in /lab lists them")
    return row


def _cell_form(
    request: Request,
    texts: dict[str, str],
    status: int = 200,
    faults: tuple[str, ...] = (),
    suggestion: str = "",
) -> Response:
    fields = {
        name: (model.description or "").rstrip(".")
        for name, model in Experiment.model_fields.items()
    } | {
        "voltage_reference": "What the cutoffs are given against; lithium without",
        LOADING: "Mass of cathode per area, in place of the areal capacity",
    }
    first = [name for name in fields if name in _ASKED_FIRST or name in RESULTS]
    return page(
        request,
        "cell.html",
        status,
        fields=fields,
        first=first,
        rest=[name for name in fields if name not in first],
        texts=texts,
        faults=beside(faults, fields, texts),
        required=REQUIRED,
        numbers=NUMBERS,
        suggestion=suggestion,
    )


@router.post("/lab/cells", dependencies=[OwnForm])
async def add_cell(request: Request, store: Store) -> Response:
    """Keep one measured cell; what is wrong with it stands beside its field."""
    form = await request.form()
    texts = {key: str(text) for key, text in form.items() if key != "csrf" and str(text).strip()}
    return await run_in_threadpool(_kept, request, store, texts)


def _kept(request: Request, store: Store, texts: Record) -> Response:
    """Keep a cell, and answer."""
    suggestion = texts.pop("suggestion", "")
    try:
        one = experiment(texts, own_in(store))
        experiments.add(store, one)
    except REFUSALS as error:
        faults = tuple(str(error).splitlines())
        return _cell_form(request, texts, 422, faults, suggestion)
    told = {"kept": one.id}
    if suggestion:
        told["suggestion"] = suggestion
        _answer(store, suggestion, texts, one.id)
    return RedirectResponse(f"/lab?{urlencode(told)}", 303)


def _answer(store: Store, name: str, texts: Record, cell: str) -> None:
    """Call a suggestion done whose form has come back as it was filled in.

    Most are done by their pair already; a recipe of one's own has none of its parts in its name.
    """
    row = next((one for one in kept_suggestions.listed(store) if one["id"] == name), None)
    if row is None or row["state"] not in _OPEN:
        return
    if all(texts.get(field) == text for field, text in form_texts(store, row).items()):
        kept_suggestions.change(store, name, kept_suggestions.State.DONE, experiment_id=cell)
