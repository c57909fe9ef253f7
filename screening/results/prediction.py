"""What cells of pairs should show, and how good that is: all that a calibration has a say in.

Made from :class:`screening.pairs.features.Features` alone, so that a ranking can be renewed with
another calibration without computing any energy again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from screening.catalogue.layers import SURFACE
from screening.first_cycle.domain import Domain, outside_domain
from screening.first_cycle.predicted_cycle import Observables, observables, remaining
from screening.first_cycle.transport_limits import Transport, transport
from screening.order.scores import Scores, reasons, scores
from screening.pairs.charging import oxygen_reason
from screening.pairs.electrode_figures import (
    ElectrodeFigures,
    EnergyFigures,
    area_resistance,
    electrode_figures,
    energy_figures,
)
from screening.pairs.features import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from screening.catalogue.conditions import Conditions
    from screening.first_cycle.calibration import Calibration
    from screening.pairs.features import Features, Pair

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predictions for pairs; every column has one row for each."""

    pairs: tuple[Pair, ...]
    """The pairs."""
    features: Features
    """Inputs of the model."""
    calibration: Calibration
    """Its parameters."""
    conditions: Conditions | None = None
    """Rate and loading of all, in place of what each pair states."""

    @cached_property
    def run(self) -> tuple[Conditions, ...]:
        """Rate and loading of each pair."""
        return tuple(self.conditions or one.conditions for one in self.pairs)

    @property
    def loading(self) -> Floats:
        """Mass of cathode on its layer. [mg/cm2]."""
        return 1e3 * np.array([one.areal_capacity for one in self.run]) / self.features.theoretical

    @cached_property
    def domain(self) -> Domain:
        """Which pairs the calibration does not cover."""
        return outside_domain(self.features, self.calibration.covered, self.pairs, self.run)

    @cached_property
    def transport(self) -> Transport:
        """What transport leaves at rate and loading."""
        return transport(self.pairs, self.features, self.electrode, self.conditions)

    @property
    def reached(self) -> Drawn:
        """The share of each cathode that transport lets take part."""
        return self.transport.reached

    @cached_property
    def observables(self) -> Observables:
        """The first cycle."""
        fitted, widening = self.calibration.fitted, self.domain.widening
        laboratory = self.calibration.laboratory
        return observables(
            self.features,
            fitted,
            widening=widening,
            laboratory=laboratory,
            left=self.transport,
        )

    @cached_property
    def scores(self) -> Scores:
        """Scores with their factors."""
        full, back = self.features.theoretical, self.observables.reversible_capacity
        return scores(self.features, Drawn(back.value / full, back.draws / full[:, None]))

    @property
    def oxygen(self) -> Drawn:
        """What is charged beyond the onset of oxygen release. [mAh/g]."""
        full, beyond = self.features.theoretical, self.features.oxygen
        return Drawn(beyond.value * full, beyond.draws * full[:, None])

    @cached_property
    def electrode(self) -> ElectrodeFigures:
        """The composites as pressed."""
        cathodes = [one.cathode for one in self.pairs]
        return electrode_figures(cathodes, [one.recipe for one in self.pairs], self.features)

    @cached_property
    def energies(self) -> EnergyFigures:
        """Energies of composites and cells, from what the cathode itself discharges."""
        return energy_figures(self.electrode, self.observables.discharge, self.features.voltage)

    @cached_property
    def area_resistance(self) -> Floats:
        """For lithium, of composites of their areal capacity and their coatings. [ohm cm2]."""
        layer = area_resistance(
            self.electrode,
            self.observables.charge.value,
            np.array([one.recipe.cathode_fraction for one in self.pairs]),
            np.array([one.areal_capacity for one in self.run]),
        )
        return layer + self.features.film.value / SURFACE

    def reasons(self, products: Sequence[str], contacts: Sequence[str] = ()) -> list[str]:
        """Return for each pair what limits it, in one line.

        Parameters
        ----------
        products : sequence of str
            What the most negative reaction of each pair makes, as text.
        contacts : sequence of str, optional
            Its other contacts with their energies, the worst first.
        """
        share = self.observables.sse_share.value
        left = remaining(self.features, self.calibration.fitted, self.transport)
        found = reasons(self.features, self.scores, share, left._asdict(), products)
        stated = [f"stated contacts: {one}" if one else "" for one in contacts]
        oxygen = [oxygen_reason(one.cathode) for one in self.pairs]
        return [
            "; ".join(filter(None, parts))
            for parts in zip(found, oxygen, stated or [""] * len(found), strict=True)
        ]
