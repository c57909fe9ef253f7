import json

import typer

from jobs.material_commands.why_not import why_not


def test_a_compound_that_no_table_has_gets_an_answer(tmp_path, monkeypatch, capsys):
    """Li2.7Y0.7Zr0.3Cl6, made up here: gates, factors and a place, as one JSON object."""
    monkeypatch.chdir(tmp_path)
    program = typer.Typer(pretty_exceptions_enable=False)
    program.command()(why_not)

    program(args=["Li2.7Y0.7Zr0.3Cl6", "--json"], standalone_mode=False)

    record = json.loads(capsys.readouterr().out)
    assert record["refused_by"] is None
    assert record["cathode"] == "LiFePO4"
    assert 1 <= record["place"] <= record["rivals"]
