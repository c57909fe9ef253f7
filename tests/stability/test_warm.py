import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stability.kernels import reaction_kernels

ROOT = Path(__file__).parents[2]
WARM = [sys.executable, "-m", "stability.warm"]
ASKED = [
    [sys.executable, "-m", "jobs.cli", "pair", "LPSCl", "LiFePO4", "--voltage-range", "2", "4"],
    [sys.executable, "-m", "jobs.cli", "window", "LZC", "--draws", "2"],
    [sys.executable, "-m", "jobs.cli", "describe", "Li3YbBr6"],
]


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


def test_after_warming_nothing_is_left_to_compile(tmp_path):
    """Every kernel entrance is on disk, and the first questions of a user write nothing new."""
    kernels = Path(reaction_kernels.hull_kernel.stats.cache_path).parent
    shutil.copytree(kernels, tmp_path / kernels.name)

    warm = kept(tmp_path, WARM)

    names = {name.split("-")[0] for name, _ in warm}
    for kernel in ("hull", "closed", "open", "range", "staircase"):
        assert f"reaction_kernels.{kernel}_kernel" in names
    assert {"redraw_kernels.draw_pairs", "redraw_kernels.draw_windows"} <= names
    for command in ASKED:
        assert kept(tmp_path, command) == warm, command
