from io import BytesIO

import pyarrow.csv
import pyarrow.parquet
import pytest

from jobs.pages.question_pages import EXAMPLES


def test_an_answer_is_a_table(reader, form):
    """Its columns head it; what is refused says why."""
    page = form(reader, "/sql", sql="SELECT sse FROM ranked_pairs WHERE cathode = 'S'")
    wrong = form(reader, "/sql", sql="DROP TABLE pairs")

    assert '<th scope="col">sse</th>' in page.text
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text


def test_the_program_is_told(reader):
    """The version, with what is unwell."""
    assert "/api/v1/openapi.json" in reader.get("/about").text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.title)
def test_examples_are_answered(reader, form, example):
    """Each of them, on the store with four pairs; a link brings it into the form."""
    answer = form(reader, "/sql", sql=example.sql)
    linked = reader.get("/sql", params={"sql": example.sql}).text

    assert answer.status_code == 200
    assert example.sql.splitlines()[0] in linked


def test_an_answer_can_be_kept(reader, form):
    """As CSV and as Parquet; texts that a spreadsheet would run get an apostrophe."""
    sql = "SELECT sse, '=1' AS text FROM ranked_pairs ORDER BY rank"
    text = form(reader, "/sql", sql=sql, give="csv")
    table = pyarrow.parquet.read_table(
        BytesIO(form(reader, "/sql", sql=sql, give="parquet").content)
    )
    found = pyarrow.csv.read_csv(BytesIO(text.content))

    assert text.headers["content-disposition"] == 'attachment; filename="answer.csv"'
    assert found["sse"].to_pylist() == table["sse"].to_pylist()
    assert found["text"].to_pylist() == ["'=1"] * 4
    assert form(reader, "/sql", sql=sql, give="exe").status_code == 422


def test_a_plan_is_told_without_the_answer(reader, form):
    """Of a question, and of one that asks for it by itself."""
    plans = [
        form(reader, "/sql", sql=sql, give="plan").text
        for sql in ("SELECT sse FROM pairs", "EXPLAIN SELECT sse FROM pairs")
    ]

    assert all("How it would be found</h2>" in one and "pairs" in one for one in plans)
    assert all('aria-label="Answer"' not in one for one in plans)


def test_columns_are_told_with_their_units(reader):
    """A voltage in V, in the table below the form."""
    page = reader.get("/sql").text

    assert "<code>oxidation_limit_v</code></th><td>V vs. Li/Li+</td>" in page
