"""Charging: a host follows its curve, anything else is at its cutoff."""

from dataclasses import replace

import numpy as np
import pytest

from screening.catalogue.materials import cathode
from screening.pairs.charging import VISITED, charge, charging


def test_a_higher_cutoff_gives_more_and_costs_oxygen():
    """LiCoO2 to 4.6 against 4.2 V: (1 - 0.18) / (1 - 0.475) = 1.56 times as much, and oxygen."""
    usual = cathode("LiCoO2")
    far = replace(usual, voltage_high=4.6)

    low, high = charging(replace(usual, voltage_high=4.2)), charging(far)

    assert high.utilisation.value / low.utilisation.value == pytest.approx(1.56, abs=0.02)
    assert low.oxygen < 0.002
    assert high.oxygen > 0.08
    assert high.visited.mean() > low.visited.mean()
    assert charge(usual) != charge(far)


@pytest.mark.parametrize("name", ["S", "Li2S", "FeS2"])
def test_a_conversion_counts_at_its_cutoff(name):
    """It runs up there once it is done; the catalogue says what it gives."""
    known = cathode(name)

    found = charging(known)

    assert found.visited.tolist() == [known.voltage_high] * VISITED
    assert found.utilisation == known.utilisation
    assert found.oxygen == 0.0


def test_no_share_is_more_than_all():
    """Up to 5 V every lithium is out at most."""
    for name in ("LiFePO4", "LiCoO2", "LiMn2O4"):
        found = charging(replace(cathode(name), voltage_high=5.0))
        assert found.utilisation.low <= found.utilisation.value <= found.utilisation.high <= 1.0
        assert np.all(found.visited <= 5.0)
