import numpy as np
import pytest

from descriptors.electrolyte.atomic_fractions import ELEMENTS, atomic_fractions, features
from descriptors.errors import NoMeasurement


def test_fractions_are_those_of_all_atoms():
    """Two of three atoms of Li2S are lithium, however its formula unit is written."""
    for row in atomic_fractions(["Li2S", "SLi2", "Li4S2"]):
        assert row[[ELEMENTS.index("Li"), ELEMENTS.index("S")]] == pytest.approx([2 / 3, 1 / 3])
        assert row.sum() == pytest.approx(1)


def test_an_element_without_a_column_is_refused():
    """Californium comes after plutonium."""
    with pytest.raises(NoMeasurement, match="Cf is beyond Pu"):
        atomic_fractions(["LiCl", "CfCl3"])


def test_groups_and_periods_are_those_of_the_periodic_table():
    """Columns: elements, their roots, 18 groups, 7 periods."""
    n = atomic_fractions(["H"]).shape[1]
    places = {"H": (1, 1), "He": (18, 1), "Li": (1, 2), "B": (13, 2), "Cl": (17, 3), "Sc": (3, 4)}
    places |= {"La": (3, 6), "Lu": (3, 6), "Hf": (4, 6), "Zr": (4, 5), "U": (3, 7), "Ba": (2, 6)}
    for symbol, (group, period) in places.items():
        row = features(atomic_fractions([symbol]))[0]
        assert np.flatnonzero(row[2 * n : 2 * n + 18]) + 1 == [group]
        assert np.flatnonzero(row[2 * n + 18 : 2 * n + 25]) + 1 == [period]
