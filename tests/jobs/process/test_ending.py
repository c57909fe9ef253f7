import os
import subprocess
import sys

import pytest

from jobs.errors import BusyError, QueryError
from jobs.process.ending import BAD_INPUT, BUSY, FAILURE, told

PROGRAM = [sys.executable, "-m", "jobs.cli"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (QueryError("no"), BAD_INPUT, "error: no"),
        (BusyError("held"), BUSY, "error: held"),
        (PermissionError(13, "Permission denied", "t.csv"), BAD_INPUT, "t.csv: Permission denied"),
        (IsADirectoryError(21, "Is a directory", "d"), BAD_INPUT, "error: d: Is a directory"),
        (ZeroDivisionError("x"), FAILURE, "internal error: ZeroDivisionError: x"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(error, code, said, capsys, monkeypatch):
    """A file that people name is their input, whichever reader meets it."""
    monkeypatch.delenv("CATHOLYTE_DEBUG", raising=False)

    assert told(error) == code
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1


@pytest.mark.parametrize("closed", ["1", "2", "1 2", "0 1 2"])
def test_a_closed_stream_ends_no_command(closed):
    """As with ``>&-``: nothing is printed there, and nothing else takes its place."""
    shut = " ".join(f"{number}>&-" for number in closed.split())
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {shut}', "sh", *PROGRAM, "schema"],
        capture_output=True,
        check=False,
        env=os.environ,
    )

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert bool(ended.stdout) is ("1" not in closed)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_that_lacks_a_character_gets_another(encoding):
    """The rest of the text is there: a Greek letter is no reason to stop."""
    code = (
        "from jobs.process.ending import prepare_streams\n"
        "prepare_streams()\n"
        "print('0.5 \\u03a9 cm')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
    )

    assert ended.stdout == b"0.5 ? cm\n"
