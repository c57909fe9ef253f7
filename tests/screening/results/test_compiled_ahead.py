import shutil
import sys
from pathlib import Path

from stability.kernels import reaction_kernels
from tests.stability.test_warm import kept

WARM = [sys.executable, "-m", "screening.results.compiled_ahead"]
ASKED = [
    [sys.executable, "-m", "jobs.cli", "pair", "LPSCl", "LiFePO4", "--voltage-range", "2", "4"],
    [sys.executable, "-m", "jobs.cli", "window", "LZC", "--draws", "2"],
    [sys.executable, "-m", "jobs.cli", "describe", "Li3YbBr6"],
]


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
