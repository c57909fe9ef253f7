import csv
import io
import re

from jobs.ranking import ranked as ranking
from jobs.show.ranking_table import print_ranked
from jobs.store.published import snapshot


def ranked(store, **choices):
    """Return a ranking of a store."""
    with snapshot(store) as there:
        return ranking.ranked(there, **choices)


def test_a_ranking_shows_places_intervals_and_reasons(stored, capsys):
    """One line for each SSE, in order, under the conditions; unmeasured figures have a star."""
    found = ranked(stored, cathode="LiFePO4")

    print_ranked(found)

    text = capsys.readouterr().out
    shown = re.findall(r"^(\d+) \((\d+)\) +(\S+) ", text, re.MULTILINE)
    assert shown == [
        (str(row["rank_in_cathode"]), str(row["rank"]), row["sse"]) for row in found.rows
    ]
    assert "LiFePO4, 2.5 to 4 V, recipe lfp-vgcf-hand; first cycle in mAh/g of LiFePO4" in text
    assert found.batch.title[1:] in " ".join(text.split())
    assert found.rows[0]["policy_statement"][:40] in " ".join(text.split())
    (chloride,) = (line for line in text.splitlines() if " Li2ZrCl6 " in line)
    assert " 95 " in chloride  # T08, 94.7 %, is measured
    (yttrium,) = (line for line in text.splitlines() if " Li3YCl6 " in line)
    assert re.search(r" \d\d\* ", yttrium)


def test_what_was_measured_has_a_column_where_something_was(stored, capsys):
    """Of LiFePO4 cells there are, of LiNiO2 none."""
    for cathode, shown in (("LiFePO4", True), ("LiNiO2", False)):
        print_ranked(ranked(stored, cathode=cathode))
        assert ("measured " in capsys.readouterr().out.splitlines()[1]) is shown


def test_cathodes_come_in_the_order_of_the_catalogue(stored, capsys):
    """LiFePO4 first, as the thesis begins."""
    print_ranked(ranked(stored))

    text = capsys.readouterr().out
    titles = [text.index(f"\n{name}, ") for name in ("S", "Li2S", "LiCoO2", "FeS2")]
    assert text.startswith("LiFePO4, ")
    assert titles == sorted(titles)


def test_an_objective_has_its_own_title_and_digits(stored, capsys):
    """By efficiency: per cents with one decimal at most, and what the name stands for."""
    found = ranked(stored, cathode="LiFePO4", by="efficiency", top=3)

    print_ranked(found)

    output = capsys.readouterr().out
    assert " efficiency " in output.splitlines()[1]
    assert f" {found.rows[0]['objective_value']:.3g} " in output
    assert "anked by efficiency = efficiency_percent" in " ".join(output.split())


def test_options_add_columns(stored, capsys):
    """The front with a star and its axes; factors over those of the best score."""
    found = ranked(stored, cathode="S", pareto=True, explain=True)
    print_ranked(found)

    output = capsys.readouterr().out
    words = " ".join(output.split())
    assert "front  capacity" in re.sub(" {2,}", "  ", output.splitlines()[1])
    assert "* " in output
    assert "Pareto front of efficiency_percent" in words
    best, *_ = (row for row in found.rows if row["contributions_against"] == row["sse"])
    (line,) = (line for line in output.splitlines() if f" {best['sse']} " in line)
    assert line.count("x 1 ") == 3


def test_rows_can_be_printed_as_csv(stored, capsys):
    """One line for each pair, with the columns of the ranking first."""
    found = ranked(stored, cathode="S", top=2)
    print_ranked(found, style="csv")

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["sse"] for row in rows] == [row["sse"] for row in found.rows]
    assert list(rows[0])[:2] == ["rank", "rank_in_cathode"]
