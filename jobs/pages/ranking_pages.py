"""The pages of results: the start, the ranking, one pair, one electrolyte."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response  # noqa: TC002  # FastAPI reads it when it runs.

from jobs.errors import REFUSALS, StoreError
from jobs.pages.frame import page
from jobs.pages.shown_columns import USUAL, choices, shown_column
from jobs.service.batch_routes import Store, batch_records
from jobs.service.kept_ranking import Wishes  # noqa: TC001  # FastAPI reads it when it runs.
from jobs.service.pair_routes import rows_file
from jobs.suggest import kept_suggestions
from screening.catalogue.materials import Chemistry, cathodes

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
_FIRST = 3


@router.get("/")
def home(request: Request, store: Store) -> Response:
    """The best of each cathode, what runs, and what the laboratory has pending."""
    batches = batch_records(store)
    try:
        shown = request.app.state.rankings.first(_FIRST)
    except StoreError:
        return page(request, "empty.html", batches=batches)
    best: dict[str, list[Record]] = {}
    for row in shown.table.to_pylist():
        best.setdefault(row["cathode"], []).append(row)
    running = [one for one in batches if one["state"] in {"running", "queued"}]
    pending = [one for one in kept_suggestions.listed(store) if one["state"] == "pending"]
    return page(
        request,
        "home.html",
        best=best,
        batch=shown.ranking.batch,
        running=running,
        pending=pending,
    )


@router.get("/rank")
def rank(request: Request, wishes: Annotated[Wishes, Query()]) -> Response:
    """The ranking; its whole state is in the address."""
    if wishes.columns == USUAL:
        wishes = wishes.model_copy(update={"columns": ()})
    shown = request.app.state.rankings.shown(wishes)
    state = _state(wishes)

    def address(**changes: object) -> str:
        changed = {k: v for k, v in (state | changes).items() if v not in {None, ""}}
        return f"/rank?{urlencode(changed)}"

    after = wishes.offset + shown.table.num_rows
    columns = [shown_column(name) for name in wishes.columns or USUAL]
    grouped = wishes.cathode is not None and wishes.sort is None
    return page(
        request,
        "rank.html",
        follows_from=shown.mark,
        told=lambda: {"groups": _groups(shown.table.to_pylist(), together=grouped)},
        wishes=wishes,
        ranking=shown.ranking,
        n_found=shown.n_found,
        cathodes=list(cathodes()),
        classes=list(Chemistry),
        columns=columns,
        choices=choices(),
        address=address,
        picture=address(offset=wishes.offset or None).replace("/rank", "/pictures/ranking.svg", 1),
        export=urlencode(state | {"columns": ",".join(one.name for one in columns)}),
        following=address(offset=after) if after < shown.n_found else None,
    )


@router.get("/rank.{ending}")
def rank_file(request: Request, ending: str, wishes: Annotated[Wishes, Query()]) -> Response:
    """The same pairs and columns as a file."""
    return rows_file(request, wishes, ending)


def _state(wishes: Wishes) -> Record:
    """Return what an address holds of a ranking, without the cursor."""
    given = wishes.model_dump(exclude_defaults=True)
    given.pop("offset", None)
    if wishes.columns:
        given["columns"] = ",".join(wishes.columns)
    return given


def _groups(rows: list[Record], *, together: bool) -> list[tuple[str, list[Record]]]:
    """Return rows that follow each other and are not told apart, with what is said of them."""
    if not together:
        return [("", rows)]
    found = []
    for _, some in groupby(rows, key=itemgetter("group")):
        pairs = list(some)
        first, last = pairs[0]["rank_in_cathode"], pairs[-1]["rank_in_cathode"]
        said = f"Places {first} to {last} are not told apart from the first of them"
        found.append((said if len(pairs) > 1 and pairs[0]["group"] else "", pairs))
    return found


@router.get("/sse/{formula:path}")
def one_sse(
    request: Request,
    formula: str,
    pressure_mpa: float = 375.0,
    cathode: Annotated[str, Query(max_length=200)] = "LiFePO4",
) -> Response:
    """One SSE: all that is known, its window, what is like it, and why it is not among the best."""
    ask = request.app.state.evaluations.answer
    window = ask("window", formula)
    try:
        places = request.app.state.rankings.of(window["formula"]).table.to_pylist()
    except StoreError:
        places = []
    description = ask("description", formula, pressure_mpa)
    obstacles, fault = None, ""
    try:
        obstacles = ask("why not", formula, cathode)
    except REFUSALS as error:
        fault = str(error)
    return page(
        request,
        "sse.html",
        window=window,
        description=description,
        supply=[one for one in description["properties"] if one["group"] == "supply"],
        places=places,
        relatives=ask("relatives", formula),
        obstacles=obstacles,
        no_obstacles=fault,
        cathode=cathode,
        cathodes=list(cathodes()),
    )
