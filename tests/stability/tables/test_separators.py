import pytest

from stability.tables.separators import separator_fault


@pytest.mark.parametrize(
    ("header", "name"),
    [(["a;b"], "semicolons"), (["a\tb;c"], "semicolons"), (["a\tb"], "tabs"), (["a|b"], "bars")],
)
def test_a_header_of_one_column_tells_what_separates_it(header, name):
    """The remedy names commas and the decimal point, which go together in spreadsheets."""
    said = separator_fault(header)

    assert said.startswith(f"{name} separate the columns")
    assert "commas" in said
    assert "point" in said


@pytest.mark.parametrize("header", [[], ["formula"], ["a;b", "c"], ["a", "b"]])
def test_a_header_of_several_columns_has_no_fault(header):
    """A semicolon inside one of several columns is part of its name."""
    assert separator_fault(header) == ""
