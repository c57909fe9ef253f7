import numpy as np
import pytest

from stability.energies.corrected_table import loaded_table


@pytest.fixture(scope="module")
def table():
    """Return the built-in table with corrected energies."""
    return loaded_table("reference", "corrected")


def test_a_correction_remembers_what_was_computed(table):
    """The energies of the plain table stand beside the corrected ones, and elements never err."""
    plain = loaded_table("reference", "dft")
    applied = table.correction

    assert np.array_equal(applied.computed, plain.energies)
    n = len(table.elements)
    assert (table.energies[:n] == 0.0).all()
    assert (applied.own_errors[:n] == 0.0).all()


def test_a_measured_phase_errs_by_its_measurement_alone(table):
    """It has no cation-anion pairs left; what was not measured has some, and a wider error."""
    applied = table.correction
    pairs = np.diff(applied.term_starts)

    assert applied.measured.any()
    assert (pairs[applied.measured] == 0).all()
    compounds = ~applied.measured & (np.arange(len(pairs)) >= len(table.elements))
    assert (pairs[compounds] > 0).any()
    assert np.median(applied.own_errors[compounds]) > np.median(
        applied.own_errors[applied.measured]
    )
