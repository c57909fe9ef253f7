"""Requests that nobody would send by mistake: no answer is a fault of the server."""

import random
import string
from urllib.parse import quote

import httpx
import psutil
import pytest

from jobs.lab.experiment_row import INPUTS
from jobs.pages.batch_form import field_names, form_cathodes
from jobs.pages.laboratory_pages import SheetAsked
from jobs.service.kept_ranking import Wishes
from jobs.studies.what_if import CHANGEABLE
from screening.batch.model import Batch
from screening.catalogue.own_materials import NO_MATERIALS

EVIL = [
    "<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "..%2f..%2fetc%2fpasswd",
    "%00", "\u202e", "{{7*7}}", "${7*7}", "A" * 5000, "-1", "1e309", "nan", "\n\r\nX: y", "", "[]",
    "null", "Li" * 60, "Li9999999999Cl", "(((((((Li)))))))", "LZC", "LiFePO4", "reference",
    "SELECT 1", "\U0001f600", "0", "99999999999999999999",
]  # fmt: skip
MOST_MORE = 150_000_000  # Bytes; answers that are kept may be 32 million, pictures 10.
SLOW = {"/api/v1/pairs/evaluate", "/api/v1/calibrations/preview", "/api/v1/calibrations",
        "/api/v1/batches/{batch_id}/events"}  # fmt: skip
"""Routes that compute, or that answer until a batch has ended."""


def requests(contract, seed):
    """Yield methods, addresses and bodies without end: routes of the contract, and of nobody."""
    chance = random.Random(seed)  # noqa: S311  # The same requests each time.
    routes = [
        (method, path, one)
        for path, methods in contract["paths"].items()
        if path not in SLOW
        for method, one in methods.items()
    ]
    pages = ["/", "/rank", "/batches", "/lab", "/lab/cell", "/lab/sheet", "/materials", "/sql",
             "/static/", "/pictures/suggestions.svg", "/data", "/sign-in"]  # fmt: skip

    def text():
        if chance.random() < 0.8:
            return chance.choice(EVIL)
        return "".join(chance.choices(string.printable, k=chance.randint(0, 40)))

    def value(depth=0):
        kind = chance.randint(0, 6 if depth < 3 else 4)
        if kind == 5:
            return [value(depth + 1) for _ in range(chance.randint(0, 4))]
        if kind == 6:
            return {text()[:50]: value(depth + 1) for _ in range(chance.randint(0, 4))}
        return (None, chance.random() < 0.5, chance.uniform(-1e9, 1e9), text(), 10**30)[kind]

    while True:
        if chance.random() < 0.25:
            path = chance.choice(pages) + chance.choice(["", *EVIL])[:200]
            yield "get", "/" + quote(path.lstrip("/"), safe="/%"), {}, None
            continue
        method, path, one = chance.choice(routes)
        names = [each["name"] for each in one.get("parameters", []) if each["in"] == "query"]
        for name in ("batch_id", "sse", "cathode", "formula", "name"):
            path = path.replace("{" + name + "}", text().replace("/", "") or "x")
        query = {name: text() for name in names if chance.random() < 0.3}
        body = value() if method != "get" else None
        if method != "get" and chance.random() < 0.6:
            known = ["sql", "n", "sses", "cathodes", "state", "id", "label", "kind", "date", "sse"]
            body = {name: value() for name in chance.sample(known, 4)}
        yield method, quote(path, safe="/%"), query, body


CELL = ("Li2ZrCl6", "LiFePO4", "lfp-vgcf-hand")
FIELDS = [*field_names(form_cathodes(NO_MATERIALS)), "shown", "batch", "live", "list"]
QUERIES = {
    "/pair/Li2ZrCl6/LiFePO4": [*CHANGEABLE, "batch", "recipe"],
    "/pictures/what-if.svg": [*CHANGEABLE, "sse", "cathode", "recipe", "batch"],
    "/pictures/cycle.svg": ["sse", "cathode", "recipe", "batch"],
    "/pictures/factors.svg": ["pair", "batch"],
    "/pictures/tiles.svg": ["sse", "cathode"],
    "/compare": ["pair", "batch"],
    "/data": ["first", "second"],
    "/rank": [*Wishes.model_fields],
    "/lab/sheet": [*SheetAsked.model_fields],
    "/lab/cell": ["sse", "cathode", "recipe", "batch", "suggestion"],
    "/sse/LZC": ["cathode", "batch"],
    "/submit": ["sse"],
    "/sql": ["sql"],
}
"""Pages, and what their addresses hold."""
FORMS = {
    "/submit": FIELDS,
    "/submit/plan": FIELDS,
    "/materials/preview": ["text", "kind", "source", "field", "unit"],
    "/materials/import": ["text", "kind", "source", "field", "unit"],
    "/lab/cell": [*INPUTS],
    "/lab/suggest": ["n"],
    "/lab/suggestions/x": ["state", "note"],
    "/batches/x/cancel": [],
    "/sql": ["sql", "give"],
    "/sign-in": ["token", "to"],
}
"""Forms, and their fields; they are sent with their token, so that they get through."""
PROGRAMS = {
    "/api/v1/pairs/what-if": ["changes", "recipe", "batch", "sse", "cathode"],
    "/api/v1/batches/plan": [*Batch.model_fields],
    "/api/v1/batches": [*Batch.model_fields],
}
"""Routes whose bodies get further if their keys are known."""
LIKELY = [
    "C/2", "380", "0", "LiNbO3", "hand", "VGCF", "40", "on", "yes", "Li Cl", "Li2ZrCl6|LiFePO4",
    "reference", "LZC\nLi3N", 'sses = ["LZC"]\ncathodes = ["S"]\n', "[filter]\ncontains = 3", "2.5",
    "name = 1", "sse,cathode\nLZC,S", '[[cathodes]]\nname = "S"\nvoltage_window = [1]', *CELL,
]  # fmt: skip
"""Texts that get past the first look."""


def page_requests(seed):
    """Yield methods, addresses, queries and bodies: what pages and newer routes take, and not."""
    chance = random.Random(seed)  # noqa: S311  # The same requests each time.

    def text():
        return chance.choice(LIKELY if chance.random() < 0.5 else EVIL)[:2000]

    def some(names):
        return {name: text() for name in names if chance.random() < 3 / len(names)}

    def value():
        kind = chance.randint(0, 4)
        return (text(), [text(), text()], {"name": text()}, chance.uniform(-9, 9), None)[kind]

    while True:
        kind = chance.random()
        if kind < 0.45:
            path, names = chance.choice(list(QUERIES.items()))
            yield "get", path, some(names), {}
        elif kind < 0.8:
            path, names = chance.choice(list(FORMS.items()))
            yield "post", path, None, {"data": some(names) if names else {}}
        else:
            path, names = chance.choice(list(PROGRAMS.items()))
            body = {name: value() for name in names if chance.random() < 4 / len(names)}
            if "changes" in names and chance.random() < 0.8:
                body = dict(zip(("sse", "cathode", "recipe"), CELL, strict=True))
                body["changes"] = some(CHANGEABLE)
            yield "post", path, None, {"json": body}


def fuzzed_pages(client, seed, number):
    """Send requests of pages; return those that were answered by a fault, or that ran a script."""
    bad = []
    client.get("/submit")
    sent = page_requests(seed)
    for _ in range(number):
        method, url, query, body = next(sent)
        if "data" in body:
            body["data"]["csrf"] = client.cookies["catholyte-form"]
        answer = client.request(
            method, url, params=query, **body, headers={"connection": "close"}, timeout=150
        )
        if answer.status_code >= 500 and answer.status_code not in {503, 504}:
            bad.append((method, url, query, body, answer.status_code))
        if "<script>alert(1)" in answer.text and "json" not in answer.headers["content-type"]:
            bad.append((method, url, query, body, "script"))
        if "root:x:0" in answer.text:
            bad.append((method, url, query, body, "file"))
    return bad


def fuzzed(client, seed, number):
    """Send requests; return those that were answered as if the server was at fault."""
    contract = client.get("/api/v1/openapi.json").json()
    bad = []
    sent = requests(contract, seed)
    for _ in range(number):
        method, url, query, body = next(sent)
        try:
            answer = client.request(method, url, params=query or None, json=body, timeout=120)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            continue
        except httpx.TransportError:
            # A kept connection may be closed as it is used again; a new one has no such excuse.
            alone = {"connection": "close"}
            answer = client.request(
                method, url, params=query or None, json=body, headers=alone, timeout=120
            )
        if answer.status_code >= 500 and answer.status_code not in {503, 504}:
            bad.append((method, url, query, body, answer.status_code))
        if "<script>alert(1)</script>" in answer.text and "html" in answer.headers.get(
            "content-type", ""
        ):
            bad.append((method, url, query, body, "script"))
    return bad


def test_a_hundred_requests(served):
    """A sample of the long run."""
    client, _ = served

    assert fuzzed(client, 1, 100) == []


@pytest.mark.slow
def test_ten_thousand_requests(served):
    """No fault, no script, the server still answers, and holds no more than it did at a fifth."""
    client, _ = served
    process = psutil.Process()

    assert fuzzed(client, 2, 2_000) == []
    before = process.memory_info().rss
    assert fuzzed(client, 4, 8_000) == []
    assert process.memory_info().rss - before < MOST_MORE
    assert client.get("/api/v1/health").json()["status"] == "ok"


@pytest.mark.slow
def test_two_thousand_requests_on_results(reader):
    """The same where there is a ranking, for reading routes."""
    assert fuzzed(reader, 3, 2_000) == []


def test_forty_requests_of_pages(served):
    """A sample of the long run."""
    client, _ = served

    assert fuzzed_pages(client, 5, 40) == []


@pytest.mark.slow
def test_two_thousand_requests_of_pages(copied):
    """Forms with their token, changed cells, plans, pictures: where there is a ranking."""
    assert fuzzed_pages(copied, 6, 2_000) == []
    assert copied.get("/api/v1/health").json()["status"] == "ok"
