from itertools import pairwise

import pytest

from jobs import schema
from jobs.rows import CHEMICAL, detail_rows, failure_row
from screening.catalogue import cathode, recipe
from screening.evaluate import evaluate_pair
from screening.record import PAIR_COLUMNS
from stability.phase_table import reference_table
from stability.phases import competing_phases


@pytest.fixture(scope="module")
def phases():
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


@pytest.fixture(scope="module")
def details(phases):
    """Return the detail rows of two SSEs with S and Li2S, which share their states."""
    pairs = [
        evaluate_pair(sse, cathode(name), recipe("sulfur-ab-milled"), phases)
        for name in ("S", "Li2S")
        for sse in ("Li6PS5Cl", "Li2ZrCl6")
    ]
    return detail_rows("b", pairs)


@pytest.mark.parametrize("table", [schema.WINDOWS, schema.STEPS, schema.KINKS])
def test_rows_have_the_columns_of_their_table_and_stand_once(table, details):
    """No column too few or too many, and no key twice."""
    rows = details[table]
    keys = [tuple(row[name] for name in table.key) for row in rows]

    assert rows
    assert all(row.keys() == {field.name for field in table.fields} for row in rows)
    assert len(set(keys)) == len(keys)
    assert all(value is not None for key in keys for value in key)


def test_what_pairs_share_stands_once(details):
    """Two SSEs in two cathodes have two windows."""
    assert [row["sse"] for row in details[schema.WINDOWS]] == ["Li6PS5Cl", "Li2ZrCl6"]


def test_the_steps_of_an_sse_are_numbered_from_below_and_touch(details):
    """From 0 V upwards; the last one stays open."""
    steps = [row for row in details[schema.STEPS] if row["sse"] == "Li6PS5Cl"]

    assert [row["step"] for row in steps] == list(range(len(steps)))
    assert steps[0]["voltage_low_v"] == 0.0
    assert steps[-1]["voltage_high_v"] is None
    assert all(one["voltage_high_v"] == two["voltage_low_v"] for one, two in pairwise(steps))


def test_a_step_says_what_forms_and_how_much(details):
    """Li6PS5Cl -> 1/2 P2S5 + 5/2 S + LiCl + 5 Li above 2.633 V (PHYSICS.md 1.2)."""
    (step,) = (
        row
        for row in details[schema.STEPS]
        if row["sse"] == "Li6PS5Cl" and row["li_change"] == pytest.approx(-5.0)
    )

    assert step["voltage_low_v"] == pytest.approx(2.633, abs=0.003)
    assert set(step["products"].split(" + ")) == {"0.5 P2S5", "2.5 S", "1 LiCl"}


def test_kinks_run_from_the_cathode_to_the_electrolyte(details):
    """Numbered from 0 (pure cathode, x = 0) to the last (pure SSE, x = 1), rising between."""
    reactions = {}
    for row in details[schema.KINKS]:
        key = row["sse"], row["cathode_state"], row["voltage_v"]
        reactions.setdefault(key, []).append(row)

    for rows in reactions.values():
        fractions = [row["sse_fraction"] for row in rows]
        assert [row["kink"] for row in rows] == list(range(len(rows)))
        assert (fractions[0], fractions[-1]) == (0.0, 1.0)
        assert fractions == sorted(fractions)


def test_chemical_and_open_kinks_are_told_apart(details):
    """On contact an energy per atom, at a voltage two per non-Li atom, and never both."""
    voltages = {row["voltage_v"] for row in details[schema.KINKS]}

    # Discharged at 1 V; charged at 3 V with S, and at 3.5 V with Li2S.
    assert voltages == {CHEMICAL, 1.0, 3.0, 3.5}
    for row in details[schema.KINKS]:
        chemical = row["voltage_v"] == CHEMICAL
        assert (row["energy_ev_per_atom"] is not None) is chemical
        assert (row["total_ev_per_non_li_atom"] is None) is chemical
        assert (row["mutual_ev_per_non_li_atom"] is None) is chemical


def test_the_lowest_kink_is_the_reaction(details):
    """Li2ZrCl6 with Li2S: -152.2 meV/atom (PHYSICS.md 1.4), to LiCl and a zirconium sulfide."""
    kinks = [
        row
        for row in details[schema.KINKS]
        if (row["sse"], row["cathode_state"], row["voltage_v"]) == ("Li2ZrCl6", "Li2S", CHEMICAL)
    ]

    lowest = min(kinks, key=lambda row: row["energy_ev_per_atom"])

    assert lowest["energy_ev_per_atom"] == pytest.approx(-0.1522, abs=1e-3)
    assert "LiCl" in lowest["products"]


def test_a_failed_pair_has_a_reason_and_no_numbers(phases):
    """Who, why, and among which phases; every other column is null."""
    row = failure_row("Li3N", "S", "sulfur-ab-milled", ValueError("no nitrogen"), phases)

    added = {"status", "best_in_cathode_probability"}
    assert row.keys() == added | {column.name for column in PAIR_COLUMNS}
    assert {name: value for name, value in row.items() if value is not None} == {
        "status": "failed",
        "sse": "Li3N",
        "cathode": "S",
        "recipe": "sulfur-ab-milled",
        "reason": "no nitrogen",
        "phase_table": phases.table.id,
        "temperature_k": 0.0,
        "policy": "known",
        "policy_statement": phases.statement,
    }
