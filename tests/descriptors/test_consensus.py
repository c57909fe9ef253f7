from math import log10, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.consensus import CLASS_SPREAD, ENOUGH, cited, consensus, evidence, pooled
from descriptors.electrolyte.frameworks import frameworks_of
from descriptors.errors import NoMeasurement
from descriptors.quantity import Kind
from descriptors.tables import UNITS, Figure, figures

values = st.lists(st.floats(1e-18, 1e6), min_size=1, max_size=9)


def measured(*numbers):
    return [Figure(number, Kind.MEASURED, f"paper {number}", None) for number in numbers]


def test_of_five_figures_the_third_is_the_value_and_the_ends_are_the_interval():
    """1, 2, 4, 8, 100: the outlier widens the interval and does not move the value."""
    quantity = pooled(measured(100.0, 2.0, 8.0, 1.0, 4.0), unit="GPa", spread=1.5)

    assert quantity[:3] == (4.0, 1.0, 100.0)
    assert quantity.kind is Kind.MEASURED


def test_of_an_even_number_the_value_is_the_geometric_mean_of_the_middle_two():
    """Between 1e-4 and 1e-2 lies 1e-3, not 5e-3."""
    quantity = pooled(measured(1e-4, 1e-2), unit="S/cm", spread=5.0)

    assert quantity.value == pytest.approx(1e-3)


def test_few_figures_are_granted_the_class_spread():
    """Two figures that agree, 4 and 9 about 6, do not make a narrower interval than one."""
    quantity = pooled(measured(4.0, 9.0), unit="GPa", spread=2.0)

    assert quantity[:3] == pytest.approx((6.0, 6.0 / 2, 6.0 * 2))


def test_an_estimate_is_granted_twice_the_class_spread():
    """A factor of 2 twice is a factor of 4."""
    remembered = [Figure(6.0, Kind.ESTIMATED, "A (from memory)", None)]

    assert pooled(remembered, unit="GPa", spread=2.0)[:3] == (6.0, 1.5, 24.0)


def test_five_are_enough_for_nine_in_ten():
    """All n figures on one side of the median: 2 * 2**-n; 1/16 for five, 1/8 for four."""
    assert 1 - 2 * 2**-ENOUGH >= 0.90
    assert 1 - 2 * 2 ** -(ENOUGH - 1) < 0.90


@given(values)
def test_the_interval_holds_the_value_and_every_figure(numbers):
    """Nobody's figure is declared impossible."""
    quantity = pooled(measured(*numbers), unit="S/cm", spread=3.0)

    assert quantity.low <= min(numbers)
    assert max(numbers) <= quantity.high
    assert quantity.low <= quantity.value <= quantity.high


@given(values, st.floats(1e-3, 1e3))
def test_another_unit_changes_nothing_but_the_numbers(numbers, scale):
    """Multiplying every figure multiplies value and interval."""
    one = pooled(measured(*numbers), unit="S/cm", spread=3.0)
    other = pooled(measured(*(scale * number for number in numbers)), unit="S/cm", spread=3.0)

    assert other[:3] == pytest.approx([scale * number for number in one[:3]], rel=1e-9, abs=0)


@given(st.permutations([1.0, 2.0, 3.0, 5.0]))
def test_the_order_of_the_rows_does_not_matter(numbers):
    """The geometric mean of 2 and 3 in the middle, whichever comes first."""
    assert pooled(measured(*numbers), unit="GPa", spread=1.5).value == pytest.approx(sqrt(6))


def test_a_measurement_silences_computations():
    """Li3PS4: one ultrasonic 24 GPa beside a DFT value of 29.5 GPa."""
    assert [figure.value for figure in evidence("youngs_modulus", "Li3PS4")] == [24.0]


def test_memory_is_silent_where_somebody_has_looked_it_up():
    """LiNbOCl4: 10 mS/cm looked up, 10.7 mS/cm remembered."""
    quantity = consensus("ionic_conductivity", "LiNbOCl4")

    assert quantity.value == 1.0e-2
    assert "memory" not in quantity.source


def test_what_rests_on_memory_says_so():
    """LiTaOCl4: an estimate, and the class spread of 7 twice: 12.4 mS/cm within a factor of 49."""
    quantity = consensus("ionic_conductivity", "LiTaOCl4")

    assert quantity.kind is Kind.ESTIMATED
    assert "(from memory)" in quantity.source
    assert quantity[:3] == pytest.approx((12.4e-3, 12.4e-3 / 49, 12.4e-3 * 49))


@pytest.mark.parametrize("table", CLASS_SPREAD)
def test_every_material_of_every_table_has_a_quantity(table):
    """Positive, in order, with the table's unit and at least one source."""
    for material in figures(table):
        quantity = consensus(table, material)

        assert 0 < quantity.low <= quantity.value <= quantity.high
        assert quantity.unit == UNITS[table]
        assert quantity.source


def test_nobody_has_measured_it():
    """The error says what of which material, and where it would have to be written."""
    with pytest.raises(NoMeasurement, match=r"no shear modulus of 'LiTaOCl4'.*shear_modulus\.csv"):
        consensus("shear_modulus", "LiTaOCl4")


def test_a_source_is_cited_once():
    """Two rows of one paper are one citation."""
    twice = [Figure(1.0, Kind.MEASURED, "A", None), Figure(2.0, Kind.MEASURED, "A", None)]

    assert cited(twice) == "A"


def test_the_class_spread_of_the_ionic_conductivity_is_what_the_figures_show():
    """60 of 69 within a factor of 7; oxo-salts are apart: grain or total is often not said."""
    salts = {"NASICON", "LISICON", "phosphate"}
    distances = [
        abs(log10(figure.value / consensus("ionic_conductivity", formula).value))
        for formula, found in figures("ionic_conductivity").items()
        if len(found) >= 3 and frameworks_of([formula]).subclass.item() not in salts
        for figure in found
    ]

    assert len(distances) == 69
    spread = CLASS_SPREAD["ionic_conductivity"]
    assert sum(distance <= log10(spread) for distance in distances) == 60
    assert sum(distance <= log10(5) for distance in distances) == 57
