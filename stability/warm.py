"""Compile all kernels ahead; what is compiled is kept on disk (see :mod:`stability.cache`)."""

from __future__ import annotations

import numpy as np

from stability.arrays import closed_reactions, hull_energies, open_reactions, staircases
from stability.draws.redrawn_pairs import redrawn_pairs
from stability.energies.pairs import pair_terms
from stability.formula import composition
from stability.interface import PAIR
from stability.kernels.chemical_system import frozen
from stability.kernels.order_statistics import fill_ends
from stability.phases import competing_phases
from stability.tables.phase_table import Phase, phase_table
from stability.uncertainty import redrawn_reactions, redrawn_windows
from stability.voltage_range import range_reactions


def compile_kernels() -> None:
    """Ask every kernel a small question; a kernel that is compiled already answers at once."""
    table = phase_table([Phase("Li2O", -2.0, known=True), Phase("FeO", -1.4, known=True)], name="-")
    phases = competing_phases(table)
    fractions = np.stack([table.atom_fractions(composition(f)) for f in ("Li2O", "FeO")])
    energies = hull_energies(phases, fractions).energy
    pair = (phases, fractions, energies, *PAIR)
    closed_reactions(*pair)
    open_reactions(*pair, np.array([1.0]))
    range_reactions(*pair, 1.0, 2.0)
    staircases(phases, fractions)
    pair_terms(fractions, table.elements)
    redrawn_reactions(phases, fractions, *PAIR, (1.0,), draws=1)
    redrawn_windows(phases, fractions, (1.0,), draws=1)
    redrawn_pairs(phases, fractions, np.array([[0, 1, 1]]), np.ones((1, 1)), [(1.0,)], draws=1)
    fill_ends(frozen(fractions), np.empty((2, 1)), np.empty((2, 1)))
