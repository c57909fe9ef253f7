import csv
import io
import json
import time

import pytest

from jobs.show import formats as show

ROWS = [{"sse": "A,B", "x": 1.23456789, "n": None}, {"sse": "C", "x": 2e-9, "n": "y"}]


def test_rows_as_json_keep_every_digit(capsys):
    """One list of objects; rounding is for people."""
    show.print_rows(ROWS, style="json")

    assert json.loads(capsys.readouterr().out) == ROWS


def test_rows_as_json_hold_no_nan(capsys):
    """JSON has no such number: null."""
    show.print_rows([{"x": float("nan"), "y": float("inf"), "z": 1.5}], style="json")

    assert capsys.readouterr().out == '[{"x": null, "y": null, "z": 1.5}]\n'


def test_rows_as_csv_read_back(capsys):
    """A header and one line each; commas are quoted, null is empty."""
    show.print_rows(ROWS, style="csv")

    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert found == [
        {"sse": "A,B", "x": "1.23456789", "n": ""},
        {"sse": "C", "x": "2e-09", "n": "y"},
    ]


def test_rows_as_a_table_are_rounded(capsys):
    """Four digits, and nothing for null."""
    show.print_rows(ROWS)

    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["sse", "x", "n"],
        ["A,B", "1.235"],
        ["C", "2e-09", "y"],
    ]


@pytest.mark.parametrize(("style", "printed"), [("json", "[]\n"), ("csv", ""), ("table", "")])
def test_no_rows_are_said_so_where_people_read(style, printed, capsys):
    """Programs get an empty list; people a word on standard error."""
    show.print_rows([], style=style)

    output, errors = capsys.readouterr()
    assert output == printed
    assert errors == ("" if style == "json" else "no rows\n")


def test_progress_is_quiet_while_it_is_quick(capsys):
    """No line for a batch of seconds, and never one on standard output."""
    with show.Progress("pairs") as progress:
        progress.report(0, 10)
        progress.report(5, 10)

    assert capsys.readouterr() == ("", "")


def test_progress_speaks_now_and_then(capsys, monkeypatch):
    """Where there is no terminal: a plain line every five seconds, on standard error."""
    clock = iter([0.0, 1.0, 6.0, 6.0, 7.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    with show.Progress("pairs") as progress:
        progress.report(1, 10)  # after 1 s: nothing
        progress.report(6, 10)  # after 6 s
        progress.report(7, 10)  # one second later: nothing

    assert capsys.readouterr() == ("", "6 of 10 pairs\n")
