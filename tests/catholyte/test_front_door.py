import inspect
import json
import subprocess
import sys

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
    ],
    ids=["window", "pair", "cell"],
)
def test_the_notebook_says_what_the_command_says(ask, arguments, capsys):
    """The record is that of --json, to the last digit."""
    with pytest.raises(SystemExit):
        main([*arguments, "--json"])

    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(ask().record))
