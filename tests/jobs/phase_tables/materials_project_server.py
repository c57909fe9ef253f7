"""A server on the loopback that speaks as the Materials Project does, and fails on request.

What it takes from the real service (api.materialsproject.org, read with mp-api 0.46.5):

- ``GET /heartbeat`` without a key: ``{"status", "version", "db_version",
  "access_controlled_batch_ids"}``.
- ``GET /materials/thermo/`` and ``GET /materials/summary/`` with the header ``x-api-key`` (401
  without one, 403 with a wrong one). Parameters are ``chemsys`` (systems with commas between),
  ``thermo_types``, ``deprecated``, ``_fields``, ``_limit`` (at most 1000, 100 by default) and
  ``_skip``; any other is answered with 400.
- The answer is ``{"data": [...], "meta": {"total_doc": N, ...}}``, with the fields asked for.
- Errors are JSON with ``detail``; a busy service answers 429 with ``Retry-After``.

Which faults it adds, and how often, is said to :class:`Faults`. They are drawn from a seed, so a
run is repeatable, as long as requests come in the same order.
"""

import json
import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations
from urllib.parse import parse_qs, urlsplit

KEY = "k" * 16 + "0123456789abcdef"
"""A key that the server accepts: 32 characters, as real ones have."""
PARAMETERS = {"chemsys", "thermo_types", "deprecated", "_fields", "_limit", "_skip"}
MOST = 1000


@dataclass(frozen=True)
class Faults:
    """How often each fault happens, as a share of requests for documents."""

    seed: int = 0
    unavailable: float = 0.0
    """503."""
    busy: float = 0.0
    """429 with Retry-After: 0."""
    broken: float = 0.0
    """500 whose body is no JSON."""
    empty: float = 0.0
    """200 without documents, although there are some."""
    truncated: float = 0.0
    """200 whose JSON ends in the middle."""
    doubled: float = 0.0
    """A page that repeats its first half in place of its second."""
    slow: float = 0.0
    """An answer that takes 0.05 s more."""
    stalled: float = 0.0
    """One that takes 0.5 s more."""


@dataclass
class Service:
    """What the server holds, and what it was asked."""

    documents: list[dict]
    faults: Faults = field(default_factory=Faults)
    versions: list[str] = field(default_factory=lambda: ["2026.04.13"])
    """What heartbeats say, one after the other; the last one stays."""
    largest_page: int = MOST
    requests: list[tuple[str, dict]] = field(default_factory=list)
    """Path and parameters of each request for documents."""
    heartbeats: int = 0
    injected: int = 0
    url: str = ""

    def __post_init__(self):
        self.random = random.Random(self.faults.seed)  # noqa: S311  # Faults are no secret.
        self.lock = threading.Lock()

    def version(self):
        """Return what this heartbeat says."""
        with self.lock:
            said = self.versions[min(self.heartbeats, len(self.versions) - 1)]
            self.heartbeats += 1
            return said

    def fault(self):
        """Return the fault of this request, if any."""
        with self.lock:
            drawn = self.random.random()
            for name in (
                "unavailable",
                "busy",
                "broken",
                "empty",
                "truncated",
                "doubled",
                "slow",
                "stalled",
            ):
                share = getattr(self.faults, name)
                if drawn < share:
                    self.injected += 1
                    return name
                drawn -= share
        return ""


def document(number, formula, system, energy, **more):
    """Return what the service knows of one material: thermo and summary together."""
    return {
        "material_id": f"mp-{number}",
        "formula_pretty": formula,
        "chemsys": system,
        "thermo_type": "GGA_GGA+U",
        "formation_energy_per_atom": energy,
        "builder_meta": {"license": "BY-C", "database_version": "2026.04.13"},
        "theoretical": False,
        "deprecated": False,
        "band_gap": 3.5,
        "density": 2.0,
        "volume": 60.0,
        "nsites": 3,
        "bulk_modulus": {"voigt": 41.0, "reuss": 39.0, "vrh": 40.0},
        "shear_modulus": None,
    } | more


def many(elements, each):
    """Return documents of all systems of up to three elements, several for each compound system.

    Formulas are all different: the n-th compound of a system holds n + 1 atoms of its first
    element.
    """
    made = [
        document(number, element, element, 0.0) for number, element in enumerate(elements, start=1)
    ]
    for arity in (2, 3):
        for some in combinations(sorted(elements), arity):
            for n in range(each):
                formula = f"{some[0]}{n + 2}" + "".join(some[1:])
                energy = -1.0 - 0.001 * n - 0.1 * arity
                made.append(
                    document(len(made) + 1, formula, "-".join(some), energy, theoretical=n % 5 == 4)
                )
    return made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        service = self.server.service
        address = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path == "/heartbeat":
            self.answer(
                200,
                {
                    "status": "OK",
                    "version": "0.87.3",
                    "db_version": service.version(),
                    "access_controlled_batch_ids": ["gnome_r2scan_statics"],
                },
            )
        elif self.headers.get("x-api-key") != KEY:
            self.answer(403 if self.headers.get("x-api-key") else 401, {"detail": "Unauthorized"})
        elif address.path not in {"/materials/thermo/", "/materials/summary/"}:
            self.answer(404, {"detail": "Not Found"})
        elif set(asked) - PARAMETERS or int(asked.get("_limit", 100)) > MOST:
            self.answer(400, {"detail": "unknown parameter, or a page that is too large"})
        else:
            service.requests.append((address.path, asked))
            self.documents(service, asked, address.path)

    def documents(self, service, asked, path):
        fault = service.fault()
        if fault == "unavailable":
            return self.answer(503, {"detail": "Service Unavailable"})
        if fault == "busy":
            return self.answer(429, {"detail": "Too Many Requests"}, {"Retry-After": "0"})
        if fault == "broken":
            return self.raw(500, b"Internal Server Error")
        if fault in {"slow", "stalled"}:
            time.sleep(0.05 if fault == "slow" else 0.5)
        systems = set(asked["chemsys"].split(","))
        kinds = asked.get("thermo_types", "").split(",")
        found = [
            one
            for one in service.documents
            if one["chemsys"] in systems
            and (path.endswith("summary/") or one["thermo_type"] in kinds)
        ]
        start = int(asked.get("_skip", 0))
        page = found[start : start + min(int(asked.get("_limit", 100)), service.largest_page)]
        if fault == "empty":
            page = []
        if fault == "doubled" and len(page) > 1:
            page = page[: len(page) // 2] * 2
        fields = asked["_fields"].split(",")
        answer = {
            "data": [{name: one.get(name) for name in fields} for one in page],
            "meta": {"api_version": "0.87.3", "total_doc": len(found), "max_limit": MOST},
        }
        if fault == "truncated":
            return self.raw(200, json.dumps(answer).encode()[:-20])
        return self.answer(200, answer)

    def answer(self, status, content, headers=()):
        self.raw(status, json.dumps(content).encode(), headers)

    def raw(self, status, body, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Say nothing: a client that was killed hangs up."""


@contextmanager
def running(service):
    """Serve until the end of the block; the service then says where it was asked."""
    server = _Quiet(("127.0.0.1", 0), _Handler)
    server.service = service
    service.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
