"""The first cycle of a composite: how much the cathode and the SSE charge, and how much comes back.

Electrons reach the SSE through the surface of the carbon. If a layer of thickness delta decomposes
on an area A per gram of an SSE of density rho, the decomposed share is ``xi = 1 - exp(-A delta
rho)``. What is oxidised for good covers the cathode, and it delivers less.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from descriptors.quantity import Kind, Quantity
from descriptors.recipe import Mixing
from screening.catalogue import State
from screening.draws import N_DRAWS, draws, interval
from stability.formula import composition
from stability.staircase import FARADAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from descriptors.recipe import Recipe
    from screening.catalogue import Cathode
    from screening.properties import Properties
    from stability.staircase import RedoxCapacity

    Numbers = float | NDArray[np.float64]

_NM_M2_PER_G = 1e-3  # 1 nm x 1 m2/g x 1 g/cm3 = 1e-3.
SOURCE = "first-cycle model (docs/first-cycle.md); 90 % interval from its inputs"


class Parameters(NamedTuple):
    """Parameters of the model, each from measured cells of the thesis."""

    oxidised_milled: Quantity
    """Thickness of SSE oxidised on carbon in milled composites. [nm]"""
    oxidised_hand: Quantity
    """The same in hand-mixed composites. [nm]"""
    reduced: Quantity
    """Thickness of SSE reduced on carbon. [nm]"""
    interphase_blocking: Quantity
    """How fast lost oxidation, per capacity of the cathode, blocks the cathode. [1]"""
    milled_contact: Quantity
    """Share of the cathode that a milled composite contacts. [1]"""


@dataclass(frozen=True)
class FirstCycle:
    """Predicted observables of the first cycle, per gram of the cathode as assembled."""

    charge: Quantity
    """First charge capacity. [mAh/g]"""
    discharge: Quantity
    """First discharge capacity. [mAh/g]"""
    efficiency: Quantity
    """Second half-cycle over the first: discharge/charge of a cathode assembled discharged,
    charge/discharge of one assembled charged, where SSE redox lifts it above 100. [%]"""
    sse_share: Quantity
    """Share of the first charge that is the SSE's. [%]"""
    retained: Quantity
    """Second half-cycle against a liquid cell's, at most 1: the cathode's own and the SSE's
    reversible oxidation count, its reduction does not. [1]"""
    retained_draws: NDArray[np.float64]
    """Draws of `retained`, for scores that compare pairs, shape (N_DRAWS,)."""


class _Inputs(NamedTuple):
    """Numbers or draws that go into the model."""

    theoretical: float
    utilisation: Numbers
    returned: Numbers
    contact: Numbers
    blocking: Numbers
    oxidised: Numbers
    reduced: Numbers
    area: Numbers
    density: Numbers


def theoretical_capacity(cathode: Cathode) -> float:
    """Return the capacity between both states per gram of the cathode as assembled [mAh/g].

    Examples
    --------
    One Li in 157.76 g: 26801.5 / 157.76.

    >>> from screening.catalogue import cathode
    >>> round(theoretical_capacity(cathode("LiFePO4")), 1)
    169.9
    """
    discharged, charged = composition(cathode.discharged), composition(cathode.charged)
    n_li = discharged.amounts.get("Li", 0.0) - charged.amounts.get("Li", 0.0)
    assembled = charged if cathode.assembled is State.CHARGED else discharged
    return n_li * FARADAY / assembled.molar_mass


@cache
def parameters() -> Parameters:
    """Return the parameters of the model with their sources."""
    text = files("screening").joinpath("data/first_cycle.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    return Parameters(
        **{name: Quantity(**{**row, "kind": Kind(row["kind"])}) for name, row in rows.items()}
    )


def first_cycle(
    sse: str,
    cathode: Cathode,
    recipe: Recipe,
    *,
    redox: RedoxCapacity[float],
    figures: Properties,
    area: Quantity,
    redrawn: RedoxCapacity[NDArray[np.float64]] | None = None,
) -> FirstCycle:
    """Return the first cycle that a composite should show, with intervals.

    Parameters
    ----------
    sse : str
        Formula of the SSE; seeds its draws.
    cathode : Cathode
        The cathode, with its behaviour in a liquid cell.
    recipe : Recipe
        The composite.
    redox : RedoxCapacity
        The SSE's own redox in the cathode's voltage window. [mAh/g of SSE]
    figures : Properties
        Densities of the SSE.
    area : Quantity
        Electron-conducting surface per gram of SSE. [m2/g]
    redrawn : RedoxCapacity, optional
        `redox` under redrawn phase energies, each field of shape (N_DRAWS,); without it the
        intervals leave out the errors of thermodynamics. [mAh/g of SSE]

    Notes
    -----
    Assembled discharged (LiFePO4-like), per gram of cathode, with r = m_SSE / m_cathode::

        charge    = u c b Q + xi_ox Q_ox r
        discharge = u c b Q f b + (xi_ox Q_rev + xi_red Q_red) r

    Assembled charged (sulfur-like)::

        discharge = u c Q + xi_red Q_red r
        charge    = u c Q f b + (xi_red Q_red + xi_ox Q_ox) r

    u and f are the utilisation and the return of a liquid cell, c the contact: the relative density
    of the SSE where hand mixed, close to 1 where milled. ``b = exp(-k w)`` is what an interphase
    leaves open: w is the oxidation lost for good over the cathode's capacity. Validity: the
    thicknesses are those of Li6PS5Cl in the thesis' composites [1]_; for other SSEs they are a
    transfer, and the intervals do not include its error.

    References
    ----------
    .. [1] A. Cronk, Enabling Low-Cost Cathodes in All-Solid-State Batteries, UC San Diego (2024).
    """
    fitted = parameters()
    milled = recipe.mixing is Mixing.MILLED
    oxidised = fitted.oxidised_milled if milled else fitted.oxidised_hand
    contact = fitted.milled_contact if milled else _as_fraction(figures.relative_density)
    ratio = recipe.sse_fraction / recipe.cathode_fraction
    quantities = {
        "utilisation": (cathode.name, cathode.utilisation, 1.0),
        "returned": (cathode.name, cathode.return_fraction, 1.0),
        "contact": (recipe.mixing.value if milled else sse, contact, 1.0),
        "blocking": ("", fitted.interphase_blocking, np.inf),
        "oxidised": (recipe.mixing.value, oxidised, np.inf),
        "reduced": ("", fitted.reduced, np.inf),
        "area": (f"{recipe.name} {cathode.name}", area, np.inf),
        "density": (sse, figures.true_density, np.inf),
    }
    theoretical = theoretical_capacity(cathode)
    central = _Inputs(theoretical, **{name: q.value for name, (_, q, _) in quantities.items()})
    drawn = _Inputs(
        theoretical,
        **{name: draws(f"{k} {name}", q, most=most) for name, (k, q, most) in quantities.items()},
    )
    at_centre = _observables(central, redox, ratio, cathode.assembled)
    at_draws = _observables(drawn, redrawn or redox, ratio, cathode.assembled)
    units = ("mAh/g", "mAh/g", "%", "%", "1")
    charge, discharge, efficiency, share, retained = (
        Quantity(float(value), *interval(np.asarray(many)), unit, Kind.COMPUTED, SOURCE)
        for value, many, unit in zip(at_centre, at_draws, units, strict=True)
    )
    return FirstCycle(
        charge, discharge, efficiency, share, retained, np.broadcast_to(at_draws[-1], N_DRAWS)
    )


def _as_fraction(percent: Quantity) -> Quantity:
    return percent._replace(
        value=percent.value / 100, low=percent.low / 100, high=percent.high / 100, unit="1"
    )


def _observables(
    x: _Inputs,
    redox: RedoxCapacity[float] | RedoxCapacity[NDArray[np.float64]],
    ratio: float,
    assembled: State,
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Charge, discharge, efficiency, SSE share and retained share, as in Notes above."""
    xi_oxidised = 1.0 - np.exp(-x.area * x.oxidised * x.density * _NM_M2_PER_G)
    xi_reduced = 1.0 - np.exp(-x.area * x.reduced * x.density * _NM_M2_PER_G)
    oxidised = xi_oxidised * redox.oxidation * ratio
    reduced = xi_reduced * redox.reduction * ratio
    regained = xi_oxidised * redox.reversible * ratio
    open_share = np.exp(-x.blocking * (oxidised - regained) / x.theoretical)
    in_contact = x.utilisation * x.contact * x.theoretical
    if assembled is State.DISCHARGED:
        charge = in_contact * open_share + oxidised
        of_cathode = in_contact * open_share * x.returned * open_share
        discharge = of_cathode + regained + reduced
        first, second, of_sse = charge, discharge, oxidised
    else:
        discharge = in_contact + reduced
        of_cathode = in_contact * x.returned * open_share
        charge = of_cathode + reduced + oxidised
        first, second, of_sse = discharge, charge, reduced + oxidised
    liquid = x.utilisation * x.returned * x.theoretical
    return (
        charge,
        discharge,
        100.0 * second / first,
        100.0 * of_sse / charge,
        np.minimum((of_cathode + regained) / liquid, 1.0),
    )
