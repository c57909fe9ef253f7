import json

import pytest
import typer

from jobs.commands.experiment import app
from jobs.errors import ExperimentError

CELL = ["date=2024-05-01", "sse=LPSCl", "cathode=LiFePO4", "source=me", "efficiency_percent=40.3"]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the group here: arguments to exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CATHOLYTE_STORE", raising=False)
    program = typer.Typer(pretty_exceptions_enable=False)
    program.add_typer(app, name="experiment")

    def call(*arguments):
        capsys.readouterr()
        words = ["experiment", *(str(one) for one in arguments)]
        code = program(args=words, standalone_mode=False)
        return code or 0, *capsys.readouterr()

    return call


def test_a_cell_is_added_listed_corrected_and_shown(run):
    """From the first word to the second version."""
    assert run("add", "id=A1", *CELL)[1] == "experiment A1 added\n"
    assert "there already" in run("add", "id=A1", *CELL)[1]
    listed = json.loads(run("list", "--json")[1])
    assert [(row["id"], row["sse"], row["version"]) for row in listed] == [("A1", "Li6PS5Cl", 1)]

    run("correct", "A1", "--set", "efficiency_percent=41", "--reason", "read again")

    versions = json.loads(run("show", "A1", "--json")[1])
    assert [row["efficiency_percent"] for row in versions] == [40.3, 41.0]
    assert run("correct", "A1", "--withdraw", "--reason", "short")[1] == "experiment A1 withdrawn\n"
    assert run("list", "--json")[1] == "[]\n"
    assert json.loads(run("list", "--json", "--withdrawn")[1])[0]["withdrawn"]


def test_a_file_is_imported(run, tmp_path):
    """All of it; with a bad row none of it, or the good rows and exit code 3."""
    path = tmp_path / "cells.csv"
    header, good = "date,sse,cathode,source,efficiency_percent", "2024-05-01,LZC,LiFePO4,me,90"
    path.write_text(f"{header}\n{good}\n", encoding="utf-8")
    assert run("import", path)[1] == "1 experiment added, 0 were there already\n"

    path.write_text(f"{header}\n{good}\n2024-05-01,LZC,S,me,0.9\n", encoding="utf-8")
    with pytest.raises(ExperimentError, match="line 3: efficiency_percent"):
        run("import", path)
    code, output, errors = run("import", path, "--skip-bad-rows")
    assert (code, output) == (3, "0 experiments added, 1 was there already\n")
    assert errors.startswith("left out: line 3")


@pytest.mark.parametrize(
    ("words", "said"), [(["sse"], "has no '='"), (["sse=S", "sse=T"], "sse stands twice")]
)
def test_a_field_is_given_once_with_its_value(words, said, run):
    """FIELD=VALUE."""
    with pytest.raises(ExperimentError, match=said):
        run("add", *words)
