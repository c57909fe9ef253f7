import pytest

from jobs.errors import NotYetError

PATHS = [
    "/api/v1/batches", "/api/v1/batches/{batch_id}", "/api/v1/batches/{batch_id}/events",
    "/api/v1/pairs", "/api/v1/pairs/evaluate", "/api/v1/sses/{formula}", "/api/v1/query",
    "/api/v1/experiments", "/api/v1/suggestions", "/api/v1/schema", "/api/v1/health",
]  # fmt: skip


def test_the_contract_is_openapi(reader):
    """Every route for programs stands in it, with a description; pages do not."""
    contract = reader.get("/api/v1/openapi.json").json()

    assert set(PATHS) <= set(contract["paths"])
    assert all(path.startswith("/api/v1/") for path in contract["paths"])
    for path in contract["paths"].values():
        for route in path.values():
            assert route["description"]


def test_wrong_input_of_a_program_is_a_problem(reader):
    """The field and what is wrong with it, in one line, with the media type of problems."""
    answer = reader.get("/api/v1/pairs", params={"limit": "many"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("limit: ")
    assert reader.get("/api/v1/nothing").json()["status"] == 404


@pytest.mark.parametrize("path", ["/nothing", "/rank?limit=0", "/batches/none", "/pair/Li3Bi/S"])
def test_wrong_input_of_a_person_is_a_page(reader, path):
    """It says what is wrong and how to go on."""
    answer = reader.get(path)

    assert answer.status_code in {404, 422}
    assert 'role="alert"' in answer.text
    assert "Back to the start" in answer.text


def test_who_asks_for_a_ranking_that_is_being_made_is_told(reader, monkeypatch):
    """People get a page that comes back by itself; programs 503 and when to come back."""

    def not_yet(*_):
        raise NotYetError("the ranking is being made; it takes some seconds")

    monkeypatch.setattr("jobs.service.rankings.Rankings._ranked", not_yet)
    pages = [reader.get(path) for path in ("/rank?contains=Zr", "/", "/pair/LZC/S")]
    program = reader.get("/api/v1/pairs")

    assert [one.status_code for one in pages] == [202] * 3
    assert all(one.headers["refresh"] == "2" for one in pages)
    assert all("the ranking is being made; it takes some seconds" in one.text for one in pages)
    assert 'href="/rank?contains=Zr"' in pages[0].text
    assert (program.status_code, program.headers["retry-after"]) == (503, "2")
    assert program.json()["detail"].startswith("the ranking is being made")


def test_every_answer_says_how_long_it_took_here(reader):
    """In milliseconds, for the tools of a browser."""
    told = reader.get("/api/v1/health").headers["server-timing"]

    assert 0 < float(told.removeprefix("total;dur=")) < 60_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [("limit=abc", "limit: write a whole number"), ("worst=1", "worst: unknown; leave it out")],
)
def test_what_is_wrong_with_a_request_is_told_in_plain_words(served, asked, said):
    """Not in those of the library that reads it."""
    client, _ = served
    answer = client.get(f"/api/v1/pairs?{asked}")

    assert answer.status_code == 422
    assert answer.json()["detail"] == said
