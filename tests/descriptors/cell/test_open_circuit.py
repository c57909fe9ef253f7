"""Open-circuit curves: lithium, capacity and voltages on the way follow from the points."""

import numpy as np
import pytest

from descriptors.cell.open_circuit import (
    BEYOND,
    charged_capacity,
    curves,
    lithium_at,
    open_circuit,
    visited_voltages,
)
from descriptors.errors import ImpossibleValueError, NoMeasurement


@pytest.mark.parametrize("name", curves())
def test_lithium_rises_and_voltage_falls_along_every_curve(name):
    """A stable phase gives up lithium as the voltage rises: dV/dx < 0, and returns are shares."""
    curve = curves()[name]

    assert np.all(np.diff(curve.lithium) > 0)
    assert np.all(np.diff(curve.voltage) < 0)
    assert 0 < curve.returned.low <= curve.returned.value <= curve.returned.high <= 1
    assert curve.source


@pytest.mark.parametrize("name", curves())
def test_a_higher_cutoff_never_gives_less(name):
    """The charge rises with the cutoff, beyond the last point too."""
    curve = curves()[name]
    volts = np.linspace(curve.voltage[-1], curve.voltage[0] + 0.5, 40)

    assert np.all(np.diff([charged_capacity(curve, v).value for v in volts]) >= -1e-9)


def test_capacity_is_the_lithium_that_left():
    """LiCoO2 at 4.1 V holds 0.537 Li: 0.463 of 26801.5 / 97.87 = 273.8 mAh/g have left."""
    capacity = charged_capacity(open_circuit("LiCoO2"), 4.1)

    assert capacity.value == pytest.approx((1 - 0.537) * 273.84, rel=1e-3)
    assert capacity.low == pytest.approx((1 - 0.537 - 0.03) * 273.84, rel=1e-3)


def test_published_capacities_lie_inside():
    """226 mAh/g of NMC811 to 4.3 V, 235 of LiCoO2 to 4.6 V, within 5 %; theory for LiFePO4."""
    assert charged_capacity(open_circuit("LiNi0.8Mn0.1Co0.1O2"), 4.3).value == pytest.approx(
        226, rel=0.05
    )
    assert charged_capacity(open_circuit("LiCoO2"), 4.6).value == pytest.approx(235, rel=0.05)
    assert charged_capacity(open_circuit("LiFePO4"), 4.1).value == pytest.approx(169.9, rel=0.02)


def test_order_of_elements_and_rounding_do_not_matter():
    """One composition, three spellings."""
    names = ("LiNi0.8Mn0.1Co0.1O2", "LiNi0.8Co0.1Mn0.1O2", "LiNi8/10Mn1/10Co1/10O2")

    assert len({float(lithium_at(open_circuit(name), 4.0)) for name in names}) == 1


def test_between_two_curves_lies_between_them():
    """70 % nickel lies half-way between 60 and 80 % at every voltage that both know."""
    volts = np.linspace(3.6, 4.2, 7)
    poorer, richer = (
        lithium_at(open_circuit(name), volts)
        for name in ("LiNi0.6Mn0.2Co0.2O2", "LiNi0.8Mn0.1Co0.1O2")
    )

    between = lithium_at(open_circuit("LiNi0.7Mn0.15Co0.15O2"), volts)

    np.testing.assert_allclose(between, (poorer + richer) / 2, atol=0.005)


def test_beyond_the_last_point_lithium_leaves_at_the_stated_rate():
    """0.1 V above 4.3 V takes 0.1 BEYOND of lithium from NMC811."""
    curve = open_circuit("LiNi0.8Mn0.1Co0.1O2")

    at_end, above = lithium_at(curve, [4.3, 4.4])

    assert at_end - above == pytest.approx(0.1 * BEYOND)


def test_equal_charge_is_spent_at_each_visited_voltage():
    """Counting lithium at the visited voltages gives back equal steps."""
    curve = open_circuit("LiMn2O4")

    steps = np.diff(lithium_at(curve, visited_voltages(curve, 4.2, 10)))

    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)


def test_a_plateau_is_where_the_charge_is_spent():
    """LiFePO4 charged to 4.0 V spends most of its charge at 3.43 V, however high the cutoff."""
    curve = open_circuit("LiFePO4")

    for cutoff in (3.7, 4.0, 4.3):
        assert np.median(visited_voltages(curve, cutoff, 21)) == pytest.approx(3.433, abs=0.01)


def test_what_nobody_has_measured_is_refused():
    """A material without a curve, and a cutoff that is none."""
    with pytest.raises(NoMeasurement, match="LiVPO4F"):
        open_circuit("LiVPO4F")
    with pytest.raises(ImpossibleValueError, match="-1"):
        charged_capacity(open_circuit("LiCoO2"), -1.0)
