"""One cell as plain data."""

from __future__ import annotations

import json

import pytest

from descriptors.cell.volume_change import Anode
from screening.catalogue.materials import cathode, recipe
from screening.results.cell_design import Wishes, cell_design
from screening.results.cell_record import cell_record


def test_the_record_is_plain_json_with_units_in_its_names():
    """Nothing but numbers, text, lists and objects; masses add up to the cell's."""
    chosen = cathode("S")
    wishes = Wishes(areal_capacity=10.0)
    design = cell_design("Li6PS5Cl", chosen, recipe(chosen.recipe), Anode.LITHIUM, wishes)

    record = json.loads(json.dumps(cell_record(design)))

    total = sum(record["masses_mg_per_cm2"].values())
    energy = record["areal_capacity_mah_per_cm2"] * 2.1
    assert record["cell_energy_wh_per_kg"] == pytest.approx(1e3 * energy / total)
    volumes = [record[f"{name}_volume_percent"] for name in ("cathode", "sse", "carbon", "pore")]
    assert sum(volumes) == pytest.approx(100)
    assert record["composite_cost_usd_per_kwh"] == pytest.approx(
        1e3 * record["composite_cost_usd_per_kg"] / record["composite_energy_wh_per_kg"]
    )
    assert record["inputs"][0] == {
        "group": "composite", "name": "SSE density", "unit": "g/cm3",
        **dict(zip(("value", "low", "high"), design.inputs[0].quantity[:3], strict=True)),
        "origin": design.inputs[0].quantity.kind.value,
        "source": design.inputs[0].quantity.source,
    }  # fmt: skip
