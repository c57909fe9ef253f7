import json

import typer

from jobs.lab.kept_materials import add_materials
from jobs.material_commands.why_not import why_not
from screening.catalogue.own_material import Material


def test_a_compound_that_no_table_has_gets_an_answer(tmp_path, monkeypatch, capsys):
    """Li2.7Y0.7Zr0.3Cl6, made up here: gates, factors and a place, as one JSON object."""
    monkeypatch.chdir(tmp_path)
    program = typer.Typer(pretty_exceptions_enable=False)
    program.command()(why_not)

    program(args=["Li2.7Y0.7Zr0.3Cl6", "--json"], standalone_mode=False)

    record = json.loads(capsys.readouterr().out)
    assert record["refused_by"] is None
    assert record["cathode"] == "LiFePO4"
    assert 1 <= record["place"] <= record["rivals"]


def test_a_material_of_ones_own_has_its_measured_figures(tmp_path, capsys):
    """By its label, and by its formula."""
    store = tmp_path / "store"
    bad = Material(
        label="bad halide", kind="sse", formula="Li3YCl6", source="we",
        ionic_conductivity_s_per_cm=3e-8,
    )  # fmt: skip
    add_materials(store, [bad])
    program = typer.Typer(pretty_exceptions_enable=False)
    program.command()(why_not)

    for name in ("bad halide", "Li3YCl6"):
        program(args=[name, "--store", str(store)], standalone_mode=False)

        assert "conducts 3.0e-08 S/cm (2e-08 to 4e-08), measured: bad halide" in (
            capsys.readouterr().out
        )
