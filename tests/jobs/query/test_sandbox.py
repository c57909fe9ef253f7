import resource
from pathlib import Path

import duckdb
import psutil
import pytest

from jobs.errors import QueryError, StoreError
from jobs.query import sandbox
from jobs.query.sandbox import answer
from jobs.schema import store_schema as schema

HIDDEN = "xyzzy"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return a store whose results hold one batch, beside files that nobody should read."""
    folder = tmp_path_factory.mktemp("a store")
    with duckdb.connect(folder / "results.duckdb") as connection:
        for statement in schema.statements(schema.TABLES):
            connection.execute(statement)
        connection.execute("INSERT INTO batches (batch_id, name) VALUES ('b', 'by hand')")
    (folder / "secret.csv").write_text(f"word\n{HIDDEN}\n", encoding="utf-8")
    (folder / "jobs.sqlite").write_text(HIDDEN, encoding="utf-8")
    return folder


def refusal(store, sql, **keys):
    """Return the one line with which a statement is refused, having checked that it says little."""
    before = {path: path.read_bytes() for path in store.iterdir()}
    with pytest.raises(QueryError) as error:
        answer(store, sql, **keys)
    said = str(error.value)
    assert "\n" not in said
    assert said.startswith("query ")
    assert str(store) not in said
    assert HIDDEN not in said
    assert {path: path.read_bytes() for path in store.iterdir()} == before
    return said


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 + 1 AS two;", [{"two": 2}]),
        ("WITH a AS (SELECT 1 AS x) FROM a", [{"x": 1}]),
        ("VALUES (1), (2)", [{"col0": 1}, {"col0": 2}]),
        ("SELECT name FROM batches", [{"name": "by hand"}]),
        ("SELECT count(*) AS n FROM ranked_pairs", [{"n": 0}]),
        ("SELECT 1 WHERE false", []),
        ("SELECT 1 AS a, 2 AS a_1, 3 AS a", [{"a": 1, "a_1": 2, "a_2": 3}]),
        ("SELECT NULL AS n, true AS t, 1.5 AS d", [{"n": None, "t": True, "d": 1.5}]),
        ("SELECT 'ab'::BLOB AS b, 'o''neill' AS q", [{"b": "6162", "q": "o'neill"}]),
        ("SELECT DATE '2026-01-31' AS day, [1, 2] AS l", [{"day": "2026-01-31", "l": [1, 2]}]),
        ("SELECT {'a': 'b'} AS s", [{"s": {"a": "b"}}]),
        ("SELECT 170141183460469231731687303715884105727 AS h", [{"h": 2**127 - 1}]),
        ("SELECT * FROM query('SELECT 42 AS x')", [{"x": 42}]),
        ("FROM query_table('batches') SELECT batch_id", [{"batch_id": "b"}]),
    ],
)
def test_whatever_reads_is_answered(sql, expected, store):
    """A SELECT in any of its forms, and values as JSON holds them."""
    found = answer(store, sql)

    assert found.rows == expected
    if expected:
        assert found.columns == tuple(expected[0])


def test_a_plan_is_answered(store):
    """EXPLAIN reads nothing."""
    (row,) = answer(store, "EXPLAIN SELECT name FROM batches").rows

    assert "batches" in row["explain_value"]


def test_columns_are_known_without_rows(store):
    """So that a CSV file has its header."""
    assert answer(store, "SELECT 1 AS a, 2 AS b WHERE false").columns == ("a", "b")


FILES = "files are not read here"
MACHINE = "tells about the machine"
ONE = "one SELECT is read"
READ_ONLY = "read-only mode"

ESCAPES = [
    # Other statements than one SELECT.
    ("COPY batches TO 'out.csv'", ONE),
    ("COPY (SELECT 1) TO 'out.csv'", ONE),
    ("EXPORT DATABASE 'out'", ONE),
    ("INSERT INTO batches SELECT * FROM batches", ONE),
    ("UPDATE batches SET name = 'x'", ONE),
    ("DELETE FROM batches", ONE),
    ("DROP TABLE batches", ONE),
    ("CREATE TABLE t (x BIGINT)", ONE),
    ("CREATE TEMP TABLE t AS SELECT 1", ONE),
    ("CREATE OR REPLACE MACRO f(x) AS x", ONE),
    ("CREATE SECRET s (TYPE S3)", ONE),
    ("ATTACH 'other.duckdb'", ONE),
    ("ATTACH ':memory:' AS m", ONE),
    ("DETACH results", ONE),
    ("USE memory", ONE),
    ("INSTALL httpfs", ONE),
    ("LOAD httpfs", ONE),
    ("SET threads = 8", ONE),
    ("SET memory_limit = '100GB'", ONE),
    ("SET enable_external_access = true", ONE),
    ("SET VARIABLE x = 1", ONE),
    ("RESET threads", ONE),
    ("PRAGMA version", ONE),
    ("PRAGMA enable_profiling = 'json'", ONE),
    ("CALL pragma_version()", ONE),
    ("CHECKPOINT", ONE),
    ("VACUUM", ONE),
    ("BEGIN", ONE),
    ("COMMIT; DROP TABLE batches", ONE),
    ("BEGIN READ ONLY; COMMIT; DELETE FROM batches", ONE),
    ("SELECT 1; SELECT 2", ONE),
    ("SELECT 1; DROP TABLE batches", ONE),
    ("SELECT 1;\0DROP TABLE batches", "query "),
    ("PREPARE p AS SELECT 1", ONE),
    ("EXECUTE p", ONE),
    ("CONNECT 'quack:localhost'", "query refused"),
    ("", ONE),
    (";", ONE),
    ("-- a remark", ONE),
    ("SELEC 1", "query refused"),
    # Writing under the name of SELECT or EXPLAIN.
    ("WITH a AS (INSERT INTO batches (batch_id) VALUES ('x') RETURNING *) SELECT * FROM a", ""),
    ("WITH a AS (DELETE FROM batches RETURNING *) SELECT * FROM a", ""),
    ("EXPLAIN ANALYZE INSERT INTO batches (batch_id) VALUES ('x')", READ_ONLY),
    ("SELECT * FROM query('DROP TABLE batches')", "query failed"),
    ("SELECT * FROM query('SELECT 1; DROP TABLE batches')", "query failed"),
    # Files.
    ("SELECT * FROM read_text('secret.csv')", FILES),
    ("SELECT * FROM read_csv('secret.csv')", FILES),
    ("SELECT * FROM read_blob('results.duckdb')", FILES),
    ("SELECT * FROM read_blob('results.duckdb.wal')", FILES),
    ("SELECT * FROM read_json('secret.csv')", FILES),
    ("SELECT * FROM read_parquet('x.parquet')", FILES),
    ("SELECT * FROM read_duckdb('other.duckdb')", FILES),
    ("SELECT * FROM parquet_metadata('x.parquet')", FILES),
    ("SELECT * FROM sniff_csv('secret.csv')", FILES),
    ("SELECT * FROM glob('*')", FILES),
    ("SELECT * FROM read_csv('https://example.org/x.csv')", FILES),
    ("SELECT * FROM query('FROM read_text(''secret.csv'')')", FILES),
    ("SELECT * FROM sqlite_scan('jobs.sqlite', 'batch')", FILES),
    ("SELECT * FROM 'secret.csv'", "query failed"),
    ("SELECT * FROM 'results.duckdb'", FILES),
    ("SELECT * FROM '/etc/passwd'", "query failed"),
    ("SELECT * FROM query('FROM read_te' || 'xt(''secret.csv'')')", "query failed"),
    ("SELECT * FROM query('FROM read_bl' || 'ob(''/etc/passwd'')')", "query failed"),
    ("SELECT * FROM query('FROM gl' || 'ob(''*'')')", "query failed"),
    # What the machine is.
    ("SELECT path FROM duckdb_databases()", MACHINE),
    ("SELECT * FROM pragma_database_list", MACHINE),
    ("SELECT * FROM duckdb_settings()", MACHINE),
    ("SELECT current_setting('home_directory')", MACHINE),
    ("SELECT * FROM duckdb_secrets()", MACHINE),
    ("SELECT getenv('HOME')", "query failed"),
    # Names of the process around it.
    ("SELECT * FROM request", "query failed"),
    ("SELECT * FROM sys", "query failed"),
    # Faults.
    ("SELECT * FROM nothing", "query failed"),
    ("SELECT ?", "query failed"),
    ("SELECT 'a'::INTEGER", "query failed"),
    ("SELECT error('/etc/passwd and ../x')", "(a path)"),
    ("SELECT '\ud800'", "half a character"),
    ("SELECT " + "(" * 2000 + "1" + ")" * 2000, "query "),
    ("SELECT '" + "x" * 100_000 + "'", "at most 100000 are read"),
]


@pytest.mark.parametrize(("sql", "said"), ESCAPES, ids=[sql[:60] for sql, _ in ESCAPES])
def test_an_escape_is_refused(sql, said, store):
    """In one line without paths; nothing is read or written, and the results stay as they are."""
    assert said in refusal(store, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list_sum(list_transform(range(100000000), lambda x: x + 1))",
        "SELECT length(repeat('x', 2000000000))",
        "SELECT list(range) FROM range(1000000000)",
    ],
)
def test_a_query_that_eats_memory_ends_alone(sql, store):
    """Its process has 2 GB to map, and this one does not grow."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert "memory" in refusal(store, sql, timeout=60)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM range(1000000000000)",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    ],
)
def test_an_endless_query_is_killed_in_time(sql, store):
    """After the processor time that is allowed, and little more; no process stays behind."""
    family = set(psutil.Process().children())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    said = refusal(store, sql, timeout=1.5)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "stopped after 1.5 s of processor time; ask for less, or allow more" in said
    assert 1.4 < after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 3.0
    assert set(psutil.Process().children()) <= family


def test_more_rows_than_asked_for_are_refused_and_not_cut_off(store):
    """Half an answer looks like a whole one."""
    assert len(answer(store, "FROM range(10)", max_rows=10).rows) == 10
    said = refusal(store, "FROM range(11)", max_rows=10)
    assert "more than 10 rows; add LIMIT, raise --max-rows, or use `catholyte export`" in said


def test_an_answer_that_is_too_long_is_refused(store, monkeypatch):
    """Rows may be long."""
    monkeypatch.setattr(sandbox, "MOST_BYTES", 1_000_000)

    assert "more than 1 MB" in refusal(store, "SELECT repeat('x', 600000) FROM range(2)")


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), 3601])
def test_a_timeout_is_a_time(timeout, store):
    """Above zero, and at most an hour."""
    with pytest.raises(QueryError, match="is not within 0 to 3600 s"):
        answer(store, "SELECT 1", timeout=timeout)


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage" * 1000, b"SQLite format 3\0" + b"\0" * 8192, b"PAR1" + b"\0" * 1000 + b"PAR1"],
)
def test_a_file_that_is_no_database_is_refused(content, tmp_path):
    """Empty, nonsense, SQLite (without a look for an extension) and Parquet: one line."""
    (tmp_path / "results.duckdb").write_bytes(content)

    with pytest.raises(StoreError) as error:
        answer(tmp_path, "SELECT 1")

    assert str(error.value) == (
        f"store {tmp_path}: results.duckdb is no DuckDB file; restore it, or run a batch again"
    )


def test_an_encrypted_file_is_refused(tmp_path):
    """We have no key."""
    with duckdb.connect() as connection:
        place = tmp_path / "results.duckdb"
        connection.execute("SET force_mbedtls_unsafe = true")
        connection.execute(f"ATTACH '{place}' AS locked (ENCRYPTION_KEY 'abc')")
        connection.execute("CREATE TABLE locked.t AS SELECT 1")

    with pytest.raises(StoreError, match="encrypt"):
        answer(tmp_path, "SELECT 1")


def test_a_store_without_results_is_refused(tmp_path):
    """The message says how to get results."""
    with pytest.raises(StoreError, match="run `catholyte screen` first"):
        answer(tmp_path, "SELECT 1")


def test_a_value_that_holds_the_place_of_the_store_does_not_tell_it(store):
    """However it got there."""
    (row,) = answer(store, f"SELECT '{store}' AS place").rows

    assert row == {"place": "(a path)"}


def test_a_script_in_the_folder_of_the_caller_is_not_run(store, tmp_path, monkeypatch):
    """Python would import ``duckdb.py`` from where it stands."""
    trap = tmp_path / "duckdb.py"
    trap.write_text("open('trapped', 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert answer(store, "SELECT 1 AS x").rows == [{"x": 1}]
    assert not Path("trapped").exists()


def test_an_answer_costs_little(store):
    """Processor time of the child: most of it loads DuckDB, whatever else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(5):
        answer(store, "SELECT count(*) FROM batches")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert spent / 5 < 1.0
