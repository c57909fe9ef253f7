import sys

import pyarrow as pa
import pytest

from catholyte.results import Ranking, Result, Window
from jobs.errors import JobsError

STEPS = [
    {"voltage_low_v": 0.0, "products": [{"formula": "Li", "amount": 2}]},
    {"voltage_low_v": 2.0, "products": [{"formula": "S", "amount": 1}]},
]
WINDOW = {"formula": "Li2S", "reduction_limit_v": 0.0, "oxidation_limit_v": 2.0, "steps": STEPS}


def test_tables_have_the_rows_of_the_answer():
    """A row a step, in Arrow and in pandas."""
    pytest.importorskip("pandas", reason="pandas makes the other table")
    window = Window(WINDOW)

    assert window.to_arrow().to_pylist() == window.rows
    assert window.to_pandas()["products"].tolist() == ["Li", "S"]
    assert window.limits == (0.0, 2.0)


def test_without_pandas_the_way_out_is_said(monkeypatch):
    """Arrow is always there."""
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(JobsError, match=r"to_arrow\(\)"):
        Window(WINDOW).to_pandas()


def test_a_notebook_shows_a_table_without_trusting_its_texts():
    """Markup in a text is text; numbers are short; what is not there is empty."""
    html = Result({"name": "<b>bold</b>", "energy": 1.23456789, "reason": None})._repr_html_()

    assert "<td>&lt;b&gt;bold&lt;/b&gt;</td><td>1.235</td><td></td>" in html


def test_a_long_table_is_cut_and_says_so():
    """50 rows: 30 of them and a word on the other 20."""
    html = Ranking({}, "score", pa.table({"rank": list(range(50))}))._repr_html_()

    assert html.count("<tr>") == 31
    assert "and 20 more rows" in html


def test_an_open_end_is_said():
    """A phase without lithium has nothing to give off."""
    assert "without an upper limit" in Window(WINDOW | {"oxidation_limit_v": None}).title
