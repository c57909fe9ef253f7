"""What all pages have in common: templates, how numbers look, and forms that are our own."""

from __future__ import annotations

import hmac
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Form, Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from jobs.errors import ServiceError
from jobs.figures.style import written
from jobs.service.problems import AGAIN
from screening.results.columns import PAIR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

Record = dict[str, Any]
CSRF = "catholyte-form"
"""Cookie that goes with the token of forms."""
_SMALL, _LARGE = 1e-3, 1e5  # Beyond these, numbers are written with a power of ten.
_FORBIDDEN = HTTPStatus.FORBIDDEN


def _template_environment() -> Environment:
    made = Environment(
        loader=PackageLoader("jobs", "pages/templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["figure"] = figure
    made.filters["bar"] = _bar
    made.filters["formula"] = written
    return made


def figure(value: object, digits: int = 2) -> str:
    """Return a number as people read it; nothing where there is none.

    Parameters
    ----------
    value : object
        A number; anything else is shown as it is.
    digits : int, optional
        Behind the point; -1 for powers of ten, -2 for three digits in all.

    Examples
    --------
    >>> figure(3.14159), figure(2.5e-4, -1), figure(0.098279, -2), figure(12345.6, -2), figure(None)
    ('3.14', '2.5e-04', '0.0983', '12346', '')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    if digits == -1:
        return f"{value:.1e}"
    if digits < 0:
        size = abs(value)
        if size >= 100:  # noqa: PLR2004  # Three digits stand before the point.
            return f"{value:.0f}" if size < _LARGE else f"{value:.2e}"
        return f"{value:.2e}" if 0 < size < _SMALL else f"{value:.3g}"
    return f"{value:.{digits}f}"


def _bar(row: Record, name: str) -> tuple[float, float, float] | None:
    """Return low, value and high of a fraction in per cent; None where one is missing."""
    ends = next((one.ends for one in PAIR_COLUMNS if one.name == name), None) or (name, name)
    found = [row.get(one) for one in (ends[0], name, ends[1])]
    if any(one is None for one in found):
        return None
    low, value, high = (100.0 * float(one) for one in found if one is not None)
    return low, value, high


_TEMPLATES = _template_environment()


def page(
    request: Request,
    name: str,
    status: int = 200,
    *,
    follows_from: tuple[object, ...] | None = None,
    told: Callable[[], Record] = dict,
    **given: Any,
) -> Response:
    """Return a page, with a fresh token for its forms.

    Parameters
    ----------
    request : Request
        What is answered.
    name : str
        Template.
    status : int, optional
        Of the answer.
    follows_from : tuple, optional
        All that its text follows from; it is written once then, and has no forms that change
        anything.
    told : callable, optional
        Returns more of what the template shows, when its text is written.
    **given
        What the template shows.
    """
    token = request.cookies.get(CSRF) or secrets.token_urlsafe(24)
    settings = request.app.state.settings
    given |= {"path": request.url.path, "read_only": settings.read_only}

    def written() -> bytes:
        return _TEMPLATES.get_template(name).render(given | told()).encode()

    if follows_from is None:
        given["csrf"] = token
        text = written()
    else:
        text = request.app.state.answers.of((name, *follows_from), written)
    answered = HTMLResponse(text, status)
    answered.set_cookie(CSRF, token, httponly=True, samesite="strict")
    return answered


def error_page(request: Request, status: HTTPStatus, detail: str) -> Response:
    """Return a page that says what is wrong, and how to go on."""
    return page(request, "error.html", status.value, title=status.phrase, detail=detail)


def waiting_page(request: Request, detail: str) -> Response:
    """Return a page that says what is being made, and comes back by itself."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answered = page(request, "waiting.html", HTTPStatus.ACCEPTED, detail=detail, address=address)
    answered.headers["refresh"] = str(AGAIN)
    return answered


def beside(
    faults: Iterable[str], fields: Collection[str], texts: Mapping[str, str]
) -> dict[str, list[str]]:
    """Return faults by the field that they are of; under nothing those that name none.

    Parameters
    ----------
    faults : iterable of str
        One line each.
    fields : collection of str
        Names of the fields of a form.
    texts : mapping of str to str
        What was written into them: a fault may quote it in place of the name.

    Examples
    --------
    >>> beside(["rate_c 'x' is no number", "Lx is no element"], ["rate_c", "sse"], {"sse": "Lx"})
    {'rate_c': ["rate_c 'x' is no number"], 'sse': ['Lx is no element']}
    """
    found: dict[str, list[str]] = {}
    for fault in faults:
        words = fault.replace(":", " ").split()
        quoted = (name for name in fields if texts.get(name, "").strip() in words)
        name = next((word for word in words if word in fields), None) or next(quoted, "")
        found.setdefault(name, []).append(fault)
    return found


async def own_form(request: Request) -> None:
    """Refuse a form that did not come from a page of ours.

    Raises
    ------
    ServiceError
        If its token is not that of the browser.
    """
    form = await request.form()
    sent, kept = str(form.get("csrf", "")), request.cookies.get(CSRF, "")
    if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
        await form.close()
        raise ServiceError("this form is not from this service; load the page again", _FORBIDDEN)


OwnForm = Depends(own_form)
Text = Annotated[str, Form(max_length=100_000)]
