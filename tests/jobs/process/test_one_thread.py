import os
import subprocess
import sys
from pathlib import Path

from jobs.process.one_thread import ONE_THREAD

ROOT = Path(__file__).parents[3]
SAYS = """
import contextlib, os, sys
from jobs import cli
assert "numpy" not in sys.modules
with contextlib.suppress(SystemExit):
    cli.main(["schema", "--help"])
print("\\n" + " ".join(os.environ[name] for name in sys.argv[1:]))
"""


def test_a_command_computes_in_one_thread_whatever_the_machine():
    """Its draws are those of a worker, which has one thread, bit for bit."""
    ended = subprocess.run(
        [sys.executable, "-c", SAYS, *ONE_THREAD],
        env=os.environ | dict.fromkeys(ONE_THREAD, "4") | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout.splitlines()[-1] == "1 1 1"
