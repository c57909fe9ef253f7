import pytest

from jobs.errors import QueryError, StoreError
from jobs.schema import store_schema as schema
from jobs.store.published import rows, snapshot
from jobs.store.writer import writing

BATCH = {
    "batch_id": "b", "name": "by hand", "spec": "{}", "phase_table": "t", "policy": "known",
    "calibration": "c", "version": "0", "pairs_total": 0, "pairs_done": 0,
    "pairs_failed": 0, "run_at": None,
}  # fmt: skip


def names(store):
    return [row["name"] for row in rows(store, "SELECT name FROM batches ORDER BY name")]


def insert(store, *batches):
    with writing(store) as writer:
        writer.insert({schema.BATCHES: batches})
        writer.publish()


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """Return a store with one batch, for reading only."""
    store = tmp_path_factory.mktemp("one") / "store"
    insert(store, BATCH)
    return store


def test_a_folder_without_results_is_refused(tmp_path):
    """The message says how to get results."""
    with pytest.raises(StoreError, match="run `catholyte screen` first"):
        rows(tmp_path, "SELECT 1")
    assert list(tmp_path.iterdir()) == []


def test_columns_are_rows_turned_over(tmp_path):
    """The same answer as Arrow columns, for many rows."""
    insert(tmp_path, BATCH, BATCH | {"batch_id": "c", "name": "another"})
    question = "SELECT name, pairs_total FROM batches WHERE name <> ? ORDER BY name"

    with snapshot(tmp_path) as there:
        assert there.columns(question, ["x"]).to_pylist() == there.rows(question, ["x"])


@pytest.mark.parametrize(
    "sql",
    [
        "COPY batches TO 'out.csv'",
        "COPY (SELECT 1) TO 'out.csv'",
        "EXPORT DATABASE 'out'",
        "INSERT INTO batches SELECT * FROM batches",
        "UPDATE batches SET name = 'x'",
        "DELETE FROM batches",
        "DROP TABLE batches",
        "CREATE TABLE t (x BIGINT)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE OR REPLACE MACRO f(x) AS x",
        "ATTACH 'other.duckdb'",
        "ATTACH ':memory:' AS m",
        "USE memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 8",
        "SET enable_external_access = true",
        "RESET ALL",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "CHECKPOINT",
        "BEGIN",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE batches",
        "PREPARE p AS SELECT 1",
        "EXPLAIN ANALYZE INSERT INTO batches SELECT * FROM batches",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('secret.csv')",
        "SELECT * FROM 'secret.csv'",
        "SELECT * FROM read_blob('work.lock')",
        "SELECT * FROM glob('*')",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "SELECT getenv('HOME')",
        "SELECT * FROM nothing",
        "SELECT ?",
        "SELEC 1",
        "",
        ";",
        "-- a remark",
    ],
)
def test_a_query_reads_the_published_results_and_nothing_else(sql, one, tmp_path, monkeypatch):
    """Refused in one line; no file is read or written, and the results stay as they are."""
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in one.iterdir()}
    (tmp_path / "secret.csv").write_text("word\nxyzzy\n", encoding="utf-8")

    with pytest.raises(QueryError) as error:
        rows(one, sql)

    assert "\n" not in str(error.value)
    assert "xyzzy" not in str(error.value)
    assert str(error.value).startswith("query ")
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert {path: path.read_bytes() for path in one.iterdir()} == before
    assert names(one) == ["by hand"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 + 1 AS two;", [{"two": 2}]),
        ("WITH a AS (SELECT 1 AS x) FROM a", [{"x": 1}]),
        ("VALUES (1), (2)", [{"col0": 1}, {"col0": 2}]),
        ("SELECT count(*) AS n FROM batches", [{"n": 1}]),
        ("SELECT 1 WHERE false", []),
    ],
)
def test_whatever_reads_is_answered(sql, expected, one):
    """A SELECT in any of its forms."""
    assert rows(one, sql) == expected


def test_columns_of_one_name_are_told_apart(one):
    """A join of two tables loses no column: the second gets a number."""
    (row,) = rows(one, "SELECT 1 AS a, 2 AS a_1, 3 AS a, 4 AS a")

    assert row == {"a": 1, "a_1": 2, "a_2": 3, "a_3": 4}


def test_values_stand_in_for_question_marks(one):
    """No value is ever part of the text of a statement."""
    assert rows(one, "SELECT ? AS x", ["'; DROP TABLE batches"]) == [{"x": "'; DROP TABLE batches"}]
