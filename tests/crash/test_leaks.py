import os
import tempfile
from pathlib import Path

import pytest

from jobs.batches.run import run
from jobs.engines.choice import Wanted
from jobs.engines.engine_name import EngineName
from screening.batch.model import Batch


def left_over():
    """Return what a leak would add to: handles, processes, folders of Ray, shared memory."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    owners = Path(tempfile.gettempdir()).glob("catholyte-ray-*/owner")
    ours = [path for path in owners if path.read_text().startswith(f"{os.getpid()} ")]
    return {
        "handles": len(list(Path("/proc/self/fd").iterdir())),
        "children": len(children),
        "sessions": len(ours),
        "shared memory": len(list(Path("/dev/shm").iterdir())),  # noqa: S108  # Only counted.
    }


def batches(store, n, engine):
    for number in range(n):
        run(
            Batch(name=f"{engine} {number}", sses=("LPSCl",), cathodes=("S",), draws=0),
            store,
            wanted=Wanted(engine, 2),
        )


@pytest.mark.crash
def test_twenty_batches_leave_nothing_behind(tmp_path):
    """In one process: handles, processes, temporary files are back where they were."""
    batches(tmp_path, 1, EngineName.LOCAL)  # What is loaded once is no leak.
    before = left_over()

    batches(tmp_path, 20, EngineName.LOCAL)

    assert left_over() == before
    assert not [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


@pytest.mark.cluster
def test_batches_on_ray_leave_nothing_behind(tmp_path):
    """Twenty starts and ends of Ray in one process."""
    batches(tmp_path, 2, EngineName.RAY)
    before = left_over()

    batches(tmp_path, 20, EngineName.RAY)

    after = left_over()
    assert after.pop("handles") <= before.pop("handles") + 2
    assert after == before
