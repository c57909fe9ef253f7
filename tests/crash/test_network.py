import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import torture

HEAD, OTHER = "10.98.7.1", "10.98.7.2"
HEALTH = {  # docs/batches.md tells people to start their clusters with these.
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "2000",
    "RAY_health_check_failure_threshold": "3",
}


def ip(*words, check=True):
    """Run ``ip``."""
    return torture.system("ip", *words, check=check)


def needs_namespaces():
    """Skip where this user cannot make network namespaces."""
    if os.geteuid() or not shutil.which("ip") or not shutil.which("unshare"):
        pytest.skip("network namespaces need root, and the programs ip and unshare")
    if torture.system("unshare", "--net", "true", check=False).returncode:
        pytest.skip("this system does not let us make network namespaces")


@pytest.mark.cluster
@pytest.mark.parametrize("engine", ["local", "ray"])
def test_a_batch_needs_no_network(engine, tmp_path):
    """In a namespace with nothing but a loopback the batch gives the same tables."""
    needs_namespaces()
    torture.finish(tmp_path / "reference")

    command = [sys.executable, str(torture.DRIVER), str(tmp_path / "store"), engine]
    ended = torture.system(
        *("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command),
        check=False,
        timeout=torture.LONG,
        env=os.environ | {"PYTHONPATH": str(torture.ROOT)},
    )

    assert ended.returncode == 0, ended.stderr
    assert torture.canonical(tmp_path / "store") == torture.canonical(tmp_path / "reference")


@contextmanager
def two_hosts():
    """Make two namespaces that are joined by a cable, and kill all that runs in them at the end."""
    names = f"cath-a-{os.getpid()}", f"cath-b-{os.getpid()}"
    try:
        for name in names:
            ip("netns", "add", name)
        ends = f"ca{os.getpid()}", f"cb{os.getpid()}"
        ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
        for name, end, address in zip(names, ends, (HEAD, OTHER), strict=True):
            ip("link", "set", end, "netns", name)
            ip("-n", name, "addr", "add", f"{address}/24", "dev", end)
            ip("-n", name, "link", "set", end, "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield names, ends
    finally:
        for name in names:
            for pid in ip("netns", "pids", name, check=False).stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), 9)
            ip("netns", "del", name, check=False)


def ray_start(namespace, folder, environment, *options):
    """Start a node of Ray in a namespace."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--num-cpus=1", *options]
    torture.system(
        *("ip", "netns", "exec", namespace, *command),
        timeout=torture.LONG,
        env=environment,
        cwd=folder,
    )


@pytest.mark.cluster
def test_a_host_that_is_cut_off_does_not_stop_the_batch(tmp_path, capsys):
    """Its chunks are computed on the other one; the same tables, and nobody waits for ever."""
    needs_namespaces()
    torture.finish(tmp_path / "reference")
    folder = tempfile.mkdtemp(prefix="ray-two-")
    environment = {
        **os.environ,
        **HEALTH,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_USAGE_STATS_REPORT_URL": "http://127.0.0.1:9/",
        "PYTHONPATH": str(torture.ROOT),
        "CATHOLYTE_FAULT": "span:0:slow",
    }
    try:
        with two_hosts() as (names, ends):
            ray_start(
                names[0], folder, environment,
                "--head", f"--node-ip-address={HEAD}", "--port=6399",
                "--include-dashboard=false", f"--temp-dir={folder}",
            )  # fmt: skip
            ray_start(
                names[1], folder, environment,
                f"--address={HEAD}:6399", f"--node-ip-address={OTHER}",
            )  # fmt: skip
            driver = subprocess.Popen(
                [
                    *(
                        shutil.which("ip"),
                        "netns",
                        "exec",
                        names[0],
                        sys.executable,
                        str(torture.DRIVER),
                    ),
                    *(str(tmp_path / "store"), "ray", f"address={HEAD}:6399", "deadline=15"),
                ],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
            )
            assert torture._acknowledged_until(driver, 2) > 2, driver.communicate()
            ip("-n", names[1], "link", "set", ends[1], "down")
            cut = time.monotonic()
            output, errors = driver.communicate(timeout=torture.LONG)
            seconds = time.monotonic() - cut
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    with capsys.disabled():
        print(f"\n{seconds:.0f} s from the cut to the end")  # noqa: T201  # `make cluster` shows it.
    assert driver.returncode == 0, errors
    assert output.endswith("ended\n")
    assert torture.canonical(tmp_path / "store") == torture.canonical(tmp_path / "reference")
    assert not Path(folder).exists()
