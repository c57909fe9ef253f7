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
from screening.score import Score, score
from stability.hull import reactant
from stability.interface import chemical_reaction, electrochemical_reactions
from stability.staircase import redox_capacity, redox_staircase

if TYPE_CHECKING:
    from descriptors.quantity import Quantity
    from descriptors.recipe import Recipe
    from screening.catalogue import Cathode
    from stability.hull import Reactant
    from stability.interface import ChemicalReaction, ElectrochemicalReaction
    from stability.phases import CompetingPhases
    from stability.staircase import RedoxCapacity, Staircase


@dataclass(frozen=True)
class Contact:
    """An SSE against one state of a cathode."""

    state: State
    """State of the cathode."""
    cathode: Reactant
    """The cathode in that state."""
    chemical: ChemicalReaction
    """Reaction on contact."""
    electrochemical: tuple[ElectrochemicalReaction, ...]
    """Reactions at the voltages at which the cathode is in that state."""


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
    redox: RedoxCapacity
    """The SSE's own redox in the cathode's window. [mAh/g of SSE]"""
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
    def worst_mutual(self) -> tuple[Contact, ElectrochemicalReaction]:
        """The state and voltage with the most negative mutual reaction."""
        return min(
            ((contact, one) for contact in self.contacts for one in contact.electrochemical),
            key=lambda found: found[1].mutual,
        )

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
        What may form.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If the SSE cannot be read, or cannot be computed from this phase table.

    Notes
    -----
    The charged cathode is computed at the mean and the upper voltage of its window, the discharged
    one at the lower and the mean.
    """
    electrolyte = reactant(sse, phases)
    staircase = _staircase(sse, phases)
    redox = redox_capacity(staircase, cathode.voltage_low, cathode.voltage_high)
    figures = properties(sse, pressure=recipe.pressure)
    area = carbon_area(recipe, cathode_area=cathode.specific_area)
    return Evaluation(
        phases=phases,
        sse=electrolyte,
        cathode=cathode,
        recipe=recipe,
        staircase=staircase,
        redox=redox,
        contacts=(
            _contact(electrolyte, cathode, State.DISCHARGED, phases),
            _contact(electrolyte, cathode, State.CHARGED, phases),
        ),
        figures=figures,
        area=area,
        volumes=volume_fractions(
            recipe,
            cathode_density=cathode.density.value,
            sse_density=figures.true_density.value,
            carbon_density=carbons()[recipe.carbon].density.value if recipe.carbon else None,
            porosity=1.0 - figures.relative_density.value / 100.0,
        ),
        first_cycle=first_cycle(sse, cathode, recipe, redox=redox, figures=figures, area=area),
    )


@lru_cache(maxsize=4096)
def _staircase(sse: str, phases: CompetingPhases) -> Staircase:
    """Return the staircase of an SSE, which all its pairs share."""
    return redox_staircase(reactant(sse, phases), phases)


def _contact(sse: Reactant, cathode: Cathode, state: State, phases: CompetingPhases) -> Contact:
    if state is State.CHARGED:
        formula, voltages = cathode.charged, (cathode.voltage, cathode.voltage_high)
    else:
        formula, voltages = cathode.discharged, (cathode.voltage_low, cathode.voltage)
    other = reactant(formula, phases)
    return Contact(
        state=state,
        cathode=other,
        chemical=chemical_reaction(sse, other, phases),
        electrochemical=tuple(electrochemical_reactions(sse, other, phases, voltages)),
    )
