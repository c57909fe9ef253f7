from math import inf, nan

import numpy as np
import pytest

from descriptors.electrolyte.pellets import BEYOND_THE_CATALOGUE, checked_pressures, pellets
from descriptors.errors import ImpossibleValueError
from descriptors.quantity import Kind
from descriptors.tables import figures


def test_every_pellet_was_pressed():
    """A density without its pressure says nothing."""
    assert all(pellet.pressure for own in pellets().values() for pellet in own)


def test_pellets_beyond_the_catalogue_are_estimates():
    """Sheets with binder and figures from memory never pass as measured, nor hide a measurement."""
    assert not BEYOND_THE_CATALOGUE.keys() & figures("relative_density").keys()
    assert {p.kind for own in BEYOND_THE_CATALOGUE.values() for p in own} == {Kind.ESTIMATED}


@pytest.mark.parametrize("pressure", [-1.0, nan, inf])
def test_a_pressure_is_a_pressure(pressure):
    """One clear line, naming the number."""
    with pytest.raises(ImpossibleValueError, match=f"pressure {pressure:g} MPa"):
        checked_pressures(np.array([1.0, pressure]))
    assert checked_pressures(np.array([0.0, 375.0])).tolist() == [0.0, 375.0]
