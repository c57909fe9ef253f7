from itertools import pairwise
from math import copysign, inf, nan

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stability.errors import LithiumReactantError, VoltageError
from stability.hull import EnergySource, reactant
from stability.phases import Policy, competing_phases
from stability.staircase import FARADAY, redox_capacity, redox_staircase, returning_share
from stability.tables.phase_table import Phase, phase_table, reference_table

FORMULAS = ("Li2S", "LiCl", "FeS", "FeS2", "FeCl2", "FeCl3", "LiFeS2", "Li2FeS2", "LiFeCl3")
MATERIALS = ("Li2S", "FeS2", "LiFeS2", "Li3FeS2Cl", "LiFeCl4", "S", "FeCl3", "Li6FeS5Cl")
energies = st.fixed_dictionaries(
    {f: st.floats(-8, 0.5) | st.integers(-8, 0).map(float) for f in FORMULAS}
)


def staircase(formula, phases):
    return redox_staircase(reactant(formula, phases), phases)


def test_lithium_oxide_by_hand(li_o):
    """2 Li2O -> Li2O2 + 2 Li costs 2 * 6.2 - 6.6 eV for two electrons, Li2O2 -> O2 + 2 Li 6.6."""
    found = staircase("Li2O", li_o)

    assert [(s.voltage_low, s.voltage_high) for s in found.steps] == [
        (0, pytest.approx(2.9)),
        (pytest.approx(2.9), pytest.approx(3.3)),
        (pytest.approx(3.3), inf),
    ]
    assert [s.li_change for s in found.steps] == pytest.approx([0, -1, -2])
    assert [dict(s.products) for s in found.steps] == [
        pytest.approx({"Li2O": 1}),
        pytest.approx({"Li2O2": 0.5}),
        pytest.approx({"O": 1}),
    ]


def test_capacity_is_faradays_law(li_o):
    """One Li per Li2O of 2 * 6.94 + 15.999 = 29.879 g/mol: 96485.33212 / 3.6 / 29.879 mAh/g."""
    per_li = 96485.33212 / 3.6 / 29.879
    found = staircase("Li2O", li_o)

    assert abs(FARADAY - 26801.481) < 1e-3
    assert [s.capacity for s in found.steps] == pytest.approx([0, per_li, 2 * per_li])


def test_window_of_a_phase_between_two_breakpoints(li_o):
    """Li2O2 takes up lithium below 2.9 V and loses it above 3.3 V."""
    assert staircase("Li2O2", li_o).window == pytest.approx((2.9, 3.3))


def test_open_ends_of_windows(li_o):
    """Li2O is never reduced; oxygen has no lithium to lose."""
    assert staircase("Li2O", li_o).window == (0.0, pytest.approx(2.9))
    assert staircase("O", li_o).window == (pytest.approx(3.3), inf)


def test_a_mixture_that_decomposes_without_lithium_is_inside_its_window(li_o):
    """Li4O3 falls apart to Li2O + Li2O2 at 2.9 V only: its window is that one voltage."""
    window = staircase("Li4O3", li_o).window

    assert window == pytest.approx((2.9, 2.9))


def test_a_metastable_phase_keeps_the_window_of_its_products(competing):
    """Li3OCl at -10.0 eV is 0.2 above Li2O + LiCl at -6.2 - 4.0, and lasts as long as they do.

    Li2O -> O + 2 Li at 6.2 / 2 = 3.1 V comes before LiCl -> Cl + Li at 4.0 V.
    """
    found = staircase("Li3OCl", competing({"Li2O": -6.2, "LiCl": -4.0, "Li3OCl": -10.0}))

    assert found.reactant.energy_source is EnergySource.HULL
    assert found.window == pytest.approx((0, 3.1))
    assert dict(found.at(1.0).products) == pytest.approx({"Li2O": 1, "LiCl": 1})


def test_the_step_at_a_voltage(li_o):
    """At 3 V Li2O is peroxide; on a breakpoint the step below holds; 0 V and 10 V have steps."""
    found = staircase("Li2O", li_o)

    assert found.at(3.0) is found.steps[1]
    assert found.at(found.steps[0].voltage_high) is found.steps[0]
    assert found.at(0.0) is found.steps[0]
    assert found.at(10.0) is found.steps[-1]


@pytest.mark.parametrize("voltage", [-0.1, 11.0, nan, inf])
def test_impossible_voltages_are_refused(li_o, voltage):
    """Below 0 V lithium plates; above 10 V and NaN are slips."""
    with pytest.raises(VoltageError, match="outside 0 to 10 V"):
        staircase("Li2O", li_o).at(voltage)


def test_lithium_metal_has_no_staircase(li_o):
    """Lithium against lithium: there is nothing to count lithium by."""
    with pytest.raises(LithiumReactantError, match="lithium metal"):
        staircase("Li3", li_o)


def test_no_figure_is_a_negative_zero():
    """A report never prints -0.0 V or -0.0 Li."""
    phases = competing_phases(reference_table())

    for material in ("Li6PS5Cl", "Li2ZrCl6", "LiFePO4", "S"):
        for step in staircase(material, phases).steps:
            assert copysign(1.0, step.voltage_low) == 1.0
            assert step.li_change != 0 or copysign(1.0, step.li_change) == 1.0


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        # Li2O -> 1/2 Li2O2 at 2.9 V -> O at 3.3 V: Li given off at the top, taken back at the foot
        # as long as no oxygen has left.
        (2.0, 2.5, (0, 0, 0, 0)),
        (2.0, 3.0, (1, 0, 1, 1)),
        (2.0, 4.0, (2, 0, 0, 2)),
        (3.0, 3.2, (1, 0, 0, 0)),
        (3.0, 4.0, (2, 0, 0, 1)),
        (3.5, 4.0, (2, 0, 0, 0)),
    ],
)
def test_redox_capacity_of_lithium_oxide_by_hand(li_o, low, high, expected):
    """Oxidation, reduction, reversible and regained capacity, in Li per Li2O."""
    found = redox_capacity(staircase("Li2O", li_o), low, high)

    assert found == pytest.approx([n * FARADAY / 29.879 for n in expected], abs=0.2)


@pytest.mark.parametrize(("lag", "share"), [(-0.1, 1.0), (0.1, 0.5), (0.3, 0.0)])
def test_a_return_that_lags_behind_equilibrium_needs_a_lower_cutoff(li_o, lag, share):
    """From 2.8 V to Li2O's 2.9 V there is 0.1 V to spare: at that lag half of it returns."""
    found = redox_capacity(staircase("Li2O", li_o), 2.8, 3.2, lag=lag)

    assert found.oxidation == found.regained == pytest.approx(FARADAY / 29.879)
    assert found.reversible == pytest.approx(share * found.oxidation, abs=0.003 * found.oxidation)


def test_no_centivolt_of_a_cutoff_decides_what_returns():
    """10 mV move at most 8 %: the steepest slope of the curve is 1 / (4 x 0.033 V)."""
    shares = returning_share(np.arange(0.0, 0.4, 0.01))

    assert (np.diff(shares) >= 0.0).all()
    assert np.diff(shares).max() < 0.08
    assert returning_share(np.inf) == 1.0


def test_redox_capacity_of_what_is_reduced(li_o):
    """Li2O2 between 2 and 4 V: it takes up 2 Li to Li2O, and loses 2 to O2, which has left."""
    per_li = FARADAY / (2 * 6.94 + 2 * 15.999)

    found = redox_capacity(staircase("Li2O2", li_o), 2.0, 4.0)

    assert found == pytest.approx((2 * per_li, 2 * per_li, 0.0, 2 * per_li))


@pytest.mark.parametrize(("low", "high"), [(3.0, 3.0), (4.0, 2.0), (-1.0, 3.0), (2.0, 11.0)])
def test_cutoffs_that_are_none_are_refused(li_o, low, high):
    """Cutoffs rise and lie between 0 and 10 V."""
    with pytest.raises(VoltageError):
        redox_capacity(staircase("Li2O", li_o), low, high)


@pytest.mark.parametrize(("low", "high"), [(nan, 3.0), (2.0, nan)])
def test_cutoffs_that_are_no_numbers_are_refused(li_o, low, high):
    """A missing number in a recipe is no cutoff."""
    with pytest.raises(VoltageError):
        redox_capacity(staircase("Li2O", li_o), low, high)


@settings(max_examples=40)
@given(energies, st.sampled_from(MATERIALS))
def test_steps_touch_and_lithium_falls_as_the_voltage_rises(competing, table, material):
    """From 0 V to any voltage, without a gap, each step holds less lithium than the one below."""
    steps = staircase(material, competing(table)).steps

    assert steps[0].voltage_low == pytest.approx(0, abs=1e-8)
    assert steps[-1].voltage_high == inf
    for below, above in pairwise(steps):
        assert below.voltage_high == pytest.approx(above.voltage_low, abs=1e-8)
        assert below.li_change > above.li_change
        assert below.voltage_low < below.voltage_high


@settings(max_examples=40)
@given(energies, st.sampled_from(MATERIALS))
def test_each_step_conserves_all_atoms_but_lithium(competing, element_amounts, table, material):
    """Products hold the material's atoms; their lithium is its own plus the change."""
    found = staircase(material, competing(table))
    before = dict(found.reactant.material.amounts)
    li = before.pop("Li", 0.0)

    for step in found.steps:
        after = element_amounts(step.products)
        assert after.pop("Li", 0.0) == pytest.approx(li + step.li_change, abs=1e-6)
        assert after == pytest.approx(before, abs=1e-6)


@settings(max_examples=40)
@given(energies, st.sampled_from(MATERIALS), st.floats(0, 10))
def test_the_step_at_a_voltage_has_the_lowest_grand_potential(competing, table, material, voltage):
    """Among all steps, E + V n_Li is lowest for the one that holds at V."""
    found = staircase(material, competing(table))

    def grand_potential(step):
        energy = sum(p.amount * table.get(p.formula, 0.0) for p in step.products)
        return energy + voltage * step.li_change

    lowest = min(map(grand_potential, found.steps))
    assert grand_potential(found.at(voltage)) == pytest.approx(lowest, abs=1e-5)


@settings(max_examples=40)
@given(energies, st.sampled_from(FORMULAS), st.sampled_from(["Li2S", "LiFeS2", "LiFeCl3", "FeS2"]))
def test_more_competing_phases_never_widen_the_window(competing, table, rival, material):
    """Of a phase that is stable either way: a rival can only shift its limits inwards."""
    assume(rival != material)
    everything = competing(table)
    fewer = competing({f: e for f, e in table.items() if f != rival})
    stable = reactant(material, everything)
    assume(stable.energy_source is EnergySource.ENTRY)

    with_rival = redox_staircase(stable, everything).window
    without = staircase(material, fewer).window

    assert with_rival.reduction >= without.reduction - 1e-6
    assert with_rival.oxidation <= without.oxidation + 1e-6


@settings(max_examples=25)
@given(energies, st.sampled_from(MATERIALS), st.floats(0.25, 1.2))
def test_voltages_scale_with_the_energies(competing, table, material, factor):
    """Energies times a constant give all breakpoints times the constant, and the same products."""
    one = staircase(material, competing(table)).steps
    other = staircase(material, competing({f: factor * e for f, e in table.items()})).steps

    assert [s.voltage_high for s in other] == pytest.approx(
        [factor * s.voltage_high for s in one], abs=1e-6
    )
    assert [{p.formula for p in s.products} for s in other] == [
        {p.formula for p in s.products} for s in one
    ]


@settings(max_examples=25)
@given(energies, st.sampled_from([("Li2S", "Li4S2"), ("LiFeS2", "Li0.5Fe0.5S")]))
def test_scaling_a_formula_changes_amounts_per_formula_only(competing, table, names):
    """Voltages and capacities per gram stay; lithium per formula unit goes with the formula."""
    phases = competing(table)
    one, other = (staircase(name, phases) for name in names)
    factor = other.reactant.material.n_atoms / one.reactant.material.n_atoms

    assert other.window == pytest.approx(one.window)
    for s, t in zip(one.steps, other.steps, strict=True):
        assert t.voltage_low == pytest.approx(s.voltage_low)
        assert t.capacity == pytest.approx(s.capacity, abs=1e-6)
        assert t.li_change == pytest.approx(factor * s.li_change, abs=1e-8)
        assert dict(t.products) == pytest.approx({f: factor * n for f, n in s.products})


def test_what_the_policy_leaves_out_is_no_product():
    """LiS4 at -3.0 eV cuts Li2S off at 4 Li2S -> LiS4 + 7 Li: (4 * 4.5 - 3.0) / 7 V."""
    table = phase_table(
        [Phase("Li2S", -4.5 / 3, known=True), Phase("LiS4", -3.0 / 5, known=False)], name="t"
    )

    known, everything = (
        staircase("Li2S", competing_phases(table, policy)).window.oxidation for policy in Policy
    )

    assert known == pytest.approx(4.5 / 2)
    assert everything == pytest.approx(15 / 7)


@pytest.mark.parametrize(
    ("written", "reduction", "oxidation"),
    [
        ("Li3PS4", 1.721, 2.633), ("Li3.0001PS4", 1.721, 2.633), ("Li2.99PS4", 1.721, 2.633),
        ("Li4Ti5O12", 1.711, 3.710), ("Li1.33333Ti1.66667O4", 1.711, 3.710),
        ("Li1.333Ti1.667O4", 1.711, 3.710),
    ],
)  # fmt: skip
def test_a_trace_of_lithium_is_no_end_of_the_window(written, reduction, oxidation):
    """Below 1 % of the lithium, a change is one of the digits of the formula, at 0 K."""
    window = staircase(written, competing_phases(reference_table())).window

    assert window == pytest.approx((reduction, oxidation), abs=0.0006)


def test_more_than_a_trace_counts():
    """3 % of lithium too much is there: Li3.1PS4 holds Li2S, which is oxidised at 2.341 V."""
    window = staircase("Li3.1PS4", competing_phases(reference_table())).window

    assert window.reduction == pytest.approx(1.721, abs=0.001)
    assert window.oxidation < 2.4


def test_rounded_amounts_leave_lithium_open():
    """0.33 may miss 0.005 Li and 0.56 La 0.005 * 3; 0.8 and 0.1 are meant, and so are integers."""
    phases = competing_phases(reference_table())

    def open_lithium(formula: str) -> float:
        return redox_staircase(reactant(formula, phases), phases).rounding

    assert open_lithium("Li0.33La0.56TiO3") == pytest.approx(0.02)
    assert open_lithium("Li3YCl6") == open_lithium("LiNi0.8Mn0.1Co0.1O2") == 0.0


def test_a_gas_has_left_only_where_lithium_has(competing):
    """4.0 eV for LiCl -> Li + 1/2 Cl2; were lithium taken up or kept, nothing would have left."""
    phases = competing({"LiCl": -4.0})
    last = redox_staircase(reactant("LiCl", phases), phases).steps[-1]

    assert last.li_change == pytest.approx(-1.0)
    assert last.gives_off_gas
    assert not last._replace(li_change=0.0).gives_off_gas
    assert not last._replace(li_change=0.5).gives_off_gas
