"""The pages of one's own materials: paste a table, say what its columns are, look, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from jobs.errors import REFUSALS, MaterialError
from jobs.lab.kept_materials import add_materials, kept_materials
from jobs.lab.material_units import units_of
from jobs.lab.pasted_materials import Column, pasted
from jobs.pages.frame import OwnForm, page
from jobs.service.batch_routes import Store  # noqa: TC001  # FastAPI reads it when it runs.
from screening.batch.material_file import FIELDS, template

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.datastructures import FormData

    from jobs.lab.pasted_materials import Pasted

router = APIRouter(include_in_schema=False)
Record = dict[str, Any]
_KINDS = ("sse", "cathode", "carbon", "coating")
_SHOWN = 200  # Rows that a preview shows; faults of all are counted.


@router.get("/materials")
def materials(
    request: Request, store: Store, sse: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The materials of the laboratory's own, and where more are pasted; one may be begun."""
    begun = f"label\tformula\tconductivity (S/cm)\n{sse}\t{sse}\t" if sse.isprintable() else ""
    return _materials(request, store, text=begun if sse else "")


@router.get("/materials/template.csv")
def example(_: Request) -> Response:
    """A file to fill in."""
    return Response(
        template(),
        media_type="text/csv",
        headers={"content-disposition": 'attachment; filename="materials.csv"'},
    )


@router.post("/materials/preview", dependencies=[OwnForm])
async def preview(request: Request, store: Store) -> Response:
    """What a paste would become, with what is wrong beside its cell; nothing is kept."""
    async with request.form() as form:
        return await run_in_threadpool(_looked_at, request, store, form, await _sent(form))


def _looked_at(request: Request, store: Path, form: FormData, sent: bytes | str) -> Response:
    """Read a paste, and show it."""
    text, usual = "", _usual(form)
    try:
        text = _text(sent)
        found = pasted(text, _columns(form), usual=usual)
    except REFUSALS as error:
        return _materials(request, store, 422, text=text, fault=str(error), usual=usual)
    return _preview(request, text, usual, found)


@router.post("/materials/import", dependencies=[OwnForm])
async def import_(request: Request, store: Store) -> Response:
    """Keep what was looked at: all of it, or nothing."""
    async with request.form() as form:
        return await run_in_threadpool(_imported, request, store, form, await _sent(form))


def _imported(request: Request, store: Path, form: FormData, sent: bytes | str) -> Response:
    """Keep a paste, and answer."""
    text, usual = "", _usual(form)
    try:
        text = _text(sent)
        found = pasted(text, _columns(form), usual=usual)
        if found.faults:
            return _preview(request, text, usual, found, 422)
        add_materials(store, found.materials)
    except REFUSALS as error:
        return _materials(request, store, 422, text=text, fault=str(error), usual=usual)
    return RedirectResponse("/materials", 303)


async def _sent(form: FormData) -> bytes | str:
    """Return the file that was chosen, or what was pasted."""
    upload = form.get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        return await upload.read()
    return str(form.get("text", ""))


def _text(sent: bytes | str) -> str:
    """Return what was sent as text.

    Raises
    ------
    MaterialError
        If it is a file in another encoding than UTF-8.
    """
    if isinstance(sent, str):
        return sent
    try:
        return sent.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MaterialError(
            "the file is not UTF-8 text; save it as CSV UTF-8, or paste its cells"
        ) from error


def _usual(form: FormData) -> dict[str, str]:
    return {name: str(form.get(name, ""))[:500] for name in ("kind", "source")}


def _columns(form: FormData) -> list[Column] | None:
    """Return what the form says of the columns; None where it was not asked yet."""
    fields = [str(one) for one in form.getlist("field")]
    units = [str(one) for one in form.getlist("unit")]
    if not fields or len(fields) != len(units):
        return None
    return [
        # A unit of another field goes when the field is changed.
        Column(field, unit if unit in {one.name for one in units_of(field)} else "")
        for field, unit in zip(fields, units, strict=True)
    ]


def _materials(
    request: Request,
    store: Path,
    status: int = 200,
    *,
    text: str = "",
    fault: str = "",
    usual: Record | None = None,
) -> Response:
    return page(
        request,
        "materials.html",
        status,
        kept=[one.model_dump(mode="json") for one in kept_materials(store)],
        kinds=_KINDS,
        text=text,
        fault=fault,
        usual=usual or {"kind": "sse", "source": ""},
    )


def _preview(
    request: Request, text: str, usual: Record, found: Pasted, status: int = 200
) -> Response:
    beside: dict[tuple[int | None, int | None], list[str]] = {}
    for one in found.faults:
        beside.setdefault((one.row, one.column), []).append(one.said)
    return page(
        request,
        "material_preview.html",
        status,
        text=text,
        usual=usual,
        found=found,
        rows=found.rows[:_SHOWN],
        beside=beside,
        fields=FIELDS,
        units={name: [one.name for one in units_of(name)] for name in FIELDS},
    )
