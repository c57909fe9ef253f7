import json
from itertools import pairwise
from math import inf

import pytest

from screening.catalogue.materials import cathodes, electrolytes
from screening.results.records import (
    electrochemical_record,
    finite,
    product_records,
    reaction_record,
    window_record,
)
from stability.hull import Product, reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.staircase import redox_staircase
from stability.voltage_range import reaction_over_range

WINDOW_FIELDS = [
    "formula", "phase_table", "policy", "energy_source", "energy_above_hull_ev_per_atom",
    "reduction_limit_v", "oxidation_limit_v", "steps",
]  # fmt: skip
STEP_FIELDS = [
    "voltage_low_v", "voltage_high_v", "li_change", "capacity_mah_per_g", "rounding", "products"
]  # fmt: skip
OPEN_FIELDS = {
    "voltage_v", "total_ev_per_non_li_atom", "self_ev_per_non_li_atom",
    "mutual_ev_per_non_li_atom", "sse_fraction", "products",
}  # fmt: skip


def test_a_window_has_the_fields_of_the_architecture(known):
    """Every key of ARCHITECTURE.md, in its order; more may stand between them."""
    for sse in electrolytes():
        record = window_record(redox_staircase(reactant(sse, known), known), known)

        assert [key for key in record if key in WINDOW_FIELDS] == WINDOW_FIELDS
        assert json.dumps(record, allow_nan=False)
        for step in record["steps"]:
            assert list(step) == STEP_FIELDS
            assert all(product.keys() == {"formula", "amount"} for product in step["products"])


def test_steps_rise_touch_and_stay_open_at_the_top(known):
    """From 0 V upwards, each begins where the last one ends, and the end is null, not inf."""
    for sse in electrolytes():
        steps = window_record(redox_staircase(reactant(sse, known), known), known)["steps"]

        assert steps[0]["voltage_low_v"] == 0.0
        assert steps[-1]["voltage_high_v"] is None
        assert all(one["voltage_high_v"] == two["voltage_low_v"] for one, two in pairwise(steps))
        assert all(s["voltage_low_v"] < s["voltage_high_v"] for s in steps[:-1])


def test_a_reaction_has_the_fields_of_the_architecture(known):
    """Chemical with kinks, electrochemical with total, self and mutual; a range if asked for."""
    for name in cathodes():
        sse, charged = reactant("Li6PS5Cl", known), reactant(cathodes()[name].charged, known)
        chemical = chemical_reaction(sse, charged, known)
        at_ends = electrochemical_reactions(sse, charged, known, [2.5, 3.5])

        record = reaction_record(sse, charged, chemical, at_ends, None, known)

        assert record.keys() >= {"sse", "cathode", "phase_table", "chemical", "electrochemical"}
        assert "worst_over_range" not in record
        chemical = record["chemical"]
        assert list(chemical) == ["energy_ev_per_atom", "sse_fraction", "products", "kinks"]
        assert all(
            list(kink) == ["sse_fraction", "energy_ev_per_atom", "products"]
            for kink in chemical["kinks"]
        )
        assert all(one.keys() >= OPEN_FIELDS for one in record["electrochemical"])
        assert json.dumps(record, allow_nan=False)


def test_a_range_has_its_worst_its_envelope_and_its_tiles(known):
    """Both worst cases lie on the envelope, which spans the range; the tiles fill it."""
    sse, lfp = reactant("Li6PS5Cl", known), reactant("LiFePO4", known)
    found = reaction_over_range(sse, lfp, known, 2.5, 4.0)

    record = reaction_record(sse, lfp, chemical_reaction(sse, lfp, known), [], found, known)

    worst = record["worst_over_range"]
    assert (worst["voltage_low_v"], worst["voltage_high_v"]) == (2.5, 4.0)
    for name in ("total", "mutual"):
        energy = worst[f"{name}_ev_per_non_li_atom"]
        lowest = min(point[f"{name}_ev_per_non_li_atom"] for point in worst["envelope"])
        assert energy == pytest.approx(lowest, abs=1e-9)
        assert 2.5 <= worst[f"{name}_voltage_v"] <= 4.0
        assert 0.0 <= worst[f"{name}_sse_fraction"] <= 1.0
        assert worst[f"{name}_products"]
    area = sum(
        (tile["sse_fraction_high"] - tile["sse_fraction_low"])
        * (tile["voltage_high_v"] - tile["voltage_low_v"])
        for tile in worst["tiles"]
    )
    assert area == pytest.approx(1.0 * (4.0 - 2.5))  # fractions 0 to 1, 2.5 to 4 V
    assert json.dumps(record, allow_nan=False)


def test_total_self_and_mutual_are_told_apart(known):
    """Li6PS5Cl on FePO4 at 4 V: total is self (-1176 meV), mutual is not."""
    pair = reactant("Li6PS5Cl", known), reactant("FePO4", known)
    (reaction,) = electrochemical_reactions(*pair, known, [4.0])

    record = electrochemical_record(reaction)

    assert record["voltage_v"] == 4.0
    assert record["total_ev_per_non_li_atom"] == pytest.approx(-1.176, abs=1e-3)
    assert record["self_ev_per_non_li_atom"] == pytest.approx(-1.176, abs=1e-3)
    assert record["mutual_ev_per_non_li_atom"] == reaction.mutual
    assert reaction.mutual > -0.5


def test_products_as_objects():
    """A formula and an amount each."""
    assert product_records((Product("Li2S", 2.5),)) == [{"formula": "Li2S", "amount": 2.5}]


def test_an_open_end_is_null():
    """JSON and SQL know no infinity."""
    assert finite(inf) is None
    assert finite(4.25) == 4.25
