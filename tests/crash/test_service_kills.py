"""The server and its worker are killed where they stand: what was acknowledged is there after."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import httpx
import psutil
import pytest

pytestmark = pytest.mark.crash
SSES = ("LZC", "LPSCl", "Li3YCl6", "Li3InCl6")
CATHODES = ("S", "LiFePO4", "LiCoO2", "TiS2")
CELL = {"date": "2026-05-04", "sse": "LZC", "cathode": "LiFePO4", "recipe": "lfp-vgcf-hand",
        "first_charge_mah_per_g": "140"}  # fmt: skip


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def serving(folder, port):
    """Run `catholyte serve` with its worker; whatever is left of it ends with the block."""
    command = [sys.executable, "-m", "jobs.cli", "serve", "--port", str(port), "--store", "s"]
    server = subprocess.Popen(command, cwd=folder, env=os.environ, stderr=subprocess.DEVNULL)
    family: dict[int, psutil.Process] = {}
    try:
        yield server, family
    finally:
        server.kill()
        server.wait()
        # Children end by themselves when their server is gone; whoever does not is told at once.
        _, left = psutil.wait_procs(family.values(), timeout=60)
        for one in left:
            one.kill()
        assert not left


def answers(client):
    """Wait until the server answers, for a minute at most."""
    deadline = time.monotonic() + 60
    while True:
        try:
            client.get("/api/v1/health").raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the server does not come back"
            time.sleep(0.1)
        else:
            return


def step(client, number, said):
    """Do one step of the flow; write down what the server has acknowledged."""
    kind = number % 3
    if kind == 0:
        sse, cathode = SSES[number // 3 % 4], CATHODES[number // 12 % 4]
        batch = {"name": f"b{number}", "sses": [sse], "cathodes": [cathode], "draws": 0}
        said["batches"].add(
            client.post("/api/v1/batches", json=batch).raise_for_status().json()["id"]
        )
    elif kind == 1:
        cell = {**CELL, "id": f"K{number}", "source": f"notebook {number}"}
        client.post("/api/v1/experiments", json=cell).raise_for_status()
        said["cells"].add(cell["id"])
    else:
        formula = f"Li{number + 10}N3"  # A composition has one label.
        one = {"label": f"m{number}", "kind": "sse", "formula": formula, "source": "n"}
        client.post("/api/v1/materials", json=one).raise_for_status()
        said["materials"].add(one["label"])


@pytest.mark.parametrize("moments", [12, pytest.param(50, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost(tmp_path, moments):
    """Killed at so many moments: the server, and in every other life its worker before it."""
    chance = random.Random(17)  # noqa: S311  # The same moments each time.
    port, said = free_port(), {"batches": set(), "cells": set(), "materials": set()}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for moment in range(moments):
            with serving(tmp_path, port) as (server, family):
                answers(client)
                for number in range(3 * moment, 3 * moment + 3):
                    step(client, number, said)
                time.sleep(chance.uniform(0, 3))
                family |= {one.pid: one for one in psutil.Process(server.pid).children()}
                if moment % 2:
                    for child in psutil.Process(server.pid).children():
                        with suppress(psutil.NoSuchProcess):
                            child.send_signal(signal.SIGKILL)
                    answers(client)
                    step(client, 1000 + 3 * moment + 1, said)
                server.send_signal(signal.SIGKILL)
        with serving(tmp_path, port):
            answers(client)
            deadline = time.monotonic() + 50 * moments  # Each has left a batch behind.
            while time.monotonic() < deadline:
                batches = {one["id"]: one["state"] for one in client.get("/api/v1/batches").json()}
                if set(batches.values()) == {"done"}:
                    break
                time.sleep(1)
            cells = {one["id"] for one in client.get("/api/v1/experiments").json()}
            materials = {one["label"] for one in client.get("/api/v1/materials").json()}
            pages = [client.get(path).status_code for path in ("/", "/rank", "/lab", "/materials")]

    assert set(batches) == said["batches"]
    assert set(batches.values()) == {"done"}
    assert cells == said["cells"]
    assert materials == said["materials"]
    assert pages == [200] * 4
