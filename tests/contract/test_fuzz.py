"""Requests that nobody would send by mistake: no answer is a fault of the server."""

import random
import string
from urllib.parse import quote

import httpx
import psutil
import pytest

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
