import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.process import failure_points as fault

PASSES = """
from jobs.process.failure_points import reached
for number in range(1, 6):
    print(number, flush=True)
    reached("here")
    reached("there")
"""


def ran(asked):
    """Return how a fresh process that passes two points five times ends, and its last pass."""
    ended = subprocess.run(
        [sys.executable, "-c", PASSES],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3]), fault.VARIABLE: asked},
    )
    return ended.returncode, int(ended.stdout.split()[-1])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", (0, 5)),
        ("elsewhere:1", (0, 5)),
        ("here:6", (0, 5)),
        ("here:3", (-signal.SIGKILL, 3)),
        ("there:2:kill", (-signal.SIGKILL, 2)),
        ("there:4,here:2", (-signal.SIGKILL, 2)),
        ("here:0", (-signal.SIGKILL, 1)),
    ],
)
def test_a_process_dies_at_the_pass_that_is_asked_for(asked, expected):
    """The n-th pass over the point, and no other."""
    assert ran(asked) == expected


@pytest.mark.parametrize(
    ("kind", "error"),
    [("enospc", OSError), ("memory", MemoryError), ("error", ZeroDivisionError)],
)
def test_other_faults_are_errors(kind, error, monkeypatch):
    """A full disk carries its number, as the system would give it."""
    monkeypatch.setenv(fault.VARIABLE, f"point of {kind}:1:{kind}")

    with pytest.raises(error) as raised:
        fault.reached(f"point of {kind}")

    assert kind != "enospc" or raised.value.errno == errno.ENOSPC
    fault.reached(f"point of {kind}")  # The second pass is not asked for.
