"""What the first cycle of composites should show, with intervals.

The equations stand in :mod:`screening.first_cycle.equations`, their parameters come from a
calibration (:mod:`screening.first_cycle.calibration`). Nothing here is computed from phases, so a
ranking can be renewed with another calibration in seconds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.first_cycle.equations import (
    SULFUR_SIZE,
    Cycle,
    Effects,
    Inputs,
    composite_key,
    cycle,
    decomposed,
    inputs,
    taking_part,
)
from screening.pairs.drawn import interval, pooled_draws, standard_draws
from screening.pairs.features import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.first_cycle.equations import Fitted
    from screening.first_cycle.priors import Parameters
    from screening.first_cycle.transport_limits import Transport
    from screening.pairs.features import Features

    Floats = NDArray[np.float64]


_ROWS = 256  # Pairs at a time.
_LEAST = 1e-12  # Of a quotient: nothing is connected.


class Observables(NamedTuple):
    """Predicted first cycle of pairs; see :class:`Cycle` for the meaning of each."""

    charge: Drawn
    discharge: Drawn
    efficiency: Drawn
    sse_share: Drawn
    retained: Drawn
    reversible_capacity: Drawn
    oxidised: Drawn
    reversible: Drawn
    reduced: Drawn
    own: Drawn


class Summary(NamedTuple):
    """Value and 90 % interval of one observable, each of shape (n_pairs,)."""

    value: Floats
    low: Floats
    high: Floats


class Remaining(NamedTuple):
    """What each step leaves of the theoretical capacity, each of shape (n_pairs,).

    Their product, times what the last half-cycle returns, is what a cathode gives back. [1]
    """

    held: Floats
    """What the cathode holds between its cutoffs."""
    part: Floats
    """What of that takes part in such a composite."""
    electrons: Floats
    """What electrons reach of that."""
    ions: Floats
    """What ions and contacts reach of that, at rate and loading."""
    oxidation: Floats
    """What lost oxidation of the SSE leaves open."""
    reduction: Floats
    """What lost reduction of it leaves open."""
    returned: Floats
    """What returns of what is charged, or discharged, where nothing is blocked."""


def remaining(features: Features, fitted: Fitted, left: Transport | None = None) -> Remaining:
    """Return what each step leaves of the capacity of pairs, at central values.

    Parameters
    ----------
    features, fitted, left
        As for :func:`observables`.
    """
    if left is not None:
        features = replace(features, reached=left.reached, connected=left.connected)
    x, usual = inputs(features), Effects(*np.ones((3, len(features), 1)))
    layer = decomposed(x, fitted.central, usual)
    taking = taking_part(x, fitted.central, usual)
    twice = np.where(x.charged, 1.0, 2.0)
    steps = (
        taking.held,
        taking.part,
        x.connected,
        x.reached / np.maximum(x.connected, _LEAST),
        layer.after_oxidation**twice,
        layer.after_reduction,
        taking.returned,
    )
    return Remaining(*(np.broadcast_to(one, (len(features), 1))[:, 0] for one in steps))


def observables(
    features: Features,
    fitted: Fitted,
    *,
    widening: Floats | None = None,
    size: Floats | float = SULFUR_SIZE,
    laboratory: str | None = None,
    left: Transport | None = None,
) -> Observables:
    """Return the first cycle that composites should show.

    Parameters
    ----------
    features : Features
        The pairs.
    fitted : Fitted
        Parameters, as :attr:`screening.first_cycle.calibration.Calibration.fitted`.
    widening : ndarray, shape (n_pairs,), optional
        How much more than the calibrated ones these cells may differ from the model;
        :func:`screening.first_cycle.domain.outside_domain`. 1 without. [1]
    size : float or ndarray, shape (n_pairs,), optional
        Diameter of sulfur particles. [um]
    laboratory : str, optional
        Whose cells: what is known of its own sharpens the prediction. Anybody's without.
    left : Transport, optional
        What transport leaves: all without.
        :func:`screening.first_cycle.transport_limits.transport`.

    Returns
    -------
    Observables
        Central values and draws, the latter with the differences between cells in them.

    Notes
    -----
    Equations: :func:`screening.first_cycle.equations.cycle`. The interval of a prediction holds
    what phase energies, inputs, parameters and the differences between nominally equal cells leave
    open.
    """
    usual, own = _effects(features, fitted, widening, laboratory)
    if left is not None:
        features = replace(features, reached=left.reached, connected=left.connected)
    at_centre = cycle(inputs(features, size=size), fitted.central, usual)
    drawn = _drawn_cycle(inputs(features, size=size, drawn=True), fitted.drawn, own)
    return Observables(
        *(
            Drawn(np.broadcast_to(value, (len(features), 1))[:, 0], many)
            for value, many in zip(at_centre, drawn, strict=True)
        )
    )


def _drawn_cycle(x: Inputs, drawn: Parameters, effects: Effects) -> Cycle:
    """Return the draws of cycles, some pairs at a time, which stay in the cache of a processor."""
    blocks = []
    for first in range(0, len(x.charged), _ROWS):
        rows = slice(first, first + _ROWS)
        of_rows = Inputs._make(column[rows] for column in x)
        blocks.append(cycle(of_rows, drawn, Effects(*(np.asarray(one)[rows] for one in effects))))
    return Cycle(*map(np.concatenate, zip(*blocks, strict=True)))


def summary(drawn: Drawn) -> Summary:
    """Return values and the 5 % and 95 % quantiles of draws; the value is never outside.

    Examples
    --------
    >>> one = summary(Drawn(np.array([2.0]), np.array([[0.0, 1.0, 2.0, 3.0, 4.0]])))
    >>> one.low.item(), one.value.item(), one.high.item()
    (0.2, 2.0, 3.8)
    """
    low, high = interval(drawn.draws, axis=1)
    return Summary(drawn.value, np.minimum(low, drawn.value), np.maximum(high, drawn.value))


def new_effects(
    features: Features,
    drawn: Parameters,
    widening: Floats | None = None,
    laboratory: Effects | None = None,
) -> Effects:
    """Return draws of what makes composites differ that nobody has measured, each its own.

    Parameters
    ----------
    features : Features
        The pairs, whose names seed their draws.
    drawn : Parameters
        Draws of the parameters, with the spreads among composites.
    widening : ndarray, shape (n_pairs,), optional
        How much wider than calibrated. [1]
    laboratory : Effects, optional
        Draws of what is special about the laboratory; those of any laboratory without, which all
        pairs share: one laboratory makes the cells that are compared.

    Notes
    -----
    Of the cathode's part only what is worse becomes wider: a liquid cell is about the best there
    is. The thickness becomes wider both ways.
    """
    keys = [" ".join(row) for row in _composites(features)]
    wider = 1.0 if widening is None else np.asarray(widening)[:, None]
    layer, reach, loss = (
        pooled_draws(keys, kind, np.size(drawn.layer_spread)) for kind in range(3)
    )
    whole = any_laboratory(drawn) if laboratory is None else laboratory
    lithium_sulfide = (np.asarray(features.cathode) == "Li2S")[:, None]
    of_reach = np.where(lithium_sulfide, drawn.activation_spread, drawn.cell_reach)
    return Effects(
        np.exp(wider * drawn.layer_spread * layer) * whole.layer,
        np.exp(of_reach * reach * np.where(reach < 0.0, wider, 1.0)) * whole.reach,
        np.exp(drawn.cell_loss * loss * np.where(loss > 0.0, wider, 1.0)) * whole.loss,
    )


def any_laboratory(drawn: Parameters) -> Effects:
    """Return draws of what may be special about a laboratory of which nothing is known.

    Parameters
    ----------
    drawn : Parameters
        Draws of the parameters, with the spreads among laboratories.
    """
    n_draws = np.size(drawn.laboratory_reach)
    reach, loss = (standard_draws(f"a laboratory's {kind}")[:n_draws] for kind in ("reach", "loss"))
    return Effects(
        np.ones(n_draws),
        np.exp(drawn.laboratory_reach * reach),
        np.exp(drawn.laboratory_loss * loss),
    )


def _effects(
    features: Features, fitted: Fitted, widening: Floats | None, laboratory: str | None
) -> tuple[Effects, Effects]:
    """Return central values and draws of what makes composites differ, measured ones as known."""
    central = Effects(*np.ones((3, len(features), 1)))
    known_laboratory = fitted.laboratories.get(laboratory or "")
    if known_laboratory is None:
        return central, new_effects(features, fitted.drawn, widening)
    for kind, value in enumerate(known_laboratory.central):
        np.asarray(central[kind])[:] = value
    drawn = new_effects(features, fitted.drawn, widening, known_laboratory.drawn)
    for row, composite in enumerate(_composites(features)):
        known = fitted.known.get(composite_key(laboratory or "", *composite))
        for kind, (value, many) in enumerate(zip(*known, strict=True) if known else ()):
            np.asarray(central[kind])[row] = value
            np.asarray(drawn[kind])[row] = many
    return central, drawn


def _composites(features: Features) -> list[tuple[str, str, str]]:
    return list(zip(features.sse, features.cathode, features.recipe, strict=True))
