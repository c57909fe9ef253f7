import json

import pytest


def test_a_cell_as_json(command):
    """T58: over 400 Wh/kg with silicon at the pouch's first charge."""
    code, output, errors = command(
        "cell", "LPSCl", "Li2S", "--anode", "si", "--capacity", 1077, "--areal-capacity", 10,
        "--json",
    )  # fmt: skip

    record = json.loads(output)
    assert (code, errors) == (0, "")
    assert (record["sse"], record["cathode"], record["anode"]) == ("Li6PS5Cl", "Li2S", "silicon")
    assert record["cell_energy_wh_per_kg"] == pytest.approx(410, abs=1)


def test_a_cell_as_a_page(command):
    """People see the energies and where every input comes from."""
    code, output, _ = command("cell", "LZC", "LiFePO4")

    assert code == 0
    assert "Wh/kg" in output
    assert "separator thickness" in output


def test_a_changed_recipe_is_said(command):
    """Other mass fractions: the record names the recipe as changed."""
    _, output, _ = command(
        "cell", "LPSCl", "S", "--fractions", 0.4, 0.6, 0, "--pressure", 200, "--json"
    )

    record = json.loads(output)
    assert record["recipe"] == "sulfur-ab-milled, changed"
    assert record["carbon"] is None
    assert record["pressure_mpa"] == 200


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fractions", 0.4, 0.4, 0.3], "the mass fractions add up to 1.1, not 1"),
        (["--pressure", -5], "--pressure -5 MPa is outside 2 to 5000 MPa: it cannot be negative"),
        (["--carbon", "soot"], "no carbon 'soot' on record"),
        (["--sse-density", -1], "--sse-density -1 g/cm3 is outside 0.01 to 25 g/cm3"),
        (["--porosity", 120], "--porosity 120 % is neither 0 nor within 1 to 95 %"),
        (["--capacity", -3], "--capacity -3 mAh/g is outside 1 to 4000"),
        (["--separator-um", 0], "--separator-um 0 um is outside 1 to 2000 um"),
        (["--anode", "anode-free"], "takes its lithium from the cathode"),
        (["--recipe", "nope"], "no recipe is named 'nope'"),
    ],
)
def test_bad_input_of_a_cell_is_one_line_and_exit_2(command, options, says):
    """The value, the limit, the remedy; nothing on the output."""
    code, output, errors = command("cell", "LPSCl", "S", *options)

    assert (code, output) == (2, "")
    assert says in errors
    assert len(errors.splitlines()) == 1


def test_a_microstructure_as_json_with_its_picture(command, tmp_path):
    """The thesis' bulk electrode on few voxels; the same seed gives the same numbers."""
    arguments = ("microstructure", "--size", "bulk", "--voxels", 24, "--seed", 3, "--json")
    code, output, errors = command(*arguments, "--plot", tmp_path / "section.svg")
    again = command(*arguments)[1]

    record = json.loads(output)
    assert (code, errors) == (0, "")
    assert json.loads(again) == record
    assert record["cathode_volume_percent"] == pytest.approx(30, abs=1)
    assert record["tortuosity"] > 1
    assert (tmp_path / "section.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_microstructure_of_a_recipe(command):
    """LiFePO4 at 40 wt% is about a fifth of the volume."""
    _, output, _ = command(
        "microstructure", "--sse", "LPSCl", "--cathode", "LiFePO4", "--radii", 1, 2, "--box", 15,
        "--voxels", 24, "--json",
    )  # fmt: skip

    assert json.loads(output)["cathode_volume_percent"] == pytest.approx(22, abs=2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--content", 120], "--content 120 % is outside 1 to 90 %"),
        (["--sse", "LPSCl"], "give --content alone, or --sse and --cathode"),
        (["--voxels", 20], "resolution must be at least 100"),
        (["--radii", 5, 1], "they must rise"),
        (["--radii", 1, 5, "--size", "bulk"], "--size and --radii both say how large; give one"),
        (["--size", "bulk", "--voxels", 8, "--plot", "x.jpg"], "pictures are .svg"),
    ],
)
def test_bad_input_of_a_microstructure_is_one_line_and_exit_2(command, options, says):
    """The value, the limit, the remedy; nothing on the output."""
    code, output, errors = command("microstructure", *options)

    assert (code, output) == (2, "")
    assert says in errors
    assert len(errors.splitlines()) == 1
