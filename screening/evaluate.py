"""Everything the project knows about one SSE in one cathode composite."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from descriptors.carbon import carbon_area, carbons
from descriptors.composite import VolumeFractions, volume_fractions
from screening.catalogue import State
from screening.first_cycle import FirstCycle, first_cycle
from screening.properties import Properties, properties
from screening.redraws import Redraws, redraws
from screening.score import Score, score
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.staircase import redox_capacity, redox_staircase
from stability.voltage_range import worst_over_range

if TYPE_CHECKING:
    from descriptors.quantity import Quantity
    from descriptors.recipe import Recipe
    from screening.catalogue import Cathode
    from stability.hull import Reactant
    from stability.interface import ChemicalReaction, ElectrochemicalReaction
    from stability.phases import CompetingPhases
    from stability.staircase import RedoxCapacity, Staircase
    from stability.voltage_range import WorstReaction


@dataclass(frozen=True)
class Contact:
    """An SSE against one state of a cathode."""

    state: State
    """State of the cathode."""
    cathode: Reactant
    """The cathode in that state."""
    chemical: ChemicalReaction
    """Reaction on contact."""
    electrochemical: ElectrochemicalReaction
    """Reaction at the end of the window at which the cathode is in that state."""
    over_window: WorstReaction
    """Worst reactions anywhere in the cathode's window."""


@dataclass(frozen=True)
class Evaluation:
    """One pair in one recipe, computed and scored."""

    phases: CompetingPhases
    """What it was computed among."""
    sse: Reactant
    """The solid electrolyte."""
    cathode: Cathode
    """The cathode."""
    recipe: Recipe
    """The composite."""
    staircase: Staircase
    """Redox staircase of the SSE."""
    redox: RedoxCapacity[float]
    """The SSE's own redox in the cathode's window. [mAh/g of SSE]"""
    redraws: Redraws
    """The same, and all that is computed, under redrawn phase energies."""
    contacts: tuple[Contact, Contact]
    """Against the discharged and the charged cathode."""
    figures: Properties
    """Measured or assumed properties of the SSE."""
    area: Quantity
    """Electron-conducting surface per gram of SSE. [m2/g]"""
    volumes: VolumeFractions
    """Volume fractions of the composite; the SSE's own porosity is taken for the whole."""
    first_cycle: FirstCycle
    """Predicted first cycle."""

    @cached_property
    def worst_chemical(self) -> Contact:
        """The state of the cathode with the more negative chemical reaction."""
        return min(self.contacts, key=lambda contact: contact.chemical.energy)

    @cached_property
    def worst_mutual(self) -> Contact:
        """The state of the cathode with the most negative mutual reaction in the window.

        Open to lithium both states often do the same; then the one that belongs to the voltage.
        """

        def rank(contact: Contact) -> tuple[float, bool]:
            worst = contact.over_window.mutual
            charged = (worst.voltage or 0.0) > self.cathode.voltage
            return round(worst.energy, 9), charged is not (contact.state is State.CHARGED)

        return min(self.contacts, key=rank)

    @cached_property
    def score(self) -> Score:
        """Score with its factors and its reason."""
        return score(self)


def evaluate_pair(
    sse: str, cathode: Cathode, recipe: Recipe, phases: CompetingPhases
) -> Evaluation:
    """Return everything known about one SSE in one cathode composite.

    Parameters
    ----------
    sse : str
        Formula of the solid electrolyte.
    cathode : Cathode
        From :func:`screening.catalogue.cathode`.
    recipe : Recipe
        The composite.
    phases : CompetingPhases
        What may form; with a margin above the hull for honest intervals.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If the SSE cannot be read, or cannot be computed from this phase table.

    Notes
    -----
    Reactions open to lithium are computed for the discharged cathode at the lower end of its
    window, for the charged one at the upper end, and for both exactly over the whole window.
    """
    electrolyte = reactant(sse, phases)
    staircase = _staircase(sse, phases)
    redox = redox_capacity(staircase, cathode.voltage_low, cathode.voltage_high)
    figures = properties(sse, pressure=recipe.pressure)
    area = carbon_area(recipe, cathode_area=cathode.specific_area)
    contacts = (
        _contact(electrolyte, cathode, State.DISCHARGED, phases),
        _contact(electrolyte, cathode, State.CHARGED, phases),
    )
    redrawn = redraws(
        staircase,
        [contact.cathode for contact in contacts],
        cathode,
        [contact.over_window.mutual.voltage for contact in contacts],
        phases,
    )
    return Evaluation(
        phases=phases,
        sse=electrolyte,
        cathode=cathode,
        recipe=recipe,
        staircase=staircase,
        redox=redox,
        redraws=redrawn,
        contacts=contacts,
        figures=figures,
        area=area,
        volumes=volume_fractions(
            recipe,
            cathode_density=cathode.density.value,
            sse_density=figures.true_density.value,
            carbon_density=carbons()[recipe.carbon].density.value if recipe.carbon else None,
            porosity=1.0 - figures.relative_density.value / 100.0,
        ),
        first_cycle=first_cycle(
            sse, cathode, recipe, redox=redox, redrawn=redrawn.redox, figures=figures, area=area
        ),
    )


@lru_cache(maxsize=4096)
def _staircase(sse: str, phases: CompetingPhases) -> Staircase:
    """Return the staircase of an SSE, which all its pairs share."""
    return redox_staircase(reactant(sse, phases), phases)


def _contact(sse: Reactant, cathode: Cathode, state: State, phases: CompetingPhases) -> Contact:
    charged = state is State.CHARGED
    other = reactant(cathode.charged if charged else cathode.discharged, phases)
    low, high = cathode.voltage_low, cathode.voltage_high
    (at_end,) = electrochemical_reactions(sse, other, phases, [high if charged else low])
    return Contact(
        state=state,
        cathode=other,
        chemical=chemical_reaction(sse, other, phases),
        electrochemical=at_end,
        over_window=worst_over_range(sse, other, phases, low, high),
    )
