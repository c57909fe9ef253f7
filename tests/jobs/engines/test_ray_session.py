import os
import subprocess
import sys

import psutil
import pytest

from jobs.engines import ray_session
from jobs.errors import EngineError
from jobs.process.processes import started


@pytest.fixture
def temporary(tmp_path_factory, monkeypatch):
    """Return a short folder for temporary files of this test alone."""
    folder = tmp_path_factory.mktemp("t")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(folder))
    return folder


def remains(temporary, owner):
    """Make a folder of a session with a process that names it, and return both."""
    folder = temporary / "catholyte-ray-x"
    folder.mkdir()
    (folder / "owner").write_text(owner, encoding="ascii")
    code = "import sys, time; print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", code, f"{folder}/session"], stdout=subprocess.PIPE
    )
    process.stdout.readline()
    return folder, process


def test_remains_of_a_dead_driver_are_removed(temporary):
    """Its folder, and the processes that it left."""
    folder, process = remains(temporary, "4194303 long ago")

    ray_session.remove_remains()

    assert not folder.exists()
    assert not psutil.pid_exists(process.pid)
    process.wait()
    process.stdout.close()


def test_sessions_of_the_living_are_left_alone(temporary):
    """Another driver is at work there; so is one that is just making its folder."""
    folder, process = remains(temporary, f"{os.getpid()} {started(os.getpid())}")
    fresh = temporary / "catholyte-ray-y"
    fresh.mkdir()

    ray_session.remove_remains()

    assert folder.exists()
    assert fresh.exists()
    assert process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()


def test_without_a_folder_for_sockets_it_is_refused(monkeypatch):
    """In one line with the remedy; Ray would die of it with a trace."""
    monkeypatch.setattr(ray_session, "new_session_folder", lambda: None)
    pytest.importorskip("ray", reason="Ray is an extra")

    with pytest.raises(EngineError, match="set TMPDIR, or use --engine local"):
        ray_session.started(1, None, 100 << 20)


def test_settings_keep_what_the_user_has_set(monkeypatch):
    """Ours are for what is not set; reports stay off."""
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED", raising=False)

    ray_session.prepare_environment()

    assert os.environ["RAY_AUTH_MODE"] == "disabled"
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
