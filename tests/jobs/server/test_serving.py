import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import psutil


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
