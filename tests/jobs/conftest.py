import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.batches.run import Outcome, run
from jobs.cli import main
from screening.batch.model import Batch

HOLD = """
import sys
from pathlib import Path
from jobs.store.writer import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="session")
def reference(tmp_path_factory) -> tuple[Path, Outcome]:
    """Return a store that holds the reference batch, for reading only, and what became of it."""
    store = tmp_path_factory.mktemp("reference") / "store"
    return store, run(Batch(), store)


@pytest.fixture(scope="session")
def stored(reference) -> Path:
    """Return a store that holds the reference batch, for reading only."""
    return reference[0]


@pytest.fixture
def small() -> Batch:
    """Return a batch of two pairs that takes no time."""
    return Batch(name="small", sses=("LPSCl", "LZC"), cathodes=("S",))


@pytest.fixture
def command(capsys, monkeypatch, tmp_path) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs ``catholyte`` here: arguments to exit code, output, errors.

    It runs in an empty folder, and without a store of its own in the environment.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CATHOLYTE_STORE", raising=False)
    monkeypatch.delenv("CATHOLYTE_DEBUG", raising=False)

    def call(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        output, errors = capsys.readouterr()
        return int(ended.value.code or 0), output, errors

    return call


@pytest.fixture
def holder(tmp_path):
    """Return a store and the process that is writing it, until the test ends."""
    store = tmp_path / "held"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield store, process
        process.stdin.close()
