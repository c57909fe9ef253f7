import csv
import io
import json
from math import exp

import pytest

from jobs.ranking.ranked import ranked
from jobs.show.ranking_table import print_ranked

SVG = "{http://www.w3.org/2000/svg}"


def test_people_see_places_probabilities_and_reasons(stored, capsys):
    """Each pair once in the table and once with its reason; the legend says by what."""
    found = ranked(stored, cathode="LiFePO4", by="efficiency", top=3)

    print_ranked(found)

    output = capsys.readouterr().out
    for row in found.rows:
        assert f"{row['rank_in_cathode']} {row['sse']}: " in output
        assert row["reason"].split()[0] in output
    assert "ranked by efficiency = efficiency_percent" in " ".join(output.split())
    assert found.batch["batch_id"] in output


def test_the_front_is_marked_where_it_was_asked_for(stored, capsys):
    """With a star, and the axes in the legend."""
    print_ranked(ranked(stored, cathode="S", pareto=True))

    output = capsys.readouterr().out
    assert "* " in output
    assert "Pareto front of efficiency_percent" in " ".join(output.split())


def test_contributions_multiply_to_the_distance_from_the_best(stored, capsys):
    """For each row of JSON, the exponential of their sum is its score over the best score."""
    print_ranked(ranked(stored, cathode="LiFePO4"), style="json", explain=True)

    found = json.loads(capsys.readouterr().out)
    best = max(row["score_0_to_1"] for row in found)
    for row in found:
        total = sum(row[f"contribution_{name}"] for name in ("capacity", "interface", "transport"))
        assert exp(total) == pytest.approx(row["score_0_to_1"] / best)


def test_an_explanation_names_the_pair_it_compares_with(stored, capsys):
    """The best has nobody above it, the others are compared with it."""
    found = ranked(stored, cathode="LiFePO4", top=2)
    print_ranked(found, explain=True)

    output = " ".join(capsys.readouterr().out.split())
    assert "Its score is the highest shown of its cathode" in output
    assert f"Score against {found.rows[0]['sse']}: capacity x" in output


def test_rows_can_be_printed_as_csv(stored, capsys):
    """One line for each pair, with the columns of the ranking first."""
    found = ranked(stored, cathode="S", top=2)
    print_ranked(found, style="csv")

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["sse"] for row in rows] == [row["sse"] for row in found.rows]
    assert list(rows[0])[:2] == ["rank", "rank_in_cathode"]
