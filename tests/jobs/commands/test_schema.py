from jobs.commands.schema import schema
from screening.batch.model import json_schema


def test_the_schema_is_printed_as_it_is(capsys):
    """So that its output can stand in a file."""
    schema()

    assert capsys.readouterr().out == json_schema()
