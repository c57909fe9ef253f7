from math import inf

import numpy as np
import pytest
from scipy.stats import norm

from stability.arrays import closed_reactions, hull_energies, open_reactions
from stability.errors import LithiumReactantError, VoltageError
from stability.hull import reactant
from stability.phases import Policy, competing_phases
from stability.staircase import redox_staircase
from stability.tables.phase_table import Phase, phase_table, reference_table
from stability.uncertainty import (
    CLASSES,
    MARGIN,
    ErrorModel,
    WindowDraws,
    errors,
    interval,
    probability_covers,
    redrawn_reactions,
    redrawn_windows,
)

SSES = ("Li6PS5Cl", "Li2ZrCl6", "Li3PO4", "LiTi2(PO4)3")
CATHODES = ("LiFePO4", "LiCoO2", "S")
VOLTS = (1.0, 2.5, 3.5, 4.0)
SURE = ErrorModel(independent=0.0, shared=0.0)
FIRST, SECOND = np.array([0]), np.array([1])


@pytest.fixture(scope="module")
def near():
    """Return the known phases of the reference table, those near the hull included."""
    return competing_phases(reference_table(), margin=MARGIN)


@pytest.fixture(scope="module")
def pairs(near, fractions_of):
    """Return all SSEs with all cathodes: fractions, first, second."""
    first, second = np.divmod(np.arange(len(SSES) * len(CATHODES)), len(CATHODES))
    return fractions_of(near, *SSES, *CATHODES), first, len(SSES) + second


def test_without_errors_reactions_are_the_nominal_ones(near, pairs):
    """Every draw of twelve pairs, among phases near the hull too, is what those on it give."""
    stable = competing_phases(reference_table())
    fractions, first, second = pairs
    energies = hull_energies(stable, fractions).energy
    closed = closed_reactions(stable, fractions, energies, first, second)
    at = open_reactions(stable, fractions, energies, first, second, np.array(VOLTS))

    drawn = redrawn_reactions(near, *pairs, VOLTS, draws=2, model=SURE)

    for draw in range(2):
        assert drawn.chemical[:, draw] == pytest.approx(closed.energy, abs=1e-9)
        assert drawn.total[..., draw] == pytest.approx(at.total, abs=1e-9)
        assert drawn.sse_alone[..., draw] == pytest.approx(at.first_alone, abs=1e-9)
        assert drawn.mutual[..., draw] == pytest.approx(at.mutual, abs=1e-9)


def test_without_errors_windows_are_the_nominal_ones(near, pairs):
    """Limits and lithium at each voltage, of every draw."""
    stable = competing_phases(reference_table())

    drawn = redrawn_windows(near, pairs[0], VOLTS, draws=2, model=SURE)

    for row, formula in enumerate((*SSES, *CATHODES)):
        material = reactant(formula, stable)
        staircase = redox_staircase(material, stable)
        rest = material.material.n_atoms - material.material.amounts.get("Li", 0)
        lithium = [staircase.at(voltage).li_change / rest for voltage in VOLTS]
        for draw in range(2):
            assert drawn.reduction[row, draw] == pytest.approx(staircase.window.reduction)
            assert drawn.oxidation[row, draw] == pytest.approx(staircase.window.oxidation)
            assert drawn.li_change[row, :, draw] == pytest.approx(lithium, abs=1e-6)


def test_a_seed_names_a_series(near, pairs):
    """The same seed gives the same draws to the last bit, another seed none of them."""
    one, again, other = (
        redrawn_reactions(near, *pairs, (3.5,), draws=20, model=ErrorModel(seed=seed))
        for seed in (1, 1, 2)
    )

    assert all(np.array_equal(*both) for both in zip(one, again, strict=True))
    reacts = one.chemical < 0
    assert reacts.sum() > 100
    assert not np.isin(one.chemical[reacts], other.chemical).any()


def test_more_draws_begin_with_the_fewer(near, pairs):
    """Ten draws are the first ten of twenty: a study can be made longer."""
    few, more = (redrawn_windows(near, pairs[0], draws=draws) for draws in (10, 20))

    assert np.array_equal(few.reduction, more.reduction[:, :10])
    assert np.array_equal(few.oxidation, more.oxidation[:, :10])


def test_the_order_of_pairs_changes_no_draw(near, pairs):
    """Forwards, backwards and alone: each pair has the same draws."""
    fractions, first, second = pairs
    there = redrawn_reactions(near, *pairs, (3.5,), draws=5)
    back = redrawn_reactions(near, fractions, first[::-1], second[::-1], (3.5,), draws=5)
    alone = redrawn_reactions(near, fractions, first[4:5], second[4:5], (3.5,), draws=5)

    for one, other, single in zip(there[:-1], back[:-1], alone[:-1], strict=True):
        assert np.array_equal(one, other[::-1])
        assert np.array_equal(one[4:5], single)


def test_a_phase_has_the_same_draws_in_every_table(competing, fractions_of):
    """Li2O is redrawn alike with and without other compounds and elements beside it."""
    found = []
    for others in ({}, {"FeCl2": -3.6, "ZrO2": -11.0}, {"H2O": -2.5, "B2O3": -13.0}):
        phases = competing({"Li2O": -6.0} | others)
        found.append(redrawn_windows(phases, fractions_of(phases, "Li2O"), draws=100).oxidation)

    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    assert found[0].std() > 0.05


def test_a_formula_may_be_written_otherwise(competing, fractions_of):
    """Li4O2 and OLi2 are Li2O: the composition carries the error, not the text."""
    found = []
    for formula, energy in (("Li2O", -6.0), ("Li4O2", -12.0), ("OLi2", -6.0)):
        phases = competing({formula: energy})
        found.append(redrawn_windows(phases, fractions_of(phases, formula), draws=20).oxidation)

    assert found[0] == pytest.approx(found[1], abs=1e-12)
    assert found[0] == pytest.approx(found[2], abs=1e-12)


def test_the_shared_error_cancels_within_a_class(competing, fractions_of):
    """Li2O + Fe2O3 -> 2 LiFeO2 is a reaction among oxides: (2 * -8 + 6 + 8.5) / 8 eV, always."""
    phases = competing({"Li2O": -6.0, "Fe2O3": -8.5, "LiFeO2": -8.0})
    model = ErrorModel(independent=0.0, shared=0.3)

    drawn = redrawn_reactions(
        phases, fractions_of(phases, "Li2O", "Fe2O3"), FIRST, SECOND, draws=200, model=model
    )

    assert drawn.chemical == pytest.approx(-1.5 / 8, abs=1e-12)


def test_the_shared_error_moves_the_oxidation_of_a_sulfide(competing, fractions_of):
    """Li2S -> S + 2 Li at V = - 3 e / 2: an error of 1 eV/atom is 3/2 V, shared by all sulfides.

    Fe + S -> FeS releases e(FeS) per atom, with the same error in each draw.
    """
    phases = competing({"Li2S": -4.5, "FeS": -2.0})
    model = ErrorModel(independent=0.0, shared=0.05)
    window = redrawn_windows(phases, fractions_of(phases, "Li2S"), draws=20_000, model=model)
    formation = redrawn_reactions(
        phases, fractions_of(phases, "Fe", "S"), FIRST, SECOND, draws=20_000, model=model
    )

    error = formation.chemical[0] + 2.0 / 2
    assert window.oxidation[0] == pytest.approx(4.5 / 2 - 1.5 * error, abs=1e-9)
    assert window.oxidation.std() == pytest.approx(1.5 * 0.05, rel=0.02)


def test_classes_have_errors_of_their_own(competing, fractions_of):
    """The draws of an oxide and a chloride are not correlated beyond 4 errors of zero."""
    phases = competing({"Li2O": -6.0, "LiCl": -4.0})
    model = ErrorModel(independent=0.0, shared=0.05)

    drawn = redrawn_windows(phases, fractions_of(phases, "Li2O", "LiCl"), draws=10_000, model=model)

    assert abs(np.corrcoef(drawn.oxidation)[0, 1]) < 4 / 100


def test_several_anions_share_the_error(competing):
    """Li6PS5Cl takes 5/6 of the sulfides' error, 1/6 of the chlorides'; an alloy has its own."""
    phases = competing({"Li6PS5Cl": -20.0, "Li3P": -3.0, "LiCl": -4.0})
    rows = {phases.table.formulas[row]: column for column, row in enumerate(phases.rows)}

    said = errors(phases, ErrorModel(), 1)
    weights = np.zeros((len(phases.rows), len(CLASSES) + 1))
    weights[np.repeat(np.arange(len(weights)), np.diff(said.starts)), said.numbers] = said.shares

    sulfur, chlorine = CLASSES.index("S"), CLASSES.index("Cl")
    assert weights[rows["Li6PS5Cl"], [sulfur, chlorine]] == pytest.approx([5 / 6, 1 / 6])
    assert weights[rows["Li3P"]] == pytest.approx([0] * len(CLASSES) + [1])
    assert weights.sum(axis=1) == pytest.approx(1)


def test_larger_errors_never_narrow_an_interval(near, pairs):
    """0, 5, 10, 20 and 40 meV/atom: wider limits of windows and reactions, for every material."""
    windows, reactions = [], []
    for independent in (0.0, 0.005, 0.01, 0.02, 0.04):
        model = ErrorModel(independent=independent, shared=0.0)
        limits = redrawn_windows(near, pairs[0], draws=400, model=model)
        for_windows = interval(np.nan_to_num(limits.oxidation, posinf=9.0))
        windows.append(for_windows.high - for_windows.low)
        drawn = interval(redrawn_reactions(near, *pairs, draws=400, model=model).chemical)
        reactions.append(drawn.high - drawn.low)

    for widths in (np.array(windows), np.array(reactions)):
        assert (np.diff(widths, axis=0) >= 0).all()
        assert (widths[0] < 1e-9).all()
        assert (widths[-1] > 0).any()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    # Without errors Li2O takes up no Li above 0 V and gives it off from 3 V.
    [(0.5, 2.9, 1), (0.0, 3.0, 1), (0.5, 3.1, 0), (4.0, 5.0, 0)],
)
def test_the_probability_of_a_sure_window_is_one_or_zero(
    competing, fractions_of, low, high, expected
):
    """Without errors a range is covered, or it is not."""
    phases = competing({"Li2O": -6.0})

    drawn = redrawn_windows(phases, fractions_of(phases, "Li2O"), draws=10, model=SURE)

    assert probability_covers(drawn, low, high) == pytest.approx([expected])


def test_the_probability_of_a_window_is_that_of_its_error(competing, fractions_of):
    """V = 3 V with an error of 3/2 * 0.02 V: 3.03 V, one standard error on, is covered by 16 %."""
    phases = competing({"Li2O": -6.0})
    model = ErrorModel(independent=0.02, shared=0.0)

    drawn = redrawn_windows(phases, fractions_of(phases, "Li2O"), draws=20_000, model=model)

    for high, expected in ((2.97, norm.cdf(1)), (3.0, 0.5), (3.03, norm.cdf(-1))):
        assert probability_covers(drawn, 0.5, high) == pytest.approx([expected], abs=0.012)


def test_each_window_may_have_a_range_of_its_own(near, pairs):
    """As if each had been asked alone."""
    drawn = redrawn_windows(near, pairs[0], draws=50)
    low = np.linspace(0.5, 2.5, len(pairs[0]))

    both = probability_covers(drawn, low, low + 0.5)

    alone = [probability_covers(drawn, one, one + 0.5)[row] for row, one in enumerate(low.tolist())]
    assert both.tolist() == alone
    assert len(set(alone)) > 1


def test_wider_ranges_are_never_more_probable(near, pairs):
    """P(covers) falls as a range grows at either end."""
    drawn = redrawn_windows(near, pairs[0], draws=200)

    last = np.ones(len(pairs[0]))
    for width in np.linspace(0, 2, 9):
        now = probability_covers(drawn, 2.5 - width, 2.5 + width)
        assert (now <= last).all()
        last = now


def test_phases_near_the_hull_come_onto_it(fractions_of):
    """Li2O2 10 meV/atom above Li2O + O: below it in P(N < -0.01 / (0.02 * 5/4)) = 34 % of draws.

    e(Li2O2) - 3/4 e(Li2O) has the error 0.02 * sqrt(1 + 9/16) eV/atom. There Li2O oxidises at a
    lower voltage, and no phase that is left out can show it.
    """
    rows = [Phase("Li2O", -2.0, known=True), Phase("Li2O2", -1.5 + 0.01, known=True)]
    table = phase_table(rows, name="near")
    model = ErrorModel(independent=0.02, shared=0.0)
    with_it, without = (
        redrawn_windows(phases, fractions_of(phases, "Li2O"), draws=20_000, model=model).oxidation
        for phases in (competing_phases(table, Policy.ALL, margin=m) for m in (MARGIN, 0.0))
    )

    assert (with_it <= without + 1e-12).all()
    lower = (with_it < without - 1e-9).mean()
    assert lower == pytest.approx(norm.cdf(-0.01 / (0.02 * 1.25)), abs=0.012)


def test_intervals_reach_infinity():
    """A limit that is infinite in 10 of 100 draws is so at the upper end, and at no other."""
    draws = np.array([*range(90), *[inf] * 10], float)

    found = interval(np.stack([draws, np.full(100, inf), np.full(100, 2.0)]))

    assert found.low.tolist() == [5.0, inf, 2.0]
    assert found.high.tolist() == [inf, inf, 2.0]


def test_a_window_that_is_open_above_covers_what_is_below():
    """Phases without lithium to lose have no oxidation limit."""
    drawn = WindowDraws(np.zeros((1, 4)), np.full((1, 4), inf), np.zeros((1, 0, 4)), np.zeros(1))

    assert probability_covers(drawn, 0.0, 10.0) == pytest.approx([1.0])


@pytest.mark.parametrize("voltage", [-0.1, 11.0, np.nan])
def test_impossible_voltages_are_refused(near, pairs, voltage):
    """As everywhere: 0 to 10 V."""
    with pytest.raises(VoltageError):
        redrawn_reactions(near, *pairs, (voltage,), draws=2)
    with pytest.raises(VoltageError):
        redrawn_windows(near, pairs[0], (voltage,), draws=2)


def test_lithium_metal_is_refused_where_it_is_the_reservoir(near, fractions_of):
    """It has no window and no reaction at a voltage; chemically it may react."""
    fractions = fractions_of(near, "Li", "S")

    with pytest.raises(LithiumReactantError):
        redrawn_windows(near, fractions, draws=2)
    with pytest.raises(LithiumReactantError):
        redrawn_reactions(near, fractions, FIRST, SECOND, (3.0,), draws=2)
    assert (redrawn_reactions(near, fractions, FIRST, SECOND, draws=2).chemical < 0).all()
