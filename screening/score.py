"""How good an SSE is in a cathode: three factors between 0 and 1, their product, and the reason.

The factors answer the three questions that the thesis puts to a catholyte: does the capacity come
back, does the contact hold, does the lithium get through. A product, because each of them alone can
ruin a cell. Until the ranking is calibrated, the scales below are stated judgements.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.quantity import Kind, Quantity
from screening.draws import draws, interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from screening.evaluate import Evaluation

INTERFACE_SCALE = 0.3
"""Reaction energy that divides the interface factor by e. [eV per atom, non-Li where open]

Between Li2ZrCl6 on LiFePO4 (0.05, 1000 cycles) and Li6PS5Cl on LiCoO2 (0.7, needs a coating)."""
CONDUCTIVITY_SCALE = 1e-4
"""Ionic conductivity at which the transport factor is one half. [S/cm]

At 1 mAh/cm2 and C/10 a 50 um composite of effective conductivity 1e-5 S/cm loses 0.05 V; a third
of the volume, tortuous, makes that 1e-4 S/cm of the pure SSE."""
_SURE = 0.95  # A probability above this is not worth a word.
GOOD = 0.85
"""A factor above this limits nothing that the first cycles would show."""


class Score(NamedTuple):
    """Score of a pair and what it is made of."""

    value: Quantity
    """Product of the three factors. [1]"""
    capacity: float
    """Second half-cycle against that of a liquid cell. [1]"""
    interface: float
    """``exp(E / 0.3 eV)`` of the most negative chemical or mutual reaction. [1]"""
    transport: float
    """``sigma / (sigma + 1e-4 S/cm)`` of the SSE. [1]"""
    reason: str
    """What limits the pair, in one line."""
    draws: NDArray[np.float64]
    """Draws of the score, shared with other pairs where their inputs are, shape (N_DRAWS,)."""


def score(pair: Evaluation) -> Score:
    """Return the score of a pair, its factors, and the reason for its place.

    Parameters
    ----------
    pair : Evaluation
        From :func:`screening.evaluate.evaluate_pair`.

    Notes
    -----
    ``score = capacity x interface x transport``. The 90 % interval joins the draws of the first
    cycle, of the conductivity, and of all phase energies.
    """
    energy = min(pair.worst_chemical.chemical.energy, pair.worst_mutual.over_window.mutual.energy)
    conductivity = pair.figures.ionic_conductivity
    capacity = pair.first_cycle.retained
    interface = exp(energy / INTERFACE_SCALE)
    transport = conductivity.value / (conductivity.value + CONDUCTIVITY_SCALE)
    name = pair.sse.material.formula
    drawn_conductivity = draws(f"{name} ionic_conductivity", conductivity)
    drawn = (
        pair.first_cycle.retained_draws
        * np.exp(pair.redraws.interface / INTERFACE_SCALE)
        * drawn_conductivity
        / (drawn_conductivity + CONDUCTIVITY_SCALE)
    )
    value = Quantity(
        capacity.value * interface * transport,
        *interval(drawn),
        "1",
        Kind.COMPUTED,
        "docs/ranking.md",
    )
    reasons = {
        "capacity": (capacity.value, _capacity_reason(pair)),
        "interface": (interface, _interface_reason(pair)),
        "transport": (transport, _transport_reason(pair)),
    }
    limit, reason = min(reasons.values())
    if limit > GOOD:
        reason = _good_reason(pair)
    return Score(value, capacity.value, interface, transport, reason, drawn)


def _capacity_reason(pair: Evaluation) -> str:
    low, high = pair.cathode.voltage_low, pair.cathode.voltage_high
    lost = pair.redox.oxidation - pair.redox.reversible
    if lost > 0.0:
        return (
            f"oxidises from {pair.staircase.window.oxidation:.2f} V, inside {low:g} to {high:g} V: "
            f"{pair.first_cycle.sse_share.value:.0f} % of the first charge, and none of it returns"
        )
    density = pair.figures.relative_density
    return (
        f"reaches only {density.value:.0f} % density at {pair.recipe.pressure:g} MPa "
        f"({density.kind}): the cathode is poorly contacted"
    )


def _interface_reason(pair: Evaluation) -> str:
    chemical = pair.worst_chemical
    contact = pair.worst_mutual
    mutual = contact.over_window.mutual
    if chemical.chemical.energy <= mutual.energy:
        made = " + ".join(product.formula for product in chemical.chemical.products)
        return (
            f"reacts with {chemical.cathode.material.formula} on contact "
            f"({1000 * chemical.chemical.energy:.0f} meV/atom) to {made}"
        )
    made = " + ".join(product.formula for product in mutual.products)
    return (
        f"reacts with {contact.cathode.material.formula} at {mutual.voltage:.2f} V "
        f"({1000 * mutual.energy:.0f} meV per non-Li atom, beyond its own decomposition) to {made}"
    )


def _transport_reason(pair: Evaluation) -> str:
    conductivity = pair.figures.ionic_conductivity
    return f"conducts only {conductivity.value:.1e} S/cm ({conductivity.kind})"


def _good_reason(pair: Evaluation) -> str:
    window = pair.staircase.window
    low = pair.cathode.voltage_low
    if pair.redox.reversible > 0.0:
        return (
            f"its own redox ({pair.redox.reversible:.0f} mAh/g from "
            f"{window.oxidation:.2f} V) comes back by {low:g} V: an active part"
        )
    if pair.redox.reduction > 0.0:
        return (
            f"takes up Li below {window.reduction:.2f} V, inside the window ({low:g} V and up), "
            "and gives it back on charge; nothing else limits"
        )
    upper = "any voltage" if window.oxidation == float("inf") else f"{window.oxidation:.2f} V"
    doubt = (
        f"; covers the window with probability {pair.redraws.covers:.2f}"
        if pair.redraws.covers < _SURE
        else ""
    )
    return f"stable from {window.reduction:.2f} V to {upper}, dense and conducting{doubt}"
