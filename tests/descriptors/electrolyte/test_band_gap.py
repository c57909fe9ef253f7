from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.electrolyte.atomic_fractions import atomic_fractions
from descriptors.electrolyte.band_gap import (
    CONDUCTING_GAP,
    METAL,
    band_gap,
    conducts_electrons,
    corrected_band_gap,
    electronic_conductivity,
    networks,
    predicted_band_gaps,
    probabilities,
    summary,
)
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind
from stability.errors import FormulaError

EDGES = np.array([0.0, METAL, 1.0, 2.0])


def test_quantiles_are_straight_lines_within_an_interval():
    """All between 1 and 2 eV: 5 % below 1.05, half below 1.5, 95 % below 1.95; none is a metal."""
    found = summary(np.array([[0.0, 0.0, 1.0]]), EDGES)

    assert [column.item() for column in found] == pytest.approx([1.5, 1.05, 1.95, 0.0, 0.0])


def test_a_sure_metal_has_no_gap():
    """All probability below the resolution: 0, from 0 to 0, and it conducts."""
    found = summary(np.array([[1.0, 0.0, 0.0]]), EDGES)

    assert [column.item() for column in found] == pytest.approx([0, 0, 0, 1, 1])


def test_the_limit_of_conduction_cuts_its_interval():
    """Of 0.05 to 1 eV the part below 0.5: 0.45 of 0.95 conducts."""
    found = summary(np.array([[0.0, 1.0, 0.0]]), EDGES)

    assert found.conducting.item() == pytest.approx((CONDUCTING_GAP - 0.05) / 0.95)
    assert found.metal.item() == 0


@given(st.lists(st.floats(0.001, 1.0), min_size=3, max_size=3))
def test_order_of_the_interval(raw):
    """Low <= median <= high; what is a metal conducts."""
    found = summary(np.array([raw]) / sum(raw), EDGES)

    assert found.low <= found.value <= found.high
    assert found.metal <= found.conducting + 1e-12


def test_probabilities_add_up():
    """Of every compound, over the intervals."""
    shares = probabilities(networks(), atomic_fractions(["LiCl", "Fe", "Li6PS5Cl"]))

    assert shares.sum(axis=1) == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("formula", ["LiF", "LiCl", "Li2O", "Li2S", "Li3PO4", "Li2SO4", "InCl3"])
def test_salts_insulate(formula):
    """Salts of closed shells, colourless: their gaps are above 3 eV."""
    assert conducts_electrons(formula) < 0.1
    assert band_gap(formula).kind is Kind.PREDICTED


@pytest.mark.parametrize("formula", ["Li", "Fe", "Ni3S2", "TiN", "Li15Si4", "Cu"])
def test_metals_conduct(formula):
    """Elements, a metallic sulfide and nitride, an alloy."""
    assert conducts_electrons(formula) > 0.9
    assert band_gap(formula).value == 0


def test_the_size_of_the_formula_changes_nothing():
    """Li2S and Li4S2 are one composition."""
    assert conducts_electrons("Li2S") == pytest.approx(conducts_electrons("Li4S2"))


def test_correction_is_forty_percent():
    """3 eV of 5."""
    assert corrected_band_gap(3.0) == pytest.approx(5.0)
    with pytest.raises(ImpossibleValueError, match="below 0"):
        corrected_band_gap(-0.1)
    with pytest.raises(ImpossibleValueError):
        corrected_band_gap(float("nan"))


def test_measured_leaks_go_first():
    """Li6PS5Cl at 1.6e-8 S/cm."""
    found = electronic_conductivity("Li6PS5Cl")

    assert found.kind is Kind.MEASURED
    assert found.value == pytest.approx(1.6e-8)


def test_an_unmeasured_leak_is_a_wide_guess():
    """log10 of the five: -7.796, -8.097, -8.268, -8.377, -9.328; mean -8.373, s 0.575.

    2.132 * 0.575 * sqrt(6 / 5) = 1.34 decades either side.
    """
    found = electronic_conductivity("Li3YCl6")

    assert found.kind is Kind.ESTIMATED
    assert np.log10([found.value, found.low, found.high]) == pytest.approx(
        [-8.373, -8.373 - 1.343, -8.373 + 1.343], abs=0.005
    )


@pytest.mark.parametrize("formula", ["Li7La3Zr2O12", "Li3N", "Ni3S2"])
def test_no_guess_without_its_like(formula):
    """No oxide, no nitride is among the five, and a metal is no electrolyte."""
    with pytest.raises(NoMeasurement, match="assumption"):
        electronic_conductivity(formula)


def test_what_cannot_be_read_or_known_is_refused():
    """No element, no formula."""
    with pytest.raises(NoMeasurement, match="Lr"):
        conducts_electrons("LrF3")
    with pytest.raises(FormulaError):
        conducts_electrons("Li((")


def test_a_batch_is_never_held_up():
    """5,000 compounds in a second of one core."""
    formulas = [
        f"Li{n}Fe{m}S{k}O" for n in range(1, 26) for m in range(1, 21) for k in range(1, 11)
    ]
    predicted_band_gaps(formulas[:10])

    start = process_time()
    found = predicted_band_gaps(formulas)

    assert len(found.value) == 5_000
    assert process_time() - start < 2  # Half the speed asked for, as a test runs anywhere.
