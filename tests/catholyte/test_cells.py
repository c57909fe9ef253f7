import pytest

from catholyte.cells import cell, coat, predict
from catholyte.stores import open_store
from jobs.errors import ExperimentError
from screening.errors import BatchError, UnknownNameError

OURS = {
    "label": "ours",
    "kind": "sse",
    "formula": "Li5.5PS4.5Cl1.5",
    "ionic_conductivity_s_per_cm": 9.4e-3,
    "source": "notebook 12",
}


def test_cells_are_described_or_stand_in_a_file(tmp_path):
    """The same fields, the same answers; a cell that lacks one says why and stops no other."""
    path = tmp_path / "cells.csv"
    path.write_text("id,sse,cathode,rate_c\nA1,LZC,LiFePO4,0.5\nA2,,LiFePO4,\n", encoding="utf-8")
    described = [
        {"id": "A1", "sse": "LZC", "cathode": "LiFePO4", "rate_c": 0.5},
        {"id": "A2", "sse": None, "cathode": "LiFePO4", "rate_c": float("nan")},
    ]

    found = predict(described, store=tmp_path)

    assert found.rows == predict(str(path), store=tmp_path).rows
    assert [row["status"] for row in found.rows] == ["ok", "failed"]
    assert found.title == "first cycle of 1 of 2 cells"
    assert "sse is empty" in found.rows[1]["reason"]
    assert "A1: Li₂ZrCl₆" in found.plot().alt
    assert [one.id for one in found.curves()] == ["A1"]


def test_a_cell_without_an_id_is_named_by_its_row(tmp_path):
    """Rows are counted from 1; an unknown field is named with those that there are."""
    (row,) = predict([{"sse": "LZC", "cathodes": "LiFePO4"}], store=tmp_path).rows

    assert row["id"] == "row 1"
    assert "no field cathodes; known: id" in row["reason"]
    with pytest.raises(ExperimentError, match="no cells are given"):
        predict([], store=tmp_path)


def test_rate_and_loading_stand_where_a_cell_states_none(tmp_path):
    """5C takes more than a stated C/10."""
    told = {"sse": "LZC", "cathode": "LiFePO4"}
    slow, fast = predict(
        [told | {"rate_c": 0.1}, told], rate=5.0, areal_capacity=3.0, store=tmp_path
    ).rows

    assert (slow["rate_c"], fast["rate_c"]) == (0.1, 5.0)
    assert slow["areal_capacity_mah_per_cm2"] == fast["areal_capacity_mah_per_cm2"] == 3.0
    assert fast["reached_fraction"] < slow["reached_fraction"]


def test_a_stack_is_part_of_a_prediction(tmp_path):
    """Coating, separator and anode are in the row; 2.4 V against Li-In are 3.02 V."""
    stack = {"coating": "LiNbO3", "separator": "LPSCl", "anode": "Li-In"}
    cutoffs = {"voltage_low_v": 2.4, "voltage_high_v": 3.68, "voltage_reference": "Li-In"}

    (row,) = predict([{"sse": "LZC", "cathode": "NMC811"} | stack | cutoffs], store=tmp_path).rows

    assert (row["coating"], row["separator"], row["anode"]) == ("LiNbO3", "Li6PS5Cl", "Li-In")
    assert row["voltage_low_v"] == pytest.approx(3.02)


def test_coatings_know_materials_of_ones_own(tmp_path):
    """An SSE by its label, and films as measured: 100 times the conductivity, 1 % of the ohms."""
    store = open_store(tmp_path / "lab", make=True)
    store.add_material(**OURS)
    for name, conductivity in (("slow", 1e-8), ("fast", 1e-6)):
        store.add_material(
            label=f"our {name} film",
            kind="coating",
            formula={"slow": "LiNbO3", "fast": "LiTaO3"}[name],
            ionic_conductivity_s_per_cm=conductivity,
            source="notebook 12",
        )

    found = coat("ours", "NMC811", coatings=["our slow film", "our fast film"], store=store)

    films = {row["coating"]: row["area_resistance_ohm_cm2"] for row in found.rows}
    assert found.record["sse"] == "Li5.5PS4.5Cl1.5"
    assert films["LiNbO3"] == pytest.approx(100 * films["LiTaO3"])
    assert "Li5.5PS4.5Cl1.5 with LiNi0.8Mn0.1Co0.1O2: 2 of 2 coatings pass" in found.title
    assert "LiNbO₃" in found.plot().alt + found.plot().svg()


def test_a_film_of_ones_own_is_among_those_that_are_ranked(tmp_path):
    """Without names: the catalogue, and what the laboratory has."""
    store = open_store(tmp_path / "lab", make=True)
    before = coat("LPSCl", "LiCoO2", store=store)
    store.add_material(label="new", kind="coating", formula="LiYO2", source="notebook 12")
    after = coat("LPSCl", "LiCoO2", store=store)

    assert after.record["funnel"][0] == {
        "step": "coatings of the catalogue, and your own",
        "left": before.record["funnel"][0]["left"] + 1,
    }


def test_a_window_that_falls_is_refused():
    """As on the command line."""
    with pytest.raises(BatchError, match="does not rise"):
        coat("LPSCl", "LiCoO2", voltage_range=(4.2, 3.0))


def test_a_cell_takes_what_is_wished_for():
    """A dense composite of 28.1 vol% sulfur grows by 28.1 % of 79.7 %; nothing is swapped."""
    rows = {row["name"]: row for row in cell("LPSCl", "S", porosity=0, separator=50).rows}

    assert rows["thickness change"]["value"] == pytest.approx(0.281 * 0.797, abs=1e-3)
    assert rows["separator thickness"]["value"] == 50
    with pytest.raises(UnknownNameError, match="swap them"):
        cell("LiFePO4", "LPSCl")
