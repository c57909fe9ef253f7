import json
import re
from math import isfinite

import numpy as np
import pytest

from screening.catalogue.materials import cathode
from screening.order.scores import CONDUCTIVITY_SCALE
from screening.results.column import UNITS
from screening.results.columns import PAIR_COLUMNS, column_values, pair_records, product_text
from stability.hull import Product

KINDS = {"DOUBLE": float, "VARCHAR": str, "BIGINT": int, "BOOLEAN": bool}


@pytest.fixture(scope="session")
def records(block):
    """Return the result row of every pair of the reference batch."""
    return {(row["sse"], row["cathode"]): row for row in pair_records(block)}


def test_column_names_are_unique_and_lower_case():
    """SQL does not tell capitals apart."""
    names = [column.name for column in PAIR_COLUMNS]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


@pytest.mark.parametrize("column", PAIR_COLUMNS, ids=lambda column: column.name)
def test_every_number_says_its_unit_and_every_column_what_it_is(column):
    """A DOUBLE ends in its unit, or is a factor from 0 to 1; nothing else has one."""
    assert column.type in KINDS
    assert column.description
    assert "\n" not in column.description
    ends = [unit for end, unit in UNITS.items() if column.name.endswith(f"_{end}")]
    if column.name.startswith("factor_"):
        ends = ["1"]
    assert (column.unit in ends) if column.type == "DOUBLE" else not column.unit


def test_every_value_is_of_its_type_finite_and_serialisable(records):
    """No nan, no inf, no object that JSON, CSV or SQL would have to guess about."""
    for names, record in records.items():
        assert list(record) == [column.name for column in PAIR_COLUMNS]
        for column in PAIR_COLUMNS:
            value = record[column.name]
            assert value is None or isinstance(value, KINDS[column.type]), (names, column.name)
            assert not isinstance(value, float) or isfinite(value), (names, column.name)
        assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_only_what_does_not_exist_is_null(records):
    """An entry, an end of the window, a reaction, a price: all else has a value in every row."""
    nulls = {name for record in records.values() for name, value in record.items() if value is None}

    assert nulls <= {
        "coating",
        "separator",
        "anode",
        "sse_energy_above_hull_ev_per_atom",
        "oxidation_limit_v",
        "oxidation_limit_high_v",
        "worst_mutual_voltage_v",
        "composite_cost_usd_per_kg",
        "composite_cost_low_usd_per_kg",
        "composite_cost_high_usd_per_kg",
        "cell_energy_wh_per_l",
        "cell_energy_low_wh_per_l",
        "cell_energy_high_wh_per_l",
    }
    for record in records.values():
        harmless = record["worst_mutual_ev_per_non_li_atom"] == 0.0
        assert (record["worst_mutual_voltage_v"] is None) is harmless


def test_every_interval_is_in_order(records):
    """The low end, the value, the high end: for each number that has both ends."""
    trios = [(one.ends[0], one.name, one.ends[1]) for one in PAIR_COLUMNS if one.ends]

    assert len(trios) >= 20  # score, first cycle, redox, energies, cost, materials
    for pair, record in records.items():
        for low, name, high in trios:
            if None not in {record[low], record[name], record[high]}:
                slack = 1e-9 * abs(record[name])
                assert record[low] - slack <= record[name] <= record[high] + slack, (pair, name)


def test_a_row_says_where_it_comes_from(records, known, block):
    """Table, policy, calibration, and the source of each energy; else nothing can be traced."""
    row = records["Li6PS5Cl", "LiFePO4"]

    assert row["phase_table"] == known.table.id
    assert row["policy"] == "known"
    assert row["calibration"] == block.calibration.id
    assert row["draws"] == 200
    assert row["sse_energy_source"] == "hull"
    # Ordered Li6PS5Cl is 83 meV/atom above the hull (PHYSICS.md 1.1).
    assert row["sse_energy_above_hull_ev_per_atom"] == pytest.approx(0.083, abs=0.001)
    assert row["discharged_energy_source"] == "entry"
    assert str(row["relative_density_source"]).count("T07") == 1


def test_each_state_is_reported_at_its_end_of_the_window(records):
    """Discharged at 2.5 V, charged at 4 V: -178 and -1176 meV per non-Li atom (PHYSICS.md 1.4)."""
    row = records["Li6PS5Cl", "LiFePO4"]

    assert row["total_discharged_ev_per_non_li_atom"] == pytest.approx(-0.178, abs=1e-3)
    assert row["total_charged_ev_per_non_li_atom"] == pytest.approx(-1.176, abs=1e-3)
    assert row["self_charged_ev_per_non_li_atom"] == pytest.approx(-1.176, abs=1e-3)
    assert row["chemical_discharged_ev_per_atom"] == pytest.approx(-0.1067, abs=1e-3)
    assert row["chemical_charged_ev_per_atom"] == pytest.approx(-0.1962, abs=1e-3)


def test_volumes_of_a_row_add_up(records):
    """Four shares of the composite, 100 per cent."""
    for row in records.values():
        shares = [row[f"{name}_volume_percent"] for name in ("cathode", "sse", "carbon", "pore")]
        assert sum(shares) == pytest.approx(100.0)


def test_the_score_of_a_row_is_the_product_of_its_factors(records):
    """Each factor alone can ruin a pair, and none can make up for another."""
    for row in records.values():
        factors = [row[f"factor_{name}"] for name in ("capacity", "interface", "transport")]
        assert row["score_0_to_1"] == pytest.approx(np.prod(factors))
        assert all(0.0 <= factor <= 1.0 for factor in factors)


def test_closed_energy_alone_does_not_make_a_pair_mild(records):
    """Trap a of PHYSICS.md 3: with Li6PS5Cl, LiFePO4 is mildest on contact, and yet bad."""
    row = records["Li6PS5Cl", "LiFePO4"]
    oxides = ["LiCoO2", "LiNiO2", "LiMn2O4"]

    for name in oxides:
        other = records["Li6PS5Cl", name]["chemical_discharged_ev_per_atom"]
        assert row["chemical_discharged_ev_per_atom"] > other
    assert row["factor_capacity"] < 0.5
    assert records["Li2ZrCl6", "LiFePO4"]["score_0_to_1"] > 2 * row["score_0_to_1"]


def test_insulating_products_are_not_punished_like_conducting_ones(records):
    """Trap b: with LiNiO2 Li2ZrCl6 makes ZrO2 and LiCl, Li6PS5Cl sulfides of nickel."""
    chloride, sulfide = (records[sse, "LiNiO2"] for sse in ("Li2ZrCl6", "Li6PS5Cl"))

    assert chloride["interphase_conducting_fraction"] < sulfide["interphase_conducting_fraction"]
    assert chloride["factor_interface"] > 2 * sulfide["factor_interface"]


def test_efficiency_and_retention_are_not_one_number(records):
    """Trap c: the efficiency of the first cycle and what becomes of the interphase stand apart."""
    row = records["Li6PS5Cl", "LiFePO4"]

    assert isinstance(row["efficiency_percent"], float)
    assert row["interphase_growth"] in {"stable", "passivating", "mixed_conducting", "unknown"}


def test_columns_and_rows_hold_the_same(block):
    """One is the other turned over."""
    columns, rows = column_values(block), pair_records(block)

    assert {len(column) for column in columns.values()} == {len(rows)} == {len(block)}
    assert [row["score_0_to_1"] for row in rows] == columns["score_0_to_1"].tolist()


def test_products_are_named_without_amounts():
    """As people say it: A + B."""
    assert product_text([Product("P2S5", 0.5), Product("S", 2.5)]) == "P2S5 + S"
    assert product_text([]) == ""


def test_the_window_of_a_row_is_that_of_its_cathode(records):
    """LiFePO4 is cycled between 2.5 and 4 V, at 3.4 V on average."""
    row, lfp = records["Li2ZrCl6", "LiFePO4"], cathode("LiFePO4")

    assert (row["voltage_low_v"], row["voltage_high_v"]) == (2.5, 4.0)
    assert row["mean_voltage_v"] == lfp.voltage


def test_one_conductivity_is_in_the_column_in_the_factor_and_in_the_reason(block, records):
    """As processed: that of a cold-pressed garnet, not of its sintered pellet."""
    taken = block.features.conductivity.value.tolist()
    transport = block.prediction.scores.transport.value.tolist()

    for row, sigma, factor in zip(records.values(), taken, transport, strict=True):
        assert row["ionic_conductivity_s_per_cm"] == sigma
        assert factor == pytest.approx(sigma / (sigma + CONDUCTIVITY_SCALE))
        if "conducts only" in row["reason"]:
            assert row["reason"].startswith(f"conducts only {sigma:.1e} S/cm")
    garnet = records["Li7La3Zr2O12", "LiNiO2"]
    assert garnet["ionic_conductivity_s_per_cm"] < 1e-5
    assert "pressed cold" in garnet["ionic_conductivity_source"]
