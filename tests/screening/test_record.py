import json
import re
from itertools import pairwise
from math import inf, isfinite

import pytest

from screening.catalogue import cathodes, electrolytes
from screening.record import (
    PAIR_COLUMNS,
    electrochemical_record,
    finite,
    pair_record,
    product_records,
    product_text,
    reaction_record,
    window_record,
)
from stability.hull import Product
from stability.voltage_range import reaction_over_range

UNITS = (
    "_v", "_ev_per_atom", "_ev_per_non_li_atom", "_mah_per_g", "_s_per_cm", "_gpa", "_m2_per_g",
    "_percent", "_wh_per_kg", "_k", "_mpa", "_nm", "_g_per_cm3", "_0_to_1", "_probability",
)  # fmt: skip
WINDOW_FIELDS = [
    "formula", "phase_table", "policy", "energy_source", "energy_above_hull_ev_per_atom",
    "reduction_limit_v", "oxidation_limit_v", "steps",
]  # fmt: skip
STEP_FIELDS = ["voltage_low_v", "voltage_high_v", "li_change", "capacity_mah_per_g", "products"]
OPEN_FIELDS = {
    "voltage_v", "total_ev_per_non_li_atom", "self_ev_per_non_li_atom",
    "mutual_ev_per_non_li_atom", "sse_fraction", "products",
}  # fmt: skip


@pytest.fixture(scope="session")
def records(evaluated):
    """Return the result row of every pair of the reference batch."""
    return {names: pair_record(pair) for names, pair in evaluated.items()}


def test_column_names_are_unique_and_lower_case():
    """SQL does not tell capitals apart."""
    names = [column.name for column in PAIR_COLUMNS]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


@pytest.mark.parametrize("column", PAIR_COLUMNS, ids=lambda column: column.name)
def test_every_number_says_its_unit_and_every_column_what_it_is(column):
    """A DOUBLE ends in a unit of ARCHITECTURE.md, or is a factor from 0 to 1."""
    assert column.type in {"DOUBLE", "VARCHAR"}
    assert column.description
    assert "\n" not in column.description
    if column.type == "DOUBLE":
        assert column.name.endswith(UNITS) or column.name.startswith("factor_")


def test_every_value_is_of_its_type_finite_and_serialisable(records):
    """No nan, no inf, no object that JSON, CSV or SQL would have to guess about."""
    kinds = {"DOUBLE": float, "VARCHAR": str}
    for names, record in records.items():
        assert list(record) == [column.name for column in PAIR_COLUMNS]
        for column in PAIR_COLUMNS:
            value = record[column.name]
            assert value is None or type(value) is kinds[column.type], (names, column.name)
            assert not isinstance(value, float) or isfinite(value), (names, column.name)
        assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_only_what_does_not_exist_is_null(records):
    """An entry, an oxidation limit, a reaction: all else has a value in every row."""
    nulls = {name for record in records.values() for name, value in record.items() if value is None}

    assert nulls <= {
        "sse_energy_above_hull_ev_per_atom",
        "oxidation_limit_v",
        "worst_mutual_voltage_v",
    }
    for record in records.values():
        harmless = record["worst_mutual_ev_per_non_li_atom"] == 0.0
        assert (record["worst_mutual_voltage_v"] is None) is harmless


def test_every_interval_is_in_order(records):
    """The low end, the value, the high end: for each number that has both ends."""
    names = [column.name for column in PAIR_COLUMNS]
    trios = [(name.replace("_low_", "_", 1), name) for name in names if "_low_" in name]
    trios = [(low, name, low.replace("_low_", "_high_", 1)) for name, low in trios if name in names]

    assert len(trios) >= 9  # score, four of the first cycle, four figures
    for pair, record in records.items():
        for low, name, high in trios:
            assert record[low] <= record[name] <= record[high], (pair, name)


def test_a_row_says_where_it_comes_from(records, known):
    """Table, policy, and the source of each energy, without which no number can be traced."""
    row = records["Li6PS5Cl", "LiFePO4"]

    assert row["phase_table"] == known.table.id
    assert row["policy"] == "known"
    assert row["sse_energy_source"] == "hull"
    # Ordered Li6PS5Cl is 83 meV/atom above the hull (PHYSICS.md 1.1).
    assert row["sse_energy_above_hull_ev_per_atom"] == pytest.approx(0.083, abs=0.001)
    assert row["discharged_energy_source"] == "entry"
    assert str(row["relative_density_source"]).count("T07") == 1


def test_each_state_is_reported_at_its_end_of_the_window(records, evaluated):
    """Discharged at the lower voltage, charged at the upper: FePO4 at 4 V, -1176 meV (1.4)."""
    row = records["Li6PS5Cl", "LiFePO4"]
    discharged, charged = evaluated["Li6PS5Cl", "LiFePO4"].contacts

    assert row["total_charged_ev_per_non_li_atom"] == pytest.approx(-1.176, abs=1e-3)
    assert row["total_discharged_ev_per_non_li_atom"] == pytest.approx(-0.178, abs=1e-3)
    assert row["self_discharged_ev_per_non_li_atom"] == discharged.electrochemical.sse_alone
    assert row["mutual_charged_ev_per_non_li_atom"] == charged.electrochemical.mutual


def test_volumes_of_a_row_add_up(records):
    """Four shares of the composite, 100 per cent."""
    for row in records.values():
        shares = [row[f"{name}_volume_percent"] for name in ("cathode", "sse", "carbon", "pore")]
        assert sum(shares) == pytest.approx(100.0)


def test_a_window_has_the_fields_of_the_architecture(evaluated, known):
    """Every key of ARCHITECTURE.md, in its order; more may stand between them."""
    for sse in electrolytes():
        record = window_record(evaluated[sse, "S"].staircase, known)

        assert [key for key in record if key in WINDOW_FIELDS] == WINDOW_FIELDS
        assert json.dumps(record, allow_nan=False)
        for step in record["steps"]:
            assert list(step) == STEP_FIELDS
            assert all(product.keys() == {"formula", "amount"} for product in step["products"])


def test_steps_rise_touch_and_stay_open_at_the_top(evaluated, known):
    """From 0 V upwards, each begins where the last one ends, and the end is null, not inf."""
    for sse in electrolytes():
        steps = window_record(evaluated[sse, "S"].staircase, known)["steps"]

        assert steps[0]["voltage_low_v"] == 0.0
        assert steps[-1]["voltage_high_v"] is None
        assert all(one["voltage_high_v"] == two["voltage_low_v"] for one, two in pairwise(steps))
        assert all(s["voltage_low_v"] < s["voltage_high_v"] for s in steps[:-1])


def test_a_reaction_has_the_fields_of_the_architecture(evaluated, known):
    """Chemical with kinks, electrochemical with total, self and mutual; a range if asked for."""
    for name in cathodes():
        pair = evaluated["Li6PS5Cl", name]
        contact = pair.contacts[1]

        record = reaction_record(
            pair.sse, contact.cathode, contact.chemical, [contact.electrochemical], None, known
        )

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


def test_a_range_has_its_worst_its_envelope_and_its_tiles(evaluated, known):
    """Both worst cases lie on the envelope, which spans the range; the tiles fill it."""
    pair = evaluated["Li6PS5Cl", "LiFePO4"]
    contact = pair.contacts[0]
    found = reaction_over_range(pair.sse, contact.cathode, known, 2.5, 4.0)

    record = reaction_record(pair.sse, contact.cathode, contact.chemical, [], found, known)

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


def test_total_self_and_mutual_are_told_apart(evaluated):
    """Li6PS5Cl on FePO4 at 4 V: total is self (-1176 meV), mutual is not."""
    reaction = evaluated["Li6PS5Cl", "LiFePO4"].contacts[1].electrochemical

    record = electrochemical_record(reaction)

    assert record["voltage_v"] == 4.0
    assert record["total_ev_per_non_li_atom"] == pytest.approx(-1.176, abs=1e-3)
    assert record["self_ev_per_non_li_atom"] == pytest.approx(-1.176, abs=1e-3)
    assert record["mutual_ev_per_non_li_atom"] == reaction.mutual
    assert reaction.mutual > -0.5


def test_products_as_text_and_as_objects():
    """Formulas joined by a plus; amounts only in the objects; nothing for nothing."""
    products = (Product("Li2S", 2.5), Product("LiCl", 1.0))

    assert product_text(products) == "Li2S + LiCl"
    assert product_records(products) == [
        {"formula": "Li2S", "amount": 2.5},
        {"formula": "LiCl", "amount": 1.0},
    ]
    assert product_text(()) == ""


def test_an_open_end_is_null():
    """JSON and SQL know no infinity."""
    assert finite(inf) is None
    assert finite(4.25) == 4.25
