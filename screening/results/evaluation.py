"""Everything the project knows about SSEs in cathode composites: many pairs, or one.

The steps stand in modules of their own: what phases allow (:mod:`screening.pairs.contacts`), what
the parts bring (:mod:`screening.catalogue.properties`), what a cell should show
(:mod:`screening.first_cycle.predicted_cycle`), and how good that is
(:mod:`screening.order.scores`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.composite.carbon import carbon_area
from descriptors.errors import DescriptorError
from screening.catalogue.own_materials import NO_MATERIALS
from screening.catalogue.properties import Properties, many_properties
from screening.coating.cell_contacts import (
    CellContact,
    CellContacts,
    cell_contacts,
    limiting,
    with_coatings,
)
from screening.coating.coatings import film_resistances
from screening.errors import BatchError, ScreeningError
from screening.first_cycle.calibration import default_calibration
from screening.first_cycle.predicted_cycle import Summary, summary
from screening.pairs.contacts import Contacts, contacts
from screening.pairs.drawn import N_DRAWS
from screening.pairs.features import Features, Pair, Parts, energetics, features
from screening.pairs.interphase import Interphase, Reaction, interphases
from screening.results.prediction import Prediction
from stability.arrays import refuse_lithium
from stability.errors import SolverError, StabilityError
from stability.formula import composition
from stability.uncertainty import Interval, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from descriptors.quantity import Quantity
    from screening.catalogue.materials import Cathode
    from screening.catalogue.own_materials import OwnMaterials
    from screening.first_cycle.calibration import Calibration
    from screening.pairs.features import Drawn
    from stability.phases import CompetingPhases

NO_ANSWER = (StabilityError, DescriptorError, ScreeningError, SolverError)
"""What a pair without an answer raises."""


class Failure(NamedTuple):
    """A pair without an answer."""

    pair: Pair
    """The pair."""
    reason: str
    """Why, in one line."""


@dataclass(frozen=True, eq=False)
class Block:
    """Pairs with all that was computed of them; every sequence has one entry for each pair."""

    pairs: tuple[Pair, ...]
    """The pairs."""
    contacts: Contacts
    """Thermodynamics, once for each SSE with each cathode."""
    contact: NDArray[np.int64]
    """Row of the contacts that each pair has, shape (n_pairs,)."""
    figures: tuple[Properties, ...]
    """Measured, predicted or assumed properties of the SSEs."""
    areas: tuple[Quantity, ...]
    """Electron-conducting surface. [m2/g of SSE]"""
    calibration: Calibration
    """Parameters of the model of the cell."""
    draws: int
    """How often phase energies were redrawn."""
    cell_contacts: tuple[CellContacts, ...]
    """What pairs state beside the contact with the bare cathode; one row for each pair."""
    films: tuple[Quantity, ...]
    """Resistance of the coatings, 0 without one. [ohm cm2 of film]"""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pairs)

    @property
    def phases(self) -> CompetingPhases:
        """What they were computed among."""
        return self.contacts.phases

    @cached_property
    def interphases(self) -> tuple[Interphase, ...]:
        """What becomes of the most negative reaction, for each contact."""
        return tuple(interphases(self._reactions))

    @cached_property
    def _reactions(self) -> list[Reaction]:
        """The most negative reaction of each contact."""
        found = self.contacts
        made = []
        for chemical, mutual, on_contact, open_to_lithium, cathode in zip(
            found.most_negative_chemical.tolist(),
            found.worst_mutual_energy.tolist(),
            found.worst_chemical_products,
            found.worst_mutual_products,
            found.cathodes,
            strict=True,
        ):
            products = on_contact if chemical <= mutual else open_to_lithium
            made.append(Reaction(products, min(chemical, mutual, 0.0), cathode.formula))
        return made

    @cached_property
    def features(self) -> Features:
        """Inputs of the model of the cell."""
        parts = Parts(
            relative_density=[one.relative_density for one in self.figures],
            true_density=[one.true_density for one in self.figures],
            area=self.areas,
            ionic_conductivity=[one.ionic_conductivity for one in self.figures],
            conducting=[one.conducting for one in self.limiting],
            film=self.films,
        )
        bare = energetics(self.contacts, self.contact)
        share = np.array([self.interphases[row].conducting.value for row in self.contact])
        allowed = with_coatings(bare, self.pairs, self.cell_contacts, share)
        return features(self.pairs, parts, allowed)

    @cached_property
    def limiting(self) -> tuple[Interphase, ...]:
        """What becomes of the reaction that limits at each cathode: under its coating, or bare."""
        under = (limiting(one) for one in self.cell_contacts)
        return tuple(
            film.interphase if film else self.interphases[row]
            for film, row in zip(under, self.contact.tolist(), strict=True)
        )

    @cached_property
    def worst(self) -> tuple[CellContact, ...]:
        """The contact of each pair whose reaction counts most, of those that are stated."""
        chemical = self.contacts.most_negative_chemical.tolist()
        bare = list(map(_bare, self._reactions, chemical, self.interphases))
        made = []
        for pair, contact, stated in zip(
            self.pairs, self.contact.tolist(), self.cell_contacts, strict=True
        ):
            touching = [bare[contact]] if pair.layers.covered < 1.0 else []
            touching += stated.worst_first
            only = len(touching) == 1
            made.append(touching[0] if only else min(touching, key=lambda one: one.counts))
        return tuple(made)

    @cached_property
    def prediction(self) -> Prediction:
        """What cells of the pairs should show, and how good that is."""
        return Prediction(self.pairs, self.features, self.calibration)

    def summary(self, drawn: Drawn) -> Summary:
        """Return values and 90 % interval of a prediction, computed once."""
        if id(drawn) not in self._summaries:
            self._summaries[id(drawn)] = drawn, summary(drawn)
        return self._summaries[id(drawn)][1]

    def ends(self, drawn: Drawn) -> Interval:
        """Return the 90 % interval of a limit, which may have no end."""
        return interval(drawn.draws)

    @cached_property
    def _summaries(self) -> dict[int, tuple[Drawn, Summary]]:
        """Return what was summed up; the draws are kept, so that their ids stay theirs."""
        return {}

    @cached_property
    def products(self) -> list[str]:
        """What the most negative reaction of each pair makes, as text."""
        texts = [" + ".join(name for name, *_ in one.products) for one in self.interphases]
        under = (limiting(one) for one in self.cell_contacts)
        return [
            film.products if film else texts[row]
            for film, row in zip(under, self.contact.tolist(), strict=True)
        ]

    @cached_property
    def reasons(self) -> list[str]:
        """What limits each pair, in one line."""
        return self.prediction.reasons(self.products, [one.text for one in self.cell_contacts])


def _bare(reaction: Reaction, chemical: float, interphase: Interphase) -> CellContact:
    """Return the contact of catholyte and bare cathode."""
    return CellContact(
        "catholyte | cathode",
        reaction.energy,
        np.array([reaction.energy]),
        interphase,
        open=reaction.energy < min(chemical, 0.0),
    )


def evaluate_block(
    pairs: Sequence[Pair],
    phases: CompetingPhases,
    *,
    draws: int = N_DRAWS,
    calibration: Calibration | None = None,
    own: OwnMaterials = NO_MATERIALS,
) -> Block:
    """Return everything known about many pairs; each as if it were alone.

    Parameters
    ----------
    pairs : sequence of Pair
        The pairs, at least one; those that share an SSE or a cathode share the work.
    phases : CompetingPhases
        What may form; with a margin above the hull if there are draws.
    draws : int, optional
        How many times to redraw all phase energies; 0 leaves their errors out of the intervals.
    calibration : Calibration, optional
        Parameters of the model of the cell; the built-in ones by default.
    own : OwnMaterials, optional
        Materials of one's own: their figures go before all others.

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If an SSE cannot be read, or cannot be computed from this phase table.
    BatchError
        If one cathode has two voltage windows.
    SolverError
        If a linear program finds no answer.
    """
    place: dict[tuple[str, str], int] = {}
    contact = [place.setdefault((one.sse, one.cathode.name), len(place)) for one in pairs]
    cathodes: dict[str, Cathode] = {}
    for one in pairs:
        if cathodes.setdefault(one.cathode.name, one.cathode) != one.cathode:
            raise BatchError(
                f"{one.cathode.name} stands there in two voltage windows; evaluate them in two "
                "batches, since results name a cathode by its name alone"
            )
    couples = [(sse, cathodes[name]) for sse, name in place]
    return Block(
        pairs=tuple(pairs),
        contacts=contacts(
            couples,
            phases,
            draws=draws,
            above_hull=own.above_hull,
            untabulated=own.untabulated,
        ),
        contact=np.array(contact, np.int64),
        figures=_figures(pairs, own),
        areas=_areas(pairs),
        calibration=calibration or default_calibration(),
        draws=draws,
        cell_contacts=cell_contacts(
            pairs, phases, draws=draws, above_hull=own.above_hull, untabulated=own.untabulated
        ),
        films=film_resistances([(one.layers.coating, one.layers.thickness) for one in pairs], own),
    )


def evaluate_all(
    pairs: Sequence[Pair],
    phases: CompetingPhases,
    *,
    draws: int = N_DRAWS,
    calibration: Calibration | None = None,
    own: OwnMaterials = NO_MATERIALS,
) -> tuple[Block | None, list[Failure]]:
    """Return all pairs that have an answer, and why the others have none.

    Parameters
    ----------
    pairs, phases, draws, calibration, own
        As for :func:`evaluate_block`.

    Notes
    -----
    An SSE that cannot be computed is found before the work; a pair that makes the solver fail is
    found by halving.
    """
    named = [_named(one) for one in pairs]
    faults = {name: _fault(name, phases) for name in dict.fromkeys(chain.from_iterable(named))}
    why = ["; ".join(filter(None, map(faults.__getitem__, names))) for names in named]
    failures = [Failure(one, reason) for one, reason in zip(pairs, why, strict=True) if reason]
    sound = [one for one, reason in zip(pairs, why, strict=True) if not reason]

    def block(pairs: Sequence[Pair]) -> Block | None:
        if not pairs:
            return None
        return evaluate_block(pairs, phases, draws=draws, calibration=calibration, own=own)

    try:
        return block(sound), failures
    except NO_ANSWER:
        late = _failing(sound, phases, draws, own)
    bad = {one.pair for one in late}
    return block([one for one in sound if one not in bad]), failures + late


def _figures(pairs: Sequence[Pair], own: OwnMaterials) -> tuple[Properties, ...]:
    """Return the properties of the SSE of each pair; pairs share those of their pellets."""
    pellets = [(one.sse, one.recipe.pressure) for one in pairs]
    distinct = list(dict.fromkeys(pellets))
    known = dict(zip(distinct, many_properties(distinct, own), strict=True))
    return tuple(known[pellet] for pellet in pellets)


def _areas(pairs: Sequence[Pair]) -> tuple[Quantity, ...]:
    """Return the conducting surface in the composite of each pair, once for each composite."""
    powders = [(one.recipe, one.cathode.specific_area) for one in pairs]
    found = {
        (recipe, powder): carbon_area(recipe, cathode_area=powder)
        for recipe, powder in set(powders)
    }
    return tuple(found[each] for each in powders)


def _named(pair: Pair) -> list[str]:
    """Return the materials of a pair that need not be in a phase table."""
    stated = (pair.sse, pair.layers.coating, pair.layers.separator)
    return list(dict.fromkeys(filter(None, stated)))


def _fault(sse: str, phases: CompetingPhases) -> str:
    """Return why an SSE cannot be computed from a phase table, or nothing."""
    try:
        refuse_lithium(phases, phases.table.atom_fractions(composition(sse))[None, :])
    except StabilityError as error:
        return str(error)
    return ""


def _failing(
    pairs: Sequence[Pair], phases: CompetingPhases, draws: int, own: OwnMaterials
) -> list[Failure]:
    """Return those of the pairs that make the solver fail, by halving."""
    try:
        evaluate_block(pairs, phases, draws=draws, own=own)
    except NO_ANSWER as error:
        if len(pairs) == 1:
            return [Failure(pairs[0], str(error))]
        middle = len(pairs) // 2
        return [
            *_failing(pairs[:middle], phases, draws, own),
            *_failing(pairs[middle:], phases, draws, own),
        ]
    return []
