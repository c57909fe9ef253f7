import os
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import copytree

import pytest

from jobs.cli import main
from tests.jobs.conftest import _here, computed_here

__all__ = ["_here"]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def screened(tmp_path_factory):
    """Return a folder like a checkout, in which the reference batch has been run."""
    place = tmp_path_factory.mktemp("reader")
    copytree(ROOT / "examples", place / "examples")
    before = Path.cwd()
    os.chdir(place)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("CATHOLYTE_STORE", raising=False)
            with redirect_stdout(StringIO()), pytest.raises(SystemExit) as ended, computed_here():
                main(["screen", "--json"])
    finally:
        os.chdir(before)
    assert not ended.value.code
    return place


@pytest.fixture
def folder(screened, tmp_path, monkeypatch):
    """Return a copy of that folder, with a data folder of its own: no page sees another's."""
    monkeypatch.delenv("CATHOLYTE_STORE", raising=False)
    monkeypatch.delenv("MP_API_KEY", raising=False)
    monkeypatch.setenv("CATHOLYTE_DATA", str(tmp_path / "data"))
    return copytree(screened, tmp_path / "reader")
