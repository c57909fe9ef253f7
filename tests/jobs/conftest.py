import faulthandler
import itertools
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from jobs.batches.run import Outcome, run
from jobs.cli import main
from jobs.engines import choice
from jobs.server.serving import server_for
from jobs.service.settings import ServiceSettings
from jobs.work.chunk import composites_of, evaluate_chunk, phases_of
from jobs.work.engine import Answer
from jobs.work.packed_tables import packed
from screening.batch.model import Batch

STARTED = choice.started
HOLD = """
import sys
from pathlib import Path
from jobs.store.writer import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


class Here:
    """An engine in this process."""

    slots = 1

    def __init__(self, _choice, _store, spec, _limits):
        self.spec = spec
        self.phases, self.composites = phases_of(spec), composites_of(spec)
        self.tickets, self.waiting = itertools.count(), []

    def submit(self, span, _):
        """Take a span."""
        self.waiting.append((next(self.tickets), span))
        return self.waiting[-1][0]

    def answers(self, _):
        """Compute what waits."""
        return [self.answer(*self.waiting.pop()) for _ in list(self.waiting)]

    def answer(self, ticket, span):
        """Return the rows of a span, with the processor time that they took."""
        began = time.process_time()
        rows = packed(evaluate_chunk(self.spec, self.phases, self.composites, span))
        return Answer(ticket, rows, time.process_time() - began)

    def close(self):
        """Leave nothing behind."""


@contextmanager
def computed_here():
    """Compute batches in this process: others take 3 s to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "started", Here)
        yield


@pytest.fixture(scope="module", autouse=True)
def _here():
    """Compute what fixtures of a file and its tests ask for in this process."""
    with computed_here():
        yield


@pytest.fixture
def processes(monkeypatch):
    """Let batches be computed as they are for people, in processes of their own."""
    monkeypatch.setattr(choice, "started", STARTED)


@pytest.fixture(scope="session")
def reference(tmp_path_factory) -> tuple[Path, Outcome]:
    """Return a store that holds the reference batch, for reading only, and what became of it."""
    store = tmp_path_factory.mktemp("reference") / "store"
    with computed_here():
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


def stopped(server, thread):
    """Have a server stop; where it does not, tell what each thread does."""
    server.should_exit = True
    thread.join(60)
    if thread.is_alive():
        faulthandler.dump_traceback(sys.__stderr__)
        pytest.fail("the service does not stop")


@contextmanager
def serving(settings):
    """Serve a store over real sockets; yield a client that keeps cookies."""
    server = server_for(settings, port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        client.headers["host"] = f"127.0.0.1:{settings.port}"
        yield client
    stopped(server, thread)


@pytest.fixture(scope="session")
def screened(tmp_path_factory):
    """Return a store with four pairs, for reading only."""
    store = tmp_path_factory.mktemp("served") / "store"
    with computed_here():
        run(Batch(name="four", sses=("LPSCl", "LZC"), cathodes=("S", "LiFePO4")), store)
    return store


@pytest.fixture(scope="session")
def reader(screened):
    """Return a client of a service on the store with four pairs."""
    with serving(ServiceSettings(store=screened)) as client:
        yield client


@pytest.fixture
def copied(screened, tmp_path):
    """Return a client of a service on a copy of the store with four pairs, which it may change."""
    store = shutil.copytree(screened, tmp_path / "store")
    with serving(ServiceSettings(store=store)) as client:
        yield client


@pytest.fixture
def served(tmp_path):
    """Return a client of a service on an empty store, and the store."""
    store = tmp_path / "store"
    with serving(ServiceSettings(store=store)) as client:
        yield client, store


@pytest.fixture
def form():
    """Return a function that sends a form as a browser does, with the token of its page."""

    def send(client, path, *, files=None, **fields):
        client.get("/submit")
        sent = {"csrf": client.cookies["catholyte-form"], **fields}
        return client.post(path, data=sent, files=files)

    return send
