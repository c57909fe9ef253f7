from unittest.mock import Mock

import numpy as np

from stability.kernels import compiled
from stability.kernels.compiled import jit, jit_without_nan, part, passage


def twice(x):
    return 2.0 * x


def test_kernels_are_functions_still():
    """Compiled in any of the ways, by themselves or within another, they give what Python gives."""
    for compile_it in (jit, jit_without_nan, passage):
        assert compile_it(twice)(1.5) == 3.0
        assert np.array_equal(compile_it(twice)(np.ones(2)), [2.0, 2.0])
    for compile_it in (part, passage):
        inner = compile_it(twice)
        assert jit(lambda x, inner=inner: inner(x) + 1.0)(1.5) == 4.0


def test_a_full_disk_costs_time_and_no_result(monkeypatch, tmp_path):
    """What cannot be kept is compiled again by the next process."""
    full = Mock(side_effect=OSError(28, "No space left on device"))
    monkeypatch.setattr(compiled, "folder", lambda: tmp_path)
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)

    assert jit(twice)(1.5) == 3.0
    assert full.called


def test_every_kernel_file_is_in_the_hash(tmp_path, monkeypatch):
    """A kernel holds others from other files: a change of any of them is a change of all."""
    for name in ("a.py", "b.py", "notes.txt"):
        (tmp_path / name).write_text("1", encoding="utf-8")
    monkeypatch.setattr(compiled, "files", lambda _: tmp_path)
    hashed = compiled._kernel_hash.__wrapped__
    before = hashed()

    (tmp_path / "notes.txt").write_text("2", encoding="utf-8")
    assert hashed() == before
    (tmp_path / "b.py").write_text("2", encoding="utf-8")
    assert hashed() != before
