import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import catholyte
from jobs.cli import main

HEAVY = ("numpy", "numba", "pyarrow", "pandas", "duckdb", "altair", "vl_convert", "pymatgen")


def test_the_door_opens_at_once():
    """Importing it loads no library: they come with the question that needs them."""
    code = f"import sys, catholyte; print([name for name in {HEAVY} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("name", catholyte.__all__)
def test_what_is_public_is_there_and_documented(name):
    """Everything that is listed can be had, and says what it is."""
    assert inspect.getdoc(getattr(catholyte, name))


def test_what_is_not_there_is_said():
    """With what there is."""
    with pytest.raises(AttributeError, match="catholyte has no 'windows'; it has"):
        catholyte.windows  # noqa: B018  # To ask is the test.
    assert set(dir(catholyte)) == set(catholyte.__all__)


@pytest.mark.parametrize(
    ("ask", "arguments"),
    [
        (lambda: catholyte.window("LPSCl"), ["window", "LPSCl"]),
        (
            lambda: catholyte.pair("LPSCl", "LiFePO4", voltages=[3.5], voltage_range=(2.5, 4.0)),
            ["pair", "LPSCl", "LiFePO4", "--voltage", "3.5", "--voltage-range", "2.5", "4"],
        ),
        (
            lambda: catholyte.cell("LPSCl", "S", anode="silicon"),
            ["cell", "LPSCl", "S", "--anode", "si"],
        ),
        (
            lambda: catholyte.coat("LPSCl", "LiCoO2", coatings=["LiNbO3", "Li2S"]),
            ["coat", "LPSCl", "LiCoO2", "--coating", "LiNbO3", "--coating", "Li2S"],
        ),
        (
            lambda: catholyte.Store(Path("lab")).calibrate(shipped=True),
            ["calibrate", "--shipped", "--store", "lab"],
        ),
    ],
    ids=["window", "pair", "cell", "coat", "calibrate"],
)
def test_the_notebook_says_what_the_command_says(ask, arguments, capsys, tmp_path, monkeypatch):
    """The record is that of --json, to the last digit."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main([*arguments, "--json"])

    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(ask().record))


@pytest.mark.slow
def test_cells_are_predicted_and_compared_as_the_commands_do(capsys, tmp_path, monkeypatch):
    """A row of --json each; the calibration is the store's."""
    monkeypatch.chdir(tmp_path)
    cells = [{"sse": "LZC", "cathode": "LiFePO4", "rate_c": 2.0}]
    made = {"date": "2026-03-31", "source": "me", "first_discharge_mah_per_g": 65.0}
    lab = catholyte.open_store("lab", make=True)
    lab.add_experiments([cells[0] | made])
    Path("cells.csv").write_text("sse,cathode,rate_c\nLZC,LiFePO4,2\n", encoding="utf-8")
    said = []
    for arguments in (["predict", "cells.csv"], ["experiment", "compare"]):
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main([*arguments, "--store", "lab", "--json"])
        said.append(json.loads(capsys.readouterr().out))

    (row,) = catholyte.predict(cells, store=lab).rows
    assert said[0] | {"id": "row 1"} == json.loads(json.dumps(row))
    assert said[1] == json.loads(json.dumps(lab.compare().record["figures"]))
