"""What SSEs and cathodes do to each other, whatever the recipe: many of them, computed at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from screening.catalogue.materials import CHARGED, DISCHARGED
from screening.pairs.lifted_reactants import cathode_states, lifted_reactants
from screening.pairs.redraws import Redraws, redraws
from stability.arrays import closed_reactions, open_reactions, same_without_lithium
from stability.hull import Product, many_named_products
from stability.kernels.chemical_system import element_masks
from stability.kernels.reaction_kernels import NO_REACTION
from stability.staircase import redox_capacity, redox_staircases
from stability.voltage_range import range_reactions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from descriptors.quantity import Quantity
    from screening.catalogue.materials import Cathode
    from screening.pairs.lifted_reactants import LiftedReactant
    from stability.hull import Reactant
    from stability.kernels.outputs import ClosedBatch, OpenBatch, RangeBatch
    from stability.phases import CompetingPhases
    from stability.staircase import RedoxCapacity, Staircase

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MUTUAL = 1  # Second of the two energies of a RangeBatch.
_SAME_ENERGY = 9  # [decimals of eV] Two states that do the same, but for rounding.


class Worst(NamedTuple):
    """The most negative mutual reactions over a window; one row for each SSE."""

    energy: Floats
    """Reaction energy, shape (n,). [eV per non-Li atom]"""
    voltage: Floats
    """Where it is reached, shape (n,); nan if nothing reacts. [V]"""
    product: Ints
    """Table rows of the products there, shape (n, 16)."""
    amount: Floats
    """Their amounts in atoms per non-Li atom, shape (n, 16)."""


class Side(NamedTuple):
    """SSEs against one state of their cathodes; one row each."""

    chemical: ClosedBatch
    """On contact."""
    at_end: OpenBatch
    """Open to lithium at the end of the window at which the cathode is in that state."""
    over_window: Worst
    """The worst anywhere in the cathode's window."""


@dataclass(frozen=True, eq=False)
class Contacts:
    """SSEs in contact with cathodes; every sequence and array has one row for each."""

    phases: CompetingPhases
    """What they were computed among."""
    staircases: tuple[Staircase, ...]
    """Redox staircases of the SSEs."""
    cathodes: tuple[Cathode, ...]
    """The cathodes."""
    states: tuple[tuple[Reactant, Reactant], ...]
    """Each cathode discharged and charged."""
    redox: tuple[RedoxCapacity[float], ...]
    """The SSE's own redox in the cathode's window. [mAh/g of SSE]"""
    sides: tuple[Side, Side]
    """Reactions with the discharged and with the charged cathode."""
    redraws: tuple[Redraws | None, ...]
    """The same under redrawn phase energies, where that was asked for."""

    def __len__(self) -> int:
        """Return the number of contacts."""
        return len(self.staircases)

    @cached_property
    def worst_chemical(self) -> Ints:
        """State of the cathode with the more negative chemical reaction, shape (n,)."""
        energies = np.stack([side.chemical.energy for side in self.sides])
        return np.asarray(energies.argmin(axis=0))

    @cached_property
    def worst_mutual(self) -> Ints:
        """State of the cathode with the most negative mutual reaction in the window, shape (n,).

        Open to lithium both states often do the same; then the one that belongs to the voltage.
        """
        energies = np.stack([side.over_window.energy for side in self.sides])
        voltages = np.stack([side.over_window.voltage for side in self.sides])
        middle = np.array([cathode.voltage for cathode in self.cathodes])
        charged = np.nan_to_num(voltages) > middle
        is_charged = np.array([[False], [True]])
        rounded = np.round(energies, _SAME_ENERGY)
        odd = charged != is_charged
        better = (rounded[1] < rounded[0]) | ((rounded[1] == rounded[0]) & (odd[1] < odd[0]))
        return np.asarray(better, np.int64)

    def chemical_energy(self, state: int) -> Floats:
        """Return the chemical reaction energies with a state of the cathode [eV/atom]."""
        return self.sides[state].chemical.energy

    def end_energy(self, state: int, name: str) -> Floats:
        """Return `total`, `mutual` or `first_alone` at the state's end [eV per non-Li atom]."""
        energies: Floats = getattr(self.sides[state].at_end, name)[:, 0]
        return np.where(np.abs(energies) < NO_REACTION, 0.0, energies)  # No rounding, no -0.0.

    @cached_property
    def most_negative_chemical(self) -> Floats:
        """The more negative of the chemical reactions with both states, shape (n,). [eV/atom]."""
        return np.minimum(*(side.chemical.energy for side in self.sides))

    @cached_property
    def interface(self) -> Floats:
        """Most negative reaction of both kinds. [eV/atom, per non-Li atom where open]."""
        return np.minimum(self.most_negative_chemical, self.worst_mutual_energy)

    @cached_property
    def chemical_products(self) -> tuple[list[tuple[Product, ...]], ...]:
        """What forms on contact with each state, per atom; nothing if nothing reacts."""
        return tuple(
            many_named_products(self.phases.table, side.chemical.product, side.chemical.amount)
            for side in self.sides
        )

    @cached_property
    def worst_mutual_energy(self) -> Floats:
        """Most negative mutual reaction with either state in the window. [eV per non-Li atom]."""
        return np.asarray(self._worst("energy"))

    @cached_property
    def worst_mutual_voltage(self) -> Floats:
        """Voltage of it; nan if nothing reacts. [V]."""
        return np.asarray(self._worst("voltage"))

    @cached_property
    def worst_chemical_products(self) -> list[tuple[Product, ...]]:
        """What forms with the state whose chemical reaction is the more negative."""
        both = zip(*self.chemical_products, strict=True)
        return [made[state] for made, state in zip(both, self.worst_chemical.tolist(), strict=True)]

    @cached_property
    def worst_mutual_products(self) -> list[tuple[Product, ...]]:
        """What forms there, per non-Li atom; nothing if nothing reacts."""
        return many_named_products(self.phases.table, self._worst("product"), self._worst("amount"))

    def _worst(self, name: str) -> Any:
        """Return a column of the state with which the mutual reaction is worst."""
        both = np.stack([getattr(side.over_window, name) for side in self.sides])
        return both[self.worst_mutual, np.arange(len(self))]


def contacts(
    couples: Sequence[tuple[str, Cathode]],
    phases: CompetingPhases,
    *,
    draws: int,
    above_hull: Callable[[str], float | None] = lambda _: None,
    untabulated: Quantity | None = None,
) -> Contacts:
    """Return everything thermodynamic about SSEs with cathodes.

    Parameters
    ----------
    couples : sequence of (str, Cathode)
        Formulas of SSEs with cathodes of the catalogue.
    phases : CompetingPhases
        What may form; with a margin above the hull if there are draws.
    draws : int
        How many times to redraw all phase energies; 0 for not at all.
    above_hull : callable, optional
        Returns how far above the hull somebody has stated an SSE to be. [eV/atom]
    untabulated : Quantity, optional
        How far above it an SSE is that neither the table nor the catalogue has. [eV/atom]

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If an SSE cannot be read, or cannot be computed from this phase table.
    SolverError
        If a linear program finds no answer.

    Notes
    -----
    Reactions open to lithium are computed for the discharged cathode at the lower end of its
    window, for the charged one at the upper end, and for both exactly over the whole window. An
    SSE above the hull sets its share of the distance free in each draw of a chemical reaction, the
    share that it has in the reaction without errors.
    """
    sses = list(dict.fromkeys(sse for sse, _ in couples))
    cathodes = list({cathode.name: cathode for _, cathode in couples}.values())
    lifted = lifted_reactants(sses, phases, above_hull=above_hull, untabulated=untabulated)
    materials = [one.material for one in lifted]
    for one in cathodes:
        materials += cathode_states(one, phases)
    staircases = redox_staircases(materials[: len(sses)], phases)
    of_sse = {sse: row for row, sse in enumerate(sses)}
    of_cathode = {cathode.name: row for row, cathode in enumerate(cathodes)}
    sse = np.array([of_sse[name] for name, _ in couples], np.int64)
    which = np.array([of_cathode[cathode.name] for _, cathode in couples], np.int64)
    sides = _sides(materials, sse, which, cathodes, phases, both=draws > 0)
    states = [
        (materials[len(sses) + 2 * row], materials[len(sses) + 2 * row + 1])
        for row in range(len(cathodes))
    ]
    made = Contacts(
        phases=phases,
        staircases=tuple(staircases[row] for row in sse),
        cathodes=tuple(cathodes[row] for row in which),
        states=tuple(states[row] for row in which),
        redox=tuple(
            redox_capacity(staircases[of_sse[name]], cathode.voltage_low, cathode.voltage_high)
            for name, cathode in couples
        ),
        sides=sides,
        redraws=(None,) * len(couples),
    )
    return _redrawn(made, draws, [lifted[row] for row in sse.tolist()]) if draws else made


def _sides(
    materials: Sequence[Reactant],
    sse: Ints,
    which: Ints,
    cathodes: Sequence[Cathode],
    phases: CompetingPhases,
    *,
    both: bool,
) -> tuple[Side, Side]:
    """Return the reactions of all couples with both states, window by window.

    Without `both`, the charged state does over the window what the discharged one does, wherever it
    does the same but for rounding and the worst is not at a voltage that is its own.
    """
    fractions = np.stack([material.fractions for material in materials])
    energies = np.array([material.energy for material in materials])
    masks = element_masks(fractions)
    first_state = len(materials) - 2 * len(cathodes)
    order: list[Ints] = []
    parts: tuple[list[Side], list[Side]] = ([], [])
    for number, cathode in enumerate(cathodes):
        rows = np.flatnonzero(which == number)
        rows = rows[np.lexsort(masks[sse[rows]].T)]  # Kernels reuse a gathered chemical system.
        order.append(rows)
        low, high = cathode.voltage_low, cathode.voltage_high
        states = first_state + 2 * number + np.array([DISCHARGED, CHARGED])
        for state, voltage in ((DISCHARGED, low), (CHARGED, high)):
            other = np.full(len(rows), states[state])
            given = phases, fractions, energies, sse[rows], other
            if state == DISCHARGED or both or not same_without_lithium(phases, fractions, *states):
                worst = _worst(range_reactions(*given, low, high))
            else:
                worst = parts[DISCHARGED][-1].over_window
                own = worst.voltage > cathode.voltage  # Nothing reacts at nan.
                again = range_reactions(*given[:3], sse[rows][own], other[own], low, high)
                worst = _replaced(worst, own, _worst(again))
            at_end = open_reactions(*given, np.array([voltage]))
            parts[state].append(Side(closed_reactions(*given), at_end, worst))
    back = np.argsort(np.concatenate(order))
    return _joined(parts[DISCHARGED], back), _joined(parts[CHARGED], back)


def _joined(parts: Sequence[Side], back: Ints) -> Side:
    return Side(*(_stacked(batches, back) for batches in zip(*parts, strict=True)))


_Batch = TypeVar("_Batch", bound=tuple)  # type: ignore[type-arg]  # Any NamedTuple of arrays.


def _stacked(batches: Sequence[_Batch], back: Ints) -> _Batch:
    """Return several batches as one, in the order asked for."""
    arrays = (np.concatenate(columns)[back] for columns in zip(*batches, strict=True))
    return type(batches[0])(*arrays)


def _worst(batch: RangeBatch) -> Worst:
    return Worst(*(getattr(batch, name)[:, _MUTUAL] for name in Worst._fields))


def _replaced(worst: Worst, rows: NDArray[np.bool_], new: Worst) -> Worst:
    """Return the worst with some of its rows replaced."""
    columns = {name: column.copy() for name, column in worst._asdict().items()}
    for name, column in columns.items():
        column[rows] = getattr(new, name)
    return worst._replace(**columns)


def _redrawn(made: Contacts, n_draws: int, sses: Sequence[LiftedReactant]) -> Contacts:
    """Return the contacts with everything redrawn, and the distances to the hull too."""
    worst = np.stack([side.over_window.voltage for side in made.sides], axis=1)
    lifts = None
    above = np.array([one.charged_above_hull for one in made.cathodes])
    above = np.where(made.worst_chemical == CHARGED, above, 0.0)
    if above.any() or any(one.distance for one in sses):
        shares = np.stack([side.chemical.x for side in made.sides])
        shares = shares[made.worst_chemical, np.arange(len(made))]
        lifts = np.stack(
            [one.lifts(share, n_draws) for one, share in zip(sses, shares.tolist(), strict=True)]
        )
        lifts += (np.nan_to_num(1.0 - shares) * above)[:, None]
    many = redraws(
        made.staircases, made.states, made.cathodes, worst, made.phases, draws=n_draws, lifts=lifts
    )
    return replace(made, redraws=many)
