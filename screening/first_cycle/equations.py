"""The equations of the first cycle of a composite, for many cells and draws at once.

Electrons reach the SSE through the surface of the carbon. A layer decomposes there; it grows as a
film does that carries the current of its own growth, with the root of the voltage that drives it.
What is oxidised for good covers the cathode, and it delivers less. Equations, priors and what was
measured: docs/calibration.md.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from screening.first_cycle.growth import (
    any_of,
    left_open,
    mean_root,
    on_rows,
    reacted,
    root,
    touched,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from screening.first_cycle.priors import Parameters
    from screening.pairs.features import Drawn, Features

    Floats = NDArray[np.float64]
    Numbers = float | Floats

SULFUR_SIZE = 3.0
"""Diameter of sulfur particles where nobody says: the middle of what the thesis calls micron. [um]
"""
_SIZE_UNIT = 1.0  # [um] Size at which `sulfur_unreached` is meant.
_NM_M2_PER_G = 1e-3  # 1 nm x 1 m2/g x 1 g/cm3 = 1e-3.


class Effects(NamedTuple):
    """What makes a composite differ from the model, as factors."""

    layer: Numbers
    """On the thickness of what decomposes. [1]"""
    reach: Numbers
    """On the odds of what takes part of the cathode. [1]"""
    loss: Numbers
    """On the odds of what the cathode does not return. [1]"""


NO_EFFECTS = Effects(1.0, 1.0, 1.0)
"""A composite that does as the model says."""


class Known(NamedTuple):
    """What measured cells say of their own composite."""

    central: Effects
    """The most probable, numbers."""
    drawn: Effects
    """Draws, each field of shape (n_draws,)."""


class Fitted(NamedTuple):
    """Parameters as a calibration leaves them."""

    central: Parameters
    """The most probable."""
    drawn: Parameters
    """Draws, each field of shape (n_draws,); draw j belongs to draw j of the features."""
    known: Mapping[str, Known] = MappingProxyType({})
    """Composites that were measured, by :func:`composite_key`."""
    laboratories: Mapping[str, Known] = MappingProxyType({})
    """What is special about the cells of each laboratory, by its name."""


class Inputs(NamedTuple):
    """The columns of features that the model takes, shaped to broadcast against draws."""

    charged: NDArray[np.bool_]
    milled: NDArray[np.bool_]
    gas: NDArray[np.bool_]
    sulfide: NDArray[np.bool_]
    sulfur: NDArray[np.bool_]
    lithium_sulfide: NDArray[np.bool_]
    size: Floats
    theoretical: Floats
    ratio: Floats
    low: Floats
    high: Floats
    visited: Floats
    coverage: Floats
    oxygen: Floats
    utilisation: Floats
    returned: Floats
    density: Floats
    area: Floats
    limit: Floats
    reduction_limit: Floats
    oxidation: Floats
    reduction: Floats
    reversible: Floats
    reached: Floats
    connected: Floats


class Layer(NamedTuple):
    """What becomes of the SSE in a cycle, per gram of cathode, and what that leaves open."""

    oxidised: Floats
    """Charge that its oxidation gives. [mAh/g]"""
    reversible: Floats
    """Part of it that comes back. [mAh/g]"""
    reduced: Floats
    """Charge that its reduction takes. [mAh/g]"""
    lost: Floats
    """Share of the reduction that does not come back. [1]"""
    after_oxidation: Floats
    """Share of the cathode that lost oxidation leaves open. [1]"""
    after_reduction: Floats
    """Share that lost reduction leaves open. [1]"""


class Taking(NamedTuple):
    """What takes part of a cathode, and what it returns of that."""

    held: Floats
    """Share of the theoretical capacity that is there to be had in this window. [1]"""
    part: Floats
    """Share of that which takes part, before transport. [1]"""
    contact: Floats
    """The same without what sets the cell apart. [1]"""
    returned: Floats
    """Share that returns where nothing is blocked. [1]"""


class Cycle(NamedTuple):
    """Observables of the first cycle, per gram of the cathode as assembled, as the model has them.

    The SSE's part in a cell without a cathode is read from `oxidised`, `reversible` and `reduced`.
    """

    charge: Floats
    """First charge. [mAh/g]"""
    discharge: Floats
    """First discharge. [mAh/g]"""
    efficiency: Floats
    """Second half-cycle over the first, without what the SSE has lost for good and, in a cathode
    assembled discharged, without what its reduction takes up: neither is a return. [%]"""
    sse_share: Floats
    """Share of the first charge that is the SSE's. [%]"""
    retained: Floats
    """Share of what the cathode could give in full contact that its second half-cycle gives,
    against the same in a liquid cell; without the SSE's own redox. [1]"""
    reversible_capacity: Floats
    """Second half-cycle of the cathode, and the oxidation of the SSE that comes back. [mAh/g]"""
    oxidised: Floats
    """Charge that the oxidation of the SSE gives. [mAh/g]"""
    reversible: Floats
    """Part of it that comes back. [mAh/g]"""
    reduced: Floats
    """Charge that the reduction of the SSE takes. [mAh/g]"""
    own: Floats
    """First half-cycle of the cathode alone. [mAh/g]"""


def composite_key(laboratory: str, sse: str, cathode: str, recipe: str) -> str:
    """Return what tells a composite from others.

    Parameters
    ----------
    laboratory, sse, cathode, recipe : str
        Who made it, formula, name as assembled, and name of the recipe.
    """
    return f"{laboratory}: {sse} {cathode} {recipe}"


def inputs(
    features: Features, *, size: Floats | float = SULFUR_SIZE, drawn: bool = False
) -> Inputs:
    """Return the columns of features that the model takes, at their values or drawn.

    Parameters
    ----------
    features : Features
        The pairs.
    size : float or ndarray, shape (n_pairs,), optional
        Diameter of sulfur particles. [um]
    drawn : bool, optional
        Whether to take the draws.
    """

    def column(values: object) -> Floats:
        return np.reshape(np.asarray(values), (-1, 1))

    def number(name: str) -> Floats:
        both: Drawn | None = getattr(features, name)
        if both is None:
            return np.ones((len(features), 1))
        return both.draws if drawn else column(both.value)

    cathode = np.asarray(features.cathode)
    return Inputs(
        charged=column(features.assembled_charged).astype(bool),
        milled=column(features.milled).astype(bool),
        gas=column(features.gas).astype(bool),
        sulfide=column(features.comes_back).astype(bool),
        sulfur=column(cathode == "S").astype(bool),
        lithium_sulfide=column(cathode == "Li2S").astype(bool),
        visited=features.visited,
        size=column(np.broadcast_to(size, len(features))),
        **{name: column(getattr(features, name)) for name in _PLAIN},
        **{name: number(name) for name in _DRAWN},
    )


_PLAIN = ("theoretical", "ratio", "low", "high")
_DRAWN = Inputs._fields[Inputs._fields.index("coverage") :]


def cycle(x: Inputs, p: Parameters, e: Effects) -> Cycle:
    """Return the first cycle; everything broadcasts.

    Parameters
    ----------
    x : Inputs
        From :func:`inputs`, shape (n_pairs, 1) or (n_pairs, n_draws).
    p : Parameters
        Numbers, or draws of the shape (n_draws,).
    e : Effects
        Factors, numbers or of the shape (n_pairs, n_draws).

    Notes
    -----
    Per gram of cathode, with r = m_SSE / m_cathode, A the conducting surface that the SSE touches
    (1/A = 1/A_all + 1/a, a by hand or milled), C what the coating leaves, s the share of the
    composite that is connected, and f the return of the cathode ::

        D      = mean over the charge of root(V(x) - V_limit - eta_gas)
        xi_ox  = 1 - exp(-A C d D rho),        b_ox = 1 / (1 + k xi_ox (Q_ox - Q_rev) r / Q)
        xi_red = 1 - exp(-A d_red root(V_reduction - eta_red - V_low) rho)
        b_red  = 1 / (1 + k l xi_red Q_red r / Q)

        assembled discharged: charge = own + s xi_ox Q_ox r,    own = u c b_ox Q
                              discharge = back + s (xi_ox Q_rev + xi_red Q_red) r
        assembled charged:    discharge = own + s xi_red Q_red r, own = u c Q
                              charge = back + s (b f (1 - l) xi_red Q_red + xi_ox Q_ox) r
        back = own f b_ox b_red

    Where measured cells state rate or loading, transport leaves its share of own, and s of the
    SSE: carbon that is not connected oxidises nothing. For a host u is what its open-circuit curve
    gives up to the cutoff, c = `utilised` by hand, and f = 1 - h (1 - f_liquid) - g O / u, O what
    is taken out beyond the onset of oxygen. For S, u is ``1 / (1 + h / (1 - h) (size / um)^n)``, h
    the share unreached; for Li2S that of a liquid cell times the activated share; `separate_reach`
    and `separate_return` come on top where they are not milled with the SSE. `Effects` scale the
    odds of what takes part (u c) and of what the cathode does not return, so that
    it never gives more than it holds. The root is softened over RT/F, so that nothing jumps at a
    limit. A film that grows by its own conduction thickens with the root of voltage and time [1]_;
    what it makes lies in series with the cathode, as a resistance that shares its voltage.

    References
    ----------
    .. [1] C. Wagner, Z. Phys. Chem. B 21, 25 (1933); for interphases of solid electrolytes:
       S. Wenzel et al., Solid State Ionics 278, 98 (2015), doi:10.1016/j.ssi.2015.06.001.
    """
    layer, taking = decomposed(x, p, e), taking_part(x, p, e)
    liquid = np.where(x.charged, 1.0, layer.after_oxidation)
    kept = layer.after_oxidation * layer.after_reduction
    own = x.theoretical * taking.held * taking.part * x.reached * liquid
    share = with_odds(kept * taking.returned, 1.0 / np.asarray(e.loss))
    back = own * share
    again = layer.reduced * (1.0 - layer.lost) * kept * taking.returned
    again_charged = np.where(x.charged, again, 0.0)
    charge = np.where(x.charged, back, own) + again_charged + layer.oxidised
    discharge = np.where(x.charged, own, back + layer.reversible) + layer.reduced
    first = np.where(x.charged, discharge, charge)
    return Cycle(
        charge=charge,
        discharge=discharge,
        efficiency=100.0 * (back + layer.reversible + again_charged) / first,
        sse_share=100.0 * (layer.oxidised + again_charged) / charge,
        retained=np.clip(taking.contact * liquid * share / x.returned, 0.0, 1.0),
        reversible_capacity=back + layer.reversible,
        oxidised=layer.oxidised,
        reversible=layer.reversible,
        reduced=layer.reduced,
        own=own,
    )


def decomposed(x: Inputs, p: Parameters, e: Effects) -> Layer:
    """Return what becomes of the SSE; everything broadcasts.

    Parameters
    ----------
    x, p, e
        As for :func:`cycle`.
    """
    surface = touched(x.area, np.where(x.milled, p.contact_milled, p.contact_hand))
    scale = e.layer * surface * x.density * _NM_M2_PER_G
    coated = 1.0 - x.coverage * (1.0 - np.asarray(p.coated))
    begins = x.limit + np.where(x.gas, p.gas_overpotential, 0.0)
    late = np.where(x.sulfide, p.sulfide_overpotential, p.reduction_overpotential)
    below = x.reduction_limit - late - x.low
    lost = np.where(x.sulfide, 0.0, p.reduction_lost)

    is_oxidised, is_reduced = any_of(x.oxidation), any_of(x.reduction)
    driven = mean_root(is_oxidised, x.visited, begins)
    layer = reacted(is_oxidised, scale * coated * p.thickness, driven) * x.ratio
    pulled = on_rows(is_reduced, lambda volts, _: root(volts), below, below, otherwise=0.0)
    reduced = reacted(is_reduced, scale * p.reduced, pulled) * x.ratio * x.reduction
    blocking = np.asarray(p.interphase_blocking) / x.theoretical
    stays = x.oxidation - x.reversible
    return Layer(
        oxidised=layer * x.oxidation * x.connected,
        reversible=layer * x.reversible * x.connected,
        reduced=reduced * x.connected,
        lost=lost,
        after_oxidation=left_open(any_of(stays), blocking * layer, stays),
        after_reduction=left_open(is_reduced, blocking * reduced, lost),
    )


def taking_part(x: Inputs, p: Parameters, e: Effects) -> Taking:
    """Return how much of a cathode takes part, and how much returns; everything broadcasts.

    Parameters
    ----------
    x, p, e
        As for :func:`cycle`.
    """
    converted = x.sulfur | x.lithium_sulfide
    reach = np.where(x.lithium_sulfide, p.activated, 1.0)
    if x.sulfur.any():
        odds = np.asarray(p.sulfur_unreached) / (1.0 - np.asarray(p.sulfur_unreached))
        sizes = np.unique(x.size)
        coarse = sizes if sizes.size == 1 else x.size
        missed = odds * np.exp(p.size_exponent * np.log(coarse / _SIZE_UNIT))
        reach = np.where(x.sulfur, 1.0 / (1.0 + missed), reach)
    separate = converted & ~x.milled
    contact = reach * np.where(x.milled, p.milled_contact, p.utilised)
    contact = contact * np.where(separate, p.separate_reach, 1.0)
    lost = np.asarray(p.host_loss) * (1.0 - x.returned) + p.oxygen_loss * x.oxygen / x.utilisation
    of_host = np.maximum(1.0 - lost, 0.0)
    returned = np.where(converted, x.returned, of_host)
    held = np.where(x.sulfur, 1.0, x.utilisation)
    return Taking(
        held=held,
        part=with_odds(held * contact, e.reach) / held,
        contact=contact / np.where(converted, reach, 1.0),
        returned=returned * np.where(separate, p.separate_return, 1.0),
    )


def with_odds(share: Floats, factor: Numbers) -> Floats:
    """Return a share whose odds are multiplied: it stays between 0 and 1.

    Parameters
    ----------
    share : ndarray
        From 0 to 1. [1]
    factor : float or ndarray
        On ``share / (1 - share)``, above 0. [1]

    Examples
    --------
    Odds of 1, doubled: two parts of three.

    >>> round(float(with_odds(np.array(0.5), 2.0)), 3)
    0.667
    """
    more = share * factor
    return np.asarray(more / (1.0 - share + more))
