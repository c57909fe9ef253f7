"""Materials with what somebody says, or nobody knows, of their distance to the hull."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.materials import electrolytes
from screening.pairs.drawn import draws as drawn_quantity
from stability.hull import Metastability, lifted, reactant, reactants

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from descriptors.quantity import Quantity
    from screening.catalogue.materials import Cathode
    from stability.hull import Reactant
    from stability.phases import CompetingPhases

    Floats = NDArray[np.float64]


class LiftedReactant(NamedTuple):
    """A material, and how far above the hull it is taken to be."""

    material: Reactant
    """With its energy, the distance included."""
    distance: Quantity | float
    """Above the hull as stated, or assumed with its doubt; 0 where neither. [eV/atom]"""

    def lifts(self, share: float, n_draws: int) -> Floats:
        """Return what the distance adds to a chemical reaction in each draw, shape (n_draws,).

        A reaction that takes the material as ``share`` of its atoms sets that share of the
        distance free. [eV/atom]

        Parameters
        ----------
        share : float
            Fraction of atoms; nan, where nothing else reacts, is 1: the material by itself.
        n_draws : int
            How many.
        """
        part = 1.0 if np.isnan(share) else share
        if isinstance(self.distance, float):
            return np.full(n_draws, part * self.distance)
        name = f"{self.material.material.formula} hull"
        return part * np.resize(drawn_quantity(name, self.distance), n_draws)


def lifted_reactants(
    formulas: Sequence[str],
    phases: CompetingPhases,
    *,
    above_hull: Callable[[str], float | None] = lambda _: None,
    untabulated: Quantity | None = None,
) -> list[LiftedReactant]:
    """Return SSEs as far above the hull as they are stated, or assumed, to be.

    Parameters
    ----------
    formulas : sequence of str
        Their formulas.
    phases : CompetingPhases
        What may form.
    above_hull : callable, optional
        Returns how far above the hull somebody has stated an SSE to be. [eV/atom]
    untabulated : Quantity, optional
        How far above it an SSE is that neither the table nor the catalogue has. [eV/atom]

    Raises
    ------
    FormulaError, MissingElementError, LithiumReactantError
        If an SSE cannot be read, or cannot be computed from this phase table.
    """
    found = []
    for formula, one in zip(formulas, reactants(formulas, phases), strict=True):
        stated = above_hull(formula)
        if stated is not None:
            known = reactant(formula, phases, Metastability(above_hull=stated))
            found.append(LiftedReactant(known, float(stated)))
        elif untabulated and formula not in electrolytes() and one.energy_above_hull is None:
            moved = lifted(one, untabulated.value, untabulated.source)
            found.append(LiftedReactant(moved, untabulated))
        else:
            found.append(LiftedReactant(one, 0.0))
    return found


def cathode_states(cathode: Cathode, phases: CompetingPhases) -> tuple[Reactant, Reactant]:
    """Return a cathode discharged, and charged as far above the hull as that is stated to be.

    Parameters
    ----------
    cathode : Cathode
        The cathode.
    phases : CompetingPhases
        What may form.

    Raises
    ------
    FormulaError, MissingElementError
        If a state cannot be read, or cannot be computed from this phase table.
    """
    discharged, charged = reactants([cathode.discharged, cathode.charged], phases)
    if above := cathode.charged_above_hull:
        charged = reactant(cathode.charged, phases, Metastability(above_hull=above))
    return discharged, charged
