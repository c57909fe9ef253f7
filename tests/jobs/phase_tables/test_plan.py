from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.phase_tables.errors import DataError
from jobs.phase_tables.plan import batch_plan, palette_plan, system_plan
from screening.batch.model import Batch
from stability.elements import ATOMIC_WEIGHT

symbols = st.lists(st.sampled_from(list(ATOMIC_WEIGHT)), min_size=1, max_size=12, unique=True)


@given(symbols, st.integers(1, 4))
def test_a_palette_has_every_system_once(elements, most):
    """The sum of binomial coefficients; each is sorted, and they are cut into chunks in order."""
    plan = palette_plan(elements, most)

    n = len(elements)
    assert (
        len(plan.systems) == len(set(plan.systems)) == sum(comb(n, k) for k in range(1, most + 1))
    )
    assert all(one.split("-") == sorted(one.split("-")) for one in plan.systems)
    assert [one for chunk in plan.chunks for one in chunk] == list(plan.systems)
    assert all(len(chunk) <= 50 and len(",".join(chunk)) <= 1500 for chunk in plan.chunks)


def test_twenty_elements_to_five_at_once():
    """20 + 190 + 1140 + 4845 + 15504 systems."""
    assert len(palette_plan(list(ATOMIC_WEIGHT)[:20], 5).systems) == 21_699


@given(st.permutations(["Li", "P", "S", "Cl"]))
def test_the_order_of_elements_changes_nothing(elements):
    """The same question has the same id; another version of the database another one."""
    plan = palette_plan(elements, 4)
    sorted_plan = palette_plan(["Cl", "Li", "P", "S"], 4)
    where = {"endpoint": "here", "database_version": "1"}

    assert plan.id(**where) == sorted_plan.id(**where)
    assert plan.id(**where) != plan.id(endpoint="here", database_version="2")
    assert plan.id(**where) != palette_plan(elements, 3).id(**where)


def test_a_system_brings_all_that_it_contains():
    """Li-P-S has seven parts, and Li-O adds two to them."""
    assert system_plan(["S-Li-P", "O-Li"]).systems == (
        "Li", "O", "P", "S", "Li-O", "Li-P", "Li-S", "P-S", "Li-P-S",
    )  # fmt: skip


def test_a_batch_needs_what_its_pairs_can_form():
    """Li3PS4 with LiFePO4: Li, P, S, Fe and O in one system, 31 parts."""
    plan = batch_plan(Batch(sses=("Li3PS4",), cathodes=("LiFePO4",)))

    assert plan.elements == ("Li", "O", "P", "S", "Fe")
    assert len(plan.systems) == 31


def test_pairs_do_not_mix():
    """Two SSEs with one cathode: no system holds both Zr and P."""
    plan = batch_plan(Batch(sses=("Li3PS4", "Li2ZrCl6"), cathodes=("LiCoO2",)))

    assert not any({"P", "Zr"} <= set(one.split("-")) for one in plan.systems)
    assert "Cl-Co-Li-O-Zr" in plan.systems


def test_a_batch_that_searches_the_table_is_refused():
    """It would need the table to know what to fetch."""
    with pytest.raises(DataError, match="say --elements"):
        batch_plan(Batch(filter={"contains": ("Li",)}, cathodes=("LiFePO4",)))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: palette_plan(["Li", "Lx"], 2), "'Lx' is no element"),
        (lambda: palette_plan([], 2), "no element"),
        (lambda: palette_plan(["Li"], 0), "give 1 to 9"),
        (lambda: palette_plan(["Li"], 10), "give 1 to 9"),
        (lambda: palette_plan(list(ATOMIC_WEIGHT), 4), "more than 200000 chemical systems"),
        (lambda: system_plan(["Li-"]), "'' is no element"),
        (lambda: system_plan(["-".join(list(ATOMIC_WEIGHT)[:10])]), "10 elements; 9 are the most"),
        (lambda: palette_plan(["Li"], 1, thermo_type="R3SCAN"), "thermo type 'R3SCAN': choose"),
        (lambda: system_plan(["Li"], thermo_type="SCAN"), "choose GGA_GGA"),
    ],
)
def test_what_cannot_be_asked_is_refused(make, says):
    """One line with the remedy."""
    with pytest.raises(DataError, match=says):
        make()
