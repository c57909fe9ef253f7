"""A session of Ray: its settings, its folder, its end, and the remains of sessions that died."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psutil

from jobs.errors import EngineError, EngineLostError
from jobs.process.processes import processes_naming
from jobs.process.session_folder import new_session_folder, session_folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_REPORT_URL": "http://127.0.0.1:9/",  # `ray start` reports even if disabled.
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # Tasks never start under `uv run` otherwise.
    "RAY_AUTH_MODE": "token",
    "RAY_task_oom_retries": "1",  # Retried for ever otherwise.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}
_NO_METADATA = {  # Ray asks a cloud's metadata service where it runs, at every start.
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}
_HEARD = 5.0  # [s] Between looks whether the head of Ray lives, and at the nodes.
_GRACE = 1.0  # [s] For processes that are asked to end.


def prepare_environment() -> None:
    """Set what Ray reads when it is imported; what the user has set stays."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)


class Session:
    """A Ray that this process has started, or joined."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._looked = 0.0
        self._vital = _vital(folder) if folder else {}
        self._nodes: list[str] = []
        self._asked = 0.0

    def check(self) -> None:
        """Look now and then whether what Ray cannot do without still lives.

        Raises
        ------
        EngineLostError
            If it does not: Ray itself would end this process some time later.
        """
        now = time.monotonic()
        for name, process in self._vital.items():
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                raise EngineLostError(
                    f"{name} of Ray, process {process.pid}, has died; what was acknowledged is "
                    "kept: go on with `catholyte resume`"
                )
        if now - self._looked < _HEARD:
            return
        self._looked = now
        host, _, port = _gcs_address().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_HEARD).close()
        except OSError as error:
            raise EngineLostError(
                f"the head of Ray at {host}:{port} does not answer ({error.strerror or error}); "
                "what was acknowledged is kept: go on with `catholyte resume`"
            ) from error

    def living_nodes(self) -> list[str]:
        """Return the ids of the nodes that live, as of some seconds ago."""
        import ray  # noqa: PLC0415  # The session is there, so Ray is loaded.

        now = time.monotonic()
        if now - self._asked > _HEARD:
            self._asked = now
            self._nodes = sorted(
                node["NodeID"]
                for node in ray.nodes()  # type: ignore[no-untyped-call]  # Ray says no types.
                if node["Alive"] and node["Resources"].get("CPU")
            )
        return self._nodes

    def cluster_cpus(self) -> int:
        """Return the processors of all nodes."""
        import ray  # noqa: PLC0415  # The session is there, so Ray is loaded.

        return int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]  # Ray says no types.

    def close(self) -> None:
        """Stop Ray, and remove its folder and what it left running."""
        import ray  # noqa: PLC0415  # The session is there, so Ray is loaded.

        if self._folder:
            _ended(self._folder)  # A Ray that has died would wait for what never comes.
        with suppress(Exception):  # It cannot be stopped in order then.
            ray.shutdown()
        if self._folder:
            _removed(self._folder)


def started(cpus: int, address: str | None, store_bytes: int) -> Session:
    """Start Ray here, or join a running cluster.

    Parameters
    ----------
    cpus : int
        Processors to use here.
    address : str or None
        Address of the cluster to join; Ray starts here without one.
    store_bytes : int
        Size of its object store here. [bytes]

    Raises
    ------
    EngineError
        If no folder of this machine will do for its sockets.
    EngineLostError
        If it does not start: another attempt may succeed.
    """
    import ray  # noqa: PLC0415  # Takes more than a second.

    remove_remains()
    quiet: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
    folder = None if address else new_session_folder()
    if not (address or folder):
        raise EngineError(
            f"the folder for temporary files, {tempfile.gettempdir()}, is too long for the sockets "
            "of Ray, and no shorter one can be written; set TMPDIR, or use --engine local"
        )
    try:
        with _environment(_NO_METADATA if not address else {}):
            if address:
                ray.init(address=address, **quiet)
            else:
                ray.init(
                    address="local",
                    num_cpus=cpus,
                    include_dashboard=False,
                    object_store_memory=store_bytes,
                    _temp_dir=str(folder),
                    **quiet,
                )
    except BaseException as error:
        if folder:
            _removed(folder)
        if isinstance(error, Exception):
            said = str(error).strip().splitlines() or [type(error).__name__]
            where = f"join the cluster at {address}" if address else "start"
            raise EngineLostError(
                f"Ray did not {where}: {said[0]}; try again, or use --engine local"
            ) from error
        raise
    return Session(folder)


def remove_remains() -> None:
    """Remove folders and processes of sessions whose driver has died."""
    for folder in session_folders(living=False):
        _removed(folder)


def _removed(folder: Path) -> None:
    """Remove a folder of a session, and the processes that name it on their command line."""
    _ended(folder, signal.SIGTERM)
    _ended(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _ended(folder: Path, kind: signal.Signals = signal.SIGKILL) -> None:
    """End the processes of a session, and wait a little until they are gone."""
    found = list(processes_naming(f"{folder}/"))
    for process in found:
        with suppress(psutil.Error):
            process.send_signal(kind)
    psutil.wait_procs(found, timeout=_GRACE)


def _vital(folder: Path) -> dict[str, psutil.Process]:
    """Return the processes that a session cannot do without, by name."""
    found = {}
    for process in processes_naming(f"{folder}/"):
        with suppress(psutil.Error):
            found[process.name()] = process
    return {name: found[name] for name in ("raylet", "gcs_server") if name in found}


@contextmanager
def _environment(more: dict[str, str]) -> Iterator[None]:
    """Let processes that are started meanwhile have some more variables."""
    here = {"no_proxy": f"127.0.0.1,localhost,::1,{_own_address()}"} if more else {}
    before = {name: os.environ.get(name) for name in more | here}
    os.environ.update(more | here)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _own_address() -> str:
    """Return the address by which this machine is known on its network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # A documentation address; UDP sends nothing yet.
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _gcs_address() -> str:
    import ray  # noqa: PLC0415  # The session is there, so Ray is loaded.

    return str(ray.get_runtime_context().gcs_address)
