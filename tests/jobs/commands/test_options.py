import pytest

from jobs.commands.options import style


@pytest.mark.parametrize(
    ("as_json", "as_csv", "expected"),
    [(True, False, "json"), (False, True, "csv"), (False, False, "table"), (True, True, "json")],
)
def test_rows_are_printed_as_asked(as_json, as_csv, expected):
    """A table for people unless a program asks; JSON where both are asked for."""
    assert style(as_json=as_json, as_csv=as_csv) == expected
