"""What transport leaves of pairs at a stated rate and loading: judged, and can be switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from descriptors.composite.percolation import percolation_threshold
from descriptors.composite.polarisation import (
    AS_MIXED,
    CARBON_CONDUCTIVITY,
    CONTACT_TIME,
    HALF_REACHED,
    cathode_conductivity,
    electronic_conductivity,
    reached_share,
)
from descriptors.errors import DescriptorError
from descriptors.quantity import Kind, Quantity
from screening.catalogue.materials import State
from screening.pairs.drawn import draws
from screening.pairs.features import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from screening.catalogue.conditions import Conditions
    from screening.pairs.electrode_figures import ElectrodeFigures
    from screening.pairs.features import Features, Pair

    Floats = NDArray[np.float64]

UNKNOWN_THRESHOLD = Quantity(
    0.1, 0.02, 0.3, "1", Kind.ASSUMED, "nothing is known of the shape of this carbon"
)
"""Share at which a carbon percolates of which nobody says."""
LEAST_ROOM = 0.2
"""Least voltage that a half-cycle may use up: cells are not cut off at their plateau. [V]"""
_PERCENT = 100.0


def reached(
    pairs: Sequence[Pair],
    features: Features,
    electrode: ElectrodeFigures,
    conditions: Conditions | None = None,
) -> Drawn:
    """Return the share of each cathode that transport lets take part [1].

    Parameters
    ----------
    pairs : sequence of Pair
        The pairs.
    features, electrode : Features, ElectrodeFigures
        Of the same pairs.
    conditions : Conditions, optional
        How all cells are run, in place of what each pair states.

    Raises
    ------
    ImpossibleValueError
        If rate or areal capacity are not above 0.

    Notes
    -----
    Equations: :mod:`descriptors.composite.polarisation`. What is judged there is drawn once for all
    pairs, so that it does not blur their comparison.
    """
    run = [conditions or one.conditions for one in pairs]
    limited = np.array([one.limited for one in run])
    if not limited.any():
        return Drawn(np.ones(len(pairs)), np.ones((len(pairs), 1)))
    thresholds = _each([one.recipe.carbon for one in pairs], _threshold)
    conducting = _each([_assembled(one) for one in pairs], cathode_conductivity)
    density = np.array([one.cathode.density.value for one in pairs])[:, None]
    room = np.maximum(features.voltage - features.low, LEAST_ROOM)[:, None]
    shares = (electrode.carbon_volume, electrode.cathode_volume, electrode.sse_volume)
    carbon, cathode, sse = (one[:, None] / _PERCENT for one in shares)
    held = features.theoretical[:, None] * cathode * density

    def share(number: int) -> Floats:
        """Return the share from values (0) or draws (1)."""

        def judged(name: str, quantity: Quantity) -> Floats:
            return draws(f"transport {name}", quantity) if number else np.array([quantity.value])

        threshold, own = thresholds[number], conducting[number]
        black = judged("carbon", CARBON_CONDUCTIVITY)
        ionic = electrode.conductivity.draws if number else electrode.conductivity.value[:, None]
        found = reached_share(
            rate=np.array([one.rate for one in run])[:, None],
            areal_capacity=np.array([one.areal_capacity for one in run])[:, None],
            capacity_per_volume=held,
            room=room,
            ionic=ionic * judged("as mixed", AS_MIXED),
            electronic=electronic_conductivity(carbon, threshold, black, cathode, own),
            sse_share=sse,
            half_reached=judged("reached", HALF_REACHED),
            contact_time=judged("contacts", CONTACT_TIME),
        )
        return np.where(limited[:, None], found, 1.0)

    return Drawn(np.broadcast_to(share(0), (len(pairs), 1))[:, 0], share(1))


def _assembled(pair: Pair) -> str:
    charged = pair.cathode.assembled is State.CHARGED
    return pair.cathode.charged if charged else pair.cathode.discharged


def _threshold(carbon: str | None) -> Quantity:
    if carbon is None:
        return UNKNOWN_THRESHOLD  # There is none, and any threshold is above it.
    try:
        return percolation_threshold(carbon)
    except DescriptorError:
        return UNKNOWN_THRESHOLD


def _each(names: Sequence[Any], quantity: Callable[[Any], Quantity]) -> tuple[Floats, Floats]:
    """Return values and draws of a quantity of each name, shapes (n, 1) and (n, n_draws)."""
    place = {name: row for row, name in enumerate(dict.fromkeys(names))}
    known = [quantity(name) for name in place]
    rows = np.array([place[name] for name in names])
    many = [draws(f"{name} {one.source}", one) for name, one in zip(place, known, strict=True)]
    return np.array([one.value for one in known])[rows, None], np.stack(many)[rows]
