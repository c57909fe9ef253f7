import json
import xml.etree.ElementTree as ET

import pytest
import typer

from jobs.commands.calibrate import calibrate
from jobs.errors import JobsError
from jobs.lab.experiment_row import experiment
from jobs.lab.experiments import add
from screening.first_cycle import fitting
from screening.first_cycle.calibration import default_calibration


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command here: arguments to what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CATHOLYTE_STORE", raising=False)
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(calibrate)

    def call(*arguments):
        capsys.readouterr()
        app(args=[str(one) for one in arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_a_calibration_as_json(run):
    """Parameters with priors and posteriors, predictions, orders, and what is not identified."""
    record = json.loads(run("--json", "--no-leave-one-out"))

    assert record["inside_90_percent_fraction"] >= 0.8
    assert {"T14", "T18", "T25", "T45", "T50"} <= {row["id"] for row in record["predictions"]}
    assert all(row["right"] for row in record["orders"])
    assert record["leave_one_out"] == []
    names = {row["name"]: row for row in record["parameters"]}
    assert names["thickness"]["identified"]
    assert not names["reduction_lost"]["identified"]
    for row in record["parameters"]:
        assert row["posterior_low"] <= row["posterior_value"] <= row["posterior_high"]


def test_a_calibration_on_the_screen(run):
    """What a reader looks for: both tables, the share inside, the orders, what is unknown."""
    text = run("--no-leave-one-out")

    shipped = default_calibration()
    cells = len({one.cell for one in shipped.fits})
    assert f"{len(shipped.fits)} figures of {cells} cells" in text
    assert "interphase_blocking" in text
    assert "T22" in text
    assert "inside the 90 % interval" in text
    assert "LiFePO4: Li2ZrCl6 above Li6PS5Cl" in text
    assert "not identified by these cells: " in text


@pytest.mark.slow  # Twelve fits, and all else that runs here.
def test_leaving_cells_out(run):
    """Each of the eleven cells of the thesis in turn, with its figures and the order of pairs."""
    record = json.loads(run("--json", "--leave-one-out"))

    assert len(record["leave_one_out"]) == 11
    assert all(row["right"] for one in record["leave_one_out"] for row in one["orders"])


def test_a_calibration_is_kept_and_listed(run):
    """The id that was printed is the one in the list."""
    made = json.loads(run("--json", "--no-leave-one-out"))["calibration"]

    assert [row["id"] for row in json.loads(run("--list", "--json"))] == [made]
    assert made in run("--list")


def test_a_picture_of_predicted_against_measured(run, tmp_path):
    """One point with an interval for each figure, and no broken SVG."""
    run("--no-leave-one-out", "--plot", "cells.svg")

    root = ET.fromstring((tmp_path / "cells.svg").read_text(encoding="utf-8"))  # noqa: S314  # Ours.
    n = len(default_calibration().measurements)
    marks = [
        one.tag.rpartition("}")[2] for one in root.iter() if "cell: " in one.get("aria-label", "")
    ]
    assert (marks.count("line"), marks.count("path")) == (n, n)


def test_another_picture_is_refused(run):
    """Said before anything is fitted or kept."""
    with pytest.raises(JobsError, match=r"cells\.jpg: pictures are \.svg"):
        run("--plot", "cells.jpg")
    assert json.loads(run("--list", "--json")) == []


@pytest.mark.slow
def test_experiments_of_the_store_are_fitted(run, tmp_path):
    """One cell of the lab with two figures makes twelve cells and another id."""
    thesis = json.loads(run("--json", "--no-leave-one-out"))
    one = {
        "id": "lab-1", "sse": "Li3YCl6", "cathode": "LiFePO4", "recipe": "lfp-vgcf-hand",
        "first_charge_mah_per_g": "140", "first_discharge_mah_per_g": "125",
        "source": "lab book 1", "date": "2026-01-15",
    }  # fmt: skip
    add(tmp_path / "catholyte-store", experiment(one))

    both = json.loads(run("--json", "--no-leave-one-out"))

    assert both["cells"] == thesis["cells"] + 1
    assert both["figures"] == thesis["figures"] + 2
    assert both["calibration"] != thesis["calibration"]
    shipped = json.loads(run("--json", "--no-leave-one-out", "--shipped"))
    assert shipped["calibration"] == thesis["calibration"]
    kept = {row["id"]: row["current"] for row in json.loads(run("--list", "--json"))}
    assert kept == {thesis["calibration"]: True, both["calibration"]: False}


@pytest.mark.usefixtures("run")
@pytest.mark.slow
def test_an_experiment_that_cannot_be_computed_is_left_out_by_name(tmp_path, capsys):
    """The reference table has no phase with Na: that cell is named, the other is fitted."""
    one = {
        "id": "lab-1", "sse": "Li3YCl6", "cathode": "LiFePO4", "first_charge_mah_per_g": "140",
        "source": "lab book 1", "date": "2026-01-15",
    }  # fmt: skip
    store = tmp_path / "catholyte-store"
    add(store, experiment(one))
    add(store, experiment(one | {"id": "salt", "sse": "LiNaCl2"}))
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(calibrate)

    code = app(args=["--json", "--no-leave-one-out"], standalone_mode=False)
    said = capsys.readouterr()

    assert code == 3
    assert "experiment salt is left out: " in said.err
    record = json.loads(said.out)
    assert [row["experiment"] for row in record["experiments_left_out"]] == ["salt"]
    assert "Na" in record["experiments_left_out"][0]["reason"]
    assert record["cells"] == len({one.cell for one in default_calibration().fits}) + 1  # lab-1


@pytest.mark.slow
def test_cells_of_a_cathode_of_ones_own_are_calibrated(command, tmp_path):
    """From the material to the next prediction, all from the command line; none is left out."""
    (tmp_path / "cells.csv").write_text(
        "id,date,sse,cathode,cathode_parts,sse_parts,carbon_parts,carbon,mixing,pressure_mpa,"
        "rate_c,loading_mg_per_cm2,first_charge_mah_per_g,first_discharge_mah_per_g,source\n"
        "N1,2026-01-15,LPSCl,our 811,70,27,3,C65,hand,375,C/20,10,230,180,book 1\n"
        "N2,2026-01-16,LZC,our 811,70,27,3,C65,hand,375,C/20,10,240,215,book 1\n",
        encoding="utf-8",
    )
    planned = (
        "id,sse,cathode,cathode_parts,sse_parts,carbon_parts,carbon,mixing,pressure_mpa\n"
        "P1,LZC,our 811,70,27,3,C65,hand,375\n"
    )
    (tmp_path / "planned.csv").write_text(planned, encoding="utf-8")
    (tmp_path / "few.toml").write_text(
        "sses = ['LPSCl', 'LZC']\ncathodes = ['our 811']\n", encoding="utf-8"
    )
    material = [
        "label=our 811", "kind=cathode", "similar_to=NMC811", "source=me",
        "first_capacity_mah_per_g=245", "first_return_percent=90",
    ]  # fmt: skip
    for made in (
        ["material", "add", *material],
        ["experiment", "import", "cells.csv"],
        ["screen", "few.toml", "--json"],
    ):
        code, _, errors = command(*made)
        assert (code, errors.count("left out")) == (0, 0), errors
    _, before, _ = command("predict", "planned.csv", "--json")

    code, said, errors = command("calibrate", "--json", "--no-leave-one-out")

    assert (code, json.loads(said)["experiments_left_out"]) == (0, []), errors
    _, after, _ = command("predict", "planned.csv", "--json")
    wide, narrow = (
        row["first_discharge_high_mah_per_g"] - row["first_discharge_low_mah_per_g"]
        for row in map(json.loads, (before, after))
    )
    assert narrow < wide
    code, ranking, _ = command("rank", "--json", "--rate", "1")
    first = json.loads(ranking)[0]
    assert (code, first["sse"], first["cathode"], first["rate_c"]) == (
        0,
        "Li2ZrCl6",
        "our 811",
        1.0,
    )
    assert {row["measured_cells"] for row in json.loads(ranking)} <= {0, 1}
    for words in ("suggest --json", "experiment compare --json"):
        code, _, errors = command(*words.split())
        assert code == 0, errors


def test_the_loop_closes_by_itself(command, tmp_path, monkeypatch):
    """Screen, measure, calibrate: what moved is said; rank, suggest and screen use it from then on.

    The cell is far better than predicted, so that its pair rises. Spreads are those of the shipped
    calibration: to find them takes most of a fit.
    """
    shipped = fitting.spreads_of(default_calibration().fitted)
    monkeypatch.setattr(fitting, "_found_spreads", lambda _: shipped)
    (tmp_path / "few.toml").write_text(
        "sses = ['LPSCl', 'LZC', 'Li3YCl6']\ncathodes = ['LiFePO4']\n", encoding="utf-8"
    )
    command("screen", "few.toml", "--json")
    add(
        tmp_path / "catholyte-store",
        experiment(
            {
                "id": "lab-1",
                "sse": "Li6PS5Cl",
                "cathode": "LiFePO4",
                "recipe": "lfp-vgcf-hand",
                "first_charge_mah_per_g": "150",
                "first_discharge_mah_per_g": "140",
                "source": "lab book 1",
                "date": "2026-01-15",
            }
        ),
    )
    _, before, _ = command("rank", "--json")

    _, said, _ = command("calibrate", "--json", "--no-leave-one-out")

    made = json.loads(said)
    _, after, _ = command("rank", "--json")
    _, overridden, _ = command("rank", "--json", "--calibration", "shipped")
    _, screened, _ = command("screen", "few.toml", "--json")
    places = {row["sse"]: row["rank_in_cathode"] for row in json.loads(before)}
    for row in json.loads(after):
        assert row["calibration"] == made["calibration"]
        moved = {one["sse"]: (one["before"], one["after"]) for one in made["moved_places"]}
        was = places[row["sse"]]
        assert moved.get(row["sse"], (was, was)) == (was, row["rank_in_cathode"])
    measured = {row["sse"]: row["measured_efficiency_percent"] for row in json.loads(after)}
    assert measured["Li6PS5Cl"] > 42.0
    assert measured["Li3YCl6"] is None
    assert overridden == before
    assert {row["calibration"] for row in json.loads(screened)} == {made["calibration"]}
