import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jobs.phase_tables.errors import DataError, ServiceError
from jobs.phase_tables.materials_project import ENDPOINT, MaterialsProject
from jobs.phase_tables.plan import system_plan
from jobs.phase_tables.sync import sync
from stability.tables.phase_table import load_phase_table
from tests.jobs.phase_tables.materials_project_server import (
    KEY,
    MOST,
    Service,
    document,
    many,
    running,
)

ROOT = Path(__file__).parents[3]
NEEDS_CLIENT = "the client of the Materials Project; catholyte[mp]"


@pytest.fixture
def _client():
    pytest.importorskip("mp_api", reason=NEEDS_CLIENT)


def connected(url, key=KEY):
    return MaterialsProject(key, endpoint=url, wait=0.001)


@contextmanager
def answering(*answers):
    """Serve these answers (status, headers, body) one after the other; the last one stays."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            """Say nothing."""

        def do_GET(self):
            status, headers, body = answers[min(len(seen), len(answers) - 1)]
            seen.append(self.headers.get("x-api-key"))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": len(body)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.usefixtures("_client")
def test_pages_and_the_services_own_count_are_kept():
    """1,203 documents in two pages; the question is as the service takes it."""
    held = many(("Li", "P", "S"), 300)
    with running(Service(held)) as service:
        source = connected(service.url)
        answer = source.thermo(["Li", "P", "S", "Li-P", "Li-S", "P-S", "Li-P-S"], "GGA_GGA+U")
        version = source.database_version()

    assert (len(answer.documents), answer.total) == (1203, 1203)
    assert version == "2026.04.13"
    (_, first), (_, second) = service.requests
    assert first["_limit"] == str(MOST)
    assert first["thermo_types"] == "GGA_GGA+U"
    assert (second["_skip"], second["_limit"]) == ("1000", "203")


@pytest.mark.usefixtures("_client")
def test_only_documents_of_the_kind_that_was_asked_for_come():
    """One of r2SCAN, one of GGA; the summary holds both."""
    held = [
        document(1, "Li2O", "Li-O", -2.0),
        document(2, "Li2O", "Li-O", -2.1, thermo_type="r2SCAN"),
    ]
    with running(Service(held)) as service:
        source = connected(service.url)
        kinds = {
            kind: [one["material_id"] for one in source.thermo(["Li-O"], kind).documents]
            for kind in ("GGA_GGA+U", "R2SCAN")
        }
        summary = source.summary(["Li-O"]).documents

    assert kinds == {"GGA_GGA+U": ["mp-1"], "R2SCAN": ["mp-2"]}
    assert [one["theoretical"] for one in summary] == [False, False]


@pytest.mark.parametrize("key", ["", "short", "k" * 31, "k" * 33, "k" * 31 + "\n", "k" * 31 + "é"])
def test_what_cannot_be_a_key_is_refused_unseen(key):
    """None, or of another length, or with other characters: the message does not show it."""
    with pytest.raises(DataError, match="no key") as refused:
        MaterialsProject(key)

    assert "MP_API_KEY" in str(refused.value)
    assert not key or key not in str(refused.value)


def test_a_key_is_never_sent_unencrypted():
    """But to this machine itself."""
    with pytest.raises(DataError, match="would send the key unencrypted; use https"):
        MaterialsProject(KEY, endpoint="http://api.materialsproject.org/")


@pytest.mark.usefixtures("_client")
def test_a_wrong_key_is_refused_with_one_line():
    """The service says 403."""
    with running(Service(many(("Li",), 1))) as service:
        source = connected(service.url, "x" * 32)
        with pytest.raises(DataError, match=r"refuses the key \(status 403\); check MP_API_KEY$"):
            source.thermo(["Li"], "GGA_GGA+U")


@pytest.mark.usefixtures("_client")
def test_no_network_is_one_line():
    """Nobody listens at this port."""
    with answering((200, {}, b"{}")) as (url, _):
        pass
    source = connected(url)

    with pytest.raises(ServiceError, match=r"cannot be reached \(connection refused\)") as refused:
        source.database_version()
    with pytest.raises(ServiceError, match=r"cannot be reached \(connection refused\)"):
        source.thermo(["Li"], "GGA_GGA+U")
    assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("_client")
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"status": "OK"}'])
def test_a_heartbeat_without_a_version_is_refused(body):
    """A page of a proxy, or another program."""
    says = "says no database version"
    with answering((200, {}, body)) as (url, _), pytest.raises(ServiceError, match=says):
        connected(url).database_version()


@pytest.mark.usefixtures("_client")
@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((401, {}, b'{"detail": "no"}'), DataError, "refuses the key"),
        ((400, {}, b"{}"), DataError, r"refuses the question \(status 400\)"),
        ((404, {}, b'{"detail": "Not Found"}'), DataError, r"refuses the question \(status 404\)"),
        ((422, {}, b'{"detail": "chemsys"}'), DataError, r"refuses the question \(status 422\)"),
        ((429, {}, b'{"version": "blocked"}'), DataError, "has blocked this address"),
        ((503, {}, b"busy"), ServiceError, r"answers badly \(status 503\)"),
        ((200, {}, b'{"data": [{"mat'), ServiceError, "answers badly"),
        ((200, {}, b'{"meta": {"total_doc": 1}}'), ServiceError, "answers badly"),
        ((200, {}, b'{"data": [1], "meta": {"total_doc": 1}}'), ServiceError, "no list of docum"),
    ],
)
def test_what_the_service_may_say_is_told_apart(answer, error, says):
    """What can be mended by trying again is a ServiceError, all else is not tried again."""
    with answering(answer) as (url, _), pytest.raises(DataError, match=says) as refused:
        connected(url).thermo(["Li"], "GGA_GGA+U")

    assert type(refused.value) is error
    assert KEY not in str(refused.value)


@pytest.mark.usefixtures("_client")
def test_a_redirection_does_not_take_the_key_along():
    """To another host it goes without; this one had it."""
    good = (200, {}, b'{"db_version": "1"}')
    with (
        answering(good) as (other, there),
        answering((302, {"Location": other + "heartbeat"}, b"")) as (url, here),
    ):
        assert connected(url).database_version() == "1"

    assert here == [KEY]
    assert there == [None]


def test_without_the_client_it_says_what_to_install():
    """In an interpreter that does not find mp_api and requests."""
    code = (
        "import sys; sys.modules['mp_api'] = sys.modules['requests'] = None\n"
        "from jobs.phase_tables.materials_project import MaterialsProject\n"
        "try: MaterialsProject('k' * 32)\n"
        "except ValueError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert "install catholyte[mp]" in run.stdout


def test_the_client_is_loaded_only_where_something_is_fetched():
    """Neither by the modules of data nor by the command."""
    code = (
        "import sys, jobs.commands.data, jobs.phase_tables.materials_project;"
        "import jobs.phase_tables.plan;"
        "print({'mp_api', 'requests', 'pymatgen', 'pandas'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert run.stdout.strip() == "set()"


LIVE_KEY = os.environ.get("MP_API_KEY", "")


@pytest.mark.live
@pytest.mark.usefixtures("_client")
@pytest.mark.skipif(not LIVE_KEY, reason="asks the real service: set MP_API_KEY")
def test_the_real_service_answers_as_the_one_on_the_loopback():
    """Li-O: lithium oxide is known, on the hull, near -2 eV/atom; nothing is fetched twice."""
    source = MaterialsProject(LIVE_KEY, endpoint=ENDPOINT)

    made = sync(system_plan(["Li-O"]), source, name="live").snapshot
    again = sync(system_plan(["Li-O"]), source, name="live")

    table = load_phase_table("live")
    assert again.chunks_fetched == 0
    assert made.manifest.complete
    assert made.manifest.database_version
    row = table.formulas.index("Li2O")
    assert table.known[row]
    assert -2.2 < table.energies[row] < -1.9
    assert table.band_gap[row] > 3.0
