"""A driver to be killed: computes the batch of the harness in the store that it is given.

``python driver.py STORE ENGINE [NAME=VALUE ...]`` with cpus, deadline, address, recompute; it says
what it has acknowledged, and how it ends.
"""

import sys
from pathlib import Path

from jobs.batches.driver import drive
from jobs.engines.choice import Wanted, chosen
from jobs.engines.engine_name import EngineName
from jobs.errors import JobsError
from jobs.store.spec import batch_spec
from jobs.work.engine import Limits
from screening.batch.model import Batch

BATCH = Batch(
    name="crash",
    sses=("LPSCl", "LZC", "LYC", "LGPS", "Li3N", "Li2S"),
    cathodes=("S", "Li2S", "LiFePO4"),
    draws=200,
)
CHUNK = 2


def say(*words):
    print(*words, flush=True)  # noqa: T201  # The harness reads it.


def main() -> None:
    store, engine = Path(sys.argv[1]), EngineName(sys.argv[2])
    options = dict(word.split("=", 1) for word in sys.argv[3:])
    deadline = float(options.get("deadline", 60.0))
    limits = Limits(deadline=deadline, enough=deadline)
    spec = batch_spec(BATCH, chunk_size=CHUNK)
    choice = chosen(Wanted(engine, int(options.get("cpus", 2)), options.get("address")))
    recompute = "recompute" in options

    def progress(done, _):
        say("ack", done)

    drive(store, spec, choice, limits=limits, recompute=recompute, progress=progress)
    say("ended")


if __name__ == "__main__":
    try:
        main()
    except JobsError as error:
        sys.exit(f"{type(error).__name__}: {error}")
