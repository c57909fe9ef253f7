"""What transport leaves of pairs at a stated rate and loading: judged, and can be switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

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


class Transport(NamedTuple):
    """What transport leaves of pairs."""

    reached: Drawn
    """Share of each cathode that it lets take part. [1]"""
    connected: Drawn
    """Share of each composite that electrons reach: what they do not reach is not oxidised. [1]"""


def transport(
    pairs: Sequence[Pair],
    features: Features,
    electrode: ElectrodeFigures,
    conditions: Conditions | None = None,
) -> Transport:
    """Return what transport leaves of pairs.

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
    pairs, so that it does not blur their comparison. The central value is the mean over the doubt
    of the percolation threshold, which nobody knows to the per cent: no cliff stands in it.
    """
    run = [conditions or one.conditions for one in pairs]
    limited = np.array([one.limited for one in run])
    if not limited.any():
        all_of_it = Drawn(np.ones(len(pairs)), np.ones((len(pairs), 1)))
        return Transport(all_of_it, all_of_it)
    thresholds = _each([one.recipe.carbon for one in pairs], _threshold)[1]
    conducting = _each([_assembled(one) for one in pairs], cathode_conductivity)
    shares = (electrode.carbon_volume, electrode.cathode_volume, electrode.sse_volume)
    carbon, cathode, sse = (one[:, None] / _PERCENT for one in shares)
    run_at = _run_at(pairs, run, features, cathode)

    def left(number: int) -> tuple[Floats, Floats]:
        """Return what is reached and what is connected, from values (0) or draws (1)."""

        def judged(name: str, quantity: Quantity) -> Floats:
            return draws(f"transport {name}", quantity) if number else np.array([quantity.value])

        black = judged("carbon", CARBON_CONDUCTIVITY)
        ionic = electrode.conductivity.draws if number else electrode.conductivity.value[:, None]
        paths = electronic_conductivity(carbon, thresholds, black, cathode, conducting[number])
        found = reached_share(
            **run_at,
            ionic=ionic * judged("as mixed", AS_MIXED),
            electronic=paths,
            sse_share=sse,
            half_reached=judged("reached", HALF_REACHED),
            contact_time=judged("contacts", CONTACT_TIME),
        )
        by_electrons = reached_share(
            **run_at, ionic=np.inf, electronic=paths, sse_share=1.0, contact_time=0.0
        )
        everywhere = limited[:, None]
        return np.where(everywhere, found, 1.0), np.where(everywhere, by_electrons, 1.0)

    value, drawn = left(0), left(1)
    return Transport(
        *(Drawn(one.mean(axis=1), many) for one, many in zip(value, drawn, strict=True))
    )


def _run_at(
    pairs: Sequence[Pair], run: Sequence[Conditions], features: Features, cathode: Floats
) -> dict[str, Floats]:
    """Return what is asked of composites, from the volume share of their cathodes, as columns."""
    density = np.array([one.cathode.density.value for one in pairs])
    return {
        "rate": np.array([one.rate for one in run])[:, None],
        "areal_capacity": np.array([one.areal_capacity for one in run])[:, None],
        "capacity_per_volume": (features.theoretical * density)[:, None] * cathode,
        "room": np.maximum(features.voltage - features.low, LEAST_ROOM)[:, None],
    }


def _assembled(pair: Pair) -> str:
    charged = pair.cathode.assembled is State.CHARGED
    return pair.cathode.charged if charged else pair.cathode.discharged


def threshold_known(carbon: str) -> bool:
    """Return whether anything says at which share a carbon percolates.

    Parameters
    ----------
    carbon : str
        Name of the carbon, of the catalogue or one's own.
    """
    return _threshold(carbon) is not UNKNOWN_THRESHOLD


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
