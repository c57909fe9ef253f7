from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from stability.arrays import closed_reactions, hull_energies, open_reactions, staircases
from stability.kernels.chemical_system import columns, frozen
from stability.kernels.reaction_kernels import (
    NO_REACTION,
    closed_kernel,
    hull_kernel,
    open_kernel,
    staircase_kernel,
)
from stability.kernels.simplex import MAX_ELEMENTS, OK, TOO_MANY_PHASES
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table

LI, O, S = np.eye(3)


def judged(energies):
    """Return which of Li2O, Li2O2, LiO8 stay active when each is judged in turn, and energies.

    Compounds share one chemical system, which is gathered once: those that come later must not be
    misled by one that has been switched off.
    """
    compounds = np.array([[2, 1, 0], [2, 2, 0], [1, 8, 0]], float)
    compounds /= compounds.sum(axis=1)[:, None]
    table, order = columns(np.vstack([LI, O, S, compounds]), np.append(np.zeros(3), energies), li=0)
    active = np.ones(6, bool)
    outcome, lowest = np.zeros(3, np.int64), np.empty(3)
    product, amount = np.full((3, MAX_ELEMENTS), -1), np.zeros((3, MAX_ELEMENTS))
    own = frozen(np.arange(3, 6))
    hull_kernel(table, active, own, frozen(table.fractions[3:]), lowest, product, amount, outcome)
    assert order.tolist() == list(range(6))
    assert (outcome == OK).all()
    return active[3:].tolist(), lowest


def test_phases_above_the_hull_are_switched_off():
    """Li2O2 at -1 eV/atom is above the line Li2O to O: -2 * 3 / 4 = -1.5 eV/atom."""
    active, lowest = judged([-2.0, -1.0, -0.2])

    assert active == [True, False, False]
    # LiO8 is half an Li2O, 1.5 of its 9 atoms, and oxygen.
    assert lowest.tolist() == pytest.approx([-2.0, -1.5, -2.0 * 1.5 / 9])


def test_phases_on_the_hull_stay():
    """Li2O2 at -1.65 eV/atom is below that line, and so LiO8 is 1/2 Li2O2 and oxygen."""
    active, lowest = judged([-2.0, -1.65, 0.0])

    assert active == [True, True, False]
    assert lowest.tolist() == pytest.approx([-2.0, -1.65, -1.65 * 2 / 9])


def test_a_tie_counts_as_on_the_hull():
    """A phase exactly as low as the mixture of its neighbours is kept."""
    active, _ = judged([-2.0, -1.5, 0.0])

    assert active == [True, True, False]


def test_a_system_that_does_not_fit_is_reported_and_the_next_is_solved():
    """The outcome belongs to one composition; the others are answered."""
    n = MAX_ELEMENTS + 2
    table, _ = columns(np.eye(n), np.zeros(n), li=0)
    fractions = np.zeros((3, n))
    fractions[0, 1] = fractions[2, :2] = 1.0
    fractions[1] = 1 / n
    fractions[2] /= 2
    outcome, energy = np.zeros(3, np.int64), np.full(3, np.nan)
    nobody = frozen(np.full(3, -1))
    scratch = np.full((3, MAX_ELEMENTS), -1), np.zeros((3, MAX_ELEMENTS))

    hull_kernel(table, np.ones(n, bool), nobody, frozen(fractions), energy, *scratch, outcome)

    assert outcome.tolist() == [OK, TOO_MANY_PHASES, OK]
    assert energy[[0, 2]].tolist() == [0, 0]


def test_kernels_in_several_threads_do_not_disturb_each_other(fractions_of):
    """Work space belongs to the call: eight calls at once give what one after the other gives."""
    phases = competing_phases(reference_table())
    fractions = fractions_of(phases, "Li6PS5Cl", "Li2ZrCl6", "LiFePO4", "LiCoO2", "S")
    energies = hull_energies(phases, fractions).energy
    first, second = (part.ravel() for part in np.divmod(np.arange(25), 5))
    volts = np.array([2.0, 3.0, 4.0])

    def work(_):
        closed = closed_reactions(phases, fractions, energies, first, second)
        opened = open_reactions(phases, fractions, energies, first, second, volts)
        return closed.energy, opened.total, staircases(phases, fractions).voltage_low

    expected = work(0)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(work, range(8)):
            for one, other in zip(found, expected, strict=True):
                assert np.array_equal(one, other, equal_nan=True)


def test_one_compilation_serves_arrays_of_every_origin(fractions_of):
    """Writable or not, strided or not: a worker never compiles a second time."""
    phases = competing_phases(reference_table())
    fractions = fractions_of(phases, "Li6PS5Cl", "LiFePO4")
    pair, volts = (np.array([0]), np.array([1])), np.array([3.0])
    for variant in (fractions.copy(), np.asfortranarray(fractions), frozen(fractions)):
        energies = hull_energies(phases, variant).energy
        for e in (energies, frozen(energies)):
            closed_reactions(phases, variant, e, *pair)
            open_reactions(phases, variant, e, *map(frozen, pair), volts)
        staircases(phases, variant)

    for kernel in (hull_kernel, closed_kernel, open_kernel, staircase_kernel):
        assert len(kernel.signatures) == 1, kernel


def test_what_counts_as_no_reaction_is_far_below_any_energy_that_matters():
    """1 meV/atom is the accuracy that is promised; rounding is a million times smaller."""
    assert 1e-12 < NO_REACTION < 1e-6
