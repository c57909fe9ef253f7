def test_an_answer_is_a_table(reader, form):
    """Its columns head it; what is refused says why."""
    page = form(reader, "/sql", sql="SELECT sse FROM ranked_pairs WHERE cathode = 'S'")
    wrong = form(reader, "/sql", sql="DROP TABLE pairs")

    assert '<th scope="col">sse</th>' in page.text
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text


def test_data_and_program_are_told(reader):
    """The phase table with its sources; the version with what is unwell."""
    assert "phases" in reader.get("/data").text
    assert "/api/v1/openapi.json" in reader.get("/about").text
