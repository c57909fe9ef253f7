"""How good SSEs are in their cathodes: three factors from 0 to 1, their product, and the reason.

The factors answer three questions: does the capacity come back, does the contact hold, does the
lithium get through. All are columns, one entry for each pair, with draws that pairs share. The
scales are judgements, and docs/ranking.md gives the reason for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.catalogue.layers import FILM_SCALE
from screening.pairs.features import Drawn
from screening.pairs.reaction_share import (
    INTERFACE_SCALE,
    growing_share,
    holding_share,
    part_that_counts,
)
from stability.staircase import LAG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from screening.pairs.features import Features

    Floats = NDArray[np.float64]

FACTORS = ("capacity", "interface", "transport")
"""Names of the factors, in their order."""
CONDUCTIVITY_SCALE = 1e-4
"""Ionic conductivity at which the transport factor is one half. [S/cm]

At 1 mAh/cm2 and C/10 a 50 um composite of effective conductivity 1e-5 S/cm loses 0.05 V; a third
of the volume, tortuous, makes that 1e-4 S/cm of the pure SSE."""
OWN_SCALE = 0.5
"""Voltage below the SSE's own reduction limit that divides the interface factor by e, where its
products conduct or do not come back. [V]

Chosen so that LiTaOCl4, whose Ta(V) is reduced 0.7 V inside the window of TiS2, stands below the
argyrodites that are proven there."""
SLOWS, GOES_ON = 1 / 3, 2 / 3
"""Growth above these shares slows down only, or goes on."""
GOOD = 0.85
"""A factor above this limits nothing that the first cycles would show."""
_A_PART = 0.005  # Less than this of an oxidation rounds to none.


class Scores(NamedTuple):
    """Scores of pairs and what they are made of."""

    value: Drawn
    """Product of the three factors. [1]"""
    capacity: Drawn
    """What comes back, over the theoretical capacity of the cathode, at most 1. [1]"""
    interface: Drawn
    """``exp(E h / 0.3 eV - U / 0.5 V)``: the most negative reaction E, the part h of it that
    counts, and what the SSE's own lost reduction is driven by, U. [1]"""
    transport: Drawn
    """``sigma / (sigma + 1e-4 S/cm)`` of the SSE, and what a coating adds. [1]"""
    growth: Drawn
    """How far the reaction goes on: 0 stops behind insulating products, 1 goes on. [1]"""

    @property
    def factors(self) -> tuple[Drawn, Drawn, Drawn]:
        """The three factors, in the order of :data:`FACTORS`."""
        return self.capacity, self.interface, self.transport


def scores(features: Features, delivered: Drawn) -> Scores:
    """Return the scores of pairs with their factors.

    Parameters
    ----------
    features : Features
        Inputs of the model; of them the reaction energy, the conducting share of the interphase,
        the SSE's own reduction and its conductivity.
    delivered : Drawn
        What comes back at the stated rate and loading over the theoretical capacity: the cathode,
        and the oxidation of the SSE that returns; no reduction of the SSE. [1]

    Notes
    -----
    With g the share of the interphase that conducts electrons ::

        score     = capacity x interface x transport
        capacity  = min(delivered, 1)
        growth    = g (1 + g_c) / (g + g_c),                g_c = 0.16
        interface = exp(E (0.2 + 0.8 growth) / 0.3 eV - U / 0.5 V)
        U         = max(V_reduction - 0.2 V - V_low, 0), 0 where the reduction comes back
        transport = 1 / (1 + 1e-4 S/cm / sigma + R / 2500 ohm cm2)

    R is the resistance of the coating, 0 without one, whose contacts then stand in place of that
    with the bare cathode.

    A reaction needs electrons as well as ions to go on. An interphase that insulates is a few
    nanometres thick when it stops; one in which a conducting phase spans the layer, which it does
    above the percolation threshold g_c, grows on, as interphases of mixed conduction do [1]_. So
    does the reduction of an SSE whose products are metals, alloys or salts that do not come back;
    what that costs the first cycle is little, and cycles add to it.

    References
    ----------
    .. [1] S. Wenzel et al., Solid State Ionics 278, 98 (2015), doi:10.1016/j.ssi.2015.06.001.

    Examples
    --------
    With nothing conducting, -0.3 eV counts by a fifth: exp(-0.2); all conducting, exp(-1).

    >>> [round(float(part_that_counts(np.array(g))), 3) for g in (0.0, 0.16, 1.0)]
    [0.2, 0.664, 1.0]
    """
    capacity = Drawn(*(np.clip(part, 0.0, 1.0) for part in delivered))
    interface = Drawn(
        *(
            holding_share(energy, share) * np.exp(-own)
            for energy, share, own in zip(
                features.interface, features.conducting, _own_reduction(features), strict=True
            )
        )
    )
    transport = Drawn(
        *(
            part / (part + CONDUCTIVITY_SCALE + part * film / FILM_SCALE)
            for part, film in zip(features.conductivity, features.film, strict=True)
        )
    )
    value = Drawn(
        capacity.value * interface.value * transport.value,
        capacity.draws * interface.draws * transport.draws,
    )
    return Scores(
        value,
        capacity,
        interface,
        transport,
        Drawn(*(growing_share(g) for g in features.conducting)),
    )


def _own_reduction(features: Features) -> Drawn:
    """Return what drives a reduction of the SSE that is lost, over its scale [1]."""
    limit, amount = features.reduction_limit, features.reduction
    lost = ~features.comes_back

    def driven(limit: Floats, amount: Floats, low: Floats, lost: NDArray[np.bool_]) -> Floats:
        volts = np.maximum(limit - LAG - low, 0.0)
        return np.asarray(np.where(lost & (amount > 0.0), volts, 0.0) / OWN_SCALE)

    return Drawn(
        driven(limit.value, amount.value, features.low, lost),
        driven(limit.draws, amount.draws, features.low[:, None], lost[:, None]),
    )


def reasons(
    features: Features,
    found: Scores,
    sse_share: Floats,
    left: Mapping[str, Floats],
    products: Sequence[str] | None = None,
) -> list[str]:
    """Return for each pair what limits it, in one line.

    Parameters
    ----------
    features : Features
        Those that were scored.
    found : Scores
        From :func:`scores`.
    sse_share : ndarray, shape (n_pairs,)
        Share of the first charge that is the SSE's. [%]
    left : mapping of str to ndarray, shape (n_pairs,)
        What each step leaves of the capacity, by its name in
        :class:`screening.first_cycle.predicted_cycle.Remaining`: the costliest is the reason.
    products : sequence of str, optional
        What the most negative reaction makes, as text, for each pair.
    """
    factors = np.stack([part.value for part in found.factors], axis=1)
    limits = factors.argmin(axis=1)
    made = products or [""] * len(features)
    lines = []
    for row, limit in enumerate(limits):
        if factors[row, limit] > GOOD:
            lines.append(_good_reason(features, row))
        elif limit == 0:
            lines.append(_capacity_reason(features, left, row, float(sse_share[row])))
        elif limit == 1:
            lines.append(_interface_reason(features, found, row, made[row]))
        elif CONDUCTIVITY_SCALE / features.conductivity.value[row] < (
            features.film.value[row] / FILM_SCALE
        ):
            lines.append(f"its coating costs {features.film.value[row]:.1e} ohm cm2 of film")
        else:
            lines.append(f"conducts only {features.conductivity.value[row]:.1e} S/cm")
    return lines


def _capacity_reason(
    features: Features, left: Mapping[str, Floats], row: int, sse_share: float
) -> str:
    """Return the step that costs most of the capacity, in words."""
    steps = {name: float(step[row]) for name, step in left.items()}
    worst = min(steps, key=steps.__getitem__)
    span = f"{features.low[row]:g} to {features.high[row]:g} V"
    share = f"{100.0 * steps[worst]:.0f} %"
    if worst == "oxidation":
        back = features.reversible.value[row] / features.oxidation.value[row]
        return (
            f"oxidises from {features.limit.value[row]:.2f} V, inside {span}: {sse_share:.0f} % of "
            f"the first charge, and {f'{100 * back:.0f} %' if back > _A_PART else 'none'} of it "
            "returns"
        )
    said = {
        "held": f"its cathode gives {share} of the theoretical capacity in {span}, at rest",
        "part": f"{share} of the cathode takes part, "
        + ("as milled composites do" if features.milled[row] else "as composites mixed by hand do"),
        "electrons": f"electrons reach {share} of the composite: carbon and cathode give no path",
        "ions": f"ions and contacts reach {share} of the cathode, at this rate, loading and SSE "
        "content",
        "reduction": f"is reduced below {features.reduction_limit.value[row]:.2f} V, inside "
        f"{span}, and what that makes blocks the cathode",
        "returned": f"its cathode returns {share} of the first half-cycle",
    }
    return said[worst]


def _interface_reason(features: Features, found: Scores, row: int, products: str) -> str:
    own = float(_own_reduction(features).value[row])
    if (
        own
        > -features.interface.value[row]
        * part_that_counts(features.conducting.value[row])
        / INTERFACE_SCALE
    ):
        return (
            f"is reduced below {features.reduction_limit.value[row]:.2f} V, inside the window "
            f"({features.low[row]:g} V and up), to products that conduct or do not come back"
        )
    made = f" to {products}" if products else ""
    share = 100.0 * features.conducting.value[row]
    growth = found.growth.value[row]
    goes = (
        "insulates, and stops it"
        if growth < SLOWS
        else "conducts electrons, and lets it go on"
        if growth >= GOES_ON
        else "hardly conducts electrons, and slows it"
    )
    where = "through its coating" if features.coverage.value[row] else "with the cathode"
    return (
        f"reacts {where} ({1000 * features.interface.value[row]:.0f} meV/atom){made}; "
        f"the interphase {goes} ({share:.0f} % of it conducts)"
    )


def _good_reason(features: Features, row: int) -> str:
    low, limit = features.low[row], features.limit.value[row]
    if features.reversible.value[row] > _A_PART * features.oxidation.value[row]:
        return (
            f"its own redox ({features.reversible.value[row]:.0f} mAh/g from {limit:.2f} V) comes "
            f"back by {low:g} V: an active part"
        )
    reduction = features.reduction_limit.value[row]
    if features.reduction.value[row] > 0.0:
        return (
            f"takes up Li below {reduction:.2f} V, inside the window ({low:g} V and up), and gives "
            "it back on charge; nothing else limits"
        )
    upper = "any voltage" if np.isinf(limit) else f"{limit:.2f} V"
    window = f"stable from {reduction:.2f} V to {upper}"
    covers = reduction <= low and limit >= features.high[row]
    span = f"{'all of' if covers else 'not all of'} {low:g} to {features.high[row]:g} V"
    return f"{window}, {span}; no factor is below {GOOD:g}"
