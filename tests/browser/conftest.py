import shutil
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from jobs.server.serving import server_for
from jobs.service.settings import ServiceSettings
from tests.jobs.conftest import screened, stopped

__all__ = ["screened"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def chromium():
    """Return a headless browser; without one these tests skip, and say so.

    One for each file: it keeps a loop of asyncio running, and other files start their own.
    """
    library = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with library.sync_playwright() as playwright:
        # Root, as in a container, has no sandbox of its own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[390, 1600], ids=["phone", "desk"])
def seen(chromium, request):
    """Return a page of a phone or a desk, with the requests it makes and what goes wrong on it."""
    context = chromium.new_context(viewport={"width": request.param, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.asked, page.wrong = [], []
    page.on("request", lambda one: page.asked.append(one.url))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda one: page.wrong.append(one.text) if one.type == "error" else None)
    yield page
    context.close()


@contextmanager
def served_at(store, **settings):
    """Serve a store over real sockets, on a port that the pages know; yield its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = server_for(ServiceSettings(store=store, port=port, **settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    stopped(server, thread)


@pytest.fixture(scope="session")
def site(screened):
    """Return the address of a service on the store with four pairs."""
    with served_at(screened) as address:
        yield address
