import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability.hull import reactant
from stability.interface import electrochemical_reactions
from stability.phases import competing_phases
from stability.tables.phase_table import reference_table
from stability.voltage_range import reaction_over_range

FORMULAS = ("Li2S", "LiCl", "FeS", "FeS2", "FeCl2", "FeCl3", "LiFeS2", "LiFeCl3")
PAIRS = (("Li3SCl", "FeCl3"), ("Li2S", "FeCl3"), ("LiCl", "FeS2"), ("Li5FeS4", "S"))
REAL_PAIRS = (("Li6PS5Cl", "LiFePO4"), ("Li6PS5Cl", "LiCoO2"), ("Li2ZrCl6", "Li2S"))
# Irrational shifts break ties, at which products are not unique.
distinct_energies = st.tuples(*(st.floats(-8, -0.5) for _ in FORMULAS)).map(
    lambda drawn: {
        f: e + 1e-3 * k**0.5 for k, (f, e) in enumerate(zip(FORMULAS, drawn, strict=True))
    }
)
LOW, HIGH = 0.5, 4.0
EDGE = 1e-6


def tiles_of(pair, phases):
    sse, cathode = (reactant(formula, phases) for formula in pair)
    return reaction_over_range(sse, cathode, phases, LOW, HIGH).tiles


def area(tile):
    return (tile.sse_fraction_high - tile.sse_fraction_low) * (tile.voltage_high - tile.voltage_low)


def owners(tiles, x, voltage, margin=0.0):
    """Return the tiles around a point, widened by a margin."""
    return [
        tile
        for tile in tiles
        if tile.sse_fraction_low - margin <= x <= tile.sse_fraction_high + margin
        and tile.voltage_low - margin <= voltage <= tile.voltage_high + margin
    ]


def products_there(pair, phases, x, voltage):
    """Return what forms at a point by a direct solution: all products of the kinks around it."""
    sse, cathode = (reactant(formula, phases) for formula in pair)
    (found,) = electrochemical_reactions(sse, cathode, phases, [voltage])
    places = [kink.sse_fraction for kink in found.kinks]
    k = int(np.clip(np.searchsorted(places, x), 1, len(places) - 1))
    return {p.formula for kink in found.kinks[k - 1 : k + 1] for p in kink.products}


@settings(max_examples=30)
@given(distinct_energies, st.sampled_from(PAIRS))
def test_tiles_cover_the_plane_once(competing, table, pair):
    """Areas add up to the whole range, and no point inside a tile belongs to another."""
    tiles = tiles_of(pair, competing(table))

    assert sum(map(area, tiles)) == pytest.approx(HIGH - LOW, abs=1e-6)
    for tile in tiles:
        x = (tile.sse_fraction_low + tile.sse_fraction_high) / 2
        voltage = (tile.voltage_low + tile.voltage_high) / 2
        assert len(owners(tiles, x, voltage)) == 1


@settings(max_examples=30)
@given(distinct_energies, st.sampled_from(PAIRS), st.floats(0, 1), st.floats(LOW, HIGH))
def test_a_tile_holds_the_products_of_all_its_points(competing, table, pair, x, voltage):
    """Away from edges, a direct solution at a point finds products of the tile that owns it."""
    phases = competing(table)
    tiles = tiles_of(pair, phases)
    around = owners(tiles, x, voltage, EDGE)
    if len(around) != 1:
        return

    assert products_there(pair, phases, x, voltage) <= set(around[0].products)


@pytest.mark.parametrize("pair", REAL_PAIRS)
def test_tiles_of_real_pairs(pair):
    """Dozens of tiles: they cover the plane, and own the products of two hundred random points."""
    phases = competing_phases(reference_table())
    tiles = tiles_of(pair, phases)
    rng = np.random.default_rng(1)

    assert len(tiles) > 10
    assert sum(map(area, tiles)) == pytest.approx(HIGH - LOW, abs=1e-5)
    compared = 0
    for x, voltage in zip(rng.uniform(0, 1, 200), rng.uniform(LOW, HIGH, 200), strict=True):
        around = owners(tiles, x, voltage, EDGE)
        if len(around) == 1:
            assert products_there(pair, phases, x, voltage) <= set(around[0].products)
            compared += 1
    assert compared > 190
