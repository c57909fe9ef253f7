"""Charging: a host follows its curve, anything else is at its cutoff."""

from dataclasses import replace

import numpy as np
import pytest

from descriptors.quantity import Kind
from screening.catalogue.materials import cathode
from screening.catalogue.own_material import Material
from screening.pairs.charging import VISITED, charge, charging, oxygen_reason


def test_a_higher_cutoff_gives_more_and_costs_oxygen():
    """LiCoO2 to 4.6 against 4.2 V: (1 - 0.18) / (1 - 0.475) = 1.56 times as much, and oxygen."""
    usual = cathode("LiCoO2")
    far = replace(usual, voltage_high=4.6)

    low, high = charging(replace(usual, voltage_high=4.2)), charging(far)

    assert high.utilisation.value / low.utilisation.value == pytest.approx(1.56, abs=0.02)
    assert low.oxygen < 0.002
    assert high.oxygen > 0.08
    assert high.oxygen_draws.mean() == pytest.approx(high.oxygen, rel=0.1)
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


def test_what_a_laboratory_measured_goes_before_the_curve():
    """NMC of one's own with 150 mAh/g; to a higher cutoff by as much more as the curve gives."""
    host = cathode("NMC811")
    poor = Material(
        label="NMC-150", kind="cathode", similar_to="NMC811", source="we",
        first_capacity_mah_per_g=150.0,
    ).as_cathode()  # fmt: skip
    like = Material(label="like", kind="cathode", similar_to="NMC811", source="we").as_cathode()
    far = [replace(one, voltage_high=one.voltage_high + 0.1) for one in (poor, host)]

    found, usual = charging(poor), charging(host)
    more = [charging(one).utilisation.value for one in far]

    assert found.utilisation.value * poor.theoretical_capacity == pytest.approx(150.0)
    assert found.utilisation.kind is Kind.MEASURED
    assert found.oxygen == usual.oxygen
    assert more[0] / found.utilisation.value == pytest.approx(more[1] / usual.utilisation.value)
    assert more[0] > found.utilisation.value
    assert charging(like).utilisation == usual.utilisation


@pytest.mark.parametrize(
    ("name", "cutoff", "said"),
    [
        ("LiCoO2", 4.2, ""),
        ("LiCoO2", 4.6, "the cathode gives off oxygen, from 4.49 V"),
        ("LiFePO4", 4.6, ""),
        ("S", 3.0, ""),
    ],
)
def test_oxygen_is_said_where_it_leaves(name, cutoff, said):
    """LiCoO2 beyond 4.5 V; no phosphate, no conversion."""
    found = oxygen_reason(replace(cathode(name), voltage_high=cutoff))

    assert found.startswith(said)
    assert bool(found) == bool(said)
