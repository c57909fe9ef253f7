"""How a calibration does on cells: those it has seen, and cells or laboratories left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.materials import cathode, recipe
from screening.first_cycle.calibration import calibrate, reference_phases
from screening.first_cycle.cell_inputs import cell_features
from screening.first_cycle.equations import NO_EFFECTS, Effects, Known, cycle, inputs
from screening.first_cycle.fitting import KEPT, spreads_of
from screening.first_cycle.measured_cells import (
    CHECK,
    DERIVED,
    FIT,
    Measurement,
    cells_of,
    predicted,
)
from screening.first_cycle.predicted_cycle import any_laboratory, new_effects, observables
from screening.first_cycle.priors import priors
from screening.pairs.drawn import interval, standard_draws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.first_cycle.calibration import Calibration
    from screening.first_cycle.equations import Fitted
    from screening.pairs.features import Features
    from stability.phases import CompetingPhases

ORDERS = {
    "LiFePO4": ("Li2ZrCl6", "Li6PS5Cl"),
    "S": ("Li6PS5Cl", "Li2ZrCl6"),
    "Li2S": ("Li6PS5Cl", "Li2ZrCl6"),
}
"""The better and the worse SSE of each cathode, as the thesis found or, for S and Li2S with
Li2ZrCl6, as its thermodynamics has it: it is reduced inside the window."""
UNIDENTIFIED = 0.8
"""A posterior wider than this share of the prior has learnt next to nothing."""


class Comparison(NamedTuple):
    """One measured figure beside what the model says of a cell like this."""

    measurement: Measurement
    """The figure."""
    value: float
    """Predicted. [unit of the figure]"""
    low: float
    """5 % of what another such cell would show, its error of measurement included."""
    high: float
    """95 % of it."""

    @property
    def inside(self) -> bool:
        """Whether the measured value is inside the interval."""
        return self.low <= self.measurement.value <= self.high


class Order(NamedTuple):
    """Two SSEs with one cathode, as a calibration orders them by reversible capacity."""

    cathode: str
    """The cathode, in its own recipe."""
    better: str
    """SSE that should come out above."""
    worse: str
    """SSE that should come out below."""
    capacities: tuple[float, float]
    """Predicted reversible capacities of both. [mAh per g of cathode]"""
    probability: float
    """Share of draws in which they come out so."""

    @property
    def right(self) -> bool:
        """Whether the predicted values come out so."""
        return self.capacities[0] > self.capacities[1]


class LeftOut(NamedTuple):
    """A calibration without one cell or laboratory, and what it says of what it has not seen."""

    cell: str
    """The cell, or the laboratory, left out."""
    comparisons: tuple[Comparison, ...]
    """Its figures, predicted without it."""
    orders: tuple[Order, ...]
    """Pairs as ordered without it."""


class Learnt(NamedTuple):
    """What the cells say of one parameter."""

    name: str
    """The parameter."""
    width: float
    """Width of the posterior over that of the prior, on the scale of the prior. [1]"""

    @property
    def identified(self) -> bool:
        """Whether the cells say anything of it."""
        return self.width < UNIDENTIFIED


def comparisons(
    calibration: Calibration,
    measurements: Sequence[Measurement] | None = None,
    phases: CompetingPhases | None = None,
) -> tuple[Comparison, ...]:
    """Return measured figures beside what a calibration predicts.

    Parameters
    ----------
    calibration : Calibration
        The calibration.
    measurements : sequence of Measurement, optional
        Figures; all that the calibration knows without.
    phases : CompetingPhases, optional
        Phases behind the cells; those of the reference table without.

    Notes
    -----
    The interval is that of another composite of the same laboratory: it joins phase energies,
    inputs, parameters, differences among composites, and the error of measurement. The value leaves
    all of these at their centre. What is known of the laboratory is used if the calibration keeps
    it; what the cell says of its own composite is not.
    """
    chosen = tuple(measurements or calibration.measurements)
    cells = cells_of(chosen)
    features = cell_features(cells, phases or reference_phases(), calibration.own)
    return _compared(calibration, chosen, features)


def _compared(
    calibration: Calibration, chosen: Sequence[Measurement], features: Features
) -> tuple[Comparison, ...]:
    """Return figures of cells, whose features are known, beside what a calibration predicts."""
    cells = cells_of(chosen)
    names = [one.cell for one in cells]
    size = np.array([one.size for one in cells])
    fitted = calibration.fitted
    x, many_x = inputs(features, size=size), inputs(features, size=size, drawn=True)
    whole, drawn_whole = _of_laboratories([one.laboratory for one in cells], fitted)
    found = cycle(x, fitted.central, whole)
    apart = new_effects(features, fitted.drawn, laboratory=drawn_whole)
    many = cycle(many_x, fitted.drawn, apart)

    def comparison(one: Measurement) -> Comparison:
        row = names.index(one.cell)
        value = np.ravel(predicted(one.quantity, row, x, fitted.central, found))[0]
        drawn = predicted(one.quantity, row, many_x, fitted.drawn, many)
        low, high = interval(drawn + one.spread * standard_draws(f"again {one.id}"))
        return Comparison(one, float(value), min(low, float(value)), max(high, float(value)))

    return tuple(comparison(one) for one in chosen)


def _of_laboratories(names: Sequence[str], fitted: Fitted) -> tuple[Effects, Effects]:
    """Return what is special about the laboratory of each cell, central and drawn."""
    anybody = Known(NO_EFFECTS, any_laboratory(fitted.drawn))
    known = [fitted.laboratories.get(name, anybody) for name in names]

    def stacked(each: Sequence[Effects]) -> Effects:
        return Effects(
            *(np.stack([np.atleast_1d(f) for f in kind]) for kind in zip(*each, strict=True))
        )

    return stacked([one.central for one in known]), stacked([one.drawn for one in known])


def orders(calibration: Calibration, phases: CompetingPhases | None = None) -> tuple[Order, ...]:
    """Return how a calibration orders the pairs whose order is known.

    Parameters
    ----------
    calibration : Calibration
        The calibration.
    phases : CompetingPhases, optional
        Phases behind the pairs; those of the reference table without.
    """
    both = [(name, sse) for name, pair in ORDERS.items() for sse in pair]
    features = cell_features([_pair(*one) for one in both], phases or reference_phases())
    capacity = observables(features, calibration.fitted).reversible_capacity
    return tuple(
        Order(
            name,
            *pair,
            (float(capacity.value[2 * k]), float(capacity.value[2 * k + 1])),
            float(np.mean(capacity.draws[2 * k] > capacity.draws[2 * k + 1])),
        )
        for k, (name, pair) in enumerate(ORDERS.items())
    )


def leave_one_out(
    calibration: Calibration,
    phases: CompetingPhases | None = None,
    *,
    laboratories: bool = False,
) -> tuple[LeftOut, ...]:
    """Return, for each fitted cell or laboratory, what a calibration without it says.

    Parameters
    ----------
    calibration : Calibration
        The calibration; the parameters are fitted again each time, the spreads are kept.
    phases : CompetingPhases, optional
        Phases behind the cells; those of the reference table without.
    laboratories : bool, optional
        Whether to leave out all cells of a laboratory; without, the cells of the laboratories whose
        own differences are kept, the thesis' and the user's, are left out one by one.
    """
    phases = phases or reference_phases()
    cells = cells_of(calibration.fits)
    features = cell_features(cells, phases, calibration.own)
    labels = [one.laboratory if laboratories else one.cell for one in cells]
    wanted = [
        label
        for label, one in zip(labels, cells, strict=True)
        if laboratories or one.laboratory in KEPT
    ]
    spreads = spreads_of(calibration.fitted)
    found = []
    for label in dict.fromkeys(wanted):
        out = np.array([one == label for one in labels])
        names = {one.cell for one, gone in zip(cells, out, strict=True) if gone}
        rest = [one for one in calibration.fits if one.cell not in names]
        kept = features.take(np.flatnonzero(~out))
        without = calibrate(rest, phases, features=kept, spreads=spreads, own=calibration.own)
        own = [one for one in calibration.measurements if one.cell in names]
        compared = _compared(without, own, features.take(np.flatnonzero(out)))
        known_orders = () if laboratories else orders(without, phases)
        found.append(LeftOut(label, compared, known_orders))
    return tuple(found)


def learnt(calibration: Calibration) -> tuple[Learnt, ...]:
    """Return what the cells say of each parameter.

    Parameters
    ----------
    calibration : Calibration
        The calibration.
    """
    return tuple(
        Learnt(name, float(np.std(prior.z(getattr(calibration.fitted.drawn, name)))))
        for name, prior in priors().items()
    )


def share_inside(found: Sequence[Comparison]) -> float:
    """Return the share of fitted figures, and of those that follow from them, inside [1].

    Parameters
    ----------
    found : sequence of Comparison
        From :func:`comparisons`; figures that are only compared with do not count.
    """
    counted = [one.inside for one in found if one.measurement.used_for in {FIT, DERIVED}]
    return sum(counted) / len(counted)


def _pair(name: str, sse: str) -> Measurement:
    """Return one SSE with a cathode in its own recipe, as a cell that nobody has measured."""
    material = cathode(name)
    return Measurement(
        id=f"{sse} {name}",
        cell=f"{sse} {name}",
        sse=sse,
        cathode=name,
        recipe=recipe(material.recipe),
        cutoff_low=material.voltage_low,
        cutoff_high=material.voltage_high,
        quantity="charge",
        value=0.0,
        unit="mAh/g",
        spread=1.0,
        place="predicted",
        used_for=CHECK,
    )
