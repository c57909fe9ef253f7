import os
import subprocess
import sys


def test_after_warming_nothing_is_left_to_compile(tmp_path):
    """Every kernel entrance is on disk afterwards, and a second process writes nothing new."""
    env = os.environ | {"CATHOLYTE_CACHE": str(tmp_path)}
    kept = []
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "stability.warm"], env=env, check=True)
        kept.append({(path.name, path.stat().st_mtime_ns) for path in tmp_path.rglob("*.nbc")})

    assert kept[0] == kept[1]
    names = {name.split("-")[0] for name, _ in kept[0]}
    for kernel in ("hull", "closed", "open", "range", "staircase"):
        assert f"reaction_kernels.{kernel}_kernel" in names
    assert {"redraw_kernels.draw_pairs", "redraw_kernels.draw_windows"} <= names
