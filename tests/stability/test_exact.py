"""Exact answers over (x, V), proved: direct solutions, an independent solver, and certificates."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from stability.arrays import closed_reactions, hull_energies, open_reactions
from stability.formula import composition
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.phases import Policy, competing_phases
from stability.tables.phase_table import Phase, phase_table, reference_table
from stability.voltage_range import range_reactions, reaction_over_range

LOW, HIGH = 2.0, 4.25
SAME = 1e-9  # [eV]
CERTIFIED = 1e-10  # [eV] A reduced cost above minus this is rounding.
CATHODES = ("LiFePO4", "FePO4", "S", "Li2S", "LiCoO2", "LiNi0.8Mn0.1Co0.1O2", "LiNi0.5Mn1.5O4")
CHOSEN = (
    ("Li6PS5Cl", "LiFePO4"),
    ("Li6PS5Cl", "LiCoO2"),
    ("Li2ZrCl6", "Li2S"),
    ("Li10GeP2S12", "LiNi0.5Mn1.5O4"),
    ("LiTi2(PO4)3", "LiNi0.8Mn0.1Co0.1O2"),
)
TIGHT = {"dual_feasibility_tolerance": 1e-10, "primal_feasibility_tolerance": 1e-10}


@pytest.fixture(scope="module")
def known():
    """Return the known phases of the reference table."""
    return competing_phases(reference_table())


def random_pairs(table, n, seed):
    """Return pairs of a random lithium compound with a random cathode."""
    rng = np.random.default_rng(seed)
    compounds = np.arange(len(table.elements), len(table.formulas))
    with_li = compounds[table.fractions[compounds, table.element_index["Li"]] > 0]
    return [
        (table.formulas[row], CATHODES[rng.integers(len(CATHODES))])
        for row in rng.choice(with_li, n)
    ]


class Plane:
    """The linear program of a pair at any (x, V), written out with numpy; x counts all atoms."""

    def __init__(self, pair, phases, rivals=None):
        self.phases = phases
        self.table = table = phases.table
        self.sse, self.cathode = (reactant(formula, phases) for formula in pair)
        self.li = table.element_index["Li"]
        present = (self.sse.fractions > 0) | (self.cathode.fractions > 0)
        present[self.li] = True
        rows = phases.rows if rivals is None else rivals
        self.rows = rows[~(table.fractions[rows][:, ~present] > 0).any(axis=1)]
        self.elements = np.flatnonzero(present)
        self.others = self.elements[self.elements != self.li]

    def over_range(self):
        """Return the exact answer over the range of voltage."""
        return reaction_over_range(self.sse, self.cathode, self.phases, LOW, HIGH)

    def at(self, *voltages):
        """Return the direct answer at each voltage."""
        return electrochemical_reactions(self.sse, self.cathode, self.phases, voltages)

    def mixed(self, x):
        """Return the atom fractions of a mixture."""
        return x * self.sse.fractions + (1 - x) * self.cathode.fractions

    def not_lithium(self, x):
        """Return the elements of a mixture but lithium, per atom of these."""
        mixed = self.mixed(x)
        return mixed[self.others] / (1 - mixed[self.li])

    def columns(self, rows):
        """Return the elements of phases but lithium, per atom, one column each."""
        return self.table.fractions[rows][:, self.others].T

    def grand(self, rows, voltage):
        """Return the grand potentials of phases, per atom."""
        return self.table.energies[rows] + voltage * self.table.fractions[rows, self.li]

    def basis(self, tile):
        """Return the table rows of a tile's products."""
        return np.array(
            [self.table.row(self.table.atom_fractions(composition(f))) for f in tile.products]
        )

    def closed_by_highs(self, x):
        """Return the lowest energy of a mixture, per atom."""
        columns = self.table.fractions[self.rows][:, self.elements].T
        return solved(self.table.energies[self.rows], columns, self.mixed(x)[self.elements])

    def open_by_highs(self, x, voltage):
        """Return the lowest grand potential of a mixture, per non-Li atom."""
        rows = self.rows[self.rows != self.li]  # The elements are the first rows of a table.
        return solved(self.grand(rows, voltage), self.columns(rows), self.not_lithium(x))

    def certificate(self, tile, x, voltage):
        """Return amounts, lowest reduced cost and energy of a tile's basis at a point."""
        basis = self.basis(tile)
        duals = np.linalg.solve(self.columns(basis).T, self.grand(basis, voltage))
        rows = self.rows[self.rows != self.li]
        reduced = self.grand(rows, voltage) - duals @ self.columns(rows)
        amounts = np.linalg.solve(self.columns(basis), self.not_lithium(x))
        return amounts, reduced.min(), duals @ self.not_lithium(x)


def solved(cost, columns, target):
    """Return the lowest energy by HiGHS."""
    found = linprog(cost, A_eq=columns, b_eq=target, method="highs-ds", options=TIGHT)
    assert found.status == 0
    return found.fun


def owner(tiles, x, voltage):
    """Return the tile of a point; on an edge, any of its tiles."""
    return next(
        tile
        for tile in tiles
        if tile.sse_fraction_low - 1e-9 <= x <= tile.sse_fraction_high + 1e-9
        and tile.voltage_low - 1e-9 <= voltage <= tile.voltage_high + 1e-9
    )


def mismatches(pairs, phases, seed):
    """Return by how much exact answers miss direct ones at random (x, V), shape (n_pairs, 3)."""
    rng = np.random.default_rng(seed)
    missed = []
    for pair in pairs:
        plane = Plane(pair, phases)
        found = plane.over_range()
        x, voltage = rng.uniform(0, 1), rng.uniform(LOW, HIGH)
        (there,) = plane.at(voltage)
        volts = [point.voltage for point in found.envelope]
        total, mutual = (
            np.interp(voltage, volts, [getattr(point, name) for point in found.envelope])
            for name in ("total", "mutual")
        )
        energy = plane.certificate(owner(found.tiles, x, voltage), x, voltage)[2]
        direct = plane.open_by_highs(x, voltage)
        missed.append((total - there.total, mutual - there.mutual, energy - direct))
    return np.abs(missed)


def test_exact_answers_are_direct_ones(known):
    """Sixty random pairs: both envelopes, and the tile's energy against HiGHS, at random (x, V)."""
    missed = mismatches(random_pairs(known.table, 60, seed=3), known, seed=4)

    assert missed.shape == (60, 3)
    assert missed.max() < SAME


@pytest.mark.slow
def test_exact_answers_are_direct_ones_for_a_thousand_pairs(full_table):
    """The same for 1,000 random lithium compounds of the full table."""
    phases = competing_phases(full_table)

    missed = mismatches(random_pairs(full_table, 1_000, seed=5), phases, seed=6)

    assert missed.max() < SAME


@pytest.mark.parametrize("pair", CHOSEN, ids="+".join)
def test_every_tile_is_certified(known, pair):
    """At random points of each tile its products have amounts >= 0, and no phase would do better.

    Both together prove the optimum, whatever found it.
    """
    plane = Plane(pair, known)
    rng = np.random.default_rng(7)

    for tile in plane.over_range().tiles:
        x = rng.uniform(tile.sse_fraction_low, tile.sse_fraction_high)
        voltage = rng.uniform(tile.voltage_low, tile.voltage_high)
        amounts, reduced, _ = plane.certificate(tile, x, voltage)
        assert len(tile.products) == len(plane.others)
        assert amounts.min() > -SAME
        assert reduced > -CERTIFIED


@pytest.mark.parametrize("pair", CHOSEN, ids="+".join)
def test_tiles_cover_the_plane_once(known, pair):
    """No two tiles share any area, and together they have that of the plane: 1 x 2.25 V."""
    tiles = Plane(pair, known).over_range().tiles
    sides = np.array([tile[:4] for tile in tiles])
    width = np.minimum.outer(sides[:, 1], sides[:, 1]) - np.maximum.outer(sides[:, 0], sides[:, 0])
    height = np.minimum.outer(sides[:, 3], sides[:, 3]) - np.maximum.outer(sides[:, 2], sides[:, 2])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)

    areas = shared.diagonal()
    assert areas.sum() == pytest.approx(HIGH - LOW, abs=1e-6)
    assert (shared.sum(axis=1) - areas).max() < 1e-6


@pytest.mark.parametrize("pair", CHOSEN, ids="+".join)
def test_energies_are_convex_in_the_mixture(known, pair):
    """Slopes between kinks rise, closed and at each of ten voltages."""
    plane = Plane(pair, known)
    li = [material.fractions[plane.li] for material in (plane.sse, plane.cathode)]
    closed = chemical_reaction(plane.sse, plane.cathode, known)
    lines = [[(kink.sse_fraction, kink.energy) for kink in closed.kinks]]
    for there in plane.at(*np.linspace(LOW, HIGH, 10)):
        # Energies per non-Li atom are linear in the share of the non-Li atoms.
        shares = [kink.sse_fraction * (1 - li[0]) for kink in there.kinks]
        rests = [(1 - kink.sse_fraction) * (1 - li[1]) for kink in there.kinks]
        lines.append(
            [
                (share / (share + rest), kink.mutual)
                for share, rest, kink in zip(shares, rests, there.kinks, strict=True)
            ]
        )

    for line in lines:
        slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(line) if b[0] - a[0] > 1e-6]
        assert all(one <= other + 1e-6 for one, other in pairwise(slopes))


def test_no_grid_finds_anything_worse(known):
    """Fifty voltages and two hundred random pairs: a grid never goes below the exact minimum."""
    pairs = random_pairs(known.table, 200, seed=8)
    formulas = sorted({formula for pair in pairs for formula in pair})
    fractions = np.stack([known.table.atom_fractions(composition(f)) for f in formulas])
    energies = hull_energies(known, fractions).energy
    first, second = (np.array([formulas.index(pair[side]) for pair in pairs]) for side in (0, 1))

    exact = range_reactions(known, fractions, energies, first, second, LOW, HIGH)
    grid = open_reactions(known, fractions, energies, first, second, np.linspace(LOW, HIGH, 50))

    assert (exact.energy[:, 0] <= grid.total.min(axis=1) + SAME).all()
    assert (exact.energy[:, 1] <= grid.mutual.min(axis=1) + SAME).all()
    assert (exact.energy[:, 1] < grid.mutual.min(axis=1) - 1e-4).any()


def equal(energies):
    return np.full_like(energies, -1.0)


DEGENERATE = {
    "rounded to 0.1": lambda energies: np.round(energies, 1),
    "rounded to 0.5": lambda energies: np.round(2 * energies) / 2,
    "all equal": equal,
    "all zero": np.zeros_like,
}


@pytest.mark.parametrize("ties", DEGENERATE)
def test_ties_everywhere_change_no_energy(ties):
    """Rounded, equal and zero energies: HiGHS, among all phases, stable or not, agrees.

    Where all is zero, nothing reacts.
    """
    before = reference_table()
    compounds = range(len(before.elements), len(before.formulas))
    energies = DEGENERATE[ties](before.energies)
    table = phase_table(
        (Phase(before.formulas[row], float(energies[row])) for row in compounds), name="ties"
    )
    phases = competing_phases(table, Policy.ALL)
    rng = np.random.default_rng(9)

    for pair in (*CHOSEN, *random_pairs(table, 15, seed=10)):
        plane = Plane(pair, phases, rivals=np.arange(len(table.formulas)))
        found = plane.over_range()
        closed = chemical_reaction(plane.sse, plane.cathode, phases)
        x, voltage = rng.uniform(0, 1), rng.uniform(LOW, HIGH)
        places = [kink.sse_fraction for kink in closed.kinks]
        gained = np.interp(x, places, [kink.energy for kink in closed.kinks])
        direct = plane.closed_by_highs(x) - x * plane.sse.energy - (1 - x) * plane.cathode.energy
        assert gained == pytest.approx(direct, abs=SAME)
        _, reduced, energy = plane.certificate(owner(found.tiles, x, voltage), x, voltage)
        assert reduced > -CERTIFIED
        assert energy == pytest.approx(plane.open_by_highs(x, voltage), abs=SAME)
        assert found.worst.total.energy <= min(there.total for there in plane.at(voltage)) + SAME
        if ties == "all zero":
            assert closed.energy == 0


def shuffled(table, seed):
    """Return a table with its elements and its compounds in another order."""
    rng = np.random.default_rng(seed)
    n = len(table.elements)
    elements = rng.permutation(n)
    order = np.concatenate([elements, n + rng.permutation(len(table.formulas) - n)])

    def chosen(values):
        return tuple(values[row] for row in order)

    return replace(
        table,
        elements=tuple(table.elements[e] for e in elements),
        formulas=chosen(table.formulas),
        fractions=table.fractions[order][:, elements],
        atoms=table.atoms[order],
        energies=table.energies[order],
        known=table.known[order],
        reasons=chosen(table.reasons),
        sources=chosen(table.sources),
    )


def test_the_order_of_elements_and_phases_changes_nothing(known):
    """Energies of a hundred pairs, closed, at voltages and exact, from a shuffled table."""
    pairs = random_pairs(known.table, 100, seed=11)
    other = competing_phases(shuffled(known.table, seed=12))
    found = []
    for phases in (known, other):
        fractions = np.stack(
            [phases.table.atom_fractions(composition(f)) for pair in pairs for f in pair]
        )
        energies = hull_energies(phases, fractions).energy
        first, second = np.arange(0, 200, 2), np.arange(1, 200, 2)
        inputs = phases, fractions, energies, first, second
        at = open_reactions(*inputs, np.linspace(LOW, HIGH, 5))
        found.append(
            np.column_stack(
                [
                    closed_reactions(*inputs).energy,
                    at.total,
                    at.mutual,
                    range_reactions(*inputs, LOW, HIGH).energy,
                ]
            )
        )

    assert other.table.elements != known.table.elements
    assert found[0].shape == (100, 13)
    assert np.abs(found[0] - found[1]).max() < SAME
