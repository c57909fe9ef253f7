import csv
import io
import json
from shutil import copytree

import pytest
import typer

from jobs.commands.suggest import suggest
from jobs.errors import SheetError


@pytest.fixture
def run(stored, tmp_path, monkeypatch, capsys):
    """Return a function that runs the command on the reference batch: arguments to output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CATHOLYTE_STORE", str(copytree(stored, tmp_path / "copy")))
    program = typer.Typer(pretty_exceptions_enable=False)
    program.command()(suggest)

    def call(*arguments):
        capsys.readouterr()
        program(args=[str(one) for one in arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_cells_are_suggested_accepted_and_listed(run):
    """Three for one cathode; the accepted one is pending in the list and not suggested again."""
    found = json.loads(run("-n", 3, "--cathode", "LiFePO4", "--json"))
    assert [row["cathode"] for row in found] == ["LiFePO4"] * 3

    run("--accept", found[0]["id"], "--reject", found[1]["id"], "--note", "no time")

    states = {row["id"]: row["state"] for row in json.loads(run("--list", "--json"))}
    assert [states[row["id"]] for row in found] == ["pending", "rejected", "suggested"]
    again = json.loads(run("-n", 3, "--cathode", "LiFePO4", "--json"))
    assert found[0]["id"] not in {row["id"] for row in again}
    run("--done", found[0]["id"])
    assert {row["id"]: row["state"] for row in json.loads(run("--list", "--json"))}[
        found[0]["id"]
    ] == "done"


def test_the_laboratory_gets_masses_and_a_sheet(run, tmp_path):
    """CSV with milligrams that add up to the mass of the composite, and a page."""
    sheet = tmp_path / "sheet.html"

    output = run("-n", 2, "--controls", "--mass-mg", 50, "--csv", "--sheet", sheet)

    rows = list(csv.DictReader(io.StringIO(output)))
    assert len(rows) == 6
    for row in rows:
        masses = [float(row[f"{part}_mg"]) for part in ("cathode", "sse", "carbon")]
        assert sum(masses) == pytest.approx(50.0, abs=0.01)
        assert row["id"] in sheet.read_text(encoding="utf-8")


def test_options_reach_the_choice(run):
    """Excluded names stay away, the objective is named, groups stand together."""
    found = json.loads(
        run("-n", 4, "--exclude", "Li3InCl6", "--group-by", "sse", "--objective", "efficiency",
            "--json")
    )  # fmt: skip

    assert "Li3InCl6" not in {row["sse"] for row in found}
    assert {row["objective"] for row in found} == {"efficiency"}


def test_half_a_cell_is_refused(run):
    """An area without a loading; nothing is suggested."""
    with pytest.raises(SheetError, match="both --area-cm2 and --loading"):
        run("--area-cm2", 1)
