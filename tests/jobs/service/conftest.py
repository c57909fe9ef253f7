import threading
import time
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from jobs.batches.run import run
from jobs.server.application import create_app
from jobs.service.settings import ServiceSettings
from screening.batch.model import Batch


@contextmanager
def serving(settings):
    """Serve a store over real sockets; yield a client that keeps cookies."""
    config = uvicorn.Config(create_app(settings), port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        client.headers["host"] = f"127.0.0.1:{settings.port}"
        yield client
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def screened(tmp_path_factory):
    """Return a store with four pairs, for reading only."""
    store = tmp_path_factory.mktemp("served") / "store"
    run(Batch(name="four", sses=("LPSCl", "LZC"), cathodes=("S", "LiFePO4")), store)
    return store


@pytest.fixture(scope="session")
def reader(screened):
    """Return a client of a service on the store with four pairs."""
    with serving(ServiceSettings(store=screened)) as client:
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

    def send(client, path, **fields):
        client.get("/submit")
        return client.post(path, data={"csrf": client.cookies["catholyte-form"], **fields})

    return send
