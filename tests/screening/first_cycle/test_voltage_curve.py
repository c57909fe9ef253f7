"""Voltage curves: what is passed in all, where it is passed, and what the SSE does first."""

import numpy as np
import pytest

from screening.catalogue.materials import cathode
from screening.errors import CellError
from screening.first_cycle.voltage_curve import Passed, voltage_curve

THESIS = Passed(cathode_charged=89.6, cathode_discharged=46.1, oxidised=24.7, reduced=0.0)
"""LiFePO4 with Li6PS5Cl: T19, T20, T22. [mAh/g]"""


def halves(name="LiFePO4", passed=THESIS, **changes):
    onsets = {"oxidation_onset": 2.3, "reduction_onset": 1.3} | changes
    return voltage_curve(cathode(name), passed, **onsets)


def test_a_curve_ends_at_what_is_passed():
    """114.3 mAh/g of charge, 24.7 of them the SSE's, and 46.1 of discharge."""
    charge, discharge = halves()

    assert charge.capacity[-1] == pytest.approx(89.6 + 24.7)
    assert charge.sse[-1] == pytest.approx(24.7)
    assert discharge.capacity[-1] == pytest.approx(46.1)
    assert charge.capacity[0] == pytest.approx(0.0, abs=1e-6)


def test_the_sse_comes_before_the_plateau():
    """T22 counts what is charged before the plateau as the SSE's: by 3.4 V most of it is there."""
    charge, _ = halves()
    before = np.searchsorted(charge.voltage, 3.4)

    assert charge.sse[before] > 0.6 * charge.sse[-1]
    assert charge.cathode[before] < 0.1 * charge.cathode[-1]


def test_a_chloride_leaves_the_plateau_alone():
    """Nothing below 4 V but LiFePO4: one peak of dQ/dV, at 3.43 V and the polarisation."""
    charge, discharge = halves(
        passed=Passed(148.1, 133.4, 0.0, 0.0), oxidation_onset=4.1, polarisation=0.05
    )

    assert charge.voltage[charge.derivative.argmax()] == pytest.approx(3.48, abs=0.02)
    assert discharge.voltage[discharge.derivative.argmax()] == pytest.approx(3.38, abs=0.02)
    assert charge.sse.max() == 0.0


@pytest.mark.parametrize("name", ["LiFePO4", "LiCoO2", "S", "TiS2"])
def test_charge_only_adds_up(name):
    """Capacity never falls along a half-cycle, and its integral over V is dQ/dV's."""
    for half in halves(name, Passed(100.0, 90.0, 20.0, 10.0)):
        assert np.all(np.diff(half.cathode) >= -1e-9)
        assert np.all(np.diff(half.sse) >= -1e-9)
        area = np.trapezoid(half.derivative, np.sort(half.voltage))
        assert area == pytest.approx(half.capacity[-1] - half.capacity[0], rel=0.02)


def test_current_moves_both_ways():
    """More polarisation: charged later, discharged earlier. A negative one is refused."""
    (slow, slow_back), (fast, fast_back) = (halves(polarisation=p) for p in (0.0, 0.2))
    at = slow.voltage.size // 2

    assert fast.cathode[at] <= slow.cathode[at]
    assert fast_back.cathode[at] <= slow_back.cathode[at]
    with pytest.raises(CellError, match=r"-0.1 V is below 0"):
        halves(polarisation=-0.1)
