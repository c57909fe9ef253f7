import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability.kernels.chemical_system import (
    MOST_PHASES,
    columns,
    element_masks,
    frozen,
    gather,
    new_system,
)
from stability.kernels.simplex import MAX_ELEMENTS

N_ELEMENTS = 70  # More than one 64-bit word.
LI = 2
ELEMENTS = [0, 1, LI, 5, 62, 63, 64, 65, 69]  # Few, on both sides of the border between words.

sets_of_elements = st.lists(
    st.sets(st.sampled_from(ELEMENTS), min_size=2, max_size=5), min_size=1, max_size=40
)


def table_of(sets, n_elements=N_ELEMENTS, li=LI):
    """Return columns with one phase per set, equal parts of each element, and where they came from.

    The energy of phase k is -k, so that columns can be told apart.
    """
    fractions = np.zeros((n_elements + len(sets), n_elements))
    fractions[:n_elements] = np.eye(n_elements)
    for k, elements in enumerate(sets, start=n_elements):
        fractions[k, list(elements)] = 1 / len(elements)
    energies = -np.arange(len(fractions), dtype=float)
    energies[:n_elements] = 0
    return columns(fractions, energies, li=li)


def gathered(table, elements, active=None):
    """Return the gathered system of a set of elements and its size."""
    system = new_system()
    present = np.zeros(table.fractions.shape[1], bool)
    present[list(elements)] = True
    if active is None:
        active = np.ones(len(table.energies), bool)
    return system, *gather(table, present, active, system)


@settings(max_examples=50)
@given(sets_of_elements, st.sets(st.sampled_from(ELEMENTS), min_size=1, max_size=8))
def test_a_system_holds_exactly_the_phases_made_of_its_elements(sets, present):
    """The look-ups over all subsets find what a scan of all phases finds, each phase once."""
    table, order = table_of(sets)

    system, m, n = gathered(table, present)

    scan = {k for k, s in enumerate([{e} for e in range(N_ELEMENTS)] + sets) if s <= present}
    found = order[system.phase[:n]].tolist()
    assert m == len(present)
    assert len(found) == len(scan)
    assert set(found) == scan


@settings(max_examples=25)
@given(sets_of_elements, st.sets(st.sampled_from(ELEMENTS), min_size=1, max_size=8))
def test_a_gathered_column_is_the_phase_it_names(sets, present):
    """Matrix, cost and lithium content are those of the phase; all of its atoms are in the rows."""
    table, _ = table_of(sets)
    present |= {LI}

    system, m, n = gathered(table, present)

    phases, elements = system.phase[:n], system.element[:m]
    assert set(elements.tolist()) == present
    assert np.array_equal(system.matrix[:m, :n], table.fractions[phases][:, elements].T)
    assert np.array_equal(system.cost[:n], table.energies[phases])
    assert np.array_equal(system.lithium[:n], table.fractions[phases, LI])
    assert system.matrix[:m, :n].sum(axis=0) == pytest.approx(1)


def test_lithium_is_the_last_row_and_column():
    """Without its last row and column the system is the one open to lithium."""
    table, _ = table_of([{0, LI}, {0, 5}, {0, LI, 65}])

    system, m, n = gathered(table, {0, LI, 5, 65})

    assert system.element[m - 1] == LI
    assert system.phase[n - 1] == LI
    assert np.array_equal(system.matrix[:m, : m - 1], np.eye(m)[:, : m - 1])
    assert system.matrix[:m, n - 1].tolist() == [0, 0, 0, 1]


def test_inactive_phases_are_passed_over():
    """A phase that has been found above the hull is not gathered again."""
    table, order = table_of([{0, LI}, {0, LI, 5}])
    active = np.ones(len(table.energies), bool)
    active[order.tolist().index(N_ELEMENTS)] = False

    _, _, with_all = gathered(table, {0, LI, 5})
    _, _, without = gathered(table, {0, LI, 5}, active)

    assert (with_all, without) == (5, 4)


def test_a_system_without_lithium_has_no_lithium_column():
    """Distances to the hull are computed in a phase's own chemical system."""
    table, _ = table_of([{0, 5}, {0, LI}])

    system, m, n = gathered(table, {0, 5})

    assert (m, n) == (2, 3)
    assert LI not in system.phase[:n]


def test_a_system_that_is_too_large_is_reported():
    """More elements or phases than the work space holds give no silent overflow."""
    table, _ = table_of([{0, LI}])
    _, fits, _ = gathered(table, range(MAX_ELEMENTS))
    _, m, n = gathered(table, range(MAX_ELEMENTS + 1))

    assert fits == MAX_ELEMENTS
    assert (m, n) == (-1, -1)

    table, _ = table_of([{0, LI}] * (MOST_PHASES + 1))
    _, m, n = gathered(table, {0, LI})

    assert (m, n) == (-1, -1)


def test_masks_tell_all_elements_apart():
    """Each of 70 elements has its own bit, in two words."""
    masks = element_masks(np.eye(N_ELEMENTS))

    assert len({(int(low), int(high)) for low, high in masks}) == N_ELEMENTS
    assert element_masks(np.ones((1, N_ELEMENTS)) / N_ELEMENTS).tolist() == [
        [2**64 - 1, 2 ** (N_ELEMENTS - 64) - 1]
    ]


def test_frozen_arrays_are_contiguous_and_read_only():
    """One compiled kernel serves arrays of every origin; the caller's own array stays writable."""
    mine = np.zeros((4, 6))
    view = frozen(mine[:, ::2])

    assert view.flags.c_contiguous
    assert not view.flags.writeable
    assert not frozen(mine).flags.writeable
    assert mine.flags.writeable
