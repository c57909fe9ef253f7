"""Oxygen release: from the stated state of charge on, and never from phosphates and spinels."""

import numpy as np
import pytest

from descriptors.cell.open_circuit import lithium_at, open_circuit
from descriptors.cell.oxygen_release import (
    LAYERED,
    Verdict,
    beyond_onset,
    drawn_beyond_onset,
    oxygen_release,
)


def test_the_onset_is_the_voltage_of_the_stated_lithium():
    """NMC811 holds 0.20 Li at the onset of the layered oxides, and the ends of its interval so."""
    curve = open_circuit("LiNi0.8Mn0.1Co0.1O2")

    onset = oxygen_release(curve, 4.3).onset

    left = lithium_at(curve, [onset.low, onset.value, onset.high])
    np.testing.assert_allclose(left, [LAYERED.high, LAYERED.value, LAYERED.low], atol=2e-3)


def test_more_nickel_releases_earlier():
    """Nickel brings the same state of charge to a lower voltage."""
    onsets = [
        oxygen_release(open_circuit(name), 4.3).onset.value
        for name in ("LiNi0.5Mn0.3Co0.2O2", "LiNi0.8Mn0.1Co0.1O2", "LiNi0.9Mn0.05Co0.05O2")
    ]

    assert onsets == sorted(onsets, reverse=True)


@pytest.mark.parametrize(
    ("name", "cutoff", "verdict"),
    [
        ("LiCoO2", 4.2, Verdict.NO),
        ("LiCoO2", 4.6, Verdict.YES),
        ("LiNi0.85Mn0.1Co0.05O2", 4.1, Verdict.NO),
        ("LiNi0.85Mn0.1Co0.05O2", 4.6, Verdict.YES),
        ("Li1.2Mn0.54Ni0.13Co0.13O2", 4.8, Verdict.YES),
        ("LiFePO4", 4.5, Verdict.NO),
        ("LiNi0.5Mn1.5O4", 4.9, Verdict.NO),
        ("TiS2", 3.0, Verdict.NO),
    ],
)
def test_known_cathodes(name, cutoff, verdict):
    """What gas measurements found: oxides high in charge, not phosphates, spinels or sulfides."""
    released = oxygen_release(open_circuit(name), cutoff)

    assert released.verdict is verdict
    assert bool(released.reason) is (verdict is not Verdict.NO)


def test_a_higher_cutoff_never_makes_a_verdict_milder():
    """no, doubtful, yes: in this order as the cutoff rises."""
    curve = open_circuit("LiNi0.8Mn0.1Co0.1O2")
    order = list(Verdict)

    found = [order.index(oxygen_release(curve, v).verdict) for v in np.linspace(3.8, 4.8, 21)]

    assert found == sorted(found)
    assert set(found) == {0, 1, 2}


def test_beyond_the_onset_counts_what_has_left():
    """NMC811 at 4.5 V holds 0.133 Li: far beyond 0.20, some 0.07; at 3.8 V nothing; never less."""
    curve = open_circuit("LiNi0.8Mn0.1Co0.1O2")

    assert beyond_onset(curve, 4.5) == pytest.approx(0.20 - float(lithium_at(curve, 4.5)), abs=0.01)
    assert beyond_onset(curve, 3.8) < 1e-6
    assert beyond_onset(open_circuit("LiFePO4"), 4.5) == 0.0
    assert np.all(np.diff([beyond_onset(curve, v) for v in np.linspace(3.8, 4.8, 21)]) >= 0)


def test_draws_of_what_has_left_have_its_mean():
    """Over ten thousand onsets; a spinel has none."""
    curve = open_circuit("LiNi0.8Mn0.1Co0.1O2")
    standard = np.random.default_rng(0).standard_normal(10_000)

    found = drawn_beyond_onset(curve, 4.3, standard)

    assert found.mean() == pytest.approx(beyond_onset(curve, 4.3), rel=0.03)
    assert (found >= 0.0).all()
    assert not drawn_beyond_onset(open_circuit("LiMn2O4"), 4.5, standard).any()
