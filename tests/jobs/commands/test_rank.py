import json

import pytest
import typer

from jobs.commands.rank import rank


@pytest.fixture
def run(stored, tmp_path, monkeypatch, capsys):
    """Return a function that runs the command on the reference batch: arguments to output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CATHOLYTE_STORE", str(stored))
    program = typer.Typer(pretty_exceptions_enable=False)
    program.command()(rank)

    def call(*arguments):
        capsys.readouterr()
        program(args=[str(one) for one in arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_without_options_the_stored_ranking_is_printed(run):
    """For people with reasons, as JSON in order."""
    assert "score_0_to_1 = capacity x interface x transport" in " ".join(run().split())
    found = json.loads(run("--cathode", "LiFePO4", "--top", 3, "--json"))
    assert [row["rank_in_cathode"] for row in found] == sorted(
        row["rank_in_cathode"] for row in found
    )


def test_an_objective_orders_the_pairs(run):
    """By efficiency, from the highest down; then those that give back less than a fifth."""
    found = json.loads(run("--objective", "efficiency", "--cathode", "S", "--json"))

    alive = [row["factor_capacity"] >= 0.2 for row in found]
    values = [row["efficiency_percent"] for row in found][: sum(alive)]
    assert alive == sorted(alive, reverse=True)
    assert not all(alive)
    assert values == pytest.approx(sorted(values, reverse=True))
    assert [row["rank_in_cathode"] for row in found] == sorted(
        row["rank_in_cathode"] for row in found
    )


def test_explanation_front_and_plot_come_where_asked_for(run, tmp_path):
    """All three at once."""
    plot = tmp_path / "plot.svg"

    (row,) = json.loads(
        run("--explain", "--pareto", "--plot", plot, "--cathode", "S", "--top", 1, "--json")
    )

    assert row["contribution_capacity"] == 0.0
    assert row["pareto_front"] in {True, False}
    assert plot.read_text(encoding="utf-8").startswith("<svg")


def test_a_batch_is_ranked_by_what_its_file_asks_for(command, tmp_path):
    """Efficiency, not the score: the objective of the file is that of `screen` and of `rank`."""
    (tmp_path / "mine.toml").write_text(
        "sses = ['LPSCl', 'LZC']\ncathodes = ['LiFePO4']\nobjective = 'efficiency_percent'\n"
        "draws = 0\n",
        encoding="utf-8",
    )

    code, screened, _ = command("screen", "mine.toml", "--json")
    _, ranked, _ = command("rank", "--json")

    assert code == 0
    for text in (screened, ranked):
        rows = json.loads(text)
        assert {row["objective"] for row in rows} == {"efficiency_percent"}
        values = [row["efficiency_percent"] for row in rows]
        assert values == sorted(values, reverse=True)
