"""Rows as an Excel workbook."""

import pyarrow as pa
import pytest
from openpyxl import load_workbook

import jobs.query.workbook
from jobs.errors import QueryError
from jobs.query.workbook import MOST_CHARACTERS, write_workbook
from jobs.schema.table import Field

FIELDS = (
    Field("sse", "VARCHAR", "solid electrolyte"),
    Field("limit_v", "DOUBLE", "a limit", "V vs. Li/Li+"),
    Field("draws", "FLOAT[]", "draws"),
)


def rows(*texts):
    """Return one batch of rows."""
    n = len(texts)
    return pa.record_batch({"sse": list(texts), "limit_v": [1.5] * n, "draws": [[0.5, 0.25]] * n})


def test_numbers_stay_numbers_and_texts_stay_texts(tmp_path):
    """One that begins with = is read back as it was, and no spreadsheet computes it."""
    path = tmp_path / "rows.xlsx"

    assert write_workbook(path, "pairs", FIELDS, [rows("=1+1", "Li2S\x07"), rows("@x")]) == 3

    book = load_workbook(path)
    sheet = book["pairs"]
    assert [cell.value for cell in sheet[1]] == ["sse", "limit_v", "draws"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["=1+1", "Li2S\ufffd", "@x"]
    assert {row[0].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}
    assert sheet["B2"].value == 1.5
    assert sheet["C2"].value == "[0.5, 0.25]"


def test_a_sheet_explains_the_columns(tmp_path):
    """Name, unit and comment, as the documentation has them."""
    path = tmp_path / "rows.xlsx"
    write_workbook(path, "pairs", FIELDS, [rows("Li2S")])

    told = [[cell.value for cell in row] for row in load_workbook(path)["columns"].iter_rows()]

    assert told[2] == ["limit_v", "V vs. Li/Li+", "a limit"]


def test_what_a_sheet_cannot_hold_is_refused(tmp_path, monkeypatch):
    """A text longer than a cell, and more rows than a sheet; with the remedy."""
    with pytest.raises(QueryError, match=r"a cell holds 32767; write \.parquet"):
        write_workbook(tmp_path / "a.xlsx", "p", FIELDS, [rows("x" * (MOST_CHARACTERS + 1))])
    monkeypatch.setattr(jobs.query.workbook, "MOST_ROWS", 2)
    with pytest.raises(QueryError, match="more than the 2 rows"):
        write_workbook(tmp_path / "b.xlsx", "p", FIELDS, [rows("a", "b", "c")])
