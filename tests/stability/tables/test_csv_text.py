import pytest

from stability.tables.csv_text import separator_fault, shown


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


@pytest.mark.parametrize("header", [["formula"], ["a;b", "c"], ["a", "b"]])
def test_a_header_of_several_columns_has_no_fault(header):
    """A semicolon inside one of several columns is part of its name."""
    assert separator_fault(header) == ""


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Li2O", "Li2O"),
        (" two\r\nlines\t", "two lines"),
        ("\x1b[2J\x00", "?[2J?"),
        (None, "None"),
        ("x" * 100, "x" * 60 + "..."),
    ],
)
def test_what_a_file_says_is_repeated_on_one_printable_line(said, line):
    """Line breaks, escapes of terminals and long cells do not reach a message."""
    assert shown(said) == line
