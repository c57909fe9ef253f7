"""Reactions between an SSE and a cathode: chemical, and open to lithium at a voltage."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stability.arrays import closed_reactions, open_reactions
from stability.hull import Product, Reactant, named_products
from stability.kernels.reaction_kernels import NO_REACTION
from stability.kernels.simplex import MAX_KINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stability.kernels.outputs import ClosedBatch, OpenBatch
    from stability.phases import CompetingPhases
    from stability.tables.phase_table import PhaseTable

PAIR = np.array([0]), np.array([1])
"""The one pair of two stacked reactants: SSE first, cathode second."""


class Kink(NamedTuple):
    """A mixture at which the products change."""

    sse_fraction: float
    """Fraction of all atoms of the two reactants that belong to the SSE."""
    energy: float
    """Reaction energy of this mixture. [eV/atom]"""
    products: tuple[Product, ...]
    """Formula units per atom of the two reactants."""


class ChemicalReaction(NamedTuple):
    """What an SSE and a cathode do on contact, without exchange of lithium with the outside."""

    energy: float
    """Most negative reaction energy over all mixtures; 0 if nothing reacts. [eV/atom]"""
    sse_fraction: float | None
    """Where it is reached, as a fraction of all atoms; None if nothing reacts."""
    products: tuple[Product, ...]
    """What forms there, in formula units per atom of the two reactants."""
    kinks: tuple[Kink, ...]
    """All kinks, from the pure cathode (0) to the pure SSE (1)."""


class OpenKink(NamedTuple):
    """A mixture at which the products change, open to lithium at one voltage."""

    sse_fraction: float
    """Fraction of all atoms of the two reactants, as given, that belong to the SSE."""
    total: float
    """Energy against the reactants as they are. [eV per non-Li atom]"""
    mutual: float
    """Energy against reactants that have decomposed by themselves. [eV per non-Li atom]"""
    products: tuple[Product, ...]
    """Formula units per non-Li atom of the two reactants."""


class ElectrochemicalReaction(NamedTuple):
    """What an SSE and a cathode do at one voltage, with lithium free to come and go."""

    voltage: float
    """Voltage against Li/Li+. [V]"""
    total: float
    """Minimum over all mixtures against the reactants as they are. [eV per non-Li atom]"""
    sse_alone: float
    """The SSE alone at this voltage, called *self*. [eV per non-Li atom]"""
    cathode_alone: float
    """The cathode alone: its job rather than damage. [eV per non-Li atom]"""
    mutual: float
    """Minimum over all mixtures against reactants that have each decomposed by itself, so what
    the contact adds. [eV per non-Li atom]"""
    sse_fraction: float | None
    """Where `total` is reached, as a fraction of all atoms; None if nothing reacts."""
    products: tuple[Product, ...]
    """What forms there, in formula units per non-Li atom of the two reactants."""
    mutual_sse_fraction: float | None
    """Where `mutual` is reached."""
    mutual_products: tuple[Product, ...]
    """What forms there, in formula units per non-Li atom of the two reactants."""
    kinks: tuple[OpenKink, ...]
    """All kinks, from the pure cathode (0) to the pure SSE (1)."""


def chemical_reaction(
    sse: Reactant, cathode: Reactant, phases: CompetingPhases
) -> ChemicalReaction:
    """Return the chemical reaction of an SSE with a cathode: the most negative mixture.

    Parameters
    ----------
    sse, cathode : Reactant
        From :func:`stability.hull.reactant`.
    phases : CompetingPhases
        The phases that may form.

    Notes
    -----
    ``E(x) = E_hull(x SSE + (1 - x) cathode) - x E_SSE - (1 - x) E_cathode``, x a fraction of atoms,
    is linear between kinks, so its minimum is at a kink [1]_.

    References
    ----------
    .. [1] W. D. Richards et al., Chem. Mater. 28, 266 (2016), doi:10.1021/acs.chemmater.5b04082.
    """
    fractions, energies = stacked(sse, cathode)
    batch = closed_reactions(phases, fractions, energies, *PAIR, max_kinks=MAX_KINKS + 1)
    return ChemicalReaction(
        energy=float(batch.energy[0]),
        sse_fraction=_where(batch.x[0]),
        products=named_products(phases.table, batch.product[0], batch.amount[0]),
        kinks=_closed_kinks(batch, phases.table),
    )


def electrochemical_reactions(
    sse: Reactant, cathode: Reactant, phases: CompetingPhases, voltages: Sequence[float]
) -> list[ElectrochemicalReaction]:
    """Return the reaction of an SSE with a cathode at each voltage, open to lithium.

    Parameters
    ----------
    sse, cathode : Reactant
        From :func:`stability.hull.reactant`.
    phases : CompetingPhases
        The phases that may form.
    voltages : sequence of float
        Voltages against Li/Li+, 0 to 10. [V]

    Raises
    ------
    VoltageError
        If a voltage is below 0 V, above 10 V, or not finite.
    LithiumReactantError
        If a reactant is lithium metal.

    Notes
    -----
    Energies become grand potentials ``E + V n_Li`` per non-Li atom [1]_. Their minimum against the
    reactants as they are is `total`; `mutual` is what the contact adds to the decomposition of
    each reactant by itself. pymatgen calls them with and without ``include_no_mixing_energy``.

    References
    ----------
    .. [1] Y. Zhu, X. He, Y. Mo, J. Mater. Chem. A 4, 3253 (2016), doi:10.1039/C5TA08574H.
    """
    volts = np.asarray(list(voltages), float)
    if not volts.size:
        return []  # Whatever the reactants: lithium metal reacts on contact.
    fractions, energies = stacked(sse, cathode)
    batch = open_reactions(phases, fractions, energies, *PAIR, volts, max_kinks=MAX_KINKS + 1)
    return [
        ElectrochemicalReaction(
            voltage=float(voltage),
            total=float(batch.total[0, v]),
            sse_alone=_no_minus_zero(batch.first_alone[0, v]),
            cathode_alone=_no_minus_zero(batch.second_alone[0, v]),
            mutual=float(batch.mutual[0, v]),
            sse_fraction=_where(batch.total_x[0, v]),
            products=named_products(
                phases.table, batch.total_product[0, v], batch.total_amount[0, v]
            ),
            mutual_sse_fraction=_where(batch.mutual_x[0, v]),
            mutual_products=named_products(
                phases.table, batch.mutual_product[0, v], batch.mutual_amount[0, v]
            ),
            kinks=_open_kinks(batch, v, phases.table),
        )
        for v, voltage in enumerate(volts)
    ]


def stacked(sse: Reactant, cathode: Reactant) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the fractions and energies of both reactants as batch functions take them."""
    return np.stack([sse.fractions, cathode.fractions]), np.array([sse.energy, cathode.energy])


def _where(x: float) -> float | None:
    return None if isnan(x) else float(x)


def _no_minus_zero(energy: float) -> float:
    """Round what is zero but for rounding to a plain zero."""
    return 0.0 if abs(energy) < NO_REACTION else float(energy)


def _closed_kinks(batch: ClosedBatch, table: PhaseTable) -> tuple[Kink, ...]:
    return tuple(
        Kink(
            float(batch.kink_x[0, k]),
            _no_minus_zero(batch.kink_energy[0, k]),
            named_products(table, batch.kink_product[0, k], batch.kink_amount[0, k]),
        )
        for k in range(int(batch.kinks[0]))
    )


def _open_kinks(batch: OpenBatch, v: int, table: PhaseTable) -> tuple[OpenKink, ...]:
    return tuple(
        OpenKink(
            float(batch.kink_x[0, v, k]),
            _no_minus_zero(batch.kink_total[0, v, k]),
            _no_minus_zero(batch.kink_mutual[0, v, k]),
            named_products(table, batch.kink_product[0, v, k], batch.kink_amount[0, v, k]),
        )
        for k in range(int(batch.kinks[0, v]))
    )
