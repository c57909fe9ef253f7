"""Every contact of a cell beside that of catholyte and bare cathode, for pairs that state them.

::

    anode | separator | catholyte | coating | cathode

An anode is what its potential is: an SSE beside it takes up lithium down to there. All other
contacts are closed, but for that of coating and cathode, through which electrons pass too.
"""

from __future__ import annotations

from functools import cache, partial
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.anodes import anode
from screening.coating.coating_contacts import lasting_limit
from screening.pairs.features import Drawn
from screening.pairs.interphase import Interphase, Reaction, interphases
from screening.pairs.lifted_reactants import cathode_states, lifted_reactants
from screening.pairs.reaction_share import part_that_counts
from stability.arrays import closed_reactions, open_reactions
from stability.hull import Product, named_products, reactants
from stability.staircase import redox_staircases
from stability.uncertainty import redrawn_reactions
from stability.voltage_range import range_reactions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from descriptors.quantity import Quantity
    from screening.catalogue.materials import Cathode
    from screening.pairs.features import Energetics, Pair
    from screening.pairs.lifted_reactants import LiftedReactant
    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]
    Known = Callable[[Sequence[str]], list[LiftedReactant]]

_MUTUAL = 1  # Second of the two energies of a RangeBatch.
_INERT = 5e-4  # [eV/atom] Rounds to 0 meV/atom.


class CellContact(NamedTuple):
    """One contact of a cell."""

    name: str
    """What touches what, as ``catholyte | coating LiNbO3``."""
    energy: float
    """Most negative reaction; 0 if nothing reacts. [eV/atom; per non-Li atom where open]"""
    draws: Floats
    """The same under redrawn phase energies, shape (n_draws,), or (1,) without."""
    interphase: Interphase
    """What forms, and whether it conducts electrons."""
    open: bool
    """Whether lithium was free to come and go."""

    @property
    def counts(self) -> float:
        """Part of the energy that counts, for what forms may hold electrons back. [eV]."""
        return self.energy * float(part_that_counts(np.array(self.interphase.conducting.value)))

    @property
    def products(self) -> str:
        """What forms, as text."""
        return " + ".join(name for name, *_ in self.interphase.products)

    @property
    def text(self) -> str:
        """Name and energy, in words."""
        if self.energy > -_INERT:
            return f"{self.name} inert"
        return f"{self.name} {1000 * self.energy:.0f} meV/{'non-Li atom' if self.open else 'atom'}"


class CellContacts(NamedTuple):
    """The contacts of one cell that are stated."""

    of_coating: tuple[CellContact, ...] = ()
    """Coating with cathode, with catholyte, and by itself if it does not last in the window; none
    without a coating."""
    others: tuple[CellContact, ...] = ()
    """Separator with catholyte, anode with what touches it."""

    @property
    def worst_first(self) -> list[CellContact]:
        """All of them, by the energy that counts."""
        return sorted(self.of_coating + self.others, key=lambda one: one.counts)

    @property
    def text(self) -> str:
        """All of them in one line, the worst first; empty for none."""
        return "; ".join(one.text for one in self.worst_first)


NO_CONTACTS = CellContacts()
"""Of a pair that states nothing beside its composite."""


def cell_contacts(
    pairs: Sequence[Pair],
    phases: CompetingPhases,
    *,
    draws: int,
    above_hull: Callable[[str], float | None] = lambda _: None,
    untabulated: Quantity | None = None,
) -> tuple[CellContacts, ...]:
    """Return the contacts that pairs state beside that with the bare cathode, one row each.

    Parameters
    ----------
    pairs : sequence of Pair
        The pairs; each contact is computed once, however many share it.
    phases : CompetingPhases
        What may form; with a margin above the hull if there are draws.
    draws : int
        How often phase energies are redrawn.
    above_hull, untabulated : optional
        How far above the hull SSEs are, as for :func:`screening.pairs.contacts.contacts`.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If a material cannot be read, or cannot be computed from this phase table.
    SolverError
        If a linear program finds no answer.
    """
    known = partial(lifted_reactants, phases=phases, above_hull=above_hull, untabulated=untabulated)
    closed = cache(partial(_closed, known=known, phases=phases, draws=draws))
    with_anode = cache(partial(_with_anode, known=known, phases=phases, draws=draws))
    alone = cache(partial(_alone, phases=phases, draws=draws))
    cathodes = {pair.cathode.name: pair.cathode for pair in pairs}  # Not hashable themselves.

    @cache
    def with_cathode(coating: str, name: str) -> CellContact:
        return _with_cathode(coating, cathodes[name], phases, draws)

    def contacts_of(pair: Pair) -> CellContacts:
        layers = pair.layers
        coated: list[CellContact] = []
        others: list[CellContact] = []
        if layers.coating:
            coated.append(with_cathode(layers.coating, pair.cathode.name))
            coated.append(closed(f"catholyte | coating {layers.coating}", pair.sse, layers.coating))
            window = pair.cathode.voltage_low, pair.cathode.voltage_high
            coated += [one for one in [alone(layers.coating, *window)] if one.energy <= -_INERT]
        if layers.separator and layers.separator != pair.sse:
            name = f"separator {layers.separator} | catholyte"
            others.append(closed(name, layers.separator, pair.sse))
        if layers.anode:
            called = "separator" if layers.separator else "catholyte"
            others.append(with_anode(layers.separator or pair.sse, layers.anode, called))
        return CellContacts(tuple(coated), tuple(others))

    return tuple(contacts_of(one) if one.layers.title else NO_CONTACTS for one in pairs)


def limiting(contacts: CellContacts) -> CellContact | None:
    """Return the contact of a coating that limits, None without a coating."""
    return min(contacts.of_coating, key=lambda one: one.counts, default=None)


def with_coatings(
    bare: Energetics, pairs: Sequence[Pair], found: Sequence[CellContacts], conducting: Floats
) -> Energetics:
    """Return what phases allow in pairs through the coatings that they state.

    Parameters
    ----------
    bare : Energetics
        The same without coatings.
    pairs : sequence of Pair
        The pairs.
    found : sequence of CellContacts
        Their contacts, from :func:`cell_contacts`.
    conducting : ndarray, shape (n_pairs,)
        Share of the interphase on the bare cathode that conducts electrons. [1]

    Notes
    -----
    With h the part of an energy that counts, w the worse contact of the coating and c the share of
    the surface that it shields, less than it covers where it is thin ::

        E h_w = c E_w h_w + (1 - c) E_bare h_bare

    so that a full coating has the energy of its worse contact, and none that of the bare cathode.
    """
    value, drawn = bare.interface.value.copy(), bare.interface.draws.copy()
    for row, (pair, contacts) in enumerate(zip(pairs, found, strict=True)):
        worst = limiting(contacts)
        if worst is None:
            continue
        part = float(part_that_counts(np.array(worst.interphase.conducting.value)))
        shielded = pair.layers.shielded
        left = (1.0 - shielded) * float(part_that_counts(conducting[row])) / part
        value[row] = shielded * worst.energy + left * value[row]
        drawn[row] = shielded * worst.draws + left * drawn[row]
    return bare._replace(interface=Drawn(value, drawn))


def _closed(
    name: str, one: str, other: str, known: Known, phases: CompetingPhases, draws: int
) -> CellContact:
    """Return a contact through which no electrons pass."""
    materials = known([one, other])
    fractions = np.stack([each.material.fractions for each in materials])
    energies = np.array([each.material.energy for each in materials])
    first, second = np.array([0]), np.array([1])
    found = closed_reactions(phases, fractions, energies, first, second)
    energy = min(float(found.energy[0]), 0.0)
    products = named_products(phases.table, found.product[0], found.amount[0])
    many = np.array([energy])
    if draws:
        many = redrawn_reactions(phases, fractions, first, second, draws=draws).chemical[0]
        share = float(found.x[0])
        for each, part in zip(materials, (share, 1.0 - share), strict=True):
            many = many - each.lifts(part, draws)
    return _contact(name, energy, many, products)


def _with_cathode(
    coating: str, cathode: Cathode, phases: CompetingPhases, draws: int
) -> CellContact:
    """Return the contact of a coating with both states of a cathode, closed and in its window."""
    materials = [*reactants([coating], phases), *cathode_states(cathode, phases)]
    fractions = np.stack([material.fractions for material in materials])
    energies = np.array([material.energy for material in materials])
    first, second = np.zeros(2, np.int64), np.array([1, 2])
    low, high = cathode.voltage_low, cathode.voltage_high
    closed = closed_reactions(phases, fractions, energies, first, second)
    swept = range_reactions(phases, fractions, energies, first, second, low, high)
    mutual, where = swept.energy[:, _MUTUAL], swept.voltage[:, _MUTUAL]
    state, open_state = int(closed.energy.argmin()), int(mutual.argmin())
    is_open = bool(mutual[open_state] < closed.energy[state])
    if is_open:
        energy = float(mutual[open_state])
        at = open_reactions(
            phases, fractions, energies, first[:1], second[[open_state]], where[[open_state]]
        )
        products = named_products(phases.table, at.mutual_product[0, 0], at.mutual_amount[0, 0])
    else:
        energy = min(float(closed.energy[state]), 0.0)
        products = named_products(phases.table, closed.product[state], closed.amount[state])
    many = np.array([energy])
    if draws:
        voltages = sorted({low, high, *where[~np.isnan(where)].tolist()})
        above = np.array([0.0, 0.0, cathode.charged_above_hull])
        drawn = redrawn_reactions(
            phases, fractions, first, second, voltages, draws=draws, above_hull=above
        )
        many = np.minimum(drawn.chemical.min(axis=0), drawn.mutual.min(axis=(0, 1)))
    name = f"coating {coating} | cathode"
    return _contact(name, energy, many, products, cathode=cathode.discharged, open_=is_open)


def _alone(
    coating: str, low: float, high: float, phases: CompetingPhases, draws: int
) -> CellContact:
    """Return what a coating becomes by itself in a window, less what a gas is late there."""
    (material,) = reactants([coating], phases)
    (stairs,) = redox_staircases([material], phases)
    late = lasting_limit(stairs) - stairs.window.oxidation if stairs.window.oxidation < inf else 0.0
    fractions, energies = material.fractions[None, :], np.array([material.energy])
    itself, volts = np.array([0]), np.array([low, max(low, high - late)])
    found = open_reactions(phases, fractions, energies, itself, itself, volts)
    end = int(found.first_alone[0].argmin())
    energy = min(float(found.first_alone[0, end]), 0.0)
    products = named_products(phases.table, found.total_product[0, end], found.total_amount[0, end])
    many = np.array([energy])
    if draws:
        drawn = redrawn_reactions(phases, fractions, itself, itself, volts.tolist(), draws=draws)
        many = drawn.sse_alone[0].min(axis=0)
    return _contact(f"coating {coating} by itself", energy, many, products, open_=True)


def _with_anode(
    sse: str, name: str, called: str, known: Known, phases: CompetingPhases, draws: int
) -> CellContact:
    """Return what an SSE becomes at the potential of an anode."""
    (one,) = known([sse])
    fractions, energies = one.material.fractions[None, :], np.array([one.material.energy])
    itself, volts = np.array([0]), np.array([anode(name).potential])
    found = open_reactions(phases, fractions, energies, itself, itself, volts)
    energy = min(float(found.first_alone[0, 0]), 0.0)
    products = named_products(phases.table, found.total_product[0, 0], found.total_amount[0, 0])
    many = np.array([energy])
    if draws:
        drawn = redrawn_reactions(phases, fractions, itself, itself, volts.tolist(), draws=draws)
        rest = 1.0 - fractions[0, phases.columns.li]
        many = drawn.sse_alone[0, 0] - one.lifts(1.0, draws) / rest
    return _contact(f"anode {name} | {called}", energy, many, products, open_=True)


def _contact(
    name: str,
    energy: float,
    draws: Floats,
    products: Sequence[Product],
    *,
    cathode: str | None = None,
    open_: bool = False,
) -> CellContact:
    (what,) = interphases([Reaction(products, energy, cathode)])
    return CellContact(name, energy, draws, what, open_)
