"""What coatings do to a cathode and to a catholyte: many coatings, computed at once.

A coating has two contacts, with the cathode in either state and with the catholyte. Electrons come
through the cathode only, so that contact is also computed open to lithium, over the whole window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.materials import CHARGED, DISCHARGED
from screening.pairs.lifted_reactants import cathode_states
from stability.arrays import closed_reactions
from stability.hull import named_products, reactants
from stability.kernels.chemical_system import element_masks
from stability.staircase import redox_staircases
from stability.uncertainty import redrawn_reactions
from stability.voltage_range import range_reactions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from screening.catalogue.materials import Cathode
    from stability.hull import Product
    from stability.kernels.outputs import ClosedBatch
    from stability.phases import CompetingPhases
    from stability.staircase import Staircase

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CATHODE_STATES = (DISCHARGED, CHARGED)
SSE = 2
"""Third of the partners of a coating, after both states of the cathode."""
GAS_ALLOWANCE = 1.0
"""How far a film lasts beyond its equilibrium limit if a gas must form there. A judgement: LiNbO3,
whose limit is 3.5 V at 298 K, lasts at 4.3 V in cells. What gives off sulfur, bromine or iodine, or
oxidises a metal, needs no bubble. [V]"""
_MUTUAL = 1  # Second of the two energies of a RangeBatch.
_BLOCK = 2_000  # Coatings at a time: products of a block take 2 MB.


class CoatingContacts(NamedTuple):
    """Coatings between one catholyte and one cathode; arrays have one row for each coating."""

    formulas: tuple[str, ...]
    """The coatings."""
    reduction: Floats
    """Reduction limits, 0 for none, shape (n,). [V]"""
    oxidation: Floats
    """Oxidation limits, inf for none, shape (n,). [V]"""
    lasts_to: Floats
    """Up to which voltage they last, from :func:`lasting_limit`, shape (n,). [V]"""
    voltage_high: float
    """Upper end of the cathode's window. [V]"""
    closed: Floats
    """Reactions on contact with the cathode discharged, charged, and with the catholyte, shape
    (n, 3). [eV/atom]"""
    open_cathode: Floats
    """Worst mutual reaction with either state of the cathode in its window, shape (n,).
    [eV per non-Li atom]"""
    products: tuple[tuple[tuple[Product, ...], ...], ...]
    """What forms at each contact, in the order of `closed`, per atom."""
    partners: tuple[str, str, str]
    """Formulas of the discharged cathode, the charged one and the catholyte."""
    bare: float
    """Worst reaction of the catholyte with the bare cathode, on contact. [eV/atom]"""
    open_bare: float
    """Worst mutual reaction of the catholyte with the bare cathode in its window.
    [eV per non-Li atom]"""

    @property
    def cathode(self) -> Floats:
        """Reaction with the cathode in its worse state, shape (n,). [eV/atom]."""
        return np.asarray(self.closed[:, :SSE].min(axis=1))

    @property
    def catholyte(self) -> Floats:
        """Reaction with the catholyte, shape (n,). [eV/atom]."""
        return np.asarray(self.closed[:, SSE])


def coating_contacts(
    formulas: Sequence[str], sse: str, cathode: Cathode, phases: CompetingPhases
) -> CoatingContacts:
    """Return what coatings do to a cathode and to a catholyte.

    Parameters
    ----------
    formulas : sequence of str
        Formulas of the coatings, at least one.
    sse : str
        Formula of the catholyte.
    cathode : Cathode
        The cathode, in the window in which it is cycled.
    phases : CompetingPhases
        What may form.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If a material cannot be read, or cannot be computed from this phase table.
    SolverError
        If a linear program finds no answer.

    Notes
    -----
    Coatings enter with the energy of the hull at their composition, as all reactants do. The
    contact with the catholyte is closed: no electrons reach it through an insulating coating [1]_.

    References
    ----------
    .. [1] Y. Xiao et al., Joule 3, 1252 (2019), doi:10.1016/j.joule.2019.02.006.
    """
    states = cathode_states(cathode, phases)
    materials = [*reactants(formulas, phases), *states, *reactants([sse], phases)]
    fractions = np.stack([one.fractions for one in materials])
    energies = np.array([one.energy for one in materials])
    stairs = redox_staircases(materials[: len(formulas)], phases)
    limits = [one.window for one in stairs]
    n = len(formulas)
    order = np.lexsort(element_masks(fractions[:n]).T)  # Kernels reuse a gathered system.
    window = cathode.voltage_low, cathode.voltage_high
    closed = np.zeros((n, 3))
    worst = np.zeros((n, 2))
    products: list[list[tuple[Product, ...]]] = [[()] * 3 for _ in range(n)]
    for start in range(0, n, _BLOCK):
        rows = order[start : start + _BLOCK]
        for partner in (*CATHODE_STATES, SSE):
            other = np.full(len(rows), n + partner)
            found = closed_reactions(phases, fractions, energies, rows, other)
            closed[rows, partner] = found.energy
            _name(products, rows, partner, found, phases)
            if partner != SSE:
                swept = range_reactions(phases, fractions, energies, rows, other, *window)
                worst[rows, partner] = swept.energy[:, _MUTUAL]
    direct = np.array([n + SSE] * 2), np.array([n + DISCHARGED, n + CHARGED])
    swept = range_reactions(phases, fractions, energies, *direct, *window)
    return CoatingContacts(
        formulas=tuple(formulas),
        reduction=np.array([one.reduction for one in limits]),
        oxidation=np.array([one.oxidation for one in limits]),
        lasts_to=np.array([lasting_limit(one) for one in stairs]),
        voltage_high=cathode.voltage_high,
        closed=closed,
        open_cathode=worst.min(axis=1),
        products=tuple(tuple(one) for one in products),
        partners=(cathode.discharged, cathode.charged, sse),
        bare=float(closed_reactions(phases, fractions, energies, *direct).energy.min()),
        open_bare=float(swept.energy[:, _MUTUAL].min()),
    )


def lasting_limit(stairs: Staircase) -> float:
    """Return up to which voltage a film lasts [V].

    Parameters
    ----------
    stairs : Staircase
        What it becomes at each voltage.
    """
    limit = stairs.window.oxidation
    gas = any(one.voltage_low == limit and one.gives_off_gas for one in stairs.steps)
    return limit + GAS_ALLOWANCE if gas else limit


def redrawn_contacts(
    formulas: Sequence[str],
    partners: Sequence[str],
    phases: CompetingPhases,
    *,
    draws: int,
    above_hull: Sequence[float] = (),
) -> Floats:
    """Return the reactions of coatings on contact under redrawn phase energies.

    Parameters
    ----------
    formulas : sequence of str
        Formulas of the coatings.
    partners : sequence of str
        What they touch: states of cathodes, catholytes.
    phases : CompetingPhases
        What may form, with a margin above the hull.
    draws : int
        How many times all phase energies are drawn.
    above_hull : sequence of float, optional
        How far above the hull each partner is; on it without. [eV/atom]

    Returns
    -------
    ndarray, shape (n_formulas, n_partners, n_draws)
        Most negative reaction of each contact. [eV/atom]

    Raises
    ------
    FormulaError, MissingElementError
        If a material cannot be read, or the phase table lacks one of its elements.
    SolverError
        If a linear program finds no answer.
    """
    materials = reactants([*formulas, *partners], phases)
    fractions = np.stack([one.fractions for one in materials])
    n = len(formulas)
    order = np.lexsort(element_masks(fractions[:n]).T)
    above = np.array([*[0.0] * n, *above_hull]) if any(above_hull) else None
    found = np.zeros((n, len(partners), draws))
    for partner in range(len(partners)):
        other = np.full(n, n + partner)
        drawn = redrawn_reactions(phases, fractions, order, other, draws=draws, above_hull=above)
        found[order, partner] = drawn.chemical
    return found


def _name(
    products: list[list[tuple[Product, ...]]],
    rows: Ints,
    partner: int,
    found: ClosedBatch,
    phases: CompetingPhases,
) -> None:
    for row, product, amount in zip(rows.tolist(), found.product, found.amount, strict=True):
        products[row][partner] = named_products(phases.table, product, amount)
