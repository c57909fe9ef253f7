"""Pages for people: the same functions as the interface for programs, rendered."""

from __future__ import annotations

import hmac
import secrets
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from jobs.batches.run import submit
from jobs.errors import REFUSALS, ServiceError, StoreError
from jobs.health.diagnosis import examined
from jobs.lab import experiments
from jobs.lab.experiment_row import experiment
from jobs.process.version import code_version
from jobs.query.sandbox import answer
from jobs.schema.store_schema import TABLES
from jobs.service.batch_routes import Store, batch_records, found_batch, submitted_batch
from jobs.service.guard import COOKIE, SIGN_IN, session
from jobs.service.pair_routes import stored_pair
from jobs.service.rankings import Wishes
from jobs.store import ledger
from jobs.store.spec import read_spec
from jobs.suggest import suggestions
from screening.catalogue.materials import cathodes, electrolytes, recipes
from screening.results.columns import PAIR_COLUMNS
from stability.tables.phase_table import reference_table

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
_CSRF = "catholyte-form"
_FIRST = 3
_EXAMPLE = """name = "halides for LiFePO4"
sses = ["LZC", "Li3YCl6", "Li3InCl6"]
cathodes = ["LiFePO4"]
"""
_COLUMNS = (
    ("score_0_to_1", "score", 2),
    ("efficiency_percent", "efficiency, %", 0),
    ("first_discharge_mah_per_g", "discharge, mAh/g", 0),
    ("oxidation_limit_v", "oxidised at, V", 2),
    ("ionic_conductivity_s_per_cm", "conductivity, S/cm", -1),
)
"""Columns of the ranking's page: name, heading, digits; -1 for powers of ten."""


def _template_environment() -> Environment:
    made = Environment(
        loader=PackageLoader("jobs", "service/templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["figure"] = _figure
    made.filters["bar"] = _bar
    return made


def _figure(value: object, digits: int = 2) -> str:
    """Return a number as people read it; nothing where there is none."""
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    return f"{value:.1e}" if digits < 0 else f"{value:.{digits}f}"


def _bar(row: Record, name: str) -> tuple[float, float, float] | None:
    """Return low, value and high of a fraction in per cent; None where one is missing."""
    ends = next((one.ends for one in PAIR_COLUMNS if one.name == name), None) or (name, name)
    found = [row.get(one) for one in (ends[0], name, ends[1])]
    if any(one is None for one in found):
        return None
    low, value, high = (100.0 * float(one) for one in found if one is not None)
    return low, value, high


_TEMPLATES = _template_environment()


def page(request: Request, name: str, status: int = 200, **given: Any) -> Response:
    """Return a page, with a fresh token for its forms.

    Parameters
    ----------
    request : Request
        What is answered.
    name : str
        Template.
    status : int, optional
        Of the answer.
    **given
        What the template shows.
    """
    token = request.cookies.get(_CSRF) or secrets.token_urlsafe(24)
    settings = request.app.state.settings
    text = _TEMPLATES.get_template(name).render(
        csrf=token, path=request.url.path, read_only=settings.read_only, **given
    )
    answered = HTMLResponse(text, status)
    answered.set_cookie(_CSRF, token, httponly=True, samesite="strict")
    return answered


def error_page(request: Request, status: HTTPStatus, detail: str) -> Response:
    """Return a page that says what is wrong, and how to go on."""
    return page(request, "error.html", status.value, title=status.phrase, detail=detail)


async def own_form(request: Request) -> None:
    """Refuse a form that did not come from a page of ours.

    Raises
    ------
    ServiceError
        If its token is not that of the browser.
    """
    form = await request.form()
    sent, kept = str(form.get("csrf", "")), request.cookies.get(_CSRF, "")
    if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
        raise ServiceError("this form is not from this service; load the page again", _FORBIDDEN)


_FORBIDDEN = HTTPStatus.FORBIDDEN
OwnForm = Depends(own_form)
Text = Annotated[str, Form(max_length=100_000)]


@router.get("/")
def home(request: Request, store: Store) -> Response:
    """The best of each cathode, what runs, and what the laboratory has pending."""
    batches = batch_records(store)
    try:
        shown = request.app.state.rankings.shown(Wishes(limit=10_000))
    except StoreError:
        return page(request, "empty.html", batches=batches)
    best: dict[str, list[Record]] = {}
    for row in shown.table.to_pylist():
        if row["rank_in_cathode"] <= _FIRST:
            best.setdefault(row["cathode"], []).append(row)
    running = [one for one in batches if one["state"] in {"running", "queued"}]
    pending = [one for one in suggestions.listed(store) if one["state"] == "pending"]
    return page(
        request,
        "home.html",
        best=best,
        batch=shown.ranking.batch,
        running=running,
        pending=pending,
    )


@router.post("/example", dependencies=[OwnForm])
def example(store: Store) -> Response:
    """Submit the built-in reference batch."""
    spec = submit(submitted_batch(b"", "text/plain"), store)
    return RedirectResponse(f"/batches/{spec.batch_id}", 303)


@router.get("/rank")
def rank(request: Request, wishes: Annotated[Wishes, Query()]) -> Response:
    """The ranking; its whole state is in the address."""
    shown = request.app.state.rankings.shown(wishes)
    state = {k: v for k, v in wishes.model_dump(exclude_defaults=True).items() if k != "offset"}

    def address(**changes: object) -> str:
        changed = {k: v for k, v in (state | changes).items() if v not in {None, ""}}
        return f"/rank?{urlencode(changed)}"

    after = wishes.offset + shown.table.num_rows
    return page(
        request,
        "rank.html",
        rows=shown.table.to_pylist(),
        wishes=wishes,
        ranking=shown.ranking,
        n_found=shown.n_found,
        cathodes=list(cathodes()),
        columns=_COLUMNS,
        address=address,
        following=address(offset=after) if after < shown.n_found else None,
    )


@router.get("/pair/{sse}/{cathode}")
def pair(request: Request, sse: str, cathode: str) -> Response:
    """One pair: what is predicted, from what, and what they do to each other."""
    rows = stored_pair(request, sse, cathode)
    reactions = request.app.state.evaluations.answer("pair", sse, cathode, [])
    return page(request, "pair.html", row=rows[0], rows=rows, reactions=reactions)


@router.get("/sse/{formula}")
def one_sse(request: Request, formula: str, pressure_mpa: float = 375.0) -> Response:
    """One SSE: all that is known, its window, and where it ranks."""
    ask = request.app.state.evaluations.answer
    window = ask("window", formula)
    try:
        shown = request.app.state.rankings.shown(Wishes(limit=10_000))
        places = [row for row in shown.table.to_pylist() if row["sse"] == window["formula"]]
    except StoreError:
        places = []
    return page(
        request,
        "sse.html",
        window=window,
        description=ask("description", formula, pressure_mpa),
        places=places,
    )


@router.get("/submit")
def submit_form(request: Request) -> Response:
    """A batch, as its file would say it."""
    return page(request, "submit.html", text=_EXAMPLE, fault="", **_names())


@router.post("/submit", dependencies=[OwnForm])
def submit_batch(request: Request, store: Store, batch: Text) -> Response:
    """Put a batch into the queue; what is wrong with it stands beside it."""
    try:
        spec = submit(submitted_batch(batch.encode(), "text/plain"), store)
    except REFUSALS as error:
        return page(request, "submit.html", 422, text=batch, fault=str(error), **_names())
    return RedirectResponse(f"/batches/{spec.batch_id}", 303)


def _names() -> dict[str, Any]:
    return {
        "sses": [f"{one.label} ({one.name})" for one in electrolytes().values()],
        "cathodes": list(cathodes()),
        "recipes": list(recipes()),
    }


@router.get("/batches")
def batches(request: Request, store: Store) -> Response:
    """All batches."""
    return page(request, "batches.html", batches=batch_records(store))


@router.get("/batches/{batch_id}")
def batch(request: Request, store: Store, batch_id: str) -> Response:
    """One batch, how far it is, and what has failed."""
    one = found_batch(store, batch_id)
    failed: list[Record] = []
    if one.pairs_failed:
        failed = answer(
            store,
            "SELECT reason, count(*) AS pairs FROM pairs WHERE status = 'failed' "
            "GROUP BY reason ORDER BY pairs DESC LIMIT 20",
        ).rows
    return page(request, "batch.html", batch=one._asdict(), failed=failed)


@router.post("/batches/{batch_id}/{action}", dependencies=[OwnForm])
def change_batch(store: Store, batch_id: str, action: str) -> Response:
    """Stop a batch, or go on with it."""
    found_batch(store, batch_id)
    if action == "cancel":
        ledger.cancel(store, batch_id)
    elif action == "resume":
        ledger.queue(store, read_spec(store, batch_id))
    else:
        raise ServiceError(f"a batch cannot {action!r}; cancel or resume it", HTTPStatus.NOT_FOUND)
    return RedirectResponse(f"/batches/{batch_id}", 303)


@router.get("/lab")
def laboratory(request: Request, store: Store) -> Response:
    """Suggestions as a board, and the cells that were made."""
    return _laboratory(request, store)


def _laboratory(request: Request, store: Store, status: int = 200, fault: str = "") -> Response:
    found = suggestions.listed(store)
    board: dict[str, list[Record]] = {state.value: [] for state in suggestions.State}
    for one in found:
        board.setdefault(one["state"], []).append(one)
    return page(
        request,
        "lab.html",
        status,
        board=board,
        cells=experiments.listed(store),
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
        wanted = suggestions.State(state)
    except ValueError as error:
        raise ServiceError(f"{state!r} is no state of a suggestion") from error
    suggestions.change(store, name, wanted, note=note)
    return RedirectResponse("/lab", 303)


@router.post("/lab/cells", dependencies=[OwnForm])
async def add_cell(request: Request, store: Store) -> Response:
    """Keep one measured cell."""
    form = await request.form()
    texts = {key: str(text) for key, text in form.items() if key != "csrf" and str(text).strip()}
    try:
        experiments.add(store, experiment(texts))
    except REFUSALS as error:
        return _laboratory(request, store, 422, str(error))
    return RedirectResponse("/lab", 303)


@router.get("/sql")
def sql_form(request: Request) -> Response:
    """A question in SQL."""
    text = "SELECT rank, sse, cathode, score_0_to_1\nFROM ranked_pairs\nWHERE rank <= 20"
    return page(request, "sql.html", sql=text, found=None, fault="", tables=TABLES)


@router.post("/sql", dependencies=[OwnForm])
def ask_sql(request: Request, store: Store, sql: Text) -> Response:
    """The answer, from the sandbox."""
    try:
        found, fault = answer(store, sql, max_rows=1000), ""
    except REFUSALS as error:
        found, fault = None, str(error)
    return page(
        request,
        "sql.html",
        422 if fault else 200,
        sql=sql,
        found=found,
        fault=fault,
        tables=TABLES,
    )


@router.get("/data")
def data(request: Request) -> Response:
    """The phase table that is built in, and where it comes from."""
    table = reference_table()
    return page(
        request,
        "data.html",
        table=table,
        n_phases=len(table.formulas),
        n_known=int(table.known.sum()),
        sources=sorted({*table.sources} - {""}),
    )


@router.get("/about")
def about(request: Request, store: Store) -> Response:
    """Which program this is, and whether all is well."""
    return page(request, "about.html", version=code_version(), findings=examined(store))


@router.get(SIGN_IN)
def sign_in_form(request: Request, to: Annotated[str, Query(max_length=500)] = "/") -> Response:
    """Where the token is asked for."""
    return page(request, "sign_in.html", to=_inside(to), fault="")


@router.post(SIGN_IN, dependencies=[OwnForm])
def sign_in(request: Request, token: Text, to: Text = "/") -> Response:
    """Sign in with the token."""
    wanted = request.app.state.settings.token
    if wanted is None or not hmac.compare_digest(token.strip().encode(), wanted.encode()):
        return page(request, "sign_in.html", 403, to=_inside(to), fault="that is not the token")
    answered = RedirectResponse(_inside(to), 303)
    answered.set_cookie(COOKIE, session(wanted), httponly=True, samesite="strict")
    return answered


def _inside(to: str) -> str:
    """Return an address of this service, whatever was asked for."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
