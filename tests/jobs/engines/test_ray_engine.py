import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from jobs.batches.run import run
from jobs.engines.choice import Wanted
from jobs.engines.engine_name import EngineName
from jobs.errors import JobsError
from jobs.process.session_folder import session_folders
from jobs.store.published import rows
from screening.batch.model import Batch

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is an extra")
BATCH = Batch(name="gaps", sses=("Li3Bi", "LPSCl", "LZC"), cathodes=("S", "Li2S"), draws=0)
LOADED = (
    "import sys, jobs.engines.choice, jobs.batches.driver, jobs.batches.run, jobs.cli;"
    "print('ray' in sys.modules)"
)


def sessions():
    return sorted(session_folders(living=True)) + sorted(session_folders(living=False))


@pytest.mark.slow
def test_ray_gives_the_same_rows_and_leaves_nothing(tmp_path):
    """Every pair as processes of this machine have it; no folder and no process of Ray remains."""
    before = sessions()
    run(BATCH, tmp_path / "local")
    outcome = run(BATCH, tmp_path / "ray", wanted=Wanted(EngineName.RAY, 2))

    assert (outcome.pairs, outcome.failed) == (6, 2)
    one, two = (
        rows(tmp_path / name, "FROM pairs ORDER BY sse, cathode") for name in ("local", "ray")
    )
    assert one == two
    assert sessions() == before
    until = time.monotonic() + 10.0
    while (left := _named("catholyte-ray-")) and time.monotonic() < until:
        time.sleep(0.2)
    assert left == []


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_refused(tmp_path, monkeypatch):
    """In one line that names the address."""
    monkeypatch.setenv("RAY_gcs_rpc_server_connect_timeout_s", "1")

    with pytest.raises(JobsError, match=r"Ray did not join the cluster at 127\.0\.0\.1:1") as error:
        run(BATCH, tmp_path, wanted=Wanted(address="127.0.0.1:1"))
    assert "\n" not in str(error.value)


def test_ray_is_loaded_only_where_it_is_used():
    """The program starts without it; it takes more than a second."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    assert ended.stdout == "False\n"


def _named(text):
    """Return the processes of this user whose command line holds a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.stat().st_uid == os.getuid() and text.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found
