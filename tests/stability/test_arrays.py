from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability.arrays import (
    check_voltages,
    closed_reactions,
    hull_energies,
    open_reactions,
    staircases,
)
from stability.errors import LithiumReactantError, SolverError, VoltageError
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.kernels.simplex import MAX_ELEMENTS
from stability.phases import competing_phases
from stability.staircase import redox_staircase
from stability.tables.phase_table import Phase, phase_table, reference_table

FORMULAS = (
    "Li6PS5Cl", "Li3PS4", "Li2ZrCl6", "Li3YCl6", "Li7La3Zr2O12",
    "LiFePO4", "FePO4", "S", "Li2S", "LiCoO2", "TiS2",
)  # fmt: skip
SSES, CATHODES = range(5), range(5, 11)
VOLTAGES = np.array([1.0, 2.5, 3.5, 4.25])


@pytest.fixture(scope="module")
def phases():
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


@pytest.fixture(scope="module")
def inputs(phases, fractions_of):
    """Return fractions, hull energies and all pairs of SSEs with cathodes."""
    fractions = fractions_of(phases, *FORMULAS)
    pairs = np.array([(a, b) for a in SSES for b in CATHODES])
    return fractions, hull_energies(phases, fractions).energy, pairs[:, 0], pairs[:, 1]


def names(phases, rows, amounts):
    """Return {formula: atoms} of one line of products."""
    return {
        phases.table.formulas[row]: amount
        for row, amount in zip(rows.tolist(), amounts.tolist(), strict=True)
        if row >= 0
    }


def in_atoms(phases, products):
    table = phases.table
    return {p.formula: p.amount * table.atoms[table.formulas.index(p.formula)] for p in products}


def test_each_composition_of_a_batch_is_as_if_it_were_alone(phases, inputs):
    """Hull energies and products do not depend on what else is asked."""
    fractions, energies, _, _ = inputs
    batch = hull_energies(phases, fractions)

    for k, formula in enumerate(FORMULAS):
        alone = reactant(formula, phases)
        per_atom = 1 / alone.material.n_atoms
        assert energies[k] == pytest.approx(alone.energy, abs=1e-12)
        assert names(phases, batch.product[k], batch.amount[k]) == pytest.approx(
            {f: n * per_atom for f, n in in_atoms(phases, alone.decomposition).items()}
        )


def test_each_closed_pair_of_a_batch_is_as_if_it_were_alone(phases, inputs):
    """Energy, fraction, kinks and products, whichever pair came before."""
    fractions, energies, first, second = inputs
    batch = closed_reactions(phases, fractions, energies, first, second, max_kinks=40)

    for p, (a, b) in enumerate(zip(first, second, strict=True)):
        sse, cathode = reactant(FORMULAS[a], phases), reactant(FORMULAS[b], phases)
        alone = chemical_reaction(sse, cathode, phases)
        assert batch.energy[p] == pytest.approx(alone.energy, abs=1e-12)
        assert np.isnan(batch.x[p]) == (alone.sse_fraction is None)
        assert batch.kinks[p] == len(alone.kinks)
        assert names(phases, batch.product[p], batch.amount[p]) == pytest.approx(
            in_atoms(phases, alone.products)
        )
        for k, kink in enumerate(alone.kinks):
            assert batch.kink_x[p, k] == pytest.approx(kink.sse_fraction, abs=1e-12)
            assert batch.kink_energy[p, k] == pytest.approx(kink.energy, abs=1e-9)


def test_each_open_pair_of_a_batch_is_as_if_it_were_alone(phases, inputs):
    """At every voltage; warm starts from the voltage before change nothing."""
    fractions, energies, first, second = inputs
    batch = open_reactions(phases, fractions, energies, first, second, VOLTAGES, max_kinks=40)

    for p, (a, b) in enumerate(zip(first, second, strict=True)):
        sse, cathode = reactant(FORMULAS[a], phases), reactant(FORMULAS[b], phases)
        for v, voltage in enumerate(VOLTAGES):
            (alone,) = electrochemical_reactions(sse, cathode, phases, [voltage])
            assert batch.total[p, v] == pytest.approx(alone.total, abs=1e-10)
            assert batch.mutual[p, v] == pytest.approx(alone.mutual, abs=1e-10)
            assert batch.first_alone[p, v] == pytest.approx(alone.sse_alone, abs=2e-9)
            assert batch.second_alone[p, v] == pytest.approx(alone.cathode_alone, abs=2e-9)
            assert batch.kinks[p, v] == len(alone.kinks)
            assert names(
                phases, batch.total_product[p, v], batch.total_amount[p, v]
            ) == pytest.approx(in_atoms(phases, alone.products))


def test_each_staircase_of_a_batch_is_as_if_it_were_alone(phases, inputs):
    """From the highest voltage down, with as many steps, whichever composition came before."""
    batch = staircases(phases, inputs[0])

    for k, formula in enumerate(FORMULAS):
        steps = redox_staircase(reactant(formula, phases), phases).steps
        n = batch.steps[k]
        low, high = batch.voltage_low[k, :n][::-1], batch.voltage_high[k, :n][::-1]
        wide = high - low > 1e-9
        assert low[wide] == pytest.approx([s.voltage_low for s in steps])
        assert high[wide] == pytest.approx([s.voltage_high for s in steps])


@settings(max_examples=10)
@given(st.permutations(range(len(SSES) * len(CATHODES))), st.permutations(range(len(VOLTAGES))))
def test_the_order_of_pairs_and_voltages_changes_nothing(phases, inputs, pairs, volts):
    """Sorting by chemical system and voltage is for speed only."""
    fractions, energies, first, second = inputs
    pairs, volts = np.array(pairs), np.array(volts)

    closed = closed_reactions(phases, fractions, energies, first, second)
    shuffled = closed_reactions(phases, fractions, energies, first[pairs], second[pairs])
    opened = open_reactions(phases, fractions, energies, first, second, VOLTAGES)
    mixed = open_reactions(phases, fractions, energies, first[pairs], second[pairs],
                           VOLTAGES[volts])  # fmt: skip

    assert shuffled.energy == pytest.approx(closed.energy[pairs], abs=1e-12)
    assert mixed.total == pytest.approx(opened.total[pairs][:, volts], abs=1e-10)
    assert mixed.mutual == pytest.approx(opened.mutual[pairs][:, volts], abs=1e-10)


@pytest.mark.parametrize("max_kinks", [0, 1, 3])
def test_writing_fewer_kinks_changes_no_answer(phases, inputs, max_kinks):
    """The number of kinks and the deepest one are known even if not all are written."""
    fractions, energies, first, second = inputs
    every = closed_reactions(phases, fractions, energies, first, second, max_kinks=40)
    few = closed_reactions(phases, fractions, energies, first, second, max_kinks=max_kinks)

    assert few.kink_x.shape == (len(first), max_kinks)
    assert np.array_equal(few.energy, every.energy)
    assert np.array_equal(few.kinks, every.kinks)
    assert np.array_equal(few.product, every.product)
    assert np.array_equal(few.kink_x, every.kink_x[:, :max_kinks], equal_nan=True)


def test_products_are_table_rows_and_amounts_add_up(phases, inputs):
    """Atoms of the products per atom of the mixture are one; per non-Li atom, without lithium."""
    fractions, energies, first, second = inputs
    closed = closed_reactions(phases, fractions, energies, first, second, max_kinks=40)
    opened = open_reactions(phases, fractions, energies, first, second, VOLTAGES)
    reacts = ~np.isnan(closed.x)

    assert reacts.any()
    assert not reacts.all()
    assert closed.amount.sum(axis=1) == pytest.approx(reacts.astype(float))
    assert (closed.product[~reacts] == -1).all()
    for p, k in np.argwhere(np.arange(40) < closed.kinks[:, None]):
        assert closed.kink_amount[p, k].sum() == pytest.approx(1)
        assert ((closed.kink_product[p, k] >= 0) == (closed.kink_amount[p, k] > 0)).all()
    li = phases.table.element_index["Li"]
    for p, v in np.argwhere(opened.total < 0):
        rows = opened.total_product[p, v]
        rest = np.where(rows >= 0, 1 - phases.table.fractions[rows, li], 0)
        assert rest @ np.nan_to_num(opened.total_amount[p, v]) == pytest.approx(1)


def test_energies_of_reactants_shift_reactions_linearly(phases, inputs):
    """A reactant given 0.1 eV/atom above the hull makes the mixture that much more reactive at x.

    At x = 1 the reaction is then the decomposition itself, -0.1 eV/atom.
    """
    fractions, energies, first, second = inputs
    raised = energies + np.where(np.arange(len(energies)) == 0, 0.1, 0.0)

    before = closed_reactions(phases, fractions, energies, first[:6], second[:6], max_kinks=40)
    after = closed_reactions(phases, fractions, raised, first[:6], second[:6], max_kinks=40)

    assert (first[:6] == 0).all()
    for p in range(6):
        n = before.kinks[p]
        assert after.kink_energy[p, :n] == pytest.approx(
            before.kink_energy[p, :n] - 0.1 * before.kink_x[p, :n], abs=1e-9
        )
        assert after.kink_energy[p, n - 1] == pytest.approx(-0.1)


def test_grand_energies_are_linear_in_the_voltage_between_breakpoints(phases, fractions_of):
    """Li6PS5Cl above 2.633 V gives 5 Li for 7 other atoms: V by V, 5/7 eV per volt."""
    fractions = fractions_of(phases, "Li6PS5Cl", "S")
    energies = hull_energies(phases, fractions).energy

    found = open_reactions(
        phases, fractions, energies, np.array([0]), np.array([1]), np.array([2.7, 2.9, 3.1])
    )

    assert np.diff(found.first_alone[0]) == pytest.approx([-0.2 * 5 / 7] * 2)


def test_an_empty_batch_is_answered(phases, inputs):
    """No pairs, no compositions: no error."""
    fractions, energies, _, _ = inputs
    none = np.array([], int)

    assert len(closed_reactions(phases, fractions, energies, none, none).energy) == 0
    assert open_reactions(phases, fractions, energies, none, none, VOLTAGES).total.shape == (0, 4)
    assert len(staircases(phases, fractions[:0]).steps) == 0
    assert len(hull_energies(phases, fractions[:0]).energy) == 0


def test_arrays_of_any_layout_are_accepted_and_left_alone(phases, inputs):
    """Read-only arrays (from an object store) and strided ones give the same numbers."""
    fractions, energies, first, second = inputs
    expected = closed_reactions(phases, fractions, energies, first, second)
    locked = [a.copy() for a in (fractions, energies, first, second)]
    for array in locked:
        array.setflags(write=False)

    assert np.array_equal(closed_reactions(phases, *locked).energy, expected.energy)
    assert np.array_equal(
        closed_reactions(phases, np.asfortranarray(fractions), energies, first, second).energy,
        expected.energy,
    )
    assert fractions.flags.writeable


@pytest.mark.parametrize("voltage", [-1e-6, 10.001, nan, inf, -inf])
def test_impossible_voltages_are_refused(phases, inputs, voltage):
    """One bad voltage among good ones is found before anything is computed."""
    with pytest.raises(VoltageError, match="outside 0 to 10 V"):
        open_reactions(phases, *inputs, np.array([2.0, voltage]))


def test_the_ends_of_the_voltage_range_are_allowed():
    """0 V, where lithium plates, and 10 V."""
    check_voltages([0.0, 10.0])


def test_lithium_metal_is_refused_only_where_it_takes_part(phases, fractions_of):
    """Unused rows of the composition array do no harm."""
    fractions = fractions_of(phases, "Li6PS5Cl", "S", "Li")
    energies = hull_energies(phases, fractions).energy
    volts = np.array([2.0])

    open_reactions(phases, fractions, energies, np.array([0]), np.array([1]), volts)
    with pytest.raises(LithiumReactantError):
        open_reactions(phases, fractions, energies, np.array([0]), np.array([2]), volts)
    with pytest.raises(LithiumReactantError):
        staircases(phases, fractions)


def test_a_staircase_that_is_cut_short_is_refused(phases, inputs):
    """Losing steps silently would change a window."""
    with pytest.raises(SolverError, match="max_steps=2"):
        staircases(phases, inputs[0], max_steps=2)


def test_a_composition_with_too_many_elements_is_an_error(phases):
    """Seventeen elements do not fit: no figure is made up."""
    fractions = np.zeros((1, len(phases.table.elements)))
    fractions[0, : MAX_ELEMENTS + 1] = 1 / (MAX_ELEMENTS + 1)

    with pytest.raises((SolverError, ValueError)):
        hull_energies(phases, fractions)
    with pytest.raises((SolverError, ValueError)):
        closed_reactions(phases, fractions, np.zeros(1), np.array([0]), np.array([0]))
    with pytest.raises((SolverError, ValueError)):
        open_reactions(phases, fractions, np.zeros(1), np.array([0]), np.array([0]), VOLTAGES)
    with pytest.raises((SolverError, ValueError)):
        staircases(phases, fractions)


@pytest.mark.parametrize("decimals", [1, 0])
def test_ties_everywhere_change_no_energy(fractions_of, decimals):
    """With energies rounded to 0.1 or 1 eV/atom nearly every optimum is tied.

    A pair and its mirror image take different paths through the ties, to the same energies.
    """
    table = reference_table()
    compounds = range(len(table.elements), len(table.formulas))
    tied = phase_table(
        (Phase(table.formulas[k], round(float(table.energies[k]), decimals), known=True)
         for k in compounds),
        name="tied",
    )  # fmt: skip
    phases = competing_phases(tied)
    fractions = fractions_of(phases, *FORMULAS)
    energies = hull_energies(phases, fractions).energy
    first, second = (part.ravel() for part in np.divmod(np.arange(121), 11))

    there = closed_reactions(phases, fractions, energies, first, second)
    back = closed_reactions(phases, fractions, energies, second, first)
    open_there = open_reactions(phases, fractions, energies, first, second, VOLTAGES)
    open_back = open_reactions(phases, fractions, energies, second, first, VOLTAGES)

    assert there.energy == pytest.approx(back.energy, abs=1e-9)
    assert open_there.total == pytest.approx(open_back.total, abs=1e-8)
    assert open_there.mutual == pytest.approx(open_back.mutual, abs=1e-8)
    assert open_there.first_alone == pytest.approx(open_back.second_alone, abs=1e-9)
