from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability.arrays import hull_energies, open_reactions
from stability.errors import LithiumReactantError, VoltageError
from stability.hull import reactant
from stability.interface import electrochemical_reactions
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table
from stability.voltage_range import range_reactions, reaction_over_range

FORMULAS = ("Li2S", "LiCl", "FeS", "FeS2", "FeCl2", "FeCl3", "LiFeS2", "LiFeCl3")
SSES = ("LiCl", "Li2S", "Li3SCl", "Li2FeCl4", "Li5FeS4")
CATHODES = ("FeS2", "FeCl3", "LiFeS2", "S", "Fe3S4")
energies = st.fixed_dictionaries(
    {f: st.floats(-8, 0.5) | st.integers(-8, 0).map(float) for f in FORMULAS}
)
ENERGY = 1e-6  # [eV] An event is placed 1e-8 V behind its tie; lithium numbers are below 10.


@pytest.fixture(scope="module")
def known():
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


def over(sse, cathode, phases, low, high):
    return reaction_over_range(reactant(sse, phases), reactant(cathode, phases), phases, low, high)


def worst_in(*pair_and_range):
    return reaction_over_range(*pair_and_range).worst


def at(sse, cathode, phases, *voltages):
    return electrochemical_reactions(
        reactant(sse, phases), reactant(cathode, phases), phases, voltages
    )


def interpolated(found, voltage):
    """Return total and mutual on the envelope."""
    volts = [point.voltage for point in found.envelope]
    return tuple(
        np.interp(voltage, volts, [getattr(point, name) for point in found.envelope])
        for name in ("total", "mutual")
    )


@pytest.mark.parametrize(
    ("voltage", "total", "mutual"),
    [
        # Below 2.2 V FeCl2 is Fe + 2 LiCl; Li2S + Fe -> FeS + 2 Li then gains 2 V - 3.5 eV.
        (2.00, -0.9 / 4, -(2 * 2.00 - 3.5) / 4),
        (2.20, -0.9 / 4, -0.9 / 4),
        (2.25, -0.9 / 4, -0.9 / 4),
        # Above 2.25 V Li2S is S: S + FeCl2 + 2 Li -> FeS + 2 LiCl gains 5.4 - 2 V eV.
        (2.30, -0.9 / 4, -(5.4 - 2 * 2.30) / 4),
        # 2 V - 4.5 eV per S overtakes 0.9 / 4 at V = 2.3625: a corner, though no product changes.
        (2.3625, -0.9 / 4, -(5.4 - 2 * 2.3625) / 4),
        (2.50, -(2 * 2.50 - 4.5), -(5.4 - 2 * 2.50) / 4),
        # Above 2.7 V even FeS + 2 LiCl is FeCl2 + S.
        (2.80, -(2 * 2.80 - 4.5), 0.0),
        (3.00, -(2 * 3.00 - 4.5), 0.0),
    ],
)
def test_the_envelope_of_an_exchange_by_hand(exchange, voltage, total, mutual):
    """Li2S with FeCl2 from 2 to 3 V: straight lines between the voltages named here."""
    found = over("Li2S", "FeCl2", exchange, 2.0, 3.0)

    assert interpolated(found, voltage) == pytest.approx((total, mutual), abs=ENERGY)


def test_the_worst_of_an_exchange_by_hand(exchange):
    """Total: Li2S alone at 3 V, 1.5 eV per S. Mutual: 0.9 eV over 4 atoms, 2.2 to 2.25 V."""
    worst = over("Li2S", "FeCl2", exchange, 2.0, 3.0).worst

    assert worst.total.energy == pytest.approx(-1.5, abs=ENERGY)
    assert worst.total.voltage == pytest.approx(3.0)
    assert worst.total.sse_fraction == pytest.approx(1)
    assert dict(worst.total.products) == pytest.approx({"S": 1})
    assert worst.mutual.energy == pytest.approx(-0.9 / 4, abs=ENERGY)
    assert 2.2 - 1e-6 <= worst.mutual.voltage <= 2.25 + 1e-6
    assert worst.mutual.sse_fraction == pytest.approx(1 / 2)
    assert dict(worst.mutual.products) == pytest.approx({"FeS": 1 / 4, "LiCl": 2 / 4}, abs=1e-6)


def test_what_does_not_react_says_so(exchange):
    """LiCl with FeS between 2 and 2.2 V: no energy, voltage, fraction or products."""
    worst = over("LiCl", "FeS", exchange, 2.0, 2.2).worst

    for extreme in worst:
        assert extreme == (0.0, None, None, ())


@pytest.mark.parametrize(
    ("low", "high"),
    [(3.0, 2.0), (2.0, 2.0), (-0.1, 2.0), (2.0, 11.0), (nan, 3.0), (2.0, nan), (2.0, inf)],
)
def test_impossible_ranges_are_refused(exchange, low, high):
    """A range rises and lies between 0 and 10 V."""
    with pytest.raises(VoltageError, match=r"outside 0 to 10 V|do not rise"):
        over("Li2S", "FeCl2", exchange, low, high)


def test_lithium_metal_is_refused(exchange):
    """The reservoir is lithium already."""
    with pytest.raises(LithiumReactantError):
        over("Li", "FeCl2", exchange, 2.0, 3.0)


@settings(max_examples=40)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES), st.floats(0.5, 4))
def test_the_envelope_is_what_each_voltage_gives(competing, table, sse, cathode, voltage):
    """At any voltage the envelope is the answer of a direct solution there."""
    phases = competing(table)
    found = over(sse, cathode, phases, 0.5, 4.0)
    (there,) = at(sse, cathode, phases, voltage)

    assert interpolated(found, voltage) == pytest.approx((there.total, there.mutual), abs=ENERGY)
    assert found.envelope[0].voltage == 0.5
    assert found.envelope[-1].voltage == pytest.approx(4.0, abs=1e-7)
    assert all(one.voltage < other.voltage for one, other in pairwise(found.envelope))


@pytest.mark.parametrize("high", [4.0, 10.0])
def test_a_breakpoint_at_the_very_end_stays_inside_the_range(competing, high):
    """Li2S at -8 eV oxidises at 4 V, at -20 eV at 10 V: the worst is reached there, not beyond."""
    found = over("Li2S", "FeS", competing({"Li2S": -2 * high + 1e-12, "FeS": -0.5}), 0.5, high)

    assert found.envelope[-1].voltage == high
    assert max(t.voltage_high for t in found.tiles) == high


@settings(max_examples=40)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES))
def test_no_grid_finds_anything_worse(competing, table, sse, cathode):
    """A hundred voltages never beat the exact worst case, which is reached where it says."""
    phases = competing(table)
    worst = worst_in(reactant(sse, phases), reactant(cathode, phases), phases, 0.5, 4.0)
    grid = at(sse, cathode, phases, *np.linspace(0.5, 4.0, 100))

    assert worst.total.energy <= min(found.total for found in grid) + 1e-9
    assert worst.mutual.energy <= min(found.mutual for found in grid) + 1e-9
    for name in ("total", "mutual"):
        extreme = getattr(worst, name)
        assert (extreme.energy == 0) == (extreme.voltage is None) == (extreme.products == ())
        if extreme.voltage is not None:
            (there,) = at(sse, cathode, phases, extreme.voltage)
            assert getattr(there, name) == pytest.approx(extreme.energy, abs=ENERGY)


@settings(max_examples=25)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES), st.floats(1.1, 3.9))
def test_two_halves_of_a_range_make_the_whole(competing, table, sse, cathode, voltage):
    """The worst of a range is the worse of its two parts."""
    phases = competing(table)
    a, b = reactant(sse, phases), reactant(cathode, phases)
    whole, lower, upper = (
        worst_in(a, b, phases, *ends) for ends in ((1, 4), (1, voltage), (voltage, 4))
    )

    for name in ("total", "mutual"):
        parts = min(getattr(lower, name).energy, getattr(upper, name).energy)
        assert getattr(whole, name).energy == pytest.approx(parts, abs=ENERGY)


@settings(max_examples=25)
@given(energies, st.sampled_from(SSES), st.sampled_from(CATHODES))
def test_swapping_the_reactants_mirrors_the_worst(competing, table, sse, cathode):
    """Which of the two is called SSE changes no energy."""
    phases = competing(table)

    there, back = (over(a, b, phases, 1, 4).worst for a, b in ((sse, cathode), (cathode, sse)))

    assert there.total.energy == pytest.approx(back.total.energy, abs=ENERGY)
    assert there.mutual.energy == pytest.approx(back.mutual.energy, abs=ENERGY)


@pytest.mark.parametrize(
    ("sse", "cathode"),
    [
        ("Li6PS5Cl", "LiFePO4"),
        ("Li6PS5Cl", "LiCoO2"),
        ("Li2ZrCl6", "FePO4"),
        ("Li3PO4", "LiNi0.5Mn1.5O4"),
        ("Li10GeP2S12", "LiCoO2"),
    ],
)
def test_real_pairs_against_direct_solutions(known, sse, cathode):
    """Fifty voltages of real pairs, from 0 to 5 V: the envelope is the direct answer."""
    found = over(sse, cathode, known, 0.0, 5.0)
    volts = np.random.default_rng(0).uniform(0, 5, 50)

    for voltage, there in zip(volts, at(sse, cathode, known, *volts), strict=True):
        assert interpolated(found, voltage) == pytest.approx(
            (there.total, there.mutual), abs=ENERGY
        )


def test_a_batch_gives_what_each_pair_gives(known, fractions_of):
    """All pairs at once, in any order; the same energies, voltages and products."""
    formulas = ("Li6PS5Cl", "Li2ZrCl6", "Li3PO4", "LiFePO4", "LiCoO2", "S")
    fractions = fractions_of(known, *formulas)
    reactants = hull_energies(known, fractions).energy
    first, second = np.repeat([0, 1, 2], 3), np.tile([3, 4, 5], 3)

    batch = range_reactions(known, fractions, reactants, first, second, 2.0, 4.25)

    for p, (a, b) in enumerate(zip(first, second, strict=True)):
        alone = worst_in(
            reactant(formulas[a], known), reactant(formulas[b], known), known, 2.0, 4.25
        )
        for which, extreme in enumerate(alone):
            assert batch.energy[p, which] == pytest.approx(extreme.energy, abs=1e-10)
            assert np.isnan(batch.voltage[p, which]) == (extreme.voltage is None)
    grid = open_reactions(known, fractions, reactants, first, second, np.linspace(2.0, 4.25, 10))
    assert (batch.energy[:, 0] <= grid.total.min(axis=1) + 1e-9).all()
    assert (batch.energy[:, 1] <= grid.mutual.min(axis=1) + 1e-9).all()
    assert (batch.energy[:, 1] < grid.mutual.min(axis=1) - 1e-3).any()
