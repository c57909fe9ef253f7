import csv
import io
import json

import pytest

from jobs.show.query_rows import print_rows

COLUMNS = ("sse", "score", "=x")
ROWS = [
    {"sse": "Li2S", "score": -0.123456789, "=x": None},
    {"sse": "=cmd()", "score": float("inf"), "=x": [1.0, float("nan")]},
]


def test_json_has_no_nan_and_no_infinity(capsys):
    """Nor inside a list; all else is at full precision."""
    print_rows(COLUMNS, ROWS, style="json")

    assert json.loads(capsys.readouterr().out) == [
        {"sse": "Li2S", "score": -0.123456789, "=x": None},
        {"sse": "=cmd()", "score": None, "=x": [1.0, None]},
    ]


def test_csv_holds_nothing_that_a_spreadsheet_runs(capsys):
    """Neither in cells nor in names; numbers stay numbers."""
    print_rows(COLUMNS, ROWS, style="csv")

    header, first, second = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == ["sse", "score", "'=x"]
    assert first == ["Li2S", "-0.123456789", ""]
    assert second[0] == "'=cmd()"


@pytest.mark.parametrize(("style", "expected"), [("csv", "sse,score,'=x\n"), ("json", "[]\n")])
def test_no_rows_are_an_answer_too(style, expected, capsys):
    """A program that reads it finds the header, or an empty list."""
    print_rows(COLUMNS, [], style=style)

    assert capsys.readouterr().out == expected


def test_no_rows_are_said_to_people(capsys):
    """Beside the output."""
    print_rows(COLUMNS, [])

    assert capsys.readouterr() == ("", "no rows\n")


def test_a_table_rounds_and_runs_no_markup(capsys):
    """Square brackets in a name are text."""
    print_rows(["[bold]a", "b"], [{"[bold]a": "[red]x", "b": 0.123456789}])

    output = capsys.readouterr().out
    assert "[bold]a" in output
    assert "[red]x" in output
    assert "0.1235" in output


def test_rows_that_are_too_wide_are_records(capsys):
    """Nothing is cut off: each column on a line of its own, for each row."""
    columns = [f"column_{number}" for number in range(40)]
    print_rows(columns, [dict.fromkeys(columns, "a value"), dict.fromkeys(columns, None)])

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * (1 + 40)
    assert lines[:2] == ["row 1", "  column_0   a value"]
    assert lines[41:43] == ["row 2", "  column_0"]
    assert not any("..." in line or "\u2026" in line for line in lines)


@pytest.mark.parametrize("style", ["table", "csv", "json"])
@pytest.mark.parametrize("width", [1, 300])
def test_data_cannot_steer_a_terminal(style, width, capsys):
    """An escape in a name is shown as what it is, in tables, records, CSV and JSON."""
    print_rows(["a\x1b[2J"], [{"a\x1b[2J": "\x1b]0;title\x07" + "x" * width}], style=style)

    output = capsys.readouterr().out
    assert not {"\x1b", "\x07"} & set(output)
    assert "title" in output
