import json

import duckdb
import pytest

from jobs.cli import main
from jobs.schema import store_schema as schema


@pytest.fixture
def store(tmp_path):
    """Return a store with one batch, named after a formula."""
    with duckdb.connect(tmp_path / "results.duckdb") as connection:
        for statement in schema.statements(schema.TABLES):
            connection.execute(statement)
        connection.execute("INSERT INTO batches (batch_id, name) VALUES ('b', '=cmd()')")
    return tmp_path


def run(capsys, *arguments):
    """Return exit code, output and errors of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    output, errors = capsys.readouterr()
    return int(ended.value.code or 0), output, errors


def test_an_answer_is_printed_in_each_style(store, capsys):
    """As JSON it is a list of objects; in CSV no cell runs."""
    ask = ("query", "SELECT name FROM batches", "--store", store)

    assert json.loads(run(capsys, *ask, "--json")[1]) == [{"name": "=cmd()"}]
    assert run(capsys, *ask, "--csv")[1] == "name\n'=cmd()\n"
    assert "=cmd()" in run(capsys, *ask)[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("DROP TABLE batches",), "one SELECT is read"),
        (("FROM range(1000000000000) SELECT count(*)", "--timeout", "0.5"), "stopped after 0.5 s"),
        (("FROM range(3)", "--max-rows", "2"), "more than 2 rows"),
    ],
)
def test_a_refusal_is_one_line_and_exit_code_2(arguments, said, store, capsys):
    """Nothing is printed beside it."""
    code, output, errors = run(capsys, "query", *arguments, "--store", store)

    assert (code, output) == (2, "")
    assert said in errors
    assert errors.count("\n") == 1
