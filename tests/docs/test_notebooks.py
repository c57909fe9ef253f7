import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SAMPLED = [
    pytest.param(notebook, id=notebook.name, marks=[pytest.mark.slow] if at else [])
    for at, notebook in enumerate(NOTEBOOKS)
]
"""The first one runs every time, all of them with `make test-oracle`."""
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def cells(notebook, kind):
    """Return the text of the cells of a kind, in order."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == kind]


def test_there_are_notebooks():
    """The checks below would be empty without; they are numbered in the order of reading."""
    numbers = [int(notebook.name[:2]) for notebook in NOTEBOOKS]
    assert len(numbers) == len(set(numbers)) > 3


@pytest.mark.parametrize("notebook", SAMPLED)
def test_a_notebook_runs_in_a_clean_kernel(notebook, tmp_path, monkeypatch):
    """All cells in order, in an empty folder; a warning is a failure, and pictures are shown."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient runs notebooks")
    nbformat = pytest.importorskip("nbformat", reason="nbformat reads notebooks")
    pytest.importorskip("ipykernel", reason="ipykernel is what notebooks run in")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONWARNINGS", "error::UserWarning:catholyte,error::RuntimeWarning")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    content = nbformat.read(notebook, as_version=4)

    nbclient.NotebookClient(
        content, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()

    outputs = [output for cell in content.cells for output in cell.get("outputs", ())]
    assert [one for one in outputs if one.output_type == "stream" and one.name == "stderr"] == []
    shown = [one.data for one in outputs if one.output_type in {"execute_result", "display_data"}]
    assert any("image/svg+xml" in data for data in shown)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_short_and_defines_nothing(notebook):
    """At most 25 cells; what deserves a name is in the library."""
    content = json.loads(notebook.read_text(encoding="utf-8"))

    assert len(content["cells"]) <= 25
    for code in cells(notebook, "code"):
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        assert not any(isinstance(node, kinds) for node in ast.walk(ast.parse(code)))


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
