import json

import duckdb
import pytest
import typer

from jobs.commands.export import FormatName, export
from jobs.query.result_file import Format
from jobs.schema import store_schema as schema


@pytest.fixture
def store(tmp_path):
    """Return a store without a batch."""
    with duckdb.connect(tmp_path / "results.duckdb") as connection:
        for statement in schema.statements(schema.TABLES):
            connection.execute(statement)
    return tmp_path


def test_the_command_knows_every_format():
    """It lists them without loading what writes them."""
    assert [one.value for one in FormatName] == [one.value for one in Format]


def test_it_says_what_it_has_written(store, tmp_path_factory, capsys):
    """For people in a line, for programs as JSON."""
    output = tmp_path_factory.mktemp("out") / "kinks.csv"
    columns = len(schema.KINKS.fields)

    export(output, table="kinks", store=store)
    assert (
        capsys.readouterr().out == f"{output}: 0 rows of kinks, {columns} columns, of all batches\n"
    )

    export(output, table="kinks", store=store, form=FormatName.ARROW, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said == {"file": str(output), "batch_id": None, "rows": 0, "columns": columns}


def test_typer_takes_it():
    """Its options have help."""
    app = typer.Typer()
    app.command()(export)

    assert all(one.help for one in typer.main.get_command(app).params if one.name != "help")
