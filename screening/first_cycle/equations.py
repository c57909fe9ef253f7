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

from screening.first_cycle.growth import mean_root, on_rows, reacted, root, touched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from screening.pairs.features import Drawn, Features

    Floats = NDArray[np.float64]
    Numbers = float | Floats

SULFUR_SIZE = 3.0
"""Diameter of sulfur particles where nobody says: the middle of what the thesis calls micron. [um]
"""
_SIZE_UNIT = 1.0  # [um] Size at which `sulfur_unreached` is meant.
_NM_M2_PER_G = 1e-3  # 1 nm x 1 m2/g x 1 g/cm3 = 1e-3.


class Parameters(NamedTuple):
    """Parameters of the model: numbers, or draws of the shape (n_draws,)."""

    thickness: Numbers
    """Thickness of SSE oxidised on what conducts electrons at 1 V beyond its limit. [nm]"""
    reduced: Numbers
    """Thickness reduced at 1 V below the limit. [nm]"""
    contact_hand: Numbers
    """Conducting surface that a gram of SSE touches at most where it is mixed in by hand. [m2/g]"""
    contact_milled: Numbers
    """The same where it is milled in: the pores of a carbon stay out of reach. [m2/g]"""
    coated: Numbers
    """What a coating that covers all of the cathode leaves of the oxidation. [1]"""
    gas_overpotential: Numbers
    """How far beyond the limit an oxidation that frees a gas begins. [V]"""
    reduction_overpotential: Numbers
    """How far below the limit the reduction of an SSE other than a sulfide begins. [V]"""
    sulfide_overpotential: Numbers
    """The same of a sulfide, which is reduced by way of lithiated intermediates. [V]"""
    interphase_blocking: Numbers
    """How fast lost decomposition, per capacity of the cathode, blocks the cathode. [1]"""
    reduction_lost: Numbers
    """Share of a reduction that does not come back, of all but thiophosphates. [1]"""
    utilised: Numbers
    """Share of a host that takes part where it is mixed by hand, of what its curve V(x) gives. [1]
    """
    host_loss: Numbers
    """First loss of a host, against that in a liquid cell. [1]"""
    oxygen_loss: Numbers
    """Share of the lithium beyond the onset of oxygen release that does not return. [1]"""
    milled_contact: Numbers
    """Share of the cathode that a milled composite contacts. [1]"""
    sulfur_unreached: Numbers
    """Share of sulfur that is not converted, with particles of 1 um. [1]"""
    size_exponent: Numbers
    """Power of the particle size with which the odds of that grow. [1]"""
    activated: Numbers
    """Share of Li2S that the first charge activates, of what a liquid cell does. [1]"""
    separate_reach: Numbers
    """What mixing the SSE in by hand leaves of the first half-cycle of S or Li2S. [1]"""
    separate_return: Numbers
    """What it leaves of their return. [1]"""
    layer_spread: Numbers
    """Standard deviation, in the logarithm, of the thickness among composites. [1]"""
    cell_reach: Numbers
    """The same, of what the cathode takes part with, among cells of one laboratory. [1]"""
    activation_spread: Numbers
    """In place of `cell_reach` for Li2S, which each making activates in its own way. [1]"""
    cell_loss: Numbers
    """As `cell_reach`, of the odds of what does not return, among cells of one laboratory. [1]"""
    laboratory_reach: Numbers
    """As `cell_reach`, among laboratories. [1]"""
    laboratory_loss: Numbers
    """As `cell_loss`, among laboratories. [1]"""


class Effects(NamedTuple):
    """What makes a composite differ from the model, as factors."""

    layer: Numbers
    """On the thickness of what decomposes. [1]"""
    reach: Numbers
    """On what takes part of the cathode, errors of its weight included. [1]"""
    loss: Numbers
    """On the odds of what does not return. [1]"""


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
    coverage: Floats
    oxygen: Floats
    visited: Floats
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


_PLAIN = ("theoretical", "ratio", "low", "high", "coverage", "oxygen")
_DRAWN = Inputs._fields[Inputs._fields.index("utilisation") :]


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
    (1/A = 1/A_all + 1/a, a by hand or milled), C what the coating leaves, and f the return of the
    cathode ::

        D      = mean over the charge of root(V(x) - V_limit - eta_gas)
        xi_ox  = 1 - exp(-A C d D rho),        b_ox = exp(-k xi_ox (Q_ox - Q_rev) r / Q)
        xi_red = 1 - exp(-A d_red root(V_reduction - eta_red - V_low) rho)
        b_red  = exp(-k l xi_red Q_red r / Q)

        assembled discharged: charge = own + xi_ox Q_ox r,      own = u c b_ox Q
                              discharge = back + (xi_ox Q_rev + xi_red Q_red) r
        assembled charged:    discharge = own + xi_red Q_red r, own = u c Q
                              charge = back + (b f (1 - l) xi_red Q_red + xi_ox Q_ox) r
        back = own f b_ox b_red

    Where measured cells state rate or loading, transport leaves its share of u. For a host u is
    what its open-circuit curve gives up to the cutoff, c = `utilised` by hand, and f = 1 - h (1 -
    f_liquid) - g O / u, O what is taken out beyond the onset of oxygen. For S, u is ``1 / (1 + h /
    (1 - h) (size / um)^n)``, h the share unreached; for Li2S that of a liquid cell times the
    activated share; `separate_reach` and `separate_return` come on top where they are not milled
    with the SSE. What does not return of the first half-cycle is scaled in its odds by
    `Effects.loss`. The root is softened over RT/F, so that nothing jumps at a limit. A film that
    grows by its own conduction thickens with the root of voltage and time [1]_.

    References
    ----------
    .. [1] C. Wagner, Z. Phys. Chem. B 21, 25 (1933); for interphases of solid electrolytes:
       S. Wenzel et al., Solid State Ionics 278, 98 (2015), doi:10.1016/j.ssi.2015.06.001.
    """
    surface = touched(x.area, np.where(x.milled, p.contact_milled, p.contact_hand))
    scale = e.layer * surface * x.density * _NM_M2_PER_G
    coated = 1.0 - x.coverage * (1.0 - np.asarray(p.coated))
    begins = x.limit + np.where(x.gas, p.gas_overpotential, 0.0)
    late = np.where(x.sulfide, p.sulfide_overpotential, p.reduction_overpotential)
    below = x.reduction_limit - late - x.low
    lost = np.where(x.sulfide, 0.0, p.reduction_lost)

    is_oxidised, is_reduced = _any(x.oxidation), _any(x.reduction)
    driven = mean_root(is_oxidised, x.visited, begins)
    layer = reacted(is_oxidised, scale * coated * p.thickness, driven) * x.ratio
    oxidised, reversible = layer * x.oxidation, layer * x.reversible
    pulled = on_rows(is_reduced, lambda volts, _: root(volts), below, below, otherwise=0.0)
    reduced = reacted(is_reduced, scale * p.reduced, pulled) * x.ratio * x.reduction
    blocking = np.asarray(p.interphase_blocking) / x.theoretical
    stays = x.oxidation - x.reversible
    open_after = _left_open(_any(stays), blocking * layer, stays)
    kept = open_after * _left_open(is_reduced, blocking * reduced, lost)

    reach, contact, returned = _cathode(x, p, e)
    own = x.theoretical * reach * contact * np.where(x.charged, 1.0, open_after)
    taken = own + np.where(x.charged, 0.0, oxidised)
    given = own * kept * returned + np.where(x.charged, 0.0, reversible)
    back = taken * _returning(given / taken, e.loss) - np.where(x.charged, 0.0, reversible)
    again_charged = np.where(x.charged, reduced * (1.0 - lost) * kept * returned, 0.0)
    charge = np.where(x.charged, back, own) + again_charged + oxidised
    discharge = np.where(x.charged, own, back + reversible) + reduced
    first = np.where(x.charged, discharge, charge)
    liquid = np.where(x.charged, 1.0, open_after)
    return Cycle(
        charge=charge,
        discharge=discharge,
        efficiency=100.0 * (back + reversible + again_charged) / first,
        sse_share=100.0 * (oxidised + again_charged) / charge,
        retained=np.clip(contact * liquid * back / own / x.returned, 0.0, 1.0),
        reversible_capacity=np.maximum(back + reversible, 0.0),
        oxidised=oxidised,
        reversible=reversible,
        reduced=reduced,
        own=own,
    )


def _cathode(x: Inputs, p: Parameters, e: Effects) -> tuple[Floats, Floats, Floats]:
    """Return how much of a cathode takes part, how much is in contact, and how much returns."""
    converted = x.sulfur | x.lithium_sulfide
    reach = x.utilisation * np.where(x.lithium_sulfide, p.activated, 1.0)
    if x.sulfur.any():
        odds = np.asarray(p.sulfur_unreached) / (1.0 - np.asarray(p.sulfur_unreached))
        sizes = np.unique(x.size)
        coarse = sizes if sizes.size == 1 else x.size
        missed = odds * np.exp(p.size_exponent * np.log(coarse / _SIZE_UNIT))
        reach = np.where(x.sulfur, 1.0 / (1.0 + missed), reach)
    separate = converted & ~x.milled
    contact = np.where(x.milled, p.milled_contact, p.utilised)
    contact = contact * np.where(separate, p.separate_reach, 1.0)
    lost = np.asarray(p.host_loss) * (1.0 - x.returned) + p.oxygen_loss * x.oxygen / x.utilisation
    of_host = np.maximum(1.0 - lost, 0.0)
    returned = np.where(converted, x.returned, of_host)
    returned = returned * np.where(separate, p.separate_return, 1.0)
    return reach * x.reached * e.reach, contact, returned


def _returning(share: Floats, loss: Numbers) -> Floats:
    """Return a share whose odds of loss are multiplied.

    A share above 1, where more comes back than went in, has no odds and stays.
    """
    lost = np.maximum(1.0 - share, 0.0)
    return np.asarray(np.where(lost > 0.0, share / (share + lost * loss), share))


def _any(amount: Floats) -> NDArray[np.bool_]:
    """Return which rows hold anything but zeros."""
    return np.asarray((amount != 0.0).any(axis=1))


def _left_open(rows: NDArray[np.bool_], rate: Floats, amount: Floats) -> Floats:
    """Return what blocking leaves open: all of it outside of the rows that matter."""

    def share(rate: Floats, amount: Floats) -> Floats:
        return np.asarray(np.exp(-rate * amount))

    return on_rows(rows, share, rate, amount, otherwise=1.0)
