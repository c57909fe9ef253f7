import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import jobs.query.sandboxed_query as module

SCRIPT = Path(module.__file__)
LIMITS = {"max_rows": 10, "max_bytes": 10_000, "memory_bytes": 2 * 10**9, "cpu_seconds": 10}


@pytest.fixture
def ask(tmp_path):
    """Return a function that runs the script on a statement: its answer, as it stands."""
    with duckdb.connect(tmp_path / "results.duckdb") as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")

    def run(sql, **changes):
        request = {
            **LIMITS,
            "store": str(tmp_path),
            "file": "results.duckdb",
            "config": {},
            "sql": sql,
            "choice": None,
        }
        ended = subprocess.run(
            [sys.executable, "-I", str(SCRIPT)],
            input=json.dumps(request | changes),
            capture_output=True,
            check=True,
            text=True,
        )
        assert ended.stderr == ""
        return json.loads(ended.stdout)

    return run


def test_columns_and_rows_come_back(ask):
    """As one JSON object."""
    assert ask("FROM t") == {"columns": ["x"], "batch": None, "rows": [[1]]}


def test_even_without_a_sandboxed_configuration_no_file_can_be_written(ask, tmp_path):
    """The system forbids it, whatever DuckDB would do; and COPY is no SELECT."""
    assert ask("COPY t TO 'out.csv'")["fault"] == "refused"
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import sandboxed_query as q;"
        "q._limit(2 * 10**9, 10); open(sys.argv[2], 'wb', 0).write(b'x')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(SCRIPT.parent), str(tmp_path / "out")],
        capture_output=True,
        check=False,
        text=True,
    )

    assert "File too large" in ended.stderr
    assert (tmp_path / "out").read_bytes() == b""


def test_too_little_memory_is_an_answer(ask):
    """Not a traceback; 600 MB hold the program, and not the text."""
    found = ask("SELECT length(repeat('x', 900000000))", memory_bytes=10**9)

    assert found["fault"] == "memory"


def test_it_knows_nothing_of_ours():
    """No module of the project is imported: it starts fast."""
    text = SCRIPT.read_text(encoding="utf-8")

    assert "import jobs" not in text
    assert "from jobs" not in text
