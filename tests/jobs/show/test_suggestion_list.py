import json

from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add, correct, history, listed
from jobs.show.suggestion_list import print_experiments, print_history, print_suggestions

ROW = {
    "id": "s-1", "sse": "Li6PS5Cl", "cathode": "LiFePO4", "recipe": "lfp-vgcf-hand",
    "kind": "candidate", "state": "suggested", "best_probability": 0.25, "reason": "the reason",
    "outcome": "the outcome", "cathode_mg": 20.0, "sse_mg": 28.5, "carbon_mg": 1.5,
}  # fmt: skip
A1 = {
    "id": "A1", "date": "2024-05-01", "sse": "LPSCl", "cathode": "LiFePO4", "source": "notebook 7",
    "efficiency_percent": "40.3", "note": "first",
}  # fmt: skip


def test_suggestions_come_with_reason_outcome_and_masses(capsys):
    """A control says that it is one."""
    print_suggestions([ROW, ROW | {"id": "s-2", "kind": "control", "best_probability": None}])

    output = capsys.readouterr().out
    assert "25 %" in output
    assert "28.5" in output
    assert "s-1 Li6PS5Cl: the reason" in output
    assert "would change the ranking: the outcome" in output
    assert "suggested, control" in output


def test_masses_are_left_out_where_there_are_none(capsys):
    """No column without numbers."""
    print_suggestions([ROW | {"sse_mg": None, "cathode_mg": None, "carbon_mg": None}])

    assert "SSE mg" not in capsys.readouterr().out


def test_suggestions_as_json(capsys):
    """A list of rows; none is an empty list."""
    print_suggestions([ROW], style="json")
    assert json.loads(capsys.readouterr().out) == [ROW]
    print_suggestions([], style="json")
    assert json.loads(capsys.readouterr().out) == []


def test_experiments_show_their_main_fields(tmp_path, capsys):
    """Id, SSE by formula, efficiency and version; nothing kept is said on standard error."""
    add(tmp_path, experiment(A1))

    print_experiments(listed(tmp_path))

    output = capsys.readouterr().out
    assert "Li6PS5Cl" in output
    assert "40.3" in output
    print_experiments([])
    assert "no experiments" in capsys.readouterr().err


def test_a_history_shows_what_each_version_changed(tmp_path, capsys):
    """The second version names its reason and the one field, and what was cleared."""
    add(tmp_path, experiment(A1))
    correct(tmp_path, "A1", {"efficiency_percent": "41", "note": ""}, reason="read again")

    print_history(history(tmp_path, "A1"))

    second = capsys.readouterr().out.split("version 2")[1]
    assert "read again" in second
    assert "efficiency_percent 41" in second
    assert "note cleared" in second
    assert "LiFePO4" not in second
