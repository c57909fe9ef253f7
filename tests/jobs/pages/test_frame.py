import pytest

from jobs.pages.frame import figure

EVIL = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(None, 2, ""), (True, 2, "yes"), ("text", 0, "text"), (0.5, 2, "0.50"), (0.0, -2, "0"),
     (-1234.5, -2, "-1234"), (2e-5, -2, "2.00e-05"), (3e6, -2, "3.00e+06")],
)  # fmt: skip
def test_numbers_are_short(value, digits, said):
    """As many digits as somebody reads; nothing where there is nothing."""
    assert figure(value, digits) == said


def test_what_people_write_is_text(served, form):
    """A name, a statement, a formula: none of it becomes a script."""
    client, _ = served
    submitted = form(client, "/submit", batch=f'name = "{EVIL}"\nsses = ["LZC"]\ncathodes = ["S"]')
    pages = [
        client.get("/batches").text,
        form(client, "/sql", sql=f"SELECT '{EVIL}'").text,
        form(client, "/submit", batch=f'sses = ["{EVIL}"]').text,
        client.get(f"/sse/{EVIL}").text,
        client.get("/rank", params={"contains": EVIL}).text,
    ]

    assert submitted.status_code in {303, 422}
    assert not [page for page in pages if EVIL in page]
