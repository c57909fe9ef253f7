from itertools import pairwise
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.electrolyte.moduli import (
    elastic_moduli,
    half_widths,
    networks,
    predicted_moduli,
    young,
)
from descriptors.errors import ImpossibleValueError, NoMeasurement
from descriptors.quantity import Kind
from descriptors.training.train_moduli import judgement, moduli_table
from stability.errors import FormulaError

positive = st.floats(0.1, 1000)


@given(positive, positive)
def test_young_lies_below_its_limits(bulk, shear):
    """E = 9 K G / (3 K + G) is below 3 G, reached for K without bound, and below 9 K."""
    modulus = young(bulk, shear)

    assert modulus <= min(3 * shear, 9 * bulk) * (1 + 1e-12)
    assert 1 / modulus == pytest.approx(1 / (3 * shear) + 1 / (9 * bulk))


def test_the_record_goes_first():
    """Li2ZrCl6 has a Young's modulus on record, and neither of the others."""
    moduli = elastic_moduli("Li2ZrCl6")

    assert moduli.youngs.value == 27
    assert moduli.bulk.source.startswith("predicted")
    assert elastic_moduli("Li6PS5Cl").shear.kind is Kind.COMPUTED


def test_a_prediction_says_what_it_was_trained_on():
    """Origin and number of calculations."""
    bulk = elastic_moduli("Li3YCl6").bulk

    assert "materials-project" in bulk.source
    assert bulk.low < bulk.value < bulk.high
    assert bulk.unit == "GPa"


def test_soft_and_stiff_are_in_order():
    """Diamond over corundum over rock salt over caesium, in all three moduli."""
    values = predicted_moduli(["C", "Al2O3", "NaCl", "Cs"]).value

    for harder, softer in pairwise(values):
        assert (harder > softer).all()


def test_the_three_predicted_moduli_agree():
    """Young's modulus is that of the other two."""
    bulk, shear, youngs = predicted_moduli(["Li3YCl6", "Li3PO4"]).value.T

    assert youngs == pytest.approx(young(bulk, shear))


def test_a_formula_may_be_written_in_any_way():
    """Order and multiples of the formula unit do not matter."""
    value = predicted_moduli(["Li3YCl6", "Cl6YLi3", "Li6Y2Cl12"]).value

    assert value[1] == pytest.approx(value[0])
    assert value[2] == pytest.approx(value[0])


def test_intervals_are_those_of_the_class():
    """High / low is 10 ** (2 half width) of the chemistry, the same for all of it."""
    _, low, high = predicted_moduli(["Li3YCl6", "LiCl", "Li2S"])

    widths = half_widths(networks(), ["halide", "halide", "sulfide"])
    assert np.log10(high / low) == pytest.approx(2 * widths)
    assert (widths[0] != widths[2]).all()


def test_held_out_moduli(reference):
    """Half of the error of the mean, and 85 to 95 % inside: the composition tells a lot."""
    table = reference / "elastic_moduli.parquet"
    if not table.is_file():
        pytest.skip("the table of moduli is not among the reference data")

    result = judgement(networks(), moduli_table(table))

    assert (result.error < result.baseline / 2).all()
    assert result.error[0] < 0.09
    assert result.error[1] < 0.14
    assert (np.abs(result.coverage - 0.9) < 0.05).all()


def test_five_thousand_in_a_second():
    """So that it never dominates a batch; five times that on one free core."""
    formulas = ["Li3YCl6", "Li7P3S11", "Li2Sc2/3Cl4", "LiTi2(PO4)3", "Li10GeP2S12"] * 1000
    predicted_moduli(formulas[:1])

    start = process_time()
    predicted_moduli(formulas)

    assert process_time() - start < 1.0


def test_what_cannot_be_predicted():
    """One clear line each."""
    with pytest.raises(NoMeasurement, match="Li2Rn: no modulus of a compound of Rn"):
        predicted_moduli(["Li3YCl6", "Li2Rn"])
    with pytest.raises(NoMeasurement, match="Cf is beyond Pu"):
        predicted_moduli(["CfCl3"])
    with pytest.raises(FormulaError):
        predicted_moduli(["lithium"])
    with pytest.raises(ImpossibleValueError, match="shear modulus -1"):
        young(10.0, -1.0)
