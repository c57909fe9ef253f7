import csv
import io
import json
import re
import time

import pytest

from jobs.batches.run import run
from jobs.errors import QueryError
from jobs.show import formats as show
from jobs.store.published import rows

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


def test_the_ranking_shows_places_intervals_and_reasons(stored, capsys):
    """One line for each SSE, in order, under the conditions; unmeasured figures have a star."""
    show.print_ranking(stored, cathode="LiFePO4")

    text = capsys.readouterr().out
    found = rows(stored, "FROM ranked_pairs WHERE cathode = 'LiFePO4' ORDER BY rank, sse")
    shown = re.findall(r"^(\d+) \((\d+)\) +(\S+) ", text, re.MULTILINE)
    assert shown == [(str(row["rank_in_cathode"]), str(row["rank"]), row["sse"]) for row in found]
    assert "LiFePO4, 2.5 to 4 V, recipe lfp-vgcf-hand; first cycle in mAh/g of LiFePO4" in text
    assert found[0]["batch_id"] in text
    assert found[0]["policy_statement"][:40] in text
    (chloride,) = (line for line in text.splitlines() if " Li2ZrCl6 " in line)
    assert " 95 " in chloride  # T08, 94.7 %, is measured
    (yttrium,) = (line for line in text.splitlines() if " Li3YCl6 " in line)
    assert re.search(r" \d\d\* ", yttrium)


def test_cathodes_come_in_the_order_of_the_catalogue(stored, capsys):
    """LiFePO4 first, as the thesis begins."""
    show.print_ranking(stored)

    text = capsys.readouterr().out
    titles = [text.index(f"\n{name}, ") for name in ("S", "Li2S", "LiCoO2", "FeS2")]
    assert text.startswith("LiFePO4, ")
    assert titles == sorted(titles)


def test_a_ranking_can_be_cut(stored, capsys):
    """The best two of each cathode, ties included."""
    show.print_ranking(stored, top=2, style="json")

    found = json.loads(capsys.readouterr().out)
    assert {row["rank_in_cathode"] for row in found} <= {1, 2}
    assert {row["cathode"] for row in found} >= {"LiFePO4", "S", "Li2S"}


def test_the_batch_that_ran_last_is_shown(tmp_path, small, capsys):
    """Also if it had run before: the first batch, run again, is the last."""
    other = small.model_copy(update={"cathodes": ("Li2S",)})
    shown = []
    for batch in (small, other, small):
        run(batch, tmp_path)
        show.print_ranking(tmp_path, style="json")
        shown.append({row["cathode"] for row in json.loads(capsys.readouterr().out)})

    assert shown == [{"S"}, {"Li2S"}, {"S"}]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"batch_id": "nope"}, "no batch nope in "),
        ({"cathode": "LFP"}, "ranks no pair of LFP; it holds FeS2, Li2S, LiCoO2"),
    ],
)
def test_a_ranking_that_does_not_exist_is_refused(choice, said, stored):
    """The message names what there is, or how to list it."""
    with pytest.raises(QueryError, match=said):
        show.print_ranking(stored, **choice)


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
