import re
from pathlib import Path

import pytest

from jobs.process.version import code_version, content_hash

ROOT = Path(__file__).parents[3]
PACKAGED = sorted(
    {
        path.suffix
        for package in ("descriptors", "screening", "stability")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    - {".md", ".typed"}
)


def test_the_version_names_release_and_content():
    """Two parts: the release, and eight digits of a hash."""
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", code_version())


def test_models_and_calibration_are_among_what_is_packaged():
    """The rule below holds for them."""
    assert {".py", ".csv", ".toml", ".npz", ".json"} <= set(PACKAGED)


@pytest.mark.parametrize("ending", PACKAGED)
def test_a_change_of_any_kind_of_file_changes_the_hash(ending, tmp_path):
    """In a copy, one file of each kind; back again, and the hash is back."""
    for kind in PACKAGED:
        (tmp_path / f"file{kind}").write_bytes(b"one")
    before = content_hash([tmp_path], [])

    (tmp_path / f"file{ending}").write_bytes(b"two")
    changed = content_hash([tmp_path], [])
    (tmp_path / f"file{ending}").write_bytes(b"one")

    assert changed != before == content_hash([tmp_path], [])


def test_prose_and_caches_change_nothing_and_libraries_do(tmp_path):
    """Another numpy moves last digits; a README moves none; a renamed file may."""
    (tmp_path / "file.py").write_bytes(b"one")
    before = content_hash([tmp_path], ["numpy 2.4.6"])
    (tmp_path / "README.md").write_bytes(b"prose")
    (tmp_path / "file.pyc").write_bytes(b"cache")

    assert content_hash([tmp_path], ["numpy 2.4.6"]) == before
    assert content_hash([tmp_path], ["numpy 2.5.5"]) != before
    (tmp_path / "file.py").rename(tmp_path / "other.py")
    assert content_hash([tmp_path], ["numpy 2.4.6"]) != before
