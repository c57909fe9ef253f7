from math import inf, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descriptors.electrolyte.compaction import checked_pressures, heckel, kawakita, kawakita_line
from descriptors.errors import ImpossibleValueError

pressures = st.floats(0, 1000)


@given(pressures, st.floats(0.1, 1.5), st.floats(1e-5, 5e-3))
def test_heckel_is_a_line_in_its_own_coordinates(pressure, start, rate):
    """ln(1 / (1 - D)) = k P + A."""
    density = heckel(pressure, start=start, rate=rate)

    assert np.log(1 / (1 - density)) == pytest.approx(rate * pressure + start, rel=1e-6)


@given(pressures, st.floats(0.2, 0.7), st.floats(1e-5, 0.1))
def test_kawakita_is_the_published_law(pressure, start, rate):
    """C = a b P / (1 + b P) is the lost share of the first volume, a = 1 - D0; D = D0 / (1 - C)."""
    lost = (1 - start) * rate * pressure / (1 + rate * pressure)

    assert kawakita(pressure, start=start, rate=rate) == pytest.approx(start / (1 - lost))


def test_both_laws_begin_with_the_powder_and_end_with_the_solid():
    """P = 0 gives D0, P without bound gives 1."""
    assert heckel(0, start=log(4), rate=1e-3) == pytest.approx(3 / 4)
    assert kawakita(0, start=0.75, rate=1e-3) == pytest.approx(3 / 4)
    assert heckel(1e9, start=log(4), rate=1e-3) == pytest.approx(1)
    assert kawakita(1e9, start=0.75, rate=1e-3) == pytest.approx(1, abs=1e-5)


@given(pressures, pressures)
def test_more_pressure_never_loosens(one, two):
    """Both laws rise."""
    lower, higher = sorted((one, two))

    for law, start in ((heckel, 0.7), (kawakita, 0.5)):
        assert law(lower, start=start, rate=0.003) <= law(higher, start=start, rate=0.003)


def test_a_line_through_points_of_the_law_finds_its_parameters():
    """Exact points leave no choice."""
    at = np.array([30.0, 100.0, 400.0])

    assert kawakita_line(at, kawakita(at, start=0.45, rate=0.02)) == pytest.approx((0.45, 0.02))


@pytest.mark.parametrize("pressure", [-1.0, nan, inf])
def test_a_pressure_is_a_pressure(pressure):
    """One clear line, naming the number."""
    with pytest.raises(ImpossibleValueError, match=f"pressure {pressure:g} MPa"):
        checked_pressures(np.array([1.0, pressure]))
    with pytest.raises(ImpossibleValueError, match="pressure"):
        heckel(pressure, start=0.5, rate=0.1)


def test_parameters_and_points_that_no_powder_has():
    """Each is refused by name."""
    with pytest.raises(ImpossibleValueError, match="rate -1"):
        heckel(1, start=0.5, rate=-1)
    with pytest.raises(ImpossibleValueError, match="D0 1 is outside"):
        kawakita(1, start=1, rate=1)
    with pytest.raises(ImpossibleValueError, match="two pressures"):
        kawakita_line([10, 10], [0.5, 0.6])
    with pytest.raises(ImpossibleValueError, match=r"85.5 % is 0.855"):
        kawakita_line([10, 20], [50, 60])
