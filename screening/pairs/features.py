"""What the model of the cell takes: one row for each pair, one column for each input.

Everything here is computed from phases or comes from measurements of the parts; what a calibration
adds stands in :mod:`screening.first_cycle.calibration`. So a ranking can be renewed without
computing again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing
from screening.catalogue.conditions import USUAL, Conditions
from screening.catalogue.layers import BARE, COVERING, THICKNESS_DOUBT, Layers
from screening.catalogue.materials import Chemistry, State
from screening.catalogue.properties import chemistries, chemistry
from screening.pairs.charging import charge, charging
from screening.pairs.drawn import draws, many_draws
from screening.pairs.reaction_share import USUAL_FILM, holding_share
from stability.formula import composition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from descriptors.recipe import Recipe
    from screening.catalogue.materials import Cathode
    from screening.pairs.contacts import Contacts
    from screening.pairs.redraws import Redraws
    from stability.staircase import Staircase

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ALLOYING = frozenset({"Ge", "Sn", "Sb", "In", "Bi", "Ag", "Zn", "Ga", "Pb", "Cd"})
"""Elements that a reduction sets free as metals or alloys: they conduct, and it goes on."""


class Drawn(NamedTuple):
    """A number for each pair, and draws of it that share what pairs have in common."""

    value: Floats
    """Central values, shape (n_pairs,)."""
    draws: Floats
    """Draws, shape (n_pairs, n_draws), or (n_pairs, 1) without doubt."""


class Pair(NamedTuple):
    """One SSE in one cathode composite."""

    sse: str
    """Formula of the solid electrolyte."""
    cathode: Cathode
    """The cathode."""
    recipe: Recipe
    """The composite."""
    layers: Layers = BARE
    """What else is stated of the cell: coating, separator, anode."""
    conditions: Conditions = USUAL
    """At which rate and loading the cell is run."""


class Parts(NamedTuple):
    """What is known of the materials of pairs; each field has one quantity for each pair."""

    relative_density: Sequence[Quantity]
    """Of an SSE pellet at the recipe's pressure. [%]"""
    true_density: Sequence[Quantity]
    """Of the SSE. [g/cm3]"""
    area: Sequence[Quantity]
    """Electron-conducting surface. [m2/g of SSE]"""
    ionic_conductivity: Sequence[Quantity]
    """Of the SSE. [S/cm]"""
    conducting: Sequence[Quantity]
    """Share of the interphase that conducts electrons. [1]"""
    film: Sequence[Quantity] = ()
    """Resistance of the coatings; empty if no pair has one. [ohm cm2 of film]"""


class Energetics(NamedTuple):
    """What phases allow in pairs; the fields of :class:`Features` of the same names."""

    limit: Drawn
    reduction_limit: Drawn
    oxidation: Drawn
    reduction: Drawn
    reversible: Drawn
    interface: Drawn
    gas: Flags


@dataclass(frozen=True)
class Features:
    """Inputs of the model for pairs; plain columns have the shape (n_pairs,)."""

    sse: tuple[str, ...]
    """Solid electrolytes, by formula."""
    cathode: tuple[str, ...]
    """Cathodes, as assembled."""
    recipe: tuple[str, ...]
    """Recipes, by name."""
    chemistry: tuple[str, ...]
    """Chemistry class of the SSE: sulfide, halide, oxyhalide, oxide, phosphate."""
    assembled_charged: Flags
    """Whether the cathode is put in charged, as sulfur is."""
    milled: Flags
    """Whether the composite is milled, against mixed by hand."""
    theoretical: Floats
    """Capacity of the cathode between its states, as assembled. [mAh/g]"""
    ratio: Floats
    """Mass of the SSE over that of the cathode. [1]"""
    low: Floats
    """Lower end of the cathode's window. [V]"""
    high: Floats
    """Upper end of the cathode's window. [V]"""
    voltage: Floats
    """Mean discharge voltage of the cathode. [V]"""
    coverage: Drawn
    """Share of the cathode's surface that a coating covers, as one that holds. [1]"""
    oxygen: Drawn
    """What is charged beyond the onset of oxygen release, mean over its doubt, over the theoretical
    capacity. [1]"""
    visited: Floats
    """Voltages at which the charge is spent, rising, shape (n_pairs, VISITED). [V]"""
    utilisation: Drawn
    """First half-cycle in a liquid cell, or at rest to the cutoff, over the theoretical capacity.
    [1]"""
    returned: Drawn
    """Second half-cycle over the first in a liquid cell. [1]"""
    contact: Drawn
    """Relative density of the SSE pellet at the recipe's pressure, as a fraction. [1]"""
    density: Drawn
    """True density of the SSE. [g/cm3]"""
    area: Drawn
    """Electron-conducting surface per gram of SSE. [m2/g]"""
    conductivity: Drawn
    """Ionic conductivity of the SSE as pressed cold. [S/cm]"""
    limit: Drawn
    """Oxidation limit of the SSE, inf for none. [V]"""
    reduction_limit: Drawn
    """Reduction limit of the SSE, 0 for none. [V]"""
    oxidation: Drawn
    """What the SSE's oxidation can give up to `high`, at equilibrium. [mAh/g of SSE]"""
    reduction: Drawn
    """What its reduction can take down to `low`, at equilibrium. [mAh/g of SSE]"""
    reversible: Drawn
    """Part of the oxidation that comes back. [mAh/g of SSE]"""
    comes_back: Flags
    """Whether a reduction of the SSE comes back: that of a sulfide without metals that alloy."""
    gas: Flags
    """Whether the first step of the SSE's oxidation, at `limit`, gives off a gas."""
    interface: Drawn
    """Most negative chemical or mutual reaction energy. [eV per atom, non-Li where open]"""
    conducting: Drawn
    """Share of the interphase, by atoms, whose phases conduct electrons. [1]"""
    film: Drawn
    """Resistance of the coating, 0 without one. [ohm cm2 of film]"""
    reached: Drawn | None = None
    """Share of the cathode that transport leaves; all of it without. [1]"""
    connected: Drawn | None = None
    """Share of the composite that electrons reach; all of it without. [1]"""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.sse)

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Return some rows, in the order given."""
        return type(self)(
            **{field.name: _taken(getattr(self, field.name), rows) for field in fields(self)}
        )


def features(
    pairs: Sequence[Pair],
    parts: Parts,
    energetics: Energetics,
    *,
    coverage: Sequence[float] | None = None,
) -> Features:
    """Return the inputs of the model for pairs.

    Parameters
    ----------
    pairs : sequence of Pair
        The pairs.
    parts : Parts
        What is known of their materials, one quantity for each pair.
    energetics : Energetics
        What phases allow, one row for each pair.
    coverage : sequence of float, optional
        Share of each cathode that a coating covers; what the pairs state without. [1]

    Notes
    -----
    The same quantity of the same thing has the same draws in every pair and every process. A host
    with an open-circuit curve gives what the curve says of its cutoff, and its charge is spent
    along the curve; of any other cathode nothing but the cutoff is known.
    """
    sse, cathodes, recipes, stacks, _ = zip(*pairs, strict=True)

    def of_sse(name: str, quantities: Sequence[Quantity], most: float = np.inf) -> Drawn:
        return _drawn([f"{formula} {name}" for formula in sse], quantities, most=most)

    of_pair = [f"{_surface(one)} area" for one in pairs]
    of_contact = [f"{one.sse} {one.cathode.name} conducting" for one in pairs]
    of_film = [f"{one.coating} film" for one in stacks]
    none = np.zeros(len(sse))
    conducting = _drawn(of_contact, parts.conducting, most=1.0)
    stated = None if coverage is None else _plain(coverage)
    known = chemistries(sse)
    classes = [known[formula] for formula in sse]
    return Features(
        sse=sse,
        recipe=tuple(one.name for one in recipes),
        chemistry=tuple(one.value for one in classes),
        milled=np.array([one.mixing is Mixing.MILLED for one in recipes]),
        ratio=_plain(one.sse_fraction / one.cathode_fraction for one in recipes),
        coverage=_covering(stacks, energetics.interface, conducting)
        if stated is None
        else Drawn(stated, stated[:, None]),
        contact=of_sse("contact", _as_fractions(parts.relative_density), most=1.0),
        density=of_sse("density", parts.true_density),
        area=_drawn(of_pair, parts.area),
        conductivity=of_sse("ionic_conductivity", parts.ionic_conductivity),
        comes_back=np.array([_comes_back(one) for one in sse]),
        conducting=conducting,
        film=_drawn(of_film, parts.film)
        if any(one.coating for one in stacks)
        else Drawn(none, none[:, None]),
        **_of_cathodes(cathodes),
        **energetics._asdict(),
    )


def _of_cathodes(cathodes: Sequence[Cathode]) -> dict[str, Any]:
    """Return the columns of the features that cathodes alone decide."""

    def drawn(name: str, quantity: Callable[[Cathode], Quantity]) -> Drawn:
        return _drawn(
            [f"{one.name} {name}" for one in cathodes], [*map(quantity, cathodes)], most=1.0
        )

    # S and SPAN differ by what takes no part alone.
    kinds = {(one.charged, one.discharged, one.assembled, one.inert): one for one in cathodes}
    capacities = {kind: one.theoretical_capacity for kind, one in kinds.items()}
    charged = {charge(one): charging(one) for one in {charge(c): c for c in cathodes}.values()}
    return {
        "cathode": tuple(one.name for one in cathodes),
        "assembled_charged": np.array([one.assembled is State.CHARGED for one in cathodes]),
        "theoretical": _plain(
            capacities[one.charged, one.discharged, one.assembled, one.inert] for one in cathodes
        ),
        "low": _plain(one.voltage_low for one in cathodes),
        "high": _plain(one.voltage_high for one in cathodes),
        "voltage": _plain(one.voltage for one in cathodes),
        "oxygen": Drawn(
            _plain(charged[charge(one)].oxygen for one in cathodes),
            np.stack([charged[charge(one)].oxygen_draws for one in cathodes]),
        ),
        "visited": np.stack([charged[charge(one)].visited for one in cathodes]),
        "utilisation": drawn("utilisation", lambda one: charged[charge(one)].utilisation),
        "returned": drawn("returned", lambda one: one.return_fraction),
    }


def energetics(contacts: Contacts, contact: NDArray[np.int64]) -> Energetics:
    """Return what phases allow in pairs.

    Parameters
    ----------
    contacts : Contacts
        Thermodynamics of SSEs with cathodes.
    contact : ndarray, shape (n_pairs,)
        Row of the contacts that each pair has.
    """
    many = [one for one in contacts.redraws if one]

    def drawn(values: Iterable[float], draws: Callable[[Redraws], Floats]) -> Drawn:
        central = _plain(values)[contact]
        found = np.stack([draws(one) for one in many])[contact] if many else central[:, None]
        return Drawn(central, found)

    stairs, redox = contacts.staircases, contacts.redox
    return Energetics(
        limit=drawn((one.window.oxidation for one in stairs), lambda r: r.oxidation),
        reduction_limit=drawn((one.window.reduction for one in stairs), lambda r: r.reduction),
        oxidation=drawn((one.oxidation for one in redox), lambda r: r.redox.oxidation),
        reduction=drawn((one.reduction for one in redox), lambda r: r.redox.reduction),
        reversible=drawn((one.reversible for one in redox), lambda r: r.redox.reversible),
        interface=drawn(contacts.interface.tolist(), lambda r: r.interface),
        gas=np.array([_gives_off_gas(one) for one in stairs])[contact],
    )


def _gives_off_gas(staircase: Staircase) -> bool:
    """Say whether the first step of an SSE's oxidation gives off a gas."""
    limit = staircase.window.oxidation
    return any(step.gives_off_gas for step in staircase.steps if step.voltage_low == limit)


@lru_cache(maxsize=100_000)
def _comes_back(sse: str) -> bool:
    """Say whether what reduces an SSE insulates, and is oxidised again on the next charge."""
    sulfide = chemistry(sse) is Chemistry.SULFIDE
    return sulfide and not ALLOYING & composition(sse).amounts.keys()


def _covering(stacks: Sequence[Layers], interface: Drawn, conducting: Drawn) -> Drawn:
    """Return what coatings cover: less where they are thin, or react with what they touch [1].

    The calibrated cells have films as they are usual; none here counts for more than those.
    """
    covered = _plain(one.covered for one in stacks)
    if not covered.any():
        return Drawn(covered, covered[:, None])
    thick = _plain(one.thickness for one in stacks)
    doubt = Quantity(1.0, 1 / THICKNESS_DOUBT, THICKNESS_DOUBT, "1", Kind.ASSUMED, "uneven films")

    def covers(covered: Floats, thick: Floats, energy: Floats, share: Floats) -> Floats:
        holds = np.minimum(holding_share(energy, share) / USUAL_FILM, 1.0)
        return np.asarray(-covered * np.expm1(-thick / COVERING) * holds)

    uneven = thick[:, None] * draws("thickness of coatings", doubt)
    return Drawn(
        covers(covered, thick, interface.value, conducting.value),
        covers(covered[:, None], uneven, interface.draws, conducting.draws),
    )


def _surface(pair: Pair) -> str:
    """Return what gives a composite its conducting surface: the cathode's coating, the carbon."""
    coating = pair.cathode.name if pair.cathode.specific_area.value > 0.0 else None
    return " and ".join(filter(None, (coating, pair.recipe.carbon)))


def _plain(values: Iterable[float]) -> Floats:
    return np.array(list(values), float)


def _as_fractions(percents: Sequence[Quantity]) -> list[Quantity]:
    made = {id(one): _as_fraction(one) for one in {id(one): one for one in percents}.values()}
    return [made[id(one)] for one in percents]


def _as_fraction(percent: Quantity) -> Quantity:
    return percent._replace(
        value=percent.value / 100, low=percent.low / 100, high=percent.high / 100, unit="1"
    )


def _drawn(names: Sequence[str], quantities: Sequence[Quantity], *, most: float = np.inf) -> Drawn:
    """Draw each distinct quantity once."""
    # Pairs share objects, which are told apart sooner than what is in them.
    objects = {(name, id(one)): (name, one) for name, one in zip(names, quantities, strict=True)}
    place: dict[tuple[str, Quantity], int] = {}
    found = {key: place.setdefault(keyed, len(place)) for key, keyed in objects.items()}
    rows = [found[name, id(one)] for name, one in zip(names, quantities, strict=True)]
    values = np.array([quantity.value for _, quantity in place])
    many = many_draws(list(place), most=most)
    return Drawn(values[rows], many[rows])


def _taken(column: Any, rows: NDArray[np.int64]) -> Any:
    if column is None:
        return None
    if isinstance(column, Drawn):
        return Drawn(column.value[rows], column.draws[rows])
    if isinstance(column, tuple):
        return tuple(column[row] for row in rows)
    return np.asarray(column)[rows]
