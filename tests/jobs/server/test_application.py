import pytest

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
