import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WARM = [sys.executable, "-c", "from stability.warm import compile_kernels; compile_kernels()"]


def kept(cache, command):
    """Return which machine code a cache holds after a command, with its times."""
    env = os.environ | {"CATHOLYTE_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, cwd=cache, check=False)
    assert ended.returncode == 0, ended.stderr
    return {(path.name, path.stat().st_mtime_ns) for path in cache.rglob("*.nbc")}


@pytest.mark.slow
def test_an_empty_cache_is_filled_once(tmp_path):
    """A second process writes nothing new; no kernel is compiled for two kinds of arguments."""
    filled = kept(tmp_path, WARM)

    assert kept(tmp_path, WARM) == filled
    assert [name for name, _ in filled if not name.endswith(".1.nbc")] == []
