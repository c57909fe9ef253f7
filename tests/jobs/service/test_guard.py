import json
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from jobs.service.guard import LONGEST_ADDRESS, MOST_BYTES, session
from jobs.service.settings import ServiceSettings
from tests.jobs.conftest import serving

TOKEN = "a token that nobody guesses"


@pytest.fixture(scope="module")
def guarded(screened):
    """Return a client of a service with a token."""
    with serving(ServiceSettings(store=screened, token=TOKEN)) as client:
        yield client


def test_only_our_own_names_are_answered(reader):
    """A name that leads here from elsewhere (DNS rebinding) is refused, with or without a port."""
    for host in ("evil.example:8731", "localhost", "127.0.0.1:80", "127.0.0.1:8731.evil.example"):
        answer = reader.get("/api/v1/batches", headers={"host": host})

        assert answer.status_code == 403
        assert host in answer.json()["detail"]
    assert reader.get("/api/v1/batches", headers={"host": "localhost:8731"}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8732"])
def test_another_page_changes_nothing(reader, origin):
    """A request that changes something comes from a page of ours, or from no page."""
    answer = reader.post("/api/v1/suggestions", json={"n": 1}, headers={"origin": origin})

    assert answer.status_code == 403
    assert "may not change anything here" in answer.json()["detail"]


def test_a_form_without_its_token_is_refused(served):
    """What a foreign page makes a browser send has the cookie at most, never the field."""
    client, store = served
    client.get("/submit")
    answer = client.post("/submit", data={"batch": 'sses = ["LZC"]', "csrf": "guessed"})

    assert answer.status_code == 403
    assert not store.exists()


def test_without_the_token_nobody_comes_in(guarded):
    """Programs are told how; people are led to where they sign in."""
    answer = guarded.get("/api/v1/batches")
    page = guarded.get("/rank")

    assert answer.status_code == 401
    assert "Authorization: Bearer" in answer.json()["detail"]
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?to=/rank")
    assert guarded.get("/api/v1/health").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": f"Bearer {TOKEN}"}, 200),
        ({"authorization": f"Bearer {TOKEN}x"}, 401),
        ({"authorization": f"Basic {TOKEN}"}, 401),
        ({"cookie": f"catholyte={session(TOKEN)}"}, 200),
        ({"cookie": f"catholyte={TOKEN}"}, 401),
        ({"cookie": "catholyte=\x7f;;=;"}, 401),
    ],
)
def test_what_opens_the_door(guarded, headers, status):
    """The token of a program, or the cookie of who has signed in; nothing like them."""
    assert guarded.get("/api/v1/batches", headers=headers).status_code == status


def test_signing_in(guarded):
    """The wrong token is refused; the right one leads to where one wanted to go, and no further."""
    guarded.get("/sign-in")
    csrf = guarded.cookies["catholyte-form"]
    wrong = guarded.post("/sign-in", data={"csrf": csrf, "token": "no", "to": "/rank"})
    away = guarded.post("/sign-in", data={"csrf": csrf, "token": TOKEN, "to": "//evil.example"})

    assert wrong.status_code == 403
    assert (away.status_code, away.headers["location"]) == (303, "/")
    cookie = away.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    guarded.cookies.clear()


@pytest.mark.parametrize("n", [1, 100])
def test_signing_in_leads_back_to_the_whole_address(guarded, n):
    """What was asked stays, as for a code on a sheet, or a sheet of a hundred cells."""
    wanted = "/lab/sheet?" + "&".join(f"cell=s-{k:08x}" for k in range(n)) + "&name=B%26%207"
    led = guarded.get(wanted).headers["location"]
    (to,) = parse_qs(urlsplit(led).query)["to"]
    shown = guarded.get(led)
    csrf = guarded.cookies["catholyte-form"]
    back = guarded.post("/sign-in", data={"csrf": csrf, "token": TOKEN, "to": to})

    assert to == wanted
    assert shown.status_code == 200
    assert wanted.replace("&", "&amp;") in shown.text
    assert back.headers["location"] == wanted
    guarded.cookies.clear()


def test_an_address_beyond_all_measure_leads_to_the_start(guarded):
    """So that one can sign in all the same."""
    led = guarded.get("/sql?sql=" + "x" * LONGEST_ADDRESS).headers["location"]

    assert led == "/sign-in?to=/"


def test_reading_only(screened):
    """Every route that changes something is shut; questions in SQL are still answered."""
    with serving(ServiceSettings(store=screened, read_only=True)) as client:
        shut = client.post("/api/v1/suggestions", json={"n": 1})
        asked = client.post("/api/v1/query", json={"sql": "SELECT 1 AS one"})

    assert shut.status_code == 403
    assert "only reads" in shut.json()["detail"]
    assert asked.json()["rows"] == [{"one": 1}]


def test_what_is_too_large_is_refused_before_it_is_read(reader):
    """A gigabyte that is announced is refused at once; one that is not is cut off."""
    line = HTTPConnection(reader.base_url.host, reader.base_url.port, timeout=60)
    line.putrequest("POST", "/api/v1/batches", skip_host=True)
    line.putheader("host", "localhost:8731")
    line.putheader("content-length", str(1 << 30))
    line.endheaders()
    announced = line.getresponse()
    assert announced.status == 413
    assert str(MOST_BYTES) in json.load(announced)["detail"]
    line.close()

    def endless():
        for _ in range(MOST_BYTES // 1_000_000 + 2):
            yield b"x" * 1_000_000

    try:
        status = reader.post("/api/v1/batches", content=endless()).status_code
    except httpx.HTTPError:
        status = 0  # The line was cut.
    assert status in {0, 400, 413, 422}
    assert reader.get("/api/v1/health").status_code == 200


@pytest.mark.parametrize("path", ["/", "/rank", "/api/v1/pairs", "/static/style.css", "/nothing"])
def test_every_answer_is_fenced_in(reader, path):
    """No script from elsewhere, none inline, no frame, no guessing of types."""
    headers = reader.get(path).headers

    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
