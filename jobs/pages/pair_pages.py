"""The page of one pair: what is predicted, from what, and what moves if its cell is another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from descriptors.composite.carbon import carbons
from jobs.errors import REFUSALS, ServiceError
from jobs.lab.kept_materials import own_in
from jobs.pages.batch_fields import in_words, unit_of
from jobs.pages.frame import beside, figure, page
from jobs.schema.experiment_fields import NUMBERS, Experiment
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.service.pair_routes import Chosen, changed_pair, stored_pair
from jobs.studies.what_if import CHANGEABLE, RECIPE, TEMPERATURE, Asked, cell_texts, changed_texts
from screening.catalogue.anodes import anodes
from screening.catalogue.materials import recipes
from screening.coating.coatings import coatings
from screening.results.columns import BY_NAME, PAIR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
_FACTORS = {
    "factor_capacity": ("capacity", "how much of the cathode's capacity comes back"),
    "factor_interface": ("interface", "what is left of it where both react"),
    "factor_transport": ("transport", "whether ions get through the composite"),
}
_SAID_ELSEWHERE = {"sse", "cathode", "recipe", "reason", "outside_domain"}
_ALWAYS = (
    "score_0_to_1", *_FACTORS, "first_charge_mah_per_g", "first_discharge_mah_per_g",
    "efficiency_percent", "sse_share_percent", "reached_fraction", "window_covers_probability",
)  # fmt: skip
"""Columns that are told of a changed cell, whether they move or not."""
_OF_PAGE = {"batch", "recipe"}


class _Change(NamedTuple):
    """A change of a cell, as a page shows it."""

    fields: list[Record]
    """Fields of the form: name, what it is, text, choices, faults."""
    faults: list[str]
    """What is wrong, and belongs to no field."""
    found: Record | None
    """From :func:`jobs.studies.what_if.what_if`; None where nothing is changed, or it is wrong."""


@router.get("/pair/{sse:path}/{cathode}")
def pair(
    request: Request,
    store: Store,
    sse: str,
    cathode: str,
    recipe: Chosen = None,
    batch: Chosen = None,
) -> Response:
    """One pair: what is predicted, from what, what they do to each other, and what if."""
    rows, mark = stored_pair(request, sse, cathode, recipe, batch)
    asked = {k: v for k, v in request.query_params.items() if k not in _OF_PAGE}
    if unknown := sorted(set(asked) - set(CHANGEABLE)):
        raise ServiceError(f"no field {unknown[0]!r} to change; known: {', '.join(CHANGEABLE)}")
    if asked and (led := _canonical(request, store, rows[0], asked)):
        return RedirectResponse(led, 303)
    change = _change(request, store, rows[0], asked) if asked else None
    wrong = change is not None and change.found is None

    def told() -> Record:
        shown = change or _change(request, store, rows[0], {})
        return {
            "what_if": shown,
            "moves": _moves(shown.found) if shown.found else [],
            "changed": urlencode(asked),
            "labels": {one["name"]: one["label"] for one in shown.fields},
        }

    return page(
        request,
        "pair.html",
        422 if wrong else 200,
        follows_from=None if wrong else (*mark, batch, *sorted(asked.items())),
        told=told,
        row=rows[0],
        rows=rows,
        batch=batch,
        factors=_FACTORS,
        figures=_figures(rows[0]),
        asked=asked,
    )


def _canonical(request: Request, store: Path, row: Record, asked: Mapping[str, str]) -> str | None:
    """Return the address that holds what is changed, and no more; None if it is the one asked."""
    try:
        changes = changed_texts(cell_texts(store, _asked(row)), asked)
    except REFUSALS:
        return None
    kept = {"batch": row["batch_id"], "recipe": row["recipe"]} | changes
    if not changes:
        kept = {k: v for k, v in request.query_params.items() if k in _OF_PAGE}
    if dict(request.query_params) == kept:
        return None
    path = quote(request.url.path)
    return f"{path}?{urlencode(kept)}" if kept else path


def _asked(row: Record) -> Asked:
    return Asked(row["batch_id"], row["sse"], row["cathode"], row["recipe"])


def _change(request: Request, store: Path, row: Record, asked: Mapping[str, str]) -> _Change:
    """Return the form of another cell, and what it shows if something is changed."""
    faults: list[str] = []
    found = None
    try:
        texts = cell_texts(store, _asked(row))
    except REFUSALS as error:
        return _Change([], [str(error)], None)
    try:
        found = changed_pair(request, row, asked) if asked else None
    except REFUSALS as error:
        faults = str(error).splitlines()
    if RECIPE in asked and found is not None:
        after = found["after_texts"]
        texts |= {name: text for name, text in after.items() if name != RECIPE}
    texts |= asked
    placed = beside(faults, CHANGEABLE, texts)
    choices = _choices(store)
    fields = [
        {
            "name": name,
            **_called(name),
            "said": _said(name),
            "text": texts[name],
            "choices": choices.get(name, ()),
            "closed": name in _CLOSED,
            "number": name in NUMBERS,
            "changed": name in asked,
            "faults": placed.get(name, []),
        }
        for name in CHANGEABLE
    ]
    return _Change(fields, placed.get("", []), found)


_CLOSED = {RECIPE, "carbon", "mixing", "anode"}
"""Fields whose choices are all there are; others take any text."""


def _choices(store: Path) -> dict[str, list[str]]:
    own = own_in(store).materials
    of_kind = {
        kind: [one.label for one in own if one.kind == kind] for kind in ("carbon", "coating")
    }
    return {
        RECIPE: ["", *recipes()],
        "carbon": ["none", *carbons(), *of_kind["carbon"]],
        "mixing": ["hand", "milled"],
        "anode": ["", *anodes()],
        "coating": [*coatings(), *of_kind["coating"]],
    }


def _called(name: str) -> dict[str, str]:
    """Return a field in words, and its unit apart."""
    unit = "" if name == RECIPE else unit_of(Experiment, name)
    return {"label": in_words(name, unit), "unit": unit}


def _said(name: str) -> str:
    if name == RECIPE:
        return "Of the catalogue, in place of that of the batch; fields that are changed go before"
    if name == TEMPERATURE:
        return (
            "Temperature at which phases compete: 0 for energies as they are, or 273.15 to 400 K. "
            "Conduction in the cell stays that at room temperature"
        )
    return (Experiment.model_fields[name].description or "").rstrip(".")


def _moves(found: Record) -> list[Record]:
    """Return what a page tells of a change: the main figures, then what else moves to the eye."""
    moved = {one["column"]: one for one in found["moved"]}
    names = [*_ALWAYS, *(name for name in moved if name not in {*_ALWAYS, *_OF_CHANGE})]
    rows = []
    for name in names:
        column, before, after = BY_NAME[name], found["before"], found["after"]
        ends = column.ends or (None, None)
        one = {
            "name": name,
            "said": column.description,
            "unit": "" if column.unit == "1" else column.unit,
            "main": name in _ALWAYS,
            "before": _with_ends(before, name, ends),
            "after": _with_ends(after, name, ends),
            **{
                k: moved.get(name, {}).get(k)
                for k in ("change", "change_low", "change_high", "rises")
            },
        }
        one["moves"] = [figure(v, -2) for v in one["before"]] != [
            figure(v, -2) for v in one["after"]
        ]
        if one["moves"] or one["main"]:
            rows.append(one)
    return rows


_OF_CHANGE = {"recipe", "rate_c", "areal_capacity_mah_per_cm2", "coating", "separator", "anode",
              "voltage_low_v", "voltage_high_v"}  # fmt: skip
"""Columns that repeat what is changed."""


def _with_ends(row: Record, name: str, ends: tuple[str | None, str | None]) -> tuple[Any, Any, Any]:
    low, high = ends
    return row[name], row[low] if low else None, row[high] if high else None


def _figures(row: Record) -> list[Record]:
    """Return all that is stored of a pair: what it is, value with its interval, unit."""
    ends = {end for column in PAIR_COLUMNS for end in column.ends or ()}
    return [
        {
            "name": column.name,
            "said": column.description,
            "value": row[column.name],
            "low": row[column.ends[0]] if column.ends else None,
            "high": row[column.ends[1]] if column.ends else None,
            "unit": "" if column.unit == "1" else column.unit,
        }
        for column in PAIR_COLUMNS
        if column.name not in ends | _SAID_ELSEWHERE and row.get(column.name) not in {None, ""}
    ]
