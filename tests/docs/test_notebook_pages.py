from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SVG = "from IPython.display import SVG; SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Return a function that lays out a notebook of some cells of code below a heading."""
    nbformat = pytest.importorskip("nbformat", reason="nbformat reads notebooks")
    pytest.importorskip("nbclient", reason="nbclient runs notebooks")
    pytest.importorskip("ipykernel", reason="ipykernel is what notebooks run in")
    monkeypatch.syspath_prepend(ROOT / "docs/site")
    monkeypatch.setenv("CATHOLYTE_STORE", "of-nobody")
    from notebook_pages import notebook_pages  # noqa: PLC0415  # It needs what may be missing.

    new = nbformat.v4

    def made(*codes):
        cells = [new.new_markdown_cell("# Title"), *map(new.new_code_cell, codes)]
        nbformat.write(new.new_notebook(cells=cells), tmp_path / "08-new.ipynb")
        return notebook_pages([tmp_path / "08-new.ipynb"])[0]

    return made


def test_what_cells_show_stands_below_them(page):
    """Printed text in one piece, markup as text; a picture with its alt text, a table, a value."""
    found = page(
        "print('a < b')\nprint('c')",
        SVG,
        "class Table:\n    def _repr_html_(self):\n"
        "        return '<style>p {}</style><table><caption>t</caption></table>'\nTable()",
        "import os\nos.listdir(), os.environ.get('CATHOLYTE_STORE')",
    )

    title, _, printed, _, picture, _, table, _, value = found.texts
    assert title == "# Title"
    assert "a &lt; b\nc</pre>" in printed
    assert picture.endswith("](pictures/08-new-1.svg)")
    assert list(found.pictures) == ["08-new-1.svg"]
    assert '<div class="shown"><table><caption>t' in table
    assert "([], None)" in value


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "notebooks/08-new.ipynb, cell 2: ZeroDivisionError: division by zero"),
        (
            "import sys\nprint('mind', file=sys.stderr)",
            "notebooks/08-new.ipynb, cell 2: warns: mind",
        ),
    ],
    ids=["fails", "warns"],
)
def test_a_cell_that_fails_or_warns_stops_the_build(page, code, said):
    """In one line: the notebook, the cell, and what happened."""
    with pytest.raises(SystemExit) as ended:
        page("a = 1", code)

    assert ended.value.code == said
