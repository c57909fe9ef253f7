import pytest


def test_a_question_in_sql(reader):
    """The answer of the sandbox, with the batch that it is about."""
    answer = reader.post(
        "/api/v1/query", json={"sql": "SELECT count(*) AS n FROM ranked_pairs"}
    ).json()

    assert answer["rows"] == [{"n": 4}]
    assert "four" in answer["batch"]


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE pairs",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT 1; SELECT 2",
        "SELECT count(*) FROM range(100000000000) a, range(100000) b",
    ],
)
def test_what_is_no_question_is_refused(reader, sql):
    """Nothing is changed, no file is read, and what is too heavy is ended, not the server."""
    answer = reader.post("/api/v1/query", json={"sql": sql, "timeout_s": 1})

    assert answer.status_code == 422
    assert reader.get("/api/v1/health").json()["status"] == "ok"


def test_the_schema_explains_each_column(reader):
    """Tables with their columns and comments."""
    tables = {table["name"]: table for table in reader.get("/api/v1/schema").json()}

    assert {"pairs", "batches"} <= set(tables)
    assert all(column["comment"] for column in tables["pairs"]["columns"])
