import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import psutil

from jobs.service.settings import ServiceSettings
from tests.jobs.conftest import serving


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_one_command_serves_computes_and_stops(tmp_path):
    """The worker beside it computes, and gives way; an interruption ends both."""
    port = free_port()
    command = [sys.executable, "-m", "jobs.cli", "serve", "--port", str(port), "--store", "s"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ, stderr=subprocess.PIPE) as server:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            while True:
                try:
                    assert client.get("/api/v1/health").json()["status"] == "ok"
                    break
                except httpx.ConnectError:
                    assert server.poll() is None
                    time.sleep(0.1)
            batch = {"sses": ["LZC"], "cathodes": ["S"], "draws": 0}
            name = client.post("/api/v1/batches", json=batch).json()["id"]
            while client.get(f"/api/v1/batches/{name}").json()["state"] != "done":
                assert server.poll() is None
                time.sleep(0.2)
            pairs = client.get("/api/v1/pairs").json()
            process = psutil.Process(server.pid)
            own = process.nice()
            niceness = [child.nice() for child in process.children()]
        server.send_signal(signal.SIGINT)
        server.communicate()

    assert [row["sse"] for row in pairs] == ["Li2ZrCl6"]
    assert max(niceness) > own
    with socket.socket() as freed:
        freed.bind(("127.0.0.1", port))


def test_an_open_stream_does_not_hold_up_the_end(tmp_path):
    """That of a batch which waits for ever: who listens is told no more."""
    with ExitStack() as open_lines:
        with serving(ServiceSettings(store=tmp_path)) as client:
            batch = {"sses": ["LZC"], "cathodes": ["S"]}
            name = client.post("/api/v1/batches", json=batch).json()["id"]
            other = open_lines.enter_context(
                httpx.Client(base_url=client.base_url, headers=client.headers, timeout=60)
            )
            path = f"/api/v1/batches/{name}/events"
            lines = open_lines.enter_context(other.stream("GET", path)).iter_lines()
            first = next(lines)
            began = time.monotonic()
        lasted = time.monotonic() - began
        rest = [line for line in lines if line]

    assert '"state": "queued"' in first
    assert lasted < 30
    assert all('"state": "queued"' in line for line in rest)


def test_what_is_computed_does_not_hold_up_the_end(tmp_path):
    """Two pairs are asked for, one after the other; the process that computes does not answer."""
    before = set(psutil.Process().children())
    with ThreadPoolExecutor() as threads:
        with serving(ServiceSettings(store=tmp_path)) as client:
            asked = {
                "url": f"{client.base_url}/api/v1/pairs/evaluate",
                "json": {"sse": "LZC", "cathode": "S"},
                "headers": {"host": client.headers["host"]},
                "timeout": 120,
            }
            sent = [threads.submit(httpx.post, **asked) for _ in range(2)]
            while not (computing := set(psutil.Process().children()) - before):
                time.sleep(0.01)
            for one in computing:
                one.suspend()
            time.sleep(0.5)  # The second waits for its turn.
            began = time.monotonic()
        lasted = time.monotonic() - began
        answers = [one.result() for one in sent]

    assert lasted < 30
    assert {one.status_code for one in answers} == {503}
