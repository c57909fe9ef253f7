import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def cells(notebook, kind):
    """Return the text of the cells of a kind, in order."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == kind]


def test_there_is_a_notebook():
    """The checks below would be empty without."""
    assert [notebook.name for notebook in NOTEBOOKS] == ["ranking.ipynb"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_the_code_of_a_notebook_runs(notebook, folder):
    """All cells in order, in one fresh interpreter, beside a store with one screen."""
    place = folder / "notebooks"
    place.mkdir()

    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(cells(notebook, "code"))],
        check=False,
        capture_output=True,
        text=True,
        cwd=place,
        env=os.environ | {"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(place), "PYTHONPATH": str(ROOT)},
    )

    assert not ended.returncode, ended.stderr


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(notebook):
    """Outputs go stale, and show one machine's."""
    content = json.loads(notebook.read_text(encoding="utf-8"))

    for cell in content["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_the_links_of_a_notebook_lead_somewhere(notebook):
    """To a file of the repository."""
    for target in LINK.findall("\n".join(cells(notebook, "markdown"))):
        assert (notebook.parent / target).resolve().is_relative_to(ROOT), target
        assert (notebook.parent / target).exists(), target
