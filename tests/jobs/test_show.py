import csv
import io
import json
import re
import time

import pytest

from jobs import show
from jobs.errors import QueryError
from jobs.run import run
from jobs.store import rows
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.phase_table import reference_table
from stability.phases import competing_phases
from stability.staircase import redox_staircase
from stability.voltage_range import reaction_over_range

ROWS = [{"sse": "A,B", "x": 1.23456789, "n": None}, {"sse": "C", "x": 2e-9, "n": "y"}]


@pytest.fixture(scope="module")
def phases():
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


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
    """One line for each SSE, in order, under the conditions; assumed figures have a star."""
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
    assert " 88* " in yttrium


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


def test_a_window_is_shown_from_above(phases, capsys):
    """The highest voltage first, as in a charge curve; how the energy was found stands below."""
    show.print_window(redox_staircase(reactant("Li6PS5Cl", phases), phases), phases)

    text = capsys.readouterr().out
    assert text.startswith("Li6PS5Cl: reduced below 1.721 V, oxidised from 2.341 V")
    assert text.index("2.633") < text.index("0.870")
    assert "-5.000" in text
    assert "+6.000" in text
    assert "energy of the hull (its entry is 83.1 meV/atom from the hull)" in text
    assert "left out as computed-only" in text


def test_a_window_without_a_limit_says_never(phases, capsys):
    """Sulfur holds no lithium that it could lose."""
    show.print_window(redox_staircase(reactant("S", phases), phases), phases)

    assert "oxidised from never" in capsys.readouterr().out


def test_reactions_are_shown_with_total_self_and_mutual(phases, capsys):
    """-106.7 on contact; -747, -747 and -121 meV at 3.5 V; worst -1176 at 4 V (PHYSICS.md 1.4)."""
    a, b = reactant("Li6PS5Cl", phases), reactant("LiFePO4", phases)

    show.print_reactions(
        a,
        b,
        chemical_reaction(a, b, phases),
        electrochemical_reactions(a, b, phases, [3.5]),
        reaction_over_range(a, b, phases, 2.5, 4.0),
        phases,
    )

    lines = capsys.readouterr().out.splitlines()
    (contact,) = (line for line in lines if line.startswith("on contact"))
    (at,) = (line for line in lines if line.startswith("at 3.5 V"))
    (worst,) = (line for line in lines if line.startswith("worst total in 2.5 to 4 V at 4.000 V"))
    assert float(contact.split()[2]) == pytest.approx(-106.7, abs=1.0)
    assert [float(number) for number in at.split()[3:6]] == pytest.approx(
        [-747.0, -747.0, -121.0], abs=1.0
    )
    assert float(worst.split()[10]) == pytest.approx(-1176, abs=1.0)
    assert any(line.startswith("LiFePO4: energy of its own entry") for line in lines)


def test_a_pair_that_does_not_react_says_so(phases, capsys):
    """Li6PS5Cl and Li2S coexist."""
    a, b = reactant("Li6PS5Cl", phases), reactant("Li2S", phases)

    show.print_reactions(a, b, chemical_reaction(a, b, phases), [], None, phases)

    (contact,) = (
        line for line in capsys.readouterr().out.splitlines() if line.startswith("on contact")
    )
    assert contact.split() == ["on", "contact", "0", "no", "reaction"]


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
